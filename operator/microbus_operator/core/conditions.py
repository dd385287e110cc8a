"""Conditions in kstatus' sense: what is so, since when, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from microbus_operator.api.meta import Condition

READY, RECONCILING, STALLED = "Ready", "Reconciling", "Stalled"
Truth = Literal["True", "False", "Unknown"]
MOST_NAMED = 5


@dataclass(frozen=True)
class State:
    """A condition without its clock: what the core decides."""

    status: Truth
    reason: str
    message: str

    @classmethod
    def true(cls, reason: str, message: str) -> State:
        return cls("True", reason, message)

    @classmethod
    def false(cls, reason: str, message: str) -> State:
        return cls("False", reason, message)

    @classmethod
    def unknown(cls, reason: str, message: str) -> State:
        return cls("Unknown", reason, message)


def timestamp(now: int) -> str:
    """Unix seconds as RFC 3339 in UTC, as `metav1.Time` is written."""
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def unix(timestamp: str) -> int:
    """Unix seconds of an RFC 3339 time, as the API server writes it. Raises ValueError for anything else."""
    return int(datetime.fromisoformat(timestamp).timestamp())


def listed(items: Sequence[str]) -> str:
    """The first few of `items`, and how many more there are: for a message."""
    more = f" and {len(items) - MOST_NAMED} more" if len(items) > MOST_NAMED else ""
    return ", ".join(items[:MOST_NAMED]) + more


def merged(old: Iterable[Condition], new: Mapping[str, State], generation: int, now: int) -> tuple[Condition, ...]:
    """The new states as conditions, ordered by type; the time moves only where the status does.

    A message longer than the API allows is cut: a refused status would hide everything.
    """
    before = {condition.type: condition for condition in old}
    result = []
    for kind, state in sorted(new.items()):
        last = before.get(kind)
        since = last.last_transition_time if last and last.status == state.status else timestamp(now)
        result.append(
            Condition(
                type=kind,
                status=state.status,
                reason=state.reason,
                message=state.message[:4096],
                observed_generation=generation,
                last_transition_time=since,
            )
        )
    return tuple(result)


def summary(state: State, *, stalled: bool) -> dict[str, State]:
    """`Ready`, `Reconciling` and `Stalled` from the one state that decides them.

    `stalled` says that nothing more happens until a person changes something (kstatus: Failed).
    """
    if state.status == "True":
        return {
            READY: state,
            RECONCILING: State.false(state.reason, "nothing is left to do"),
            STALLED: State.false(state.reason, "nothing is in the way"),
        }
    return {
        READY: State.false(state.reason, state.message),
        RECONCILING: State("False" if stalled else "True", state.reason, state.message),
        STALLED: State("True" if stalled else "False", state.reason, state.message),
    }
