"""The local mode as a user installs it: how soon the example is Ready, in what memory, and 200 microservices.

Bundles are played by the built-in stand-in, which is what runs with the wheel alone. Seconds are by the clock, from the
start of the command to the line that says that all is ready, the interpreter's start included.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.account import moved_under_calls
from bench.installed import ROOT, Installed, install
from bench.monorepo import write_monorepo
from bench.revocation import seconds_of_revocations
from bench.rotation import seconds_of_rotation
from bench.signing import Calls, replaced_under_calls
from bench.starts import Memory, started

Row = dict[str, object]
START_BAR = 5.0
MEMORY_BAR = 200.0
SERVICES = 200
SERVICES_BAR = 15.0
ROTATION_BAR = 60.0
FLIP_BAR, SILENCE_BAR = 600.0, 5.0
CONNECTIONS, REVOCATIONS = 1000, 30
REVOCATION_BAR = 1.0
_ROUNDS = 3
_SHOP = ROOT / "examples" / "shop"
_MANIFESTS = """
apiVersion: microbus.io/v1alpha1
kind: Plane
metadata: {name: prod, namespace: microbus-system}
spec:
  plane: prod
  allowedNamespaces: {from: All}
  nats: {replicas: 1, image: "registry.example/nats:2.15"}
---
apiVersion: microbus.io/v1alpha1
kind: MicrobusApp
metadata: {name: many, namespace: many}
spec:
  planeRef: {name: prod, namespace: microbus-system}
  bundles:
    - name: main
      image: "registry.example/many/main:1"
      workload: {template: {spec: {containers: [{name: main}]}}}
"""


def rows() -> dict[str, Row]:
    """Return the measured rows; it takes some three minutes, most of it to install and for the 200."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        installed = install(root)
        installed.forget_compiled()
        uncompiled = start_of_the_shop(installed, root / "uncompiled")
        states = [root / f"shop-{number}" for number in range(_ROUNDS)]
        first = [start_of_the_shop(installed, state) for state in states]
        second = [start_of_the_shop(installed, state) for state in states]
        memory = memory_of_the_shop(installed, root / "weighed")
        monorepo = root / "many"
        write_monorepo(monorepo, SERVICES)
        many = [seconds_of_many(installed.command, root / f"many-{number}", monorepo) for number in range(_ROUNDS)]
        rotated = rotation_of_many(installed.command, root / "many-rotated", monorepo)
        revoked = seconds_of_revocations(
            installed.command, root / "revoked", _SHOP, connections=CONNECTIONS, rounds=REVOCATIONS
        )
        signed, calls = signing_key_of_many(installed.command, root / "many-signed", monorepo)
        flip, silent = account_of_many(installed.command, root / "many-moved", monorepo)
        heavy = Memory()
        with heavy.measured():
            seconds_of_many(installed.command, root / "many-weighed", monorepo)
    return {
        "local: the shop's first start, nothing compiled": _row(uncompiled, "s", START_BAR),
        "local: the shop's first start": _row(statistics.median(first), "s", START_BAR),
        "local: the shop's second start": _row(statistics.median(second), "s", START_BAR),
        "local: peak memory with the shop (RSS)": _row(memory.rss, "MB", MEMORY_BAR),
        f"local: {SERVICES} microservices connected": _row(statistics.median(many), "s", SERVICES_BAR),
        f"local: {SERVICES} microservices rotated, with proof": _row(rotated, "s", ROTATION_BAR),
        f"local: from apply to the last of {CONNECTIONS} connections closed, slowest of {REVOCATIONS}": _row(
            revoked[-1], "s", REVOCATION_BAR
        ),
        f"local: {SERVICES} microservices signed anew by another key, with proof": _row(signed, "s", ROTATION_BAR),
        f"local: failed of {calls.answered + len(calls.failed)} calls meanwhile": _row(len(calls.failed), "", 0.0),
        f"local: {SERVICES} microservices moved into another account, with proof": _row(flip, "s", FLIP_BAR),
        "local: longest time without an answer meanwhile": _row(silent.longest_silence, "s", SILENCE_BAR),
        f"local: peak memory with {SERVICES} microservices (PSS)": _row(heavy.pss, "MB", None),
    }


def start_of_the_shop(installed: Installed, state: Path) -> float:
    """Seconds until the example is ready; the first start where there is no `state` yet."""
    with started(_up(installed.command, _SHOP / "deploy", _SHOP), state) as ready:
        return ready.seconds


def memory_of_the_shop(installed: Installed, state: Path) -> Memory:
    """The peaks of a first start of the example."""
    memory = Memory()
    with memory.measured():
        start_of_the_shop(installed, state)
    return memory


def seconds_of_many(command: Sequence[str], state: Path, monorepo: Path, services: int = SERVICES) -> float:
    """Seconds until all of a monorepo's microservices are connected, as nats-server says. Raises `RuntimeError`."""
    manifests = monorepo / "deploy.yaml"
    manifests.write_text(_MANIFESTS)
    # No module but the monorepo's own is to be read: what this machine has of others would be measured with it.
    with started(_up(command, manifests, monorepo), state, GOMODCACHE=str(monorepo)) as ready:
        connected = ready.connected(".shop")
        if connected != services:
            raise RuntimeError(f"{connected} of {services} microservices are connected")
        return ready.seconds


def rotation_of_many(command: Sequence[str], state: Path, monorepo: Path) -> float:
    """Seconds until all of a monorepo's microservices have new credentials, and the old ones are revoked."""
    manifests = monorepo / "deploy.yaml"
    manifests.write_text(_MANIFESTS)
    return seconds_of_rotation(command, _up(command, manifests, monorepo), state, manifests, monorepo)


def signing_key_of_many(command: Sequence[str], state: Path, monorepo: Path) -> tuple[float, Calls]:
    """Seconds until the app's signing key is another one and all is signed anew, and the calls made meanwhile."""
    manifests = monorepo / "deploy.yaml"
    manifests.write_text(_MANIFESTS)
    return replaced_under_calls(command, _up(command, manifests, monorepo), state, manifests, monorepo)


def account_of_many(command: Sequence[str], state: Path, monorepo: Path) -> tuple[float, Calls]:
    """Seconds until all of a monorepo's microservices are in another account, and the calls made meanwhile."""
    manifests = monorepo / "deploy.yaml"
    manifests.write_text(_MANIFESTS)
    return moved_under_calls(command, _up(command, manifests, monorepo), state, manifests, monorepo)


def _up(command: Sequence[str], manifests: Path, source: Path) -> list[str]:
    return [*command, "up", "--stand-in", "-f", str(manifests), "--source", str(source)]


def _row(value: float, unit: str, bar: float | None) -> Row:
    if bar is None:
        return {"value": value, "unit": unit, "bar": "-", "ok": True}
    return {"value": value, "unit": unit, "bar": f"<= {bar:g}", "ok": value <= bar}
