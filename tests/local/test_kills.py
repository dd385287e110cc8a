"""A `kill -9` of any process costs nothing that was there; `python -m tests.local.kills` does it a hundred times."""

from __future__ import annotations

from pathlib import Path

from .kills import again_and_again


async def test_whatever_is_killed_the_next_start_goes_on_with_the_same_keys_and_leaves_nobody_behind(
    tmp_path: Path,
) -> None:
    await again_and_again(tmp_path / "state", rounds=3, seed=7)
