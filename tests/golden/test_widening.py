"""No mutant of a microservice's source widens a grant without a call site that says so: a part of `widening`."""

from __future__ import annotations

from .corpus import Trees
from .widening import widening


def test_a_mutant_adds_only_grants_that_rest_on_what_was_changed(trees: Trees) -> None:
    outcome = widening(1500, 1, trees)
    assert outcome.unexplained == ()
    assert outcome.scanned > 200
    assert outcome.added > 0
