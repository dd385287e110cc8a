"""The fleet on the test cluster: its image, its Plane of three servers, and what its pods say while a story goes on."""

from __future__ import annotations

import base64
import json
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from gencreds.nats.claims import AccountClaims
from gencreds.nats.jwt import decode
from gencreds.nats.nkeys import KeyKind, Seed

from .crowds import Crowd
from .fleets import write_fleet
from .kind import Cluster
from .kubectl import KubectlFailed
from .shop import FLEET
from .waiting import wait_until

PLANE = "fleet"
SERVERS = 3


@dataclass
class Fleet:
    """The fleet as it was applied. What a person would write is in `app`."""

    cluster: Cluster
    app: dict[str, Any]

    def status(self) -> dict[str, Any]:
        """The app's status."""
        status: dict[str, Any] = self.cluster.kubectl.get("microbusapp", "fleet", "-n", FLEET).get("status", {})
        return status

    def user_keys(self) -> dict[str, str]:
        """The present user key of each microservice."""
        return {service["hostname"]: service["userPublicKey"] for service in self.status()["services"]}

    def account(self) -> AccountClaims:
        """The Plane's account as it is published."""
        key = self.cluster.kubectl.get("plane", PLANE, "-n", FLEET)["status"]["accountPublicKey"]
        published = self.cluster.kubectl.get("configmap", f"{PLANE}-accounts", "-n", FLEET)["data"]
        claims = decode(published[f"{key}.jwt"], KeyKind.ACCOUNT).claims
        assert isinstance(claims, AccountClaims)
        return claims

    def revocations(self) -> Mapping[str, int]:
        """Which user keys the account refuses."""
        return self.account().revocations

    def apply(self) -> None:
        """What a person does after an edit."""
        self.cluster.kubectl.apply(self.app)

    def settled(self, timeout: float = 300) -> None:
        """Wait until this very spec is Ready, and every key that it replaced is revoked."""
        generation = self.cluster.kubectl.get("microbusapp", "fleet", "-n", FLEET)["metadata"]["generation"]

        def told() -> dict[str, str]:
            status = self.status()
            said = {c["type"]: f"{c['status']} {c['reason']}: {c['message']}" for c in status.get("conditions", ())}
            wanted = {name: said.get(name, "") for name in ("Ready", "CredentialsReplaced", "SigningKeyReplaced")}
            return wanted | {"observed": str(status.get("observedGeneration") == generation)}

        wait_until(
            told,
            "the fleet to be settled",
            timeout,
            accept=lambda said: all(words.startswith("True") for words in said.values()),
            transient=(KubectlFailed,),
            every=0.5,
        )

    def rotate_users(self, timeout: float = 300) -> None:
        """Raise `credentials.generation`, and wait until every credential is replaced and the one before it revoked."""
        credentials = self.app["spec"].setdefault("credentials", {})
        credentials["generation"] = credentials.get("generation", 1) + 1
        self.apply()
        self.settled(timeout)

    def replace_signing_key(self, timeout: float = 300) -> None:
        """Raise `signingKey.generation`, and wait until one key signs all and the one before it is gone."""
        signing = self.app["spec"].setdefault("credentials", {}).setdefault("signingKey", {"generation": 1})
        signing["generation"] += 1
        self.apply()
        self.settled(timeout)

    def revoke_a_crowd(self, name: str, connections: int) -> tuple[float, int]:
        """Seconds from `kubectl apply` of a revocation to the last of so many connections' end, and how many
        connections by that key a server let in afterwards.
        """
        crowd = self.crowd()
        public_key = crowd.gather(name, connections)
        begun = time.time()
        self.revoke(public_key, name)
        closed = crowd.said(name, "closed")
        again = crowd.said(name, "again")["again"]
        crowd.dismiss(name)
        return closed["last"] / 1000 - begun, int(again)

    def revoke(self, public_key: str, reason: str) -> None:
        """Ask for the revocation of a user key."""
        self.app["spec"].setdefault("revocations", []).append({"publicKey": public_key, "reason": reason})
        self.apply()

    def receipt(self, public_key: str) -> dict[str, Any]:
        """What the app's status says of a revoked key; nothing yet, where it does not."""
        receipts = self.status().get("receipts", ())
        return next((item for item in receipts if item["publicKey"] == public_key), {})

    def pods(self) -> dict[str, str]:
        """The uid of each pod of the app."""
        items = self.cluster.kubectl.get("pods", "-n", FLEET, "-l", "microbus.io/app=fleet")["items"]
        return {item["metadata"]["name"]: item["metadata"]["uid"] for item in items}

    def server_address(self, number: int) -> str:
        """The IP of a server's pod."""
        pod = self.cluster.kubectl.get("pod", f"{PLANE}-nats-{number}", "-n", FLEET)
        address: str = pod["status"]["podIP"]
        return address

    def crowd(self) -> Crowd:
        """Who opens connections by keys that were never issued."""
        account = self.account()
        secrets = self.cluster.kubectl.get("secrets", "-n", FLEET, "-l", "microbus.io/key=app-signing")["items"]
        seeds = [Seed.parse(base64.b64decode(item["data"]["seed"]), KeyKind.ACCOUNT) for item in secrets]
        seed = next(seed for seed in seeds if seed.public_key in account.signing_keys)
        urls = [f"nats://{PLANE}-nats-{number}.{PLANE}-nats-peers.{FLEET}.svc:4222" for number in range(SERVERS)]
        image = self.app["spec"]["bundles"][0]["image"]
        return Crowd(self.cluster, FLEET, image, account.subject, seed, urls)


