"""Fixtures of the wiring tests: the contract tests' servers, and the operator in this process."""

from __future__ import annotations

import gc
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from microbus_operator.local.store import Store

from ..contract.api_servers import ApiServer, running
from ..contract.registries import ImageRegistry, running_registry
from .stores import InCluster, InFolder, ObjectStore

BOTH = ["api-server", pytest.param("folder", marks=pytest.mark.folder)]


@pytest.fixture(scope="session")
def api_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """One API server for all tests of the session; each makes its own namespace."""
    with running(tmp_path_factory.mktemp("api-server")) as server:
        yield server


@asynccontextmanager
async def opened(request: pytest.FixtureRequest, folder: Path) -> AsyncIterator[ObjectStore]:
    """The store that the parameter of a fixture names."""
    if request.param == "folder":
        async with await Store.open(folder) as store:
            yield InFolder(store)
    else:
        server: ApiServer = request.getfixturevalue("api_server")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("KUBECONFIG", str(server.kubeconfig))
            async with server.cluster() as cluster:
                yield InCluster(server, cluster)


@pytest.fixture(params=BOTH)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ObjectStore]:
    """What keeps the objects, once each: an API server, and a state folder."""
    async with opened(request, tmp_path / "objects") as made:
        yield made


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
