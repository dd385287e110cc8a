"""Fixtures of the wiring tests: the contract tests' servers, and the operator in this process."""

from __future__ import annotations

import gc
import warnings
from collections.abc import AsyncIterator, Iterator

import pytest

from microbus_operator.kube.cluster import Cluster

from ..contract.api_servers import ApiServer, running
from ..contract.conftest import namespace
from ..contract.registries import ImageRegistry, running_registry

__all__ = ["namespace"]


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


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ImageRegistry]:
    """One image registry for all tests of the session; each pushes to its own repositories."""
    with running_registry(tmp_path_factory.mktemp("registry")) as found:
        yield found


@pytest.fixture(autouse=True)
def _what_a_stopped_operator_still_held() -> Iterator[None]:
    """An operator is stopped here in the middle of what it does, as by a kill: what its loop still held, a socket that
    was being opened, is dropped with this test and not told in whichever test comes when Python gets around to it."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
