"""Our reading of Go is Go's: what its parser rejects is refused as a whole, what it accepts is read."""

from __future__ import annotations

from .go_differential import differential


def test_mutants_of_the_corpus_are_refused_and_read_as_by_gos_own_parser() -> None:
    outcome = differential(4000, seed=7)
    assert [f"{each.index} {each.file}: {each.kind}" for each in outcome.disagreements] == []
    assert min(outcome.accepted, outcome.rejected) > 500
