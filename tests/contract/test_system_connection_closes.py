"""The system connection can be closed at any moment, also in the middle of nats-py's connecting."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from microbus_operator.nats.errors import SystemUnavailable
from microbus_operator.nats.system import SystemConnection

from .planes import RunningPlane, running_plane

# Where nats-py waits for what, in turns of the loop and in seconds of a server's answers.
TURNS = range(0, 120, 4)
WITHIN = (0.0, 0.0005, 0.001, 0.002, 0.004)


@pytest.fixture
def one(tmp_path: Path) -> Iterator[RunningPlane]:
    """A Plane with one server."""
    with running_plane(tmp_path, 1) as plane:
        yield plane


async def connected_or_not(plane: RunningPlane, within: float, turns: int) -> None:
    """Connect with so little time that it mostly fails, which closes what was begun, and close it."""
    connecting = asyncio.create_task(SystemConnection.connect(plane.urls, plane.chain.system_user, within=within))
    for _ in range(turns):
        turn = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(turn.set_result, None)
        await turn
    if turns % 8:
        connecting.cancel()
    try:
        system = await connecting
    except (SystemUnavailable, asyncio.CancelledError):
        return
    await system.close()


async def test_it_ends_at_whatever_moment_it_is_told_to(one: RunningPlane) -> None:
    """nats-py waits by `wait_for`, which before Python 3.12 loses a cancellation that comes with what it waits for."""
    for within in WITHIN:
        for turns in TURNS:
            closing = asyncio.create_task(connected_or_not(one, within, turns))
            done, _ = await asyncio.wait({closing}, timeout=20.0)
            assert done, f"given {within:g} s and cancelled after {turns} turns of the loop, it has not ended in 20 s"
            closing.result()
