"""A `kill -9` of any process costs nothing that was there; `make kills` does it a hundred times."""

from __future__ import annotations

import random
from pathlib import Path

from .kills import Kills, Moment


async def test_whatever_is_killed_the_next_start_goes_on_with_the_same_keys_and_leaves_nobody_behind(
    tmp_path: Path,
) -> None:
    await Kills(tmp_path, random.Random(7)).rounds(len(Moment))
