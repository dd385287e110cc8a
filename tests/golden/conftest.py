"""Fixtures of the tests over the corpus."""

from __future__ import annotations

import pytest

from .corpus import Trees


@pytest.fixture(scope="session")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Trees:
    """Each case's tree, laid out and scanned once a session."""
    return Trees(tmp_path_factory.mktemp("corpus"))
