"""The main story: a Plane and an app are applied, and what the code does passes, and nothing else."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Iterator

import pytest

from gencreds.nats.nkeys import KeyKind, Seed

from .attempts import Attempt, attempt_all, can_connect
from .conftest import Cluster
from .forbidden import attempts_of, granted
from .kubectl import KubectlFailed
from .shop import SHOP, SYSTEM, Service, app_manifest, golden, is_ready, nats_url, services, storefront
from .waiting import wait_until

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def url(shop: Cluster) -> Iterator[str]:
    with nats_url(shop) as found:
        yield found


def test_every_microservice_has_exactly_the_allow_list_that_its_code_asks_for(shop: Cluster) -> None:
    found = services(shop)
    assert len(found) >= 6
    for hostname, service in found.items():
        publishes, subscribes = golden(hostname)
        assert set(service.pub) == publishes, hostname
        assert set(service.sub) == subscribes, hostname


def test_all_of_the_apps_calls_pass_with_no_violation_in_the_brokers_log(shop: Cluster) -> None:
    with storefront(shop) as front, urllib.request.urlopen(f"{front}/exercise", timeout=60) as answer:
        calls = json.load(answer)
    assert len(calls) >= 6
    assert [call for call in calls if not call["ok"]] == []
    log = shop.kubectl("logs", "statefulset/prod-nats", "-n", SYSTEM)
    # Attempts of these tests carry the test client's name; the app's own violations would carry its hostnames.
    violations = [line for line in log.splitlines() if "Violation" in line and "lang:go" in line]
    assert violations == []
    for pod in shop.kubectl.names("pods", "-n", SHOP):
        assert "ermissions violation" not in shop.kubectl("logs", pod, "-n", SHOP), pod


def test_what_the_code_does_is_accepted_and_what_it_does_not_is_refused(shop: Cluster, url: str) -> None:
    everyone = services(shop)
    for service in everyone.values():
        forbidden = attempts_of(service, everyone)
        assert {attempt.why for attempt in forbidden} >= {
            "a foreign source",
            "another plane",
            "everything",
            "another's requests",
            "a trust root that it never calls",
        }
        assert set(forbidden) - attempt_all(url, service.creds, forbidden) == set(), service.hostname
        assert attempt_all(url, service.creds, granted(service)) == set(), service.hostname


def test_only_orders_may_reach_the_trust_root(shop: Cluster, url: str) -> None:
    holders = {
        hostname
        for hostname, service in services(shop).items()
        if not attempt_all(
            url,
            service.creds,
            [Attempt("pub", f"prod.danger.666.{hostname.replace('.', '_')}.signer_shop._.POST.sign", "the trust root")],
        )
    }
    assert holders == {"orders.shop"}


def test_nobody_connects_without_credentials_or_with_strangers(shop: Cluster, url: str) -> None:
    assert not asyncio.run(can_connect(url, None))
    service = next(iter(services(shop).values()))
    stranger = service.creds.replace(_seed_of(service), Seed.create(KeyKind.USER).reveal())
    assert not asyncio.run(can_connect(url, stranger))


def _seed_of(service: Service) -> str:
    return next(line for line in service.creds.splitlines() if line.startswith("SU"))


def test_a_second_look_writes_nothing(shop: Cluster) -> None:
    def versions() -> dict[str, str]:
        kinds = "planes,microbusapps,configmaps,secrets,deployments,statefulsets,services"
        found = [shop.kubectl.get(kinds, "-n", namespace)["items"] for namespace in (SYSTEM, SHOP)]
        return {
            f"{item['kind']}/{item['metadata']['name']}": item["metadata"]["resourceVersion"]
            for items in found
            for item in items
        }

    before = versions()
    # A restart looks at everything afresh; Ready once more means that it has.
    shop.kubectl("rollout", "restart", "deployment/microbus-operator", "-n", SYSTEM)
    shop.kubectl("rollout", "status", "deployment/microbus-operator", "-n", SYSTEM, "--timeout=120s", timeout=130)
    wait_until(lambda: "looked at" in shop.kubectl("logs", "deployment/microbus-operator", "-n", SYSTEM), "a look", 60)
    after = versions()
    changed = {name for name in before if before[name] != after.get(name)}
    assert changed - {"Deployment/microbus-operator"} == set()


def test_a_deleted_app_is_gone_from_the_broker_at_once(shop: Cluster, url: str) -> None:
    before = services(shop)
    for service in before.values():
        assert asyncio.run(can_connect(url, service.creds)), service.hostname
    shop.kubectl("delete", "microbusapp/shop", "-n", SHOP, "--timeout=120s", timeout=130)
    for service in before.values():
        assert not asyncio.run(can_connect(url, service.creds)), service.hostname
    shop.kubectl.apply(app_manifest(shop))
    is_ready(shop)
    again = services(shop)
    assert again.keys() == before.keys()
    # The same name does not bring the old credentials back to life.
    for hostname, service in before.items():
        assert again[hostname].public_key != service.public_key
        assert not asyncio.run(can_connect(url, service.creds)), hostname


def test_three_servers_agree(shop: Cluster) -> None:
    shop.kubectl("patch", "plane/prod", "-n", SYSTEM, "--type=merge", "-p", '{"spec":{"nats":{"replicas":3}}}')
    wait_until(
        lambda: shop.kubectl.get("plane/prod", "-n", SYSTEM)["status"],
        "three servers in sync",
        timeout=180,
        accept=lambda status: (
            sum(server["accountInSync"] for server in status.get("servers", ())) == 3 and status["phase"] == "Ready"
        ),
        transient=(KubectlFailed,),
    )
    is_ready(shop)
    with storefront(shop) as front, urllib.request.urlopen(f"{front}/exercise", timeout=60) as answer:
        assert [call for call in json.load(answer) if not call["ok"]] == []
    shop.kubectl("patch", "plane/prod", "-n", SYSTEM, "--type=merge", "-p", '{"spec":{"nats":{"replicas":1}}}')
    is_ready(shop)
