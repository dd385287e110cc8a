"""What the fuzzer kept: each tree showed something that no other did, or once made the engine fail."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fuzz.run import CORPUS, load, seen_in

_ENTRIES = sorted(CORPUS.glob("*.json"))


@pytest.mark.parametrize("path", _ENTRIES, ids=[path.stem for path in _ENTRIES])
def test_a_kept_tree_is_scanned_in_time_and_the_same_twice(path: Path) -> None:
    assert seen_in(load(path)) is not None


def test_the_corpus_is_there_and_small() -> None:
    assert _ENTRIES
    assert sum(path.stat().st_size for path in _ENTRIES) < 300_000