@contextmanager
def applied(cluster: Cluster, services: int, replicas: int, requests: int, late: float = 0) -> Iterator[Fleet]:
    """The fleet, ready, and taken away in the end.

    `requests` are made each second by all of them together. A pod's program starts up to `late` seconds after its pod.
    """
    with tempfile.TemporaryDirectory() as folder:
        write_fleet(Path(folder), services)
        image = cluster.build_app("fleet/main", Path(folder), "./main")
    plane = _object("Plane", PLANE, {"plane": PLANE, "nats": {"replicas": SERVERS, "image": cluster.image("nats")}})
    every = f"{1000 * services * replicas // requests}ms"
    container = {
        "name": "main",
        "env": [
            {"name": "MICROBUS_SHORT_CIRCUIT", "value": "0"},
            {"name": "FLEET_EVERY", "value": every},
            {"name": "FLEET_LATE", "value": f"{late:g}s"},
        ],
        "ports": [{"name": "http", "containerPort": 8080}],
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": "http"}, "periodSeconds": 1},
    }
    workload = {"replicas": replicas, "template": {"spec": {"containers": [container]}}}
    bundle = {"name": "main", "image": image, "workload": workload}
    app = _object("MicrobusApp", "fleet", {"planeRef": {"name": PLANE}, "bundles": [bundle]})
    cluster.kubectl.apply(plane, app)
    fleet = Fleet(cluster, app)
    try:
        fleet.settled()
        yield fleet
    finally:
        for kind, name in (("microbusapp", "fleet"), ("plane", PLANE)):
            cluster.kubectl("delete", kind, name, "-n", FLEET, "--timeout=120s", timeout=130)


def _object(kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    meta = {"name": name, "namespace": FLEET}
    return {"apiVersion": "microbus.io/v1alpha1", "kind": kind, "metadata": meta, "spec": spec}


@dataclass
class Heard:
    """What the fleet's pods have said: requests answered and failed, and connections that were lost."""

    answered: int = 0
    failed: int = 0
    slowest_ms: float = 0.0
    failures: list[str] = field(default_factory=list)
    lost: int = 0
    deaf: list[str] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)


@contextmanager
def listening(cluster: Cluster, folder: Path) -> Iterator[Listener]:
    """Follow the log of every pod of the fleet, those that come meanwhile too, until the block ends."""
    listener = Listener(cluster, folder)
    listener.start()
    try:
        yield listener
    finally:
        listener.stop()


class Listener:
    """Follows logs into files of `folder`, one a pod."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self._cluster, self._folder = cluster, folder
        self._end = threading.Event()
        self._follows: dict[str, subprocess.Popen[str]] = {}
        self._files: list[TextIO] = []
        self._thread = threading.Thread(target=self._look)

    def start(self) -> None:
        """Begin, and return when every pod that there is now is followed."""
        self._follow_new()
        self._thread.start()

    def stop(self) -> None:
        """End every process that was started."""
        self._end.set()
        self._thread.join()
        for process in self._follows.values():
            process.terminate()
            process.wait()
        for file in self._files:
            file.close()

    def heard(self) -> Heard:
        """All that was said up to now."""
        result = Heard()
        alive = set(self._running())
        for name in self._follows:
            _add(result, name, (self._folder / f"{name}.log").read_text().splitlines(), is_alive=name in alive)
        return result

    def answered_more(self, count: int) -> None:
        """Wait until so many more requests have been answered: what went on before shows in the counts then."""
        least = self.heard().answered + count
        wait_until(lambda: self.heard().answered, f"{least} requests answered", 60, accept=lambda seen: seen >= least)

    def _look(self) -> None:
        while not self._end.wait(0.3):
            self._follow_new()

    def _running(self) -> list[str]:
        items = self._cluster.kubectl.get("pods", "-n", FLEET, "-l", "microbus.io/app=fleet")["items"]
        return [
            item["metadata"]["name"]
            for item in items
            if any("running" in status["state"] for status in item["status"].get("containerStatuses", ()))
        ]

    def _follow_new(self) -> None:
        for name in self._running():
            if name not in self._follows:
                file = (self._folder / f"{name}.log").open("w")
                self._files.append(file)
                command = [str(self._cluster.kubectl.program), "--kubeconfig", str(self._cluster.kubeconfig)]
                self._follows[name] = subprocess.Popen(
                    [*command, "logs", "-f", name, "-n", FLEET], stdout=file, stderr=subprocess.DEVNULL, text=True
                )


def _add(result: Heard, pod: str, lines: list[str], *, is_alive: bool) -> None:
    last: dict[str, Any] = {}
    away: dict[str, float] = {}
    for line in lines:
        if not line.startswith("{") or not line.endswith("}"):
            continue
        said = json.loads(line)
        if "answered" in said:
            last = said
        elif said.get("msg") == "Disconnected from NATS" and "error" in said:
            away[said["host"]] = _seconds(said["time"])
            result.lost += 1
        elif said.get("msg") == "Reconnected to NATS" and said["host"] in away:
            result.gaps.append(_seconds(said["time"]) - away.pop(said["host"]))
    result.answered += last.get("answered", 0)
    result.failed += last.get("failed", 0)
    result.slowest_ms = max(result.slowest_ms, last.get("slowestMs", 0.0))
    result.failures += [f"{pod}: {failure}" for failure in last.get("failures", ())]
    if is_alive:
        result.deaf += [f"{pod}: {host}" for host in away]


def _seconds(time: str) -> float:
    """Seconds of the day of an RFC 3339 time in UTC, with its nanoseconds."""
    hours, minutes, seconds = time.partition("T")[2].removesuffix("Z").split(":")
    return 3600 * int(hours) + 60 * int(minutes) + float(seconds)
