"""The operator is killed at random moments of the story: it ends in the same state, with the same keys."""

from __future__ import annotations

import base64
import random
import time

import pytest

from .kind import Cluster
from .kubectl import KubectlFailed
from .replicas import crash, working
from .secrets import logs
from .shop import SHOP, SYSTEM, app_manifest, golden, is_ready, services
from .waiting import wait_until

pytestmark = pytest.mark.e2e

KILLS = 10
LONGEST = 8.0
"""Seconds after `kubectl apply` within which the operator is killed: the story takes about as long."""


def keys(cluster: Cluster) -> dict[str, str]:
    """The Plane's own keys: Secret's name to public key."""
    secrets = cluster.kubectl.get("secrets", "-n", SYSTEM, "-l", "microbus.io/key")["items"]
    return {
        item["metadata"]["name"]: base64.b64decode(item["data"]["publicKey"]).decode()
        for item in secrets
        if "-app-" not in item["metadata"]["name"]
    }


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_operator_goes_on_where_the_facts_are(shop: Cluster, seed: int, secrets_seen: list[str]) -> None:
    before = keys(shop)
    assert len(before) == 5
    moment = random.Random(seed).uniform(0, LONGEST)
    begun = time.monotonic()
    shop.kubectl("delete", "microbusapp/shop", "-n", SHOP, "--wait=false")
    applied = wait_until(
        lambda: _gone(shop) or time.monotonic() - begun >= moment,
        "the app's end, or the moment to kill",
        60,
        every=0.05,
    )
    if applied and _gone(shop):
        shop.kubectl.apply(app_manifest(shop))
        wait_until(lambda: time.monotonic() - begun >= moment, "the moment to kill", LONGEST, every=0.02)
    secrets_seen.extend(text for _, text in logs(shop, SYSTEM))
    # Where the one before has just been killed, nobody may work yet.
    wait_until(lambda: crash(working(shop)), "a replica that works, to kill it", 60, transient=(KubectlFailed,))
    wait_until(lambda: _gone(shop) or _alive(shop), "the app to be gone or applied again", 120)
    if _gone(shop):
        shop.kubectl.apply(app_manifest(shop))
    is_ready(shop)
    assert keys(shop) == before
    for hostname, service in services(shop).items():
        assert (set(service.pub), set(service.sub)) == golden(hostname)


def _app(cluster: Cluster) -> dict[str, object] | None:
    items = cluster.kubectl.get("microbusapps", "-n", SHOP)["items"]
    return items[0]["metadata"] if items else None


def _gone(cluster: Cluster) -> bool:
    return _app(cluster) is None


def _alive(cluster: Cluster) -> bool:
    app = _app(cluster)
    return app is not None and "deletionTimestamp" not in app
