"""The operator of the commit before this one secures the shop, then this one takes over, and nobody notices."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from .kind import Cluster, run_script
from .shop import (
    FLEET,
    REPOSITORY,
    SHOP,
    SYSTEM,
    app_manifest,
    install_operator,
    is_ready,
    plane_manifest,
    remove,
    services,
)
from .waiting import wait_until

pytestmark = pytest.mark.e2e

NAMESPACES = (SYSTEM, SHOP, FLEET)
# What the operator makes. Of a Plane and an app a newer operator may have more to tell.
MADE = "configmaps,secrets,deployments,statefulsets,services"


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree of the commit before this one."""
    folder = tmp_path_factory.mktemp("before")
    archive = folder / "tree.tar"
    subprocess.run(["git", "-C", str(REPOSITORY), "archive", "HEAD~1", "-o", str(archive)], check=True)
    subprocess.run(["tar", "-xf", str(archive), "-C", str(folder)], check=True)
    return folder


@pytest.fixture(scope="module")
def older(cluster: Cluster, before: Path) -> Cluster:
    """The cluster with the older operator and the shop, made anew."""
    remove(cluster)
    run_script("images", "--operator", "microbus-operator-before", str(before), timeout=600)
    install_operator(cluster, NAMESPACES, "microbus-operator-before", before)
    cluster.kubectl.apply(plane_manifest(cluster), app_manifest(cluster))
    is_ready(cluster)
    return cluster


def test_an_upgrade_issues_nothing_restarts_nobody_and_writes_nothing_r3(older: Cluster) -> None:
    def seen() -> dict[str, str]:
        found = [
            older.kubectl.get(kinds, "-n", namespace)["items"]
            for namespace, kinds in ((SYSTEM, MADE), (SHOP, f"{MADE},pods"))
        ]
        return {
            f"{item['kind']}/{item['metadata']['name']}": item["metadata"]["resourceVersion"]
            for items in found
            for item in items
            if item["metadata"].get("labels", {}).get("app.kubernetes.io/managed-by") == "microbus-operator"
        }

    keys = {service.hostname: service.public_key for service in services(older).values()}
    versions = seen()
    assert any(name.startswith("Pod/") for name in versions)
    assert any(name.startswith("Secret/") for name in versions)
    install_operator(older, NAMESPACES)
    looked = ("logs", "deployment/microbus-operator", "--all-pods=true", "-n", SYSTEM)
    for kind in ("Plane", "MicrobusApp"):
        wait_until(lambda kind=kind: f"{kind} " in older.kubectl(*looked), f"a look at the {kind}", 60)
    is_ready(older)
    after = seen()
    assert {name: after.get(name) for name in versions} == versions
    assert {service.hostname: service.public_key for service in services(older).values()} == keys
