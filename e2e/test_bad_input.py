"""What users get wrong: a condition names the object, what was found and what to do, and nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .kind import Cluster
from .kubectl import KubectlFailed
from .replicas import log_of_holder
from .shop import SHOP, SYSTEM, app_manifest, is_ready, plane_manifest, services
from .source_images import push_source
from .waiting import wait_until

pytestmark = pytest.mark.e2e

BROKEN = Path(__file__).parent / "broken"


@pytest.fixture(autouse=True)
def nothing_is_lost(shop: Cluster) -> Iterator[None]:
    """Whatever happens to the others, the shop keeps its credentials."""
    before = {name: service.public_key for name, service in services(shop).items()}
    yield
    assert {name: service.public_key for name, service in services(shop).items()} == before
    is_ready(shop)
    assert "Traceback" not in log_of_holder(shop)


def app(name: str, image: str, namespace: str = SHOP, plane: str = "prod") -> dict[str, Any]:
    return {
        "apiVersion": "microbus.io/v1alpha1",
        "kind": "MicrobusApp",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "planeRef": {"name": plane, "namespace": SYSTEM},
            "bundles": [{"name": "main", "image": image, "workload": {"replicas": 0}}],
        },
    }


def told(cluster: Cluster, manifest: dict[str, Any], reason: str) -> str:
    """Applies an app, waits until `Ready` is False for that reason, and returns the message. The app is deleted."""
    name, namespace = manifest["metadata"]["name"], manifest["metadata"]["namespace"]
    cluster.kubectl.apply(manifest)
    try:
        return wait_until(
            lambda: cluster.kubectl.condition("microbusapp", name, "Ready", namespace),
            f"{name} to be told {reason}",
            timeout=90,
            accept=lambda seen: seen.startswith(f"False {reason}:"),
        )
    finally:
        cluster.kubectl("delete", "microbusapp", name, "-n", namespace, "--timeout=90s", timeout=100)


def test_an_image_that_does_not_exist(shop: Cluster) -> None:
    message = told(shop, app("absent", "registry.microbus.test:5000/no/such:1"), "ImageNotFound")
    assert "registry.microbus.test:5000/no/such:1" in message


def test_an_image_without_source(shop: Cluster) -> None:
    message = told(shop, app("sourceless", shop.image("nats")), "NoSource")
    assert "/.microbus/source.tar.gz" in message


def test_broken_go_is_a_finding_with_file_and_line(shop: Cluster) -> None:
    image = push_source(shop, "broken/syntax", BROKEN / "syntax")
    message = told(shop, app("syntax", image), "BlockingFindings")
    assert "broken.example" in message
    assert "service.go:" in message


def test_an_unresolvable_api_import_is_a_finding(shop: Cluster) -> None:
    image = push_source(shop, "broken/import", BROKEN / "import")
    message = told(shop, app("import", image), "BlockingFindings")
    assert "nowhereapi" in message


def test_a_plane_name_with_a_dot_is_refused_at_once(shop: Cluster) -> None:
    manifest = {
        "apiVersion": "microbus.io/v1alpha1",
        "kind": "Plane",
        "metadata": {"name": "dotted", "namespace": SYSTEM},
        "spec": {"plane": "prod.eu", "nats": {"image": "nats"}},
    }
    with pytest.raises(KubectlFailed, match=r"spec\.plane"):
        shop.kubectl.apply(manifest)


def test_two_apps_claim_one_hostname(shop: Cluster) -> None:
    message = told(shop, app("twin", shop.image("shop/signer")), "HostnameConflict")
    assert "signer.shop" in message
    assert "shop/shop" in message


def test_an_app_of_a_namespace_that_the_plane_does_not_allow(shop: Cluster) -> None:
    shop.kubectl("label", "namespace", SHOP, "microbus.io/plane-")
    try:
        message = told(shop, app("outsider", shop.image("shop/signer")), "NamespaceNotAllowed")
        assert "allowedNamespaces" in message
    finally:
        shop.kubectl("label", "namespace", SHOP, "microbus.io/plane=prod", "--overwrite")


def test_a_secret_of_the_wanted_name_that_is_not_ours(shop: Cluster) -> None:
    image = push_source(shop, "broken/alone", BROKEN / "alone")
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "stranger-alone.example-creds", "namespace": SHOP},
    }
    shop.kubectl.apply({**secret, "stringData": {"mine": "keep"}})
    try:
        message = told(shop, app("stranger", image), "SecretConflict")
        assert "stranger-alone.example-creds" in message
        found = shop.kubectl.get("secret", "stranger-alone.example-creds", "-n", SHOP)
        assert list(found["data"]) == ["mine"]
    finally:
        shop.kubectl("delete", "secret", "stranger-alone.example-creds", "-n", SHOP)


def test_a_plane_that_does_not_exist(shop: Cluster) -> None:
    assert f"{SYSTEM}/elsewhere" in told(
        shop, app("lost", shop.image("shop/signer"), plane="elsewhere"), "PlaneNotFound"
    )


def test_a_deleted_keys_secret_is_a_lost_seed_and_comes_back_with_its_backup(shop: Cluster) -> None:
    backup = shop.kubectl.get("secret", "prod-account-1", "-n", SYSTEM)
    for field in ("resourceVersion", "uid", "creationTimestamp", "managedFields"):
        backup["metadata"].pop(field, None)
    shop.kubectl("delete", "secret", "prod-account-1", "-n", SYSTEM)
    seen = wait_until(
        lambda: shop.kubectl.condition("plane", "prod", "Ready", SYSTEM),
        "the Plane to miss its seed",
        timeout=90,
        accept=lambda text: text.startswith("False SeedLost:"),
    )
    assert f"{SYSTEM}/prod-account-1" in seen
    assert shop.kubectl.names("secrets", "-n", SYSTEM, "-l", "microbus.io/key=account") == []
    shop.kubectl.apply(backup)
    shop.kubectl.wait_for_condition("plane", "prod", "Ready", SYSTEM, timeout=90)


def test_brokers_that_cannot_be_reached(shop: Cluster) -> None:
    image = plane_manifest(shop)["spec"]["nats"]["image"]
    set_image(shop, "registry.microbus.test:5000/no/nats:1")
    try:
        seen = wait_until(
            lambda: shop.kubectl.condition("plane", "prod", "Ready", SYSTEM),
            "the Plane to miss its brokers",
            timeout=120,
            accept=lambda text: text.startswith("False NatsUnavailable:"),
        )
        assert "prod-nats" in seen
    finally:
        set_image(shop, image)
        # A StatefulSet does not replace a pod that never became ready (kubernetes/kubernetes#67250): a person has to.
        shop.kubectl("delete", "pod", "prod-nats-0", "-n", SYSTEM, "--wait=false")
    shop.kubectl.wait_for_condition("plane", "prod", "Ready", SYSTEM, timeout=120)


def set_image(cluster: Cluster, image: str) -> None:
    """Gives the Plane's brokers another image."""
    patch = json.dumps({"spec": {"nats": {"image": image}}})
    cluster.kubectl("patch", "plane/prod", "-n", SYSTEM, "--type=merge", "-p", patch)


def test_the_examples_own_manifest_is_accepted_as_it_is(shop: Cluster) -> None:
    shop.kubectl.apply(app_manifest(shop))
    is_ready(shop)
