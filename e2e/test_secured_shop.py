"""The main story: a Plane and an app are applied, and what the code does passes, and nothing else."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator

import pytest

from gencreds.nats.nkeys import KeyKind, Seed

from .attempts import Attempt, answer_without_credentials, can_connect, refused
from .forbidden import attempts_of, granted
from .kind import Cluster
from .kubectl import KubectlFailed
from .replicas import holder, log_of_holder, replicas
from .shop import REPOSITORY, SHOP, SYSTEM, app_manifest, golden, helm, is_ready, nats_port, services, storefront
from .waiting import wait_until

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def port(shop: Cluster) -> Iterator[int]:
    with nats_port(shop) as found:
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


def test_what_the_code_does_is_accepted_and_what_it_does_not_is_refused(shop: Cluster, port: int) -> None:
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
        assert set(forbidden) - refused(port, service.creds, forbidden) == set(), service.hostname
        assert refused(port, service.creds, granted(service)) == set(), service.hostname


def test_only_orders_may_reach_the_trust_root(shop: Cluster, port: int) -> None:
    holders = {
        hostname
        for hostname, service in services(shop).items()
        if not refused(
            port,
            service.creds,
            [Attempt("pub", f"prod.danger.666.{hostname.replace('.', '_')}.signer_shop._.POST.sign", "the trust root")],
        )
    }
    assert holders == {"orders.shop"}


def test_nobody_connects_without_credentials_or_with_a_strangers_key(shop: Cluster, port: int) -> None:
    assert "Authorization Violation" in answer_without_credentials(port)
    service = next(iter(services(shop).values()))
    own = next(line for line in service.creds.splitlines() if line.startswith("SU"))
    assert not can_connect(port, service.creds.replace(own, Seed.create(KeyKind.USER).reveal()))


def test_the_charts_own_test_passes(shop: Cluster) -> None:
    assert "Phase:          Succeeded" in helm(shop, "test", "microbus-operator", "-n", SYSTEM, "--timeout", "120s")


def test_kubectl_microbus_says_why_a_permission_exists(shop: Cluster) -> None:
    command = [sys.executable, "-m", "microbus_operator.cli.kubectl", "explain", "orders.shop", "-n", SHOP]
    done = subprocess.run(
        [*command, "--kubeconfig", str(shop.kubeconfig)], capture_output=True, text=True, timeout=60, check=True
    )
    (trust_root,) = [line for line in done.stdout.splitlines() if "trust root" in line]
    place = re.search(r"(orders/service\.go):(\d+)", trust_root)
    assert place is not None
    source = (REPOSITORY / "examples/shop" / place[1]).read_text().splitlines()
    assert "signerapi.NewClient(svc).Sign(" in source[int(place[2]) - 1]


def test_a_second_look_writes_nothing(shop: Cluster) -> None:
    def versions() -> dict[str, str]:
        kinds = "planes,microbusapps,configmaps,secrets,deployments,statefulsets,services"
        found = [shop.kubectl.get(kinds, "-n", namespace)["items"] for namespace in (SYSTEM, SHOP)]
        return {
            f"{item['kind']}/{item['metadata']['name']}": item["metadata"]["resourceVersion"]
            for items in found
            for item in items
        }

    before, old = versions(), replicas(shop)
    # A restart looks at everything afresh.
    shop.kubectl("rollout", "restart", "deployment/microbus-operator", "-n", SYSTEM)
    shop.kubectl("rollout", "status", "deployment/microbus-operator", "-n", SYSTEM, "--timeout=120s", timeout=130)
    wait_until(
        lambda: holder(shop) not in old and "looked at" in log_of_holder(shop),
        "a look by a new replica",
        60,
        transient=(KubectlFailed,),
    )
    after = versions()
    changed = {name for name in before if before[name] != after.get(name)}
    assert changed - {"Deployment/microbus-operator"} == set()


def test_a_deleted_app_is_gone_from_the_broker_at_once(shop: Cluster, port: int) -> None:
    before = services(shop)
    for service in before.values():
        assert can_connect(port, service.creds), service.hostname
    shop.kubectl("delete", "microbusapp/shop", "-n", SHOP, "--timeout=120s", timeout=130)
    for service in before.values():
        assert not can_connect(port, service.creds), service.hostname
    shop.kubectl.apply(app_manifest(shop))
    is_ready(shop)
    again = services(shop)
    assert again.keys() == before.keys()
    # The same name does not bring the old credentials back to life.
    for hostname, service in before.items():
        assert again[hostname].public_key != service.public_key
        assert not can_connect(port, service.creds), hostname


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
