"""Fixtures of the local mode's tests: real processes in a private folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from .sessions import Up


@pytest.fixture
def up(tmp_path: Path) -> Up:
    """The local mode on a state folder of its own, not started yet."""
    return Up(tmp_path / "state")
