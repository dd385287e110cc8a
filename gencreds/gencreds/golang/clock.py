"""How long an analysis may work: what is written to cost is refused in good time, and by name.

`Files` has one per scan. Whatever walks, follows or solves calls `check`; a microservice that takes too long ends with
`TooCostly`, a scan of too many such with `InputRefused`. Processor time, so that a busy machine refuses nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from gencreds.golang.limits import InputRefused, Limits

# Asking for the time is a system call; work between two looks at it is some milliseconds.
_EVERY = 64


class TooCostly(Exception):
    """The analysis of one microservice takes too long; the message goes on after what is analysed."""


class Clock:
    """The processor time of one scan, in the process that runs it or in copies of that."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._expected = 1
        self._started = time.process_time()
        self._until = self._started + self._whole
        self._name = ""
        self._calls = 0

    @property
    def _whole(self) -> float:
        """What the scan may take in all."""
        wanted = self._limits.seconds + self._limits.further_seconds * (self._expected - 1)
        return min(wanted, self._limits.total_seconds)

    def expect(self, microservices: int) -> None:
        """Say how many microservices the scan has."""
        self._expected = max(microservices, 1)
        self._until = self._started + self._whole

    @contextmanager
    def microservice(self, name: str) -> Iterator[None]:
        """Let one microservice, called `name` in messages, take its time and no more."""
        now = time.process_time()
        # A copy of the process begins at zero.
        self._started = min(self._started, now)
        before, self._name = self._until, name
        self._until = min(now + self._limits.seconds, self._started + self._whole)
        try:
            yield
        finally:
            self._until, self._name = max(before, self._started + self._whole), ""

    def check(self) -> None:
        """Raise `TooCostly`, or `InputRefused` if the whole scan takes too long."""
        self._calls += 1
        if self._calls % _EVERY == 0:
            self.look()

    def look(self) -> None:
        """Check at once: for steps that take long themselves, such as reading a file."""
        now = time.process_time()
        if now <= self._until:
            return
        if not self._name or now > self._started + self._whole:
            raise InputRefused(
                f"the analysis takes more than {self._whole:g} s of processor time"
                f"{f' and has come to {self._name}' if self._name else ''}; "
                "look for generated or hostile files, or scan fewer microservices at a time"
            )
        raise TooCostly(
            f"takes more than {self._limits.seconds:g} s of processor time to analyse; "
            "look for generated or hostile files in it, or split it up"
        )
