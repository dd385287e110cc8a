"""Who is looked at, and when: a task an object, woken by events, by its last answer, and at the latest each minute.

kopf wakes it and does no more: it keeps no progress of its own, since one refused progress patch strands an
object in kopf 1.45 until the next restart (ADR 0001).
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

logger = logging.getLogger(__name__)

LATEST = 60.0
# Seconds until a key whose look raised, which none should, is looked at again.
AFTER_AN_ERROR = 5.0

Kind = Literal["Plane", "MicrobusApp"]
KINDS: tuple[Kind, ...] = ("Plane", "MicrobusApp")


@dataclass(frozen=True, order=True)
class Key:
    """What is looked at."""

    kind: Kind
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}"


@dataclass(frozen=True)
class Outcome:
    """How a look ended: seconds until the next one (None: as ever), and whether the object is gone."""

    look_again: float | None = None
    gone: bool = False


Look = Callable[[Key], Awaitable[Outcome]]


@dataclass
class LookQueue:
    """Runs `look` for each key that was ever woken, one look a key at a time, `at_once` looks in all.

    `look` must not raise: `outcome.guarded` sees to that. A wake during a look means another look after it, so that
    nothing is missed (pitfall P5).
    """

    look: Look
    at_once: int = 8
    after_an_error: float = AFTER_AN_ERROR
    _wakes: dict[Key, asyncio.Event] = field(default_factory=dict)
    _tasks: dict[Key, asyncio.Task[None]] = field(default_factory=dict)
    _places: asyncio.Semaphore = field(init=False)
    _closed: bool = False
    looks: int = 0

    def __post_init__(self) -> None:
        self._places = asyncio.Semaphore(self.at_once)

    def wake(self, key: Key) -> None:
        """Look at `key` as soon as there is a place. Nothing wakes a closed queue."""
        if self._closed:
            return
        self._wakes.setdefault(key, asyncio.Event()).set()
        if key not in self._tasks:
            task = asyncio.create_task(self._attend(key), name=str(key))
            self._tasks[key] = task
            task.add_done_callback(lambda done: self._ended(key, done))

    async def close(self) -> None:
        """End every task, looks in progress included: each of their steps is safe to repeat."""
        self._closed = True
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _attend(self, key: Key) -> None:
        wake = self._wakes[key]
        # A look may lose a cancellation, with a library that waits by wait_for: then it is the last one.
        while not self._closed:
            async with self._places:
                wake.clear()
                outcome = await self.look(key)
                self.looks += 1
                logger.debug("%s: looked at, again in %s s", key, outcome.look_again or LATEST)
            if outcome.gone and not wake.is_set():
                return
            # Jitter, so that many objects' looks do not come in step.
            asked = outcome.look_again if outcome.look_again is not None else LATEST
            delay = min(asked, LATEST) * random.uniform(0.75, 1.0)  # noqa: S311 - nothing secret
            try:
                async with asyncio.timeout(delay):
                    await wake.wait()
            except TimeoutError:
                continue

    def _ended(self, key: Key, task: asyncio.Task[None]) -> None:
        del self._tasks[key]
        wake = self._wakes.pop(key)
        if not task.cancelled() and task.exception() is not None:
            logger.error("%s: its looks ended by an error that nothing expected", key, exc_info=task.exception())
            asyncio.get_running_loop().call_later(self.after_an_error, self.wake, key)
        elif wake.is_set() and not task.cancelled():
            self.wake(key)
