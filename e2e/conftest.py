"""Fixtures of the end-to-end stories: the cluster, and the shop secured on it, once a session."""

import pytest

from .kind import Cluster, connected
from .shop import FLEET, SHOP, SYSTEM, app_manifest, install_operator, is_ready, plane_manifest, remove


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """The cluster of `make cluster`, once a session."""
    return connected()


@pytest.fixture(scope="session")
def shop(cluster: Cluster) -> Cluster:
    """The cluster with the operator installed by its chart and the example app running, secured.

    Made anew: what an earlier run left of them is deleted first, so that every run sees the whole story.
    """
    remove(cluster)
    install_operator(cluster, (SYSTEM, SHOP, FLEET))
    cluster.kubectl.apply(plane_manifest(cluster), app_manifest(cluster))
    is_ready(cluster)
    return cluster


@pytest.fixture(scope="session")
def secrets_seen() -> list[str]:
    """Logs of pods that a story ended, kept for the search at the end."""
    return []
