"""A microservice's Secret: read and decoded without its seed, issued in one write, annotated afterwards."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from gencreds.nats.claims import UserClaims
from gencreds.nats.creds import CredsInvalid, format_creds, parse_creds
from gencreds.nats.jwt import TokenInvalid, decode
from gencreds.nats.nkeys import KeyInvalid, KeyKind, Seed
from microbus_operator.core.actions import Annotate, IssueUser
from microbus_operator.core.evidence import evidence_of
from microbus_operator.core.issuing import (
    DELIVERED_ANNOTATION,
    GENERATION_ANNOTATION,
    PREVIOUS_ANNOTATION,
    PREVIOUS_SIGNERS_ANNOTATION,
    PUBLIC_KEY_ANNOTATION,
    REASON_ANNOTATION,
)
from microbus_operator.core.keys import is_user_key
from microbus_operator.core.names import CREDS_SECRET_TYPE, FIELD_MANAGER, creds_file
from microbus_operator.core.observed import CredsObservation, Trouble
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.keys import load_seed, signed

# Unix seconds, the year 2106: later than anything was issued.
_LATEST = 2**32


async def observe_creds(
    cluster: Cluster, namespace: str, name: str, hostname: str, owner_uid: str
) -> CredsObservation | None:
    """One look at a microservice's Secret, None where there is none."""
    found = await cluster.get("Secret", namespace, name)
    if found is None:
        return None
    metadata = found["metadata"]
    owners = {owner["uid"] for owner in metadata.get("ownerReferences", ())}
    managed = metadata.get("labels", {}).get("app.kubernetes.io/managed-by") == FIELD_MANAGER
    if not managed or found.get("type") != CREDS_SECRET_TYPE or owner_uid not in owners:
        message = (
            f"Secret {namespace}/{name} exists but is not this app's; rename or delete it, nothing was written to it"
        )
        return CredsObservation(foreign=Trouble("SecretConflict", message))
    previous = _previous(metadata.get("annotations", {}))
    try:
        text = base64.b64decode(found.get("data", {}).get(creds_file(hostname), ""), validate=True).decode()
        creds = parse_creds(text)
        decoded = decode(creds.jwt, KeyKind.USER)
    except (CredsInvalid, TokenInvalid, KeyInvalid, binascii.Error, UnicodeDecodeError) as error:
        # The key it held last is still to be revoked, though its file cannot be read.
        known = metadata.get("annotations", {}).get(PUBLIC_KEY_ANNOTATION)
        return CredsObservation(
            resource_version=metadata["resourceVersion"],
            uid=metadata["uid"],
            public_key=known if known is not None and is_user_key(known) else None,
            previous=previous,
            invalid=f"{creds_file(hostname)}: {type(error).__name__}",
        )
    claims = decoded.claims
    if not isinstance(claims, UserClaims) or claims.subject != creds.seed.public_key:
        return CredsObservation(
            resource_version=metadata["resourceVersion"],
            uid=metadata["uid"],
            previous=previous,
            invalid=f"{creds_file(hostname)}: JWT and seed differ",
        )
    return CredsObservation(
        resource_version=metadata["resourceVersion"],
        uid=metadata["uid"],
        public_key=claims.subject,
        issuer=decoded.issuer,
        issuer_account=claims.issuer_account,
        issued_at=decoded.issued_at,
        expires_at=claims.expires,
        pub=tuple(claims.pub_allow),
        sub=tuple(claims.sub_allow),
        previous=previous,
        evidence=evidence_of(metadata.get("annotations", {})),
        generation=_generation(metadata.get("annotations", {})),
        previous_signers=_signers(metadata.get("annotations", {})),
        reason=metadata.get("annotations", {}).get(REASON_ANNOTATION, ""),
        is_delivered=metadata.get("annotations", {}).get(DELIVERED_ANNOTATION) == claims.subject,
    )


def _generation(annotations: Mapping[str, str]) -> int:
    """The generation that it was issued for; the first, where nothing says so (pitfall K4) or somebody edited it."""
    text = annotations.get(GENERATION_ANNOTATION, "")
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 10 else 1


def _previous(annotations: Mapping[str, str]) -> dict[str, int]:
    """The annotation, without what is no user key and time: whoever may edit the Secret must not have `*` revoked."""
    try:
        keys = json.loads(annotations.get(PREVIOUS_ANNOTATION, "{}"))
        return {key: at for key, at in keys.items() if type(at) is int and 0 <= at < _LATEST and is_user_key(key)}
    except (ValueError, AttributeError, RecursionError):
        return {}


def _signers(annotations: Mapping[str, str]) -> dict[str, str]:
    """Who signed for the keys that were replaced, as far as the annotation says."""
    try:
        found = json.loads(annotations.get(PREVIOUS_SIGNERS_ANNOTATION, "{}"))
        return {user: signer for user, signer in found.items() if is_user_key(user) and isinstance(signer, str)}
    except (ValueError, AttributeError, RecursionError):
        return {}


async def issue(cluster: Cluster, action: IssueUser, now: int) -> None:
    """Mint a user key, sign, and write `.creds` in one request: no Secret of ours is ever half-written (pitfall K8).

    A new key for each issuance (pitfall R8); the key that it replaces stays valid until it is provably unused.
    """
    signer = await load_seed(cluster, action.signer)
    user = Seed.create(KeyKind.USER)
    issued_at = max(now, action.issued_after + 1)
    claims = UserClaims(
        subject=user.public_key,
        name=action.hostname,
        issuer_account=action.issuer_account,
        pub_allow=action.pub,
        sub_allow=action.sub,
        expires=issued_at + action.life if action.life else None,
    )
    creds = format_creds(signed(claims, signer, issued_at=issued_at), user)
    owner = {**action.owner, "controller": True, "blockOwnerDeletion": True}
    manifest: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": action.secret,
            "namespace": action.namespace,
            "labels": dict(action.labels),
            "annotations": {**action.annotations, PUBLIC_KEY_ANNOTATION: user.public_key},
            "ownerReferences": [owner],
        },
        "type": CREDS_SECRET_TYPE,
        "data": {creds_file(action.hostname): base64.b64encode(creds.encode()).decode()},
    }
    if not action.replaces:
        await cluster.create(manifest)
        return
    manifest["metadata"]["resourceVersion"] = action.replaces
    await cluster.apply(manifest)


async def annotate(cluster: Cluster, action: Annotate) -> None:
    """Set annotations of a microservice's Secret."""
    await cluster.merge(
        "Secret", action.namespace, action.secret, {"metadata": {"annotations": dict(action.annotations)}}
    )
