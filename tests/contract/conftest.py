"""Fixtures of the contract tests: real servers, started once a session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .api_servers import ApiServer, running


@pytest.fixture(scope="session")
def api_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """One API server for all tests of the session; each makes its own namespace."""
    with running(tmp_path_factory.mktemp("api-server")) as server:
        yield server
