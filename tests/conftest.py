"""What holds for every tier of tests."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

# A busy machine is slow, not wrong: how long an example takes is measured by `make bench`.
settings.register_profile("microbus", deadline=None)
settings.load_profile("microbus")

# Seconds after which a test hangs, several times what the slowest takes on a busy machine, and then between two tries
# to end it. The stories on a cluster and the whole kill matrix have deadlines of their own.
HANGS_AFTER, AGAIN = 900.0, 30.0


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """End a test that hangs, its fixtures included, and say where each of its tasks waits: a run without an end says
    nothing.
    """

    def hangs(*_: object) -> None:
        print(f"\n{item.nodeid} hangs", file=sys.stderr, flush=True)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            loop = None
        if loop is None:
            pytest.fail(f"it hangs for {HANGS_AFTER:g} s")
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.print_stack(file=sys.stderr)
        # From within a signal's handler the loop has to be woken.
        loop.call_soon_threadsafe(lambda: [task.cancel("it hangs") for task in tasks])

    before = signal.signal(signal.SIGALRM, hangs)
    signal.setitimer(signal.ITIMER_REAL, HANGS_AFTER, AGAIN)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
