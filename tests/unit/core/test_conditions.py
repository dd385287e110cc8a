"""Conditions in kstatus' sense: their clock, their generation, and what they sum up to."""

from __future__ import annotations

import pytest

from microbus_operator.api.meta import Condition
from microbus_operator.core.conditions import State, merged, summary, timestamp, unix

NOW = 1_800_000_000
EARLIER = "2026-01-01T00:00:00Z"


def condition(status: str, reason: str = "Was") -> Condition:
    """A `Ready` of an earlier look."""
    return Condition.model_validate(
        {"type": "Ready", "status": status, "reason": reason, "message": "m", "lastTransitionTime": EARLIER}
    )


@pytest.mark.parametrize(
    ("before", "after", "since"),
    [
        ("True", "True", EARLIER),
        ("True", "False", timestamp(NOW)),
        ("False", "Unknown", timestamp(NOW)),
        (None, "True", timestamp(NOW)),
    ],
)
def test_the_time_moves_only_where_the_status_does(before: str | None, after: str, since: str) -> None:
    old = [condition(before)] if before else []
    (found,) = merged(old, {"Ready": State(after, "Is", "new words")}, 4, NOW)
    assert (found.last_transition_time, found.reason, found.observed_generation) == (since, "Is", 4)


def test_conditions_are_ordered_by_type_and_long_messages_are_cut() -> None:
    found = merged([], {"Z": State.true("A", "m"), "B": State.false("A", "m" * 100_000)}, 1, NOW)
    assert [item.type for item in found] == ["B", "Z"]
    assert len(found[0].message) <= 32768


@pytest.mark.parametrize(
    ("state", "stalled", "expected"),
    [
        (State.true("InSync", "m"), False, ("True", "False", "False")),
        (State.false("Pending", "m"), False, ("False", "True", "False")),
        (State.false("SeedLost", "m"), True, ("False", "False", "True")),
    ],
)
def test_ready_reconciling_and_stalled_never_contradict_each_other(
    state: State, stalled: bool, expected: tuple[str, ...]
) -> None:
    states = summary(state, stalled=stalled)
    assert tuple(states[kind].status for kind in ("Ready", "Reconciling", "Stalled")) == expected
    assert {item.reason for item in states.values()} == {state.reason}


def test_times_are_written_as_the_api_server_writes_them() -> None:
    assert timestamp(0) == "1970-01-01T00:00:00Z"
    assert unix(timestamp(NOW)) == NOW
