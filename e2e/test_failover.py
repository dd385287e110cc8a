"""The replica that works crashes, is drained and replaced: another takes over in time, and nothing is done twice."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from .kind import Cluster
from .kubectl import KubectlFailed
from .replicas import crash, holder, log_of_holder, replicas, working
from .shop import SHOP, SYSTEM, is_ready, services
from .waiting import wait_until

pytestmark = pytest.mark.e2e

CRASH_WITHIN = 20.0
KINDS = "planes,microbusapps,configmaps,secrets,deployments,statefulsets,services,poddisruptionbudgets"


def versions(cluster: Cluster) -> dict[str, str]:
    """The version of each object that the operator writes, which a write moves; of its pods, how often they started."""
    ours = "app.kubernetes.io/managed-by=microbus-operator"
    items = [
        item
        for arguments in ((KINDS, "-n", SYSTEM, "-l", ours), ("planes", "-n", SYSTEM), (KINDS, "-n", SHOP))
        for item in cluster.kubectl.get(*arguments)["items"]
    ]
    found = {f"{item['kind']} {item['metadata']['name']}": item["metadata"]["resourceVersion"] for item in items}
    for arguments in (("pods", "-n", SYSTEM, "-l", ours), ("pods", "-n", SHOP)):
        for pod in cluster.kubectl.get(*arguments)["items"]:
            starts = [str(each["restartCount"]) for each in pod["status"]["containerStatuses"]]
            found[f"Pod {pod['metadata']['name']}"] = f"{pod['metadata']['uid']} {starts}"
    return found


def took_over(cluster: Cluster, before: str) -> str:
    """Wait until another holds the Lease, and return which."""
    return wait_until(
        lambda: holder(cluster),
        "another replica to hold the Lease",
        60,
        accept=lambda found: found not in ("", before),
        every=0.1,
        transient=(KubectlFailed,),
    )


def looked(cluster: Cluster, after: str) -> None:
    """Wait until a holder that is another than `after` has looked at the Plane and at the app."""

    def has() -> bool:
        log = log_of_holder(cluster)
        return holder(cluster) != after and all(f"{key}: looked at" in log for key in KEYS)

    wait_until(has, "looks at the Plane and at the app", 60, transient=(KubectlFailed,))


KEYS = (f"Plane {SYSTEM}/prod", f"MicrobusApp {SHOP}/shop")


@pytest.fixture
def undisturbed(shop: Cluster) -> Iterator[str]:
    """The pod that works, with another ready beside it; in the end nothing is written, reissued or restarted."""
    is_ready(shop)
    shop.kubectl("rollout", "status", "deployment/microbus-operator", "-n", SYSTEM, "--timeout=120s", timeout=130)
    first = wait_until(
        lambda: working(shop) if len(replicas(shop)) == 2 else "", "two replicas", 60, transient=(KubectlFailed,)
    )
    keys = {name: service.public_key for name, service in services(shop).items()}
    before = versions(shop)
    yield first
    looked(shop, first)
    after = versions(shop)
    assert len(before) > 10
    assert {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)} == set()
    assert {name: service.public_key for name, service in services(shop).items()} == keys


def test_a_replica_that_crashed_is_followed_by_another_within_20_seconds(shop: Cluster, undisturbed: str) -> None:
    begun = time.monotonic()
    assert crash(undisturbed)
    took_over(shop, undisturbed)
    took = time.monotonic() - begun
    print(f"another replica took over {took:.1f} s after the crash")
    assert took <= CRASH_WITHIN


def test_a_drained_replica_hands_over_at_once(shop: Cluster, undisturbed: str) -> None:
    begun = time.monotonic()
    shop.kubectl("delete", "pod", undisturbed, "-n", SYSTEM, "--wait=false")
    took_over(shop, undisturbed)
    took = time.monotonic() - begun
    print(f"another replica took over {took:.1f} s after it was told to end")
    assert took <= 5.0


def test_an_upgrade_replaces_both_replicas_and_never_waits_for_a_crashed_one(shop: Cluster, undisturbed: str) -> None:
    before = replicas(shop)
    begun = time.monotonic()
    shop.kubectl("rollout", "restart", "deployment/microbus-operator", "-n", SYSTEM)
    shop.kubectl("rollout", "status", "deployment/microbus-operator", "-n", SYSTEM, "--timeout=120s", timeout=130)
    wait_until(
        lambda: holder(shop),
        "one of the new replicas to work",
        60,
        accept=lambda found: found not in before | {""},
        every=0.1,
    )
    print(f"both replicas were replaced within {time.monotonic() - begun:.1f} s")
