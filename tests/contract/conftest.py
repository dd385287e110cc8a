"""Fixtures of the contract tests: real servers, started once a session."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from microbus_operator.kube.cluster import Cluster
from microbus_operator.local.store import Store

from .api_servers import ApiServer, running


@pytest.fixture(scope="session")
def api_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """One API server for all tests of the session; each makes its own namespace."""
    with running(tmp_path_factory.mktemp("api-server")) as server:
        yield server


@pytest.fixture(params=["api-server", pytest.param("folder", marks=pytest.mark.folder)])
async def cluster(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Cluster]:
    """What keeps objects, once each: the API server as its administrator, and a state folder."""
    if request.param == "folder":
        async with await Store.open(tmp_path / "state") as store:
            yield store
    else:
        async with request.getfixturevalue("api_server").cluster() as connected:
            yield connected


@pytest.fixture
async def another(request: pytest.FixtureRequest, cluster: Cluster) -> AsyncIterator[Cluster]:
    """A second client of the same; a state folder has but one."""
    if isinstance(cluster, Store):
        yield cluster
    else:
        async with request.getfixturevalue("api_server").cluster() as connected:
            yield connected


@pytest.fixture
async def namespace(cluster: Cluster) -> str:
    """A namespace of the test's own."""
    return await made_namespace(cluster)


async def made_namespace(cluster: Cluster) -> str:
    """A new namespace."""
    name = f"t-{secrets.token_hex(5)}"
    await cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "namespace": None}})
    return name
