"""`make soak`: the stories of `test_lifecycle.py` with large numbers, and with kills meanwhile.

    python -m e2e.soak [--services N] [--rounds N] [--late SECONDS] [--connections N] [--revocations N]

Each round replaces the credentials of every microservice, so that there are services times rounds rotations. What was
measured is printed and written to bench/results.json; a missed bar ends it with 1.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .fleet_on_cluster import PLANE, SERVERS, Fleet, Heard, applied, listening
from .kind import Cluster, connected
from .kubectl import KubectlFailed
from .shop import FLEET, REPOSITORY, SHOP, SYSTEM, install_operator, remove
from .waiting import NotReached, wait_until

RESULTS = REPOSITORY / "bench" / "results.json"
REPLICAS, REQUESTS = 2, 200
KILLED_EVERY = (15.0, 45.0)
Row = dict[str, object]


@dataclass
class Kills:
    """Pods killed at random moments by a thread: the operator's, a resolver's, a server's, each as by SIGKILL."""

    cluster: Cluster
    choose: random.Random
    done: list[str] = field(default_factory=list)
    _end: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def going_on(self) -> Iterator[Kills]:
        """Until the block ends."""
        thread = threading.Thread(target=self._kill)
        thread.start()
        try:
            yield self
        finally:
            self._end.set()
            thread.join()

    def _kill(self) -> None:
        while not self._end.wait(self.choose.uniform(*KILLED_EVERY)):
            what = self.choose.choice(("operator", "resolver", "server"))
            try:
                self._kill_one(what)
            except (KubectlFailed, NotReached) as error:
                print(f"the kill of a {what} came to nothing: {error}", file=sys.stderr)

    def _kill_one(self, what: str) -> None:
        kubectl = self.cluster.kubectl
        if what == "server":
            place, pods = FLEET, [f"pod/{PLANE}-nats-{number}" for number in range(SERVERS)]
        else:
            place, pods = SYSTEM, kubectl.names("pods", "-n", SYSTEM, "-l", f"app.kubernetes.io/component={what}")
        pod = self.choose.choice(pods)
        kubectl("delete", pod, "-n", place, "--grace-period=0", "--force", "--wait=false")
        self.done.append(f"{time.strftime('%H:%M:%S', time.gmtime())} {what}")

        def ready() -> bool:
            items = kubectl.get("pods", "-n", place)["items"]
            return all(
                status["ready"]
                for item in items
                for status in item["status"].get("containerStatuses", [{"ready": False}])
                if not item["metadata"]["name"].startswith(("fleet-main", "crowd"))
            )

        wait_until(ready, f"{pod} to be replaced", 120, transient=(KubectlFailed,), every=1.0)


def main(arguments: list[str]) -> int:
    """Measure, print and write the rows."""
    parser = argparse.ArgumentParser(prog="python -m e2e.soak", description="Rotations and revocations under load.")
    parser.add_argument("--services", type=int, default=100, metavar="N")
    parser.add_argument("--rounds", type=int, default=10, metavar="N")
    parser.add_argument("--late", type=float, default=120.0, metavar="SECONDS")
    parser.add_argument("--connections", type=int, default=1000, metavar="N")
    parser.add_argument("--revocations", type=int, default=100, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    cluster = connected()
    remove(cluster)
    install_operator(cluster, (SYSTEM, SHOP, FLEET))
    rows: dict[str, Row] = {}
    with applied(cluster, chosen.services, REPLICAS, REQUESTS, chosen.late) as fleet:
        rows |= kept(rotations(fleet, chosen.rounds, chosen.services, random.Random(chosen.seed)))
        rows |= kept(revocations(fleet, chosen.revocations, chosen.connections))
    for name, row in rows.items():
        mark = "ok" if row["ok"] else "MISSED"
        print(f"{name:70}  {row['value']:>10.2f} {row['unit']!s:<10} bar {row['bar']!s:<12} {mark}")
    return 0 if all(row["ok"] for row in rows.values()) else 1


def kept(rows: dict[str, Row]) -> dict[str, Row]:
    """The rows, once they are written: what took an hour is not lost with what comes after it."""
    known = json.loads(RESULTS.read_text())
    RESULTS.write_text(json.dumps(known | rows, indent=2, sort_keys=True) + "\n")
    return rows


def rotations(fleet: Fleet, rounds: int, services: int, choose: random.Random) -> dict[str, Row]:
    """Rotations with kills meanwhile: failed requests, deaf clients, and how long connections were away."""
    with tempfile.TemporaryDirectory() as folder, listening(fleet.cluster, Path(folder)) as listener:
        listener.answered_more(REQUESTS)
        with Kills(fleet.cluster, choose).going_on() as kills:
            for number in range(rounds):
                begun = time.monotonic()
                fleet.rotate_users(timeout=1200)
                told(number, time.monotonic() - begun, listener.heard(), kills)
        fleet.settled()
        listener.answered_more(10 * REQUESTS)
        heard = listener.heard()
    gaps = sorted(heard.gaps)
    p99 = 1000 * gaps[len(gaps) * 99 // 100] if gaps else 0.0
    return {
        f"soak: requests that failed in {rounds * services} rotations": _row(heard.failed, "requests", 0),
        "soak: clients closed for good": _row(len(heard.deaf), "clients", 0),
        "soak: a connection's gap, p99": _row(p99, "ms", 50),
        "soak: requests answered": {"value": heard.answered, "unit": "requests", "bar": "-", "ok": True},
        "soak: kills meanwhile": {"value": len(kills.done), "unit": "kills", "bar": "-", "ok": True},
    }


def told(number: int, seconds: float, heard: Heard, kills: Kills) -> None:
    """A line of progress."""
    print(
        f"round {number + 1}: {seconds:.0f} s; {heard.answered} answered, {heard.failed} failed, slowest "
        f"{heard.slowest_ms:.0f} ms; {heard.lost} connections lost, {len(heard.deaf)} away; killed: "
        f"{', '.join(kills.done) or 'nothing'}; {heard.failures}",
        file=sys.stderr,
        flush=True,
    )


def revocations(fleet: Fleet, count: int, connections: int) -> dict[str, Row]:
    """Revocations of crowds, one after the other."""
    taken = [fleet.revoke_a_crowd(f"crowd-{number}", connections) for number in range(count)]
    seconds = sorted(item[0] for item in taken)
    print(f"revocations: {seconds}", file=sys.stderr)
    return {
        f"soak: from apply to the last of {connections} connections closed, p99": _row(
            seconds[min(len(seconds) * 99 // 100, len(seconds) - 1)], "s", 1.0
        ),
        "soak: connections let in by a revoked key": _row(sum(again for _, again in taken), "connections", 0),
    }


def _row(value: float, unit: str, bar: float) -> Row:
    return {"value": value, "unit": unit, "bar": f"<= {bar:g}", "ok": value <= bar}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
