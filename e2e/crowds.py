"""A crowd: many connections by one user key that was never issued, but signed with an app's own key, as by a thief."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gencreds.nats.claims import UserClaims
from gencreds.nats.creds import format_creds
from gencreds.nats.jwt import encode
from gencreds.nats.nkeys import KeyKind, Seed

from .kind import Cluster
from .kubectl import KubectlFailed
from .waiting import wait_until

RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "runAsUser": 65532,
    "seccompProfile": {"type": "RuntimeDefault"},
}


@dataclass(frozen=True)
class Crowd:
    """Where crowds are. `image` is the fleet's, `account` and `signing_key` are its app's, `urls` of each server."""

    cluster: Cluster
    namespace: str
    image: str
    account: str
    signing_key: Seed
    urls: Sequence[str]

    def gather(self, name: str, count: int) -> str:
        """Open `count` connections in a pod `name`, and return the user's public key once all are open."""
        user = Seed.create(KeyKind.USER)
        claims = UserClaims(
            subject=user.public_key,
            name=name,
            issuer_account=self.account,
            pub_allow=("crowd",),
            sub_allow=("crowd",),
            expires=None,
        )
        creds = format_creds(encode(claims, self.signing_key, issued_at=int(time.time())), user)
        meta = {"name": name, "namespace": self.namespace}
        self.cluster.kubectl.apply(
            {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": meta,
                "data": {"crowd.creds": base64.b64encode(creds.encode()).decode()},
            },
            {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": self._pod(name, count)},
        )
        self.said(name, "open")
        return user.public_key

    def said(self, name: str, word: str) -> dict[str, Any]:
        """The line with `word` that the crowd of that name prints, waited for."""

        def look() -> dict[str, Any]:
            lines = self.cluster.kubectl("logs", name, "-n", self.namespace).splitlines()
            return next((found for line in lines if word in (found := json.loads(line))), {})

        return wait_until(look, f"the crowd {name} to say {word}", 120, transient=(KubectlFailed,))

    def dismiss(self, name: str) -> None:
        """Take the pod and its Secret away."""
        self.cluster.kubectl("delete", "pod,secret", name, "-n", self.namespace, "--grace-period=0", "--wait=false")

    def _pod(self, name: str, count: int) -> dict[str, Any]:
        container = {
            "name": "crowd",
            "image": self.image,
            "args": ["crowd", ",".join(self.urls), str(count), "/creds/crowd.creds"],
            "volumeMounts": [{"name": "creds", "mountPath": "/creds"}],
            "securityContext": RESTRICTED,
        }
        volume = {"name": "creds", "secret": {"secretName": name}}
        return {"restartPolicy": "Never", "containers": [container], "volumes": [volume]}
