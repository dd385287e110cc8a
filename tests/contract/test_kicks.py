"""What closing a connection costs its client: why rotations restart pods in order by default, and do not reload.

If one of these tests changes its mind, the default of `spec.credentials.delivery` has to be thought over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from microbus_operator.nats.connections import Connection
from microbus_operator.nats.system import SystemConnection

from .clients import connected
from .planes import RunningPlane, running_plane, system_connection

WITHIN = 10


@pytest.fixture
def plane(tmp_path: Path) -> Iterator[RunningPlane]:
    """A Plane with one server."""
    with running_plane(tmp_path, 1) as made:
        yield made


async def listed(system: SystemConnection, plane: RunningPlane, name: str) -> Connection:
    """A client's connection."""
    found = await system.connections(plane.chain.account.public_key)
    return next(item for item in found if item.name == name)


async def test_a_connection_is_listed_with_where_it_comes_from_how_old_it_is_and_what_its_jwt_says(
    plane: RunningPlane,
) -> None:
    creds = plane.chain.user()
    async with system_connection(plane) as system, connected(plane.urls[0], creds, "one") as client:
        found = await listed(system, plane, "one")
        own = client.client._transport._io_writer.get_extra_info("sockname")
        assert (found.address, found.port) == own[:2]
        assert 0 <= found.age <= WITHIN
        assert found.issued_at == plane.chain.start
        assert found.expires_at is None


async def test_what_is_on_its_way_to_a_kicked_connection_is_lost(plane: RunningPlane) -> None:
    creds = plane.chain.user()
    async with AsyncExitStack() as stack:
        system = await stack.enter_async_context(system_connection(plane))
        responder = (await stack.enter_async_context(connected(plane.urls[0], creds, "responder"))).client
        requests = await responder.subscribe("t.request")
        await responder.flush()
        async with connected(plane.urls[0], creds, "requester") as first:
            await first.client.subscribe("t.reply")
            await first.client.publish("t.request", b"?", reply="t.reply")
            request = await requests.next_msg(WITHIN)
            target = await listed(system, plane, "requester")
            assert await system.kick(target.server, target.cid)
            await asyncio.wait_for(first.closed.wait(), WITHIN)
        # It answers while the requester is away, which comes back at once and asks nothing again.
        await request.respond(b"lost")
        await responder.flush()
        again = (await stack.enter_async_context(connected(plane.urls[0], creds, "requester"))).client
        replies = await again.subscribe("t.reply")
        await again.flush()
        await request.respond(b"kept")
        await responder.flush()
        assert (await replies.next_msg(WITHIN)).data == b"kept"
