"""Credentials are replaced and revoked while the fleet works: no request fails, and who is revoked is out in a second.

The same stories as `make soak`, with small numbers.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .fleet_on_cluster import PLANE, Fleet, applied, listening
from .kind import Cluster
from .kubectl import KubectlFailed
from .partitions import cut_off
from .replicas import OPERATORS
from .waiting import wait_until

pytestmark = pytest.mark.e2e

SERVICES, REPLICAS, REQUESTS = 20, 2, 200
CONNECTIONS, REVOCATIONS = 300, 5
REVOKED_WITHIN, HELD_WITHIN = 1.0, 30.0


@pytest.fixture(scope="module")
def fleet(shop: Cluster) -> Iterator[Fleet]:
    """The fleet beside the shop, with three servers of its own."""
    with applied(shop, SERVICES, REPLICAS, REQUESTS) as made:
        yield made


def test_a_rotation_under_load_loses_no_request(fleet: Fleet, tmp_path: Path) -> None:
    with listening(fleet.cluster, tmp_path) as listener:
        listener.answered_more(2 * REQUESTS)
        for _ in range(2):
            before = fleet.user_keys()
            fleet.rotate_users()
            after = fleet.user_keys()
            assert after.keys() == before.keys()
            assert not set(after.values()) & set(before.values())
        listener.answered_more(2 * REQUESTS)
        heard = listener.heard()
    assert heard.failures == []
    assert heard.failed == 0
    assert heard.deaf == []
    assert len(set(fleet.revocations()) & set(before.values())) == SERVICES


def test_a_signing_key_is_replaced_under_load_and_no_request_fails(fleet: Fleet, tmp_path: Path) -> None:
    (before,) = fleet.account().signing_keys
    with listening(fleet.cluster, tmp_path) as listener:
        listener.answered_more(2 * REQUESTS)
        fleet.replace_signing_key()
        listener.answered_more(2 * REQUESTS)
        heard = listener.heard()
    (after,) = fleet.account().signing_keys
    assert after != before
    assert (heard.failures, heard.failed, heard.deaf) == ([], 0, [])


def test_reload_brings_new_credentials_into_use_in_the_pods_that_there_are(fleet: Fleet, tmp_path: Path) -> None:
    """As long as a kubelet may take to bring a file, then connection by connection."""
    before, pods = fleet.user_keys(), fleet.pods()
    credentials = fleet.app["spec"].setdefault("credentials", {})
    credentials["delivery"] = "Reload"
    with listening(fleet.cluster, tmp_path) as listener:
        fleet.rotate_users(timeout=600)
        listener.answered_more(2 * REQUESTS)
        heard = listener.heard()
    del credentials["delivery"]
    fleet.apply()
    assert fleet.pods() == pods
    assert heard.deaf == []
    assert len(set(fleet.revocations()) & set(before.values())) == SERVICES


def test_a_revoked_key_is_off_three_servers_within_a_second(fleet: Fleet) -> None:
    taken = [fleet.revoke_a_crowd(f"crowd-{number}", CONNECTIONS) for number in range(REVOCATIONS)]
    assert [again for _, again in taken] == [0] * REVOCATIONS
    # Half of them: whatever else this machine does may hold one up. `make soak` takes the slowest of a hundred.
    assert statistics.median(seconds for seconds, _ in taken) <= REVOKED_WITHIN


def test_a_server_that_was_cut_off_holds_a_revocation_soon_after_it_is_back(fleet: Fleet) -> None:
    """Nothing in NATS looks again by itself."""
    crowd = fleet.crowd()
    public_key = crowd.gather("cut-off", 30)
    operators = fleet.cluster.kubectl.get("pods", *OPERATORS)["items"]
    others = [fleet.server_address(0), fleet.server_address(1), *(item["status"]["podIP"] for item in operators)]
    with cut_off(fleet.server_address(2), others):
        fleet.revoke(public_key, "meanwhile")

        def acknowledged() -> list[str]:
            return [server["name"] for server in fleet.receipt(public_key).get("servers", ())]

        both = [f"{PLANE}-nats-0", f"{PLANE}-nats-1"]
        said = wait_until(
            acknowledged, "two servers' receipts", 60, accept=lambda names: names == both, transient=(KubectlFailed,)
        )
        assert said == both
        assert "closedAt" not in fleet.receipt(public_key)
    healed = time.time()
    closed = crowd.said("cut-off", "closed")
    assert closed["last"] / 1000 - healed <= HELD_WITHIN
    assert crowd.said("cut-off", "again")["again"] == 0
    crowd.dismiss("cut-off")
    wait_until(
        lambda: fleet.receipt(public_key), "the receipt of all", 60, accept=lambda receipt: "closedAt" in receipt
    )
