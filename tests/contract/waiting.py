"""Waiting in an event loop for something to become true, with a deadline and the last observation in the message."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

T = TypeVar("T")

EVERY = 0.02


class NotReached(AssertionError):
    """What was waited for did not happen in time. The message ends with what was seen last."""


async def until(
    observe: Callable[[], Awaitable[T]],
    accept: Callable[[T], object],
    what: str,
    within: float = 10.0,
    transient: tuple[type[Exception], ...] = (),
) -> T:
    """Observe until `accept` is satisfied, and return that observation; `transient` errors count as "not yet"."""
    never, deadline = asyncio.Event(), monotonic() + within
    while True:
        last: object
        try:
            last = found = await observe()
            if accept(found):
                return found
        except transient as error:
            last = error
        if monotonic() >= deadline:
            raise NotReached(f"waited {within:g} s for {what}; last seen: {last!r}")
        try:
            async with asyncio.timeout(EVERY):
                await never.wait()
        except TimeoutError:
            continue
