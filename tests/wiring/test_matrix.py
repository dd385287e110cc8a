"""A sample of the kill matrix, of which `make matrix` is all: whatever an operator was doing, another ends it well."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..contract.registries import ImageRegistry
from .matrix import PROCEDURES, Point, hold
from .stores import ObjectStore
from .traps import TrappedStore

# Where the first keys are made, in the middle of issuing and rolling out, and near the end of each.
PLACES = (3, 11, 19, 31)
POINTS = [Point(name, at, after=bool(index % 2)) for name in PROCEDURES for index, at in enumerate(PLACES)]
# In the middle of each: what was begun is an hour old when it goes on.
AWAY = [Point(name, 13, after=True, away=3600.0) for name in PROCEDURES]


@pytest.mark.parametrize("point", [*POINTS, *AWAY], ids=str)
async def test_a_killed_operator_is_followed_by_one_that_goes_on(
    point: Point, store: ObjectStore, registry: ImageRegistry, tmp_path: Path
) -> None:
    await hold(point, TrappedStore(store), registry, tmp_path)
