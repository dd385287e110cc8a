"""Waiting for something to become true, with a deadline and the last observation in the message.

The only place in the end-to-end tests that lets time pass.
"""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class NotReached(AssertionError):
    """What was waited for did not happen in time. The message ends with what was seen last."""


def wait_until(
    observe: Callable[[], T],
    what: str,
    timeout: float = 30,
    *,
    accept: Callable[[T], object] = bool,
    every: float = 0.2,
    transient: tuple[type[Exception], ...] = (),
) -> T:
    """Calls `observe` until `accept` is satisfied with what it returns, and returns that.

    Arguments: `what` completes "waited for"; `timeout` and `every` are seconds; exceptions in `transient` count as "not
    yet" and are shown as the last observation. Raises NotReached at the deadline; at least one observation is made.
    """
    pause = threading.Event()
    begun = time.monotonic()
    while True:
        last: object
        try:
            observation = observe()
        except transient as error:
            last = error
        else:
            if accept(observation):
                return observation
            last = observation
        if time.monotonic() - begun >= timeout:
            raise NotReached(f"waited {timeout:g} s for {what}; last seen: {last}")
        pause.wait(every)
