"""Who may write: what one candidate for the Lease does next, given what it saw of it and when by its own clock.

Kubernetes' rules for a `coordination.k8s.io/v1` Lease (k8s.io/client-go/tools/leaderelection), and stricter in two
points: a Lease that was deleted frees nobody at once, and a holder's time is counted from when its last renewal was
sent. No two clocks are ever compared; `kube/lease.py` asks here and makes the requests.
"""

from __future__ import annotations

from dataclasses import dataclass

UNKNOWN = "unknown-former-holder"
"""Who holds a Lease that was deleted and is there again: somebody may still be writing by the one that is gone."""
CLOCKS_APART = 1.05
"""How much faster one machine's clock may run than another's."""
WRITE_SECONDS = 4.0
"""A request that writes is done within so many seconds of its being sent, or not at all: the client stops to wait, and
the API server drops what it has not begun to write (its `timeout` parameter). See ADR 10 for what this cannot bound.
"""


@dataclass(frozen=True)
class Durations:
    """Seconds, by the candidate's own clock. `ValueError` where a former holder could still write beside the next.

    A standby takes a Lease that has not changed for `lease`; a holder writes nothing more `deadline` after it sent its
    last renewal. It renews every `renew`, and `pause` after an attempt that failed; a standby looks every `look`; a
    request for the Lease waits for `answer`, and any that writes takes no longer than `write`.
    """

    lease: float = 15.0
    deadline: float = 10.0
    renew: float = 2.0
    look: float = 1.0
    pause: float = 0.5
    answer: float = 3.0
    write: float = WRITE_SECONDS

    def __post_init__(self) -> None:
        if (self.deadline + self.write) * CLOCKS_APART > self.lease:
            raise ValueError(
                f"a Lease of {self.lease} s is too short for a deadline of {self.deadline} s and writes of "
                f"{self.write} s on clocks that differ by a factor of {CLOCKS_APART}"
            )
        if self.renew + self.answer + self.pause >= self.deadline:
            raise ValueError(f"one renewal without an answer would cost the Lease: {self.deadline} s are too short")

    def failover(self, latency: float) -> float:
        """The longest time from a holder's death to the next one's hold, where each request takes `latency`.

        The last renewal is seen by the next look; the Lease has to stay unchanged; it is read once more, and taken.
        """
        return (self.look + self.lease) * CLOCKS_APART + 3 * latency


@dataclass(frozen=True)
class Record:
    """What a Lease says; `holder` is empty where it was released. `version` is of the object, as it was read."""

    version: str
    holder: str = ""
    seconds: float = 0.0
    transitions: int = 0
    acquired: str = ""


@dataclass(frozen=True)
class Sight:
    """What was seen last (None: there was no Lease), and since when it has not changed."""

    record: Record | None
    since: float


@dataclass(frozen=True)
class Take:
    """Write the Lease, to acquire or to renew it, provided that it is still the one that was seen."""

    record: Record


@dataclass(frozen=True)
class Restore:
    """Create the Lease as held by `UNKNOWN`. One that is not there cannot be seen to be unchanged."""


@dataclass(frozen=True)
class Wait:
    """It is another's, or its former holder may still write. Look again in so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Hold:
    """It is ours. Renew it in so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Lost:
    """It was ours, and is no more: nothing may be written from now on."""

    why: str


Verdict = Take | Restore | Wait | Hold | Lost


def sighted(before: Sight | None, record: Record | None, now: float) -> Sight:
    """What is seen after a look that ended at `now`: what is unchanged has been so since it was first seen."""
    if before is not None and before.record == record:
        return before
    return Sight(record, now)


def may_write(renewed: float | None, durations: Durations, now: float) -> bool:
    """Whether one that sent its last successful renewal at `renewed` may begin to write at `now`."""
    return renewed is not None and now < renewed + durations.deadline


def decide(sight: Sight, identity: str, renewed: float | None, durations: Durations, now: float) -> Verdict:
    """What the candidate `identity` does at `now`.

    `renewed` is when it sent the request by which it acquired the Lease or renewed it last; None for a standby. Only
    such a request's success makes a holder: one whose answer was lost may have made it ours, and is repeated.
    """
    record = sight.record
    if renewed is not None and not may_write(renewed, durations, now):
        return Lost(f"it was not renewed for {durations.deadline:g} s")
    if record is None:
        return Restore()
    if renewed is None:
        # Released by its holder, never held, or ours by a request whose answer was lost.
        if record.holder in ("", identity):
            return Take(record)
        # Another version of the operator may have promised to end later than this one does.
        left = sight.since + max(durations.lease, record.seconds) - now
        return Take(record) if left <= 0 else Wait(min(left, durations.look))
    if record.holder not in (identity, UNKNOWN):
        return Lost(f"{record.holder} holds it" if record.holder else "somebody released it")
    left = renewed + durations.renew - now
    return Hold(left) if left > 0 and record.holder == identity else Take(record)
