"""Fixtures of the contract tests: real servers, started once a session."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator

import pytest

from microbus_operator.kube.cluster import Cluster

from .api_servers import ApiServer, running


@pytest.fixture(scope="session")
def api_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """One API server for all tests of the session; each makes its own namespace."""
    with running(tmp_path_factory.mktemp("api-server")) as server:
        yield server


@pytest.fixture
async def cluster(api_server: ApiServer) -> AsyncIterator[Cluster]:
    """A connection to the API server as its administrator."""
    async with api_server.cluster() as connected:
        yield connected


@pytest.fixture
async def namespace(cluster: Cluster) -> str:
    """A namespace of the test's own."""
    name = f"t-{secrets.token_hex(5)}"
    await cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "namespace": None}})
    return name
