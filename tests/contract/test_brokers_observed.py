"""What the handlers see of a Plane's brokers, and what a push from there does; on real servers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from microbus_operator.core.actions import PushAccount
from microbus_operator.core.observed import BrokerObservation
from microbus_operator.nats.brokers import Brokers, SystemUser
from microbus_operator.nats.errors import PushRefused, SystemUnavailable

from .clients import connected
from .planes import ChainOfTrust, RunningPlane, running_plane
from .waiting import until

PLACE = ("shop", "prod")


@pytest.fixture
def plane(tmp_path: Path) -> Iterator[RunningPlane]:
    """A Plane with three servers."""
    with running_plane(tmp_path, 3) as plane:
        yield plane


@asynccontextmanager
async def brokers_of(plane: RunningPlane) -> AsyncIterator[Brokers]:
    """The handlers' brokers, with the Plane's resolver as the only resolver pod."""
    brokers = Brokers(f"127.0.0.1:{plane.resolver.port}")
    try:
        yield brokers
    finally:
        await brokers.close()


def user_of(plane: RunningPlane) -> SystemUser:
    """How the operator signs its own user."""
    return SystemUser(plane.urls[0], plane.chain.system.public_key, plane.chain.system_signing)


async def whole(brokers: Brokers, plane: RunningPlane) -> BrokerObservation:
    """An observation that all three servers are in."""
    account = plane.chain.account.public_key

    async def observe() -> BrokerObservation:
        return await brokers.observe(PLACE, user_of(plane), (account,), connections_of=(account,))

    return await until(observe, lambda seen: len(seen.servers) == 3, "all three servers")


async def test_a_server_that_drifted_is_seen_pushed_and_then_in_sync(plane: RunningPlane) -> None:
    chain, account = plane.chain, plane.chain.account.public_key
    async with brokers_of(plane) as brokers, connected(plane.urls[1], chain.user(), "orders.example") as client:
        newer = chain.account_jwt(10)
        behind = await brokers.served({account: newer})
        assert behind.trouble is not None
        assert behind.instead == {account: (plane.chain.account_jwt(),)}
        plane.publish(newer, 10)
        assert (await brokers.served({account: newer})).trouble is None
        seen = await whole(brokers, plane)
        assert [item.name for item in seen.connections] == ["orders.example"]
        assert seen.connections[0].server == "nats-1"
        assert seen.connections[0].issuer == chain.app_signing.public_key
        behind = seen.differing(account, newer)
        assert [server.name for server in seen.servers if server.id in behind] == ["nats-1"]
        await brokers.push(PLACE, PushAccount(account, newer, behind, "ServerDiffers"))
        assert (await whole(brokers, plane)).differing(account, newer) == ()
        assert not client.closed.is_set()


async def test_a_push_that_is_refused_or_not_confirmed_is_an_error(plane: RunningPlane) -> None:
    chain, account = plane.chain, plane.chain.account.public_key
    forged = ChainOfTrust(account=chain.account).account_jwt(20)
    async with brokers_of(plane) as brokers, connected(plane.urls[0], chain.user()):
        with pytest.raises(SystemUnavailable, match="not been connected"):
            await brokers.push(PLACE, PushAccount(account, forged, (), "ServerDiffers"))
        ids = tuple(server.id for server in (await whole(brokers, plane)).servers)
        with pytest.raises(PushRefused):
            await brokers.push(PLACE, PushAccount(account, forged, ids, "ServerDiffers"))


async def test_servers_that_cannot_be_asked_are_passing_trouble_and_come_back(plane: RunningPlane) -> None:
    account, user = plane.chain.account.public_key, user_of(plane)
    async with brokers_of(plane) as brokers:
        await whole(brokers, plane)
        port = plane.brokers[0].port
        plane.stop(0)
        seen = await brokers.observe(PLACE, user, (account,))
        assert seen.trouble is not None
        assert seen.trouble.passing
        assert "no connection" in seen.trouble.message or "was lost" in seen.trouble.message
        plane.start(0, port)

        async def observe() -> BrokerObservation:
            return await brokers.observe(PLACE, user, (account,))

        await until(observe, lambda found: len(found.servers) == 3, "all three servers again", 20.0)


async def test_a_new_system_signing_key_makes_a_new_connection(plane: RunningPlane) -> None:
    account = plane.chain.account.public_key
    async with brokers_of(plane) as brokers:
        await whole(brokers, plane)
        stranger = ChainOfTrust()
        wrong = SystemUser(plane.urls[0], stranger.system.public_key, stranger.system_signing)
        seen = await brokers.observe(PLACE, wrong, (account,))
        assert seen.trouble is not None
        assert len((await whole(brokers, plane)).servers) == 3


async def test_the_user_that_the_operator_is_connected_with_is_known_and_another_after_a_reconnect(
    plane: RunningPlane,
) -> None:
    system = plane.chain.system.public_key
    async with brokers_of(plane) as brokers:

        async def observe() -> BrokerObservation:
            return await brokers.observe(PLACE, user_of(plane), (system,), connections_of=(system,))

        first = await until(observe, lambda seen: len(seen.servers) == 3, "all three servers")
        assert [item.user for item in first.connections] == [first.system_user]
        port = plane.brokers[0].port
        plane.stop(0)
        plane.start(0, port)
        again = await until(observe, lambda seen: len(seen.servers) == 3, "all three servers again", 20.0)
        assert [item.user for item in again.connections] == [again.system_user]
        assert again.system_user != first.system_user
