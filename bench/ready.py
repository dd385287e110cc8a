"""How long the example app takes from `kubectl apply` to `Ready`, on the cluster of `make cluster`."""

from __future__ import annotations

import time

from e2e import shop as example
from e2e.kind import Cluster, connected
from e2e.waiting import wait_until

BAR_SECONDS = 60.0
RUNS = 3


def rows() -> dict[str, dict[str, object]]:
    """The median of three runs, in seconds: the Plane is there, the app is not."""
    cluster = connected()
    example.remove(cluster)
    example.install_operator(cluster, (example.SYSTEM, example.SHOP))
    begun = time.monotonic()
    cluster.kubectl.apply(example.plane_manifest(cluster), example.app_manifest(cluster))
    example.is_ready(cluster)
    both = time.monotonic() - begun
    taken = sorted(_again(cluster) for _ in range(RUNS))
    median = taken[RUNS // 2]
    return {
        "plane-and-app-apply-to-ready": {"value": both, "unit": "s", "bar": BAR_SECONDS, "ok": both <= BAR_SECONDS},
        "app-apply-to-ready": {"value": median, "unit": "s", "bar": BAR_SECONDS, "ok": median <= BAR_SECONDS},
    }


def _again(cluster: Cluster) -> float:
    cluster.kubectl("delete", "microbusapp/shop", "-n", example.SHOP, "--timeout=120s", timeout=130)
    wait_until(lambda: not cluster.kubectl.names("pods", "-n", example.SHOP), "the shop's pods to be gone", 60)
    begun = time.monotonic()
    cluster.kubectl.apply(example.app_manifest(cluster))
    example.is_ready(cluster)
    return time.monotonic() - begun
