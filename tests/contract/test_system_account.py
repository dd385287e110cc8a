"""What the operator asks of real servers through the system account, and what becomes of it there."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from nats.errors import Error

from gencreds.nats.nkeys import KeyKind, Seed
from microbus_operator.nats.drift import differing
from microbus_operator.nats.errors import PushRefused, SystemUnavailable
from microbus_operator.nats.permissions import PUB_ALLOW, inbox_prefix
from microbus_operator.nats.system import SystemConnection

from .clients import connected
from .planes import ChainOfTrust, RunningPlane, running_plane, system_connection
from .waiting import until


@pytest.fixture
def one(tmp_path: Path) -> Iterator[RunningPlane]:
    """A Plane with one server."""
    with running_plane(tmp_path, 1) as plane:
        yield plane


@pytest.fixture
async def three(tmp_path: Path) -> AsyncIterator[RunningPlane]:
    """A Plane with three servers that know one another."""
    with running_plane(tmp_path, 3) as plane:
        async with system_connection(plane) as system:
            await until(system.servers, lambda servers: len(servers) == 3, "three servers in the roster")
        yield plane


async def test_the_roster_lists_every_server_with_its_name_and_version(three: RunningPlane) -> None:
    async with system_connection(three) as system:
        servers = await system.servers()
    assert [server.name for server in servers] == ["nats-0", "nats-1", "nats-2"]
    assert {server.version for server in servers} == {"2.15.1"}
    assert len({server.id for server in servers}) == 3


async def test_a_push_is_confirmed_by_every_server_and_skipped_is_fine(three: RunningPlane) -> None:
    """N7: a server that has not loaded the account says skipped, and that is an answer."""
    chain = three.chain
    async with system_connection(three) as system, connected(three.brokers[0].url, chain.user()):
        by_name = {server.name: server.id for server in await system.servers()}
        jwt = chain.account_jwt(10)
        three.publish(jwt, 10)
        result = await system.push(chain.account.public_key, jwt)
        assert result.is_confirmed
        assert by_name["nats-0"] in result.updated
        assert result.updated | result.skipped == set(by_name.values())
        assert result.skipped, "nobody has connected to the account at the others"
        held = await system.accounts_held(chain.account.public_key)
        assert held[by_name["nats-0"]].issued_at == chain.start + 10
        assert differing(held, jwt) == ()


async def test_a_server_that_does_not_answer_is_named(one: RunningPlane) -> None:
    chain, stranger = one.chain, Seed.create(KeyKind.SERVER).public_key
    async with system_connection(one) as system:
        present = [server.id for server in await system.servers()]
        result = await system.push(chain.account.public_key, chain.account_jwt(1), [*present, stranger], within=1.0)
    assert result.unanswered == {stranger}
    assert not result.is_confirmed


async def test_a_jwt_that_the_operator_did_not_sign_is_refused_by_name_of_the_server(one: RunningPlane) -> None:
    chain = one.chain
    forged = ChainOfTrust(account=chain.account, app_signing=chain.app_signing).account_jwt(5)
    async with system_connection(one) as system, connected(one.brokers[0].url, chain.user()):
        with pytest.raises(PushRefused, match="nats-0") as refused:
            await system.push(chain.account.public_key, forged)
    assert forged not in str(refused.value)


async def test_a_revoked_user_is_closed_on_every_server_and_nobody_else(three: RunningPlane) -> None:
    """N15: revoked is who was issued at or before that second."""
    chain, victim, other = three.chain, three.chain.user("victim"), three.chain.user("other")
    async with AsyncExitStack() as stack:
        system = await stack.enter_async_context(system_connection(three))
        victims = [await stack.enter_async_context(connected(url, victim, "victim")) for url in three.urls]
        others = [await stack.enter_async_context(connected(url, other, "other")) for url in three.urls]
        before = await system.connections(chain.account.public_key)
        assert sorted(item.user for item in before) == sorted(
            [victim.seed.public_key] * 3 + [other.seed.public_key] * 3
        )
        jwt = chain.account_jwt(10, revocations={victim.seed.public_key: chain.start})
        three.publish(jwt, 10)
        assert (await system.push(chain.account.public_key, jwt)).is_confirmed
        async with asyncio.timeout(10):
            await asyncio.gather(*(client.closed.wait() for client in victims))
        held = await system.accounts_held(chain.account.public_key)
        assert [of.revoked for of in held.values()] == [{victim.seed.public_key: chain.start}] * 3
        after = await system.connections(chain.account.public_key)
        assert {item.user for item in after} == {other.seed.public_key}
        assert not any(client.closed.is_set() for client in others)
        with pytest.raises(Error, match="Authorization Violation"):
            async with connected(three.urls[0], victim):
                pass


async def test_removing_a_signing_key_closes_the_users_it_signed(one: RunningPlane) -> None:
    """N14: they are signed by a signing key and name the account; so removing the key is enough."""
    chain, second = one.chain, Seed.create(KeyKind.ACCOUNT)
    one.publish(chain.account_jwt(10, signing_keys=[chain.app_signing, second]), 10)
    async with (
        system_connection(one) as system,
        connected(one.urls[0], chain.user("first")) as first,
        connected(one.urls[0], chain.user("second", signer=second)) as other,
    ):
        listed = await system.connections(chain.account.public_key)
        assert {item.issuer for item in listed} == {chain.app_signing.public_key, second.public_key}
        jwt = chain.account_jwt(20, signing_keys=[second])
        one.publish(jwt, 20)
        await system.push(chain.account.public_key, jwt)
        async with asyncio.timeout(10):
            await first.closed.wait()
        listed = await system.connections(chain.account.public_key)
        assert {item.issuer for item in listed} == {second.public_key}
        assert not other.closed.is_set()


async def test_a_replayed_older_jwt_is_seen_as_drift_and_pushed_away(three: RunningPlane) -> None:
    """N6, N18: a server takes an older JWT over a newer one, and nothing there looks again."""
    chain, victim = three.chain, three.chain.user("victim")
    account, old = chain.account.public_key, chain.account_jwt()
    async with AsyncExitStack() as stack:
        for url in three.urls:
            await stack.enter_async_context(connected(url, chain.user()))
        system = await stack.enter_async_context(system_connection(three))
        jwt = chain.account_jwt(10, revocations={victim.seed.public_key: chain.start})
        three.publish(jwt, 10)
        await system.push(account, jwt)
        await system.push(account, old)
        held = await system.accounts_held(account)
        behind = differing(held, jwt)
        assert len(behind) == 3
        assert {of.issued_at for of in held.values()} == {chain.start}
        assert (await system.push(account, jwt, behind)).updated == set(behind)
        assert differing(await system.accounts_held(account), jwt) == ()
        with pytest.raises(Error, match="Authorization Violation"):
            async with connected(three.urls[1], victim):
                pass


async def test_a_restarted_server_takes_what_the_resolver_serves(three: RunningPlane) -> None:
    """N6: the endpoint first, then the push; so what a restart fetches is the newest."""
    chain, account = three.chain, three.chain.account.public_key
    async with system_connection(three) as system, connected(three.urls[0], chain.user()):
        jwt = chain.account_jwt(10)
        three.publish(jwt, 10)
        await system.push(account, jwt)
    three.stop(2)
    three.start(2)
    async with connected(three.brokers[2].url, chain.user()), system_connection(three) as system:

        async def held() -> dict[str, str | None]:
            return {of.server_name: of.jwt for of in (await system.accounts_held(account)).values()}

        # A server that has just joined takes a moment until the others pass requests on to it.
        await until(held, lambda jwts: jwts.get("nats-2") == jwt, "the restarted server's answer")


async def test_a_kicked_connection_is_closed_and_only_that(one: RunningPlane) -> None:
    chain = one.chain
    async with (
        system_connection(one) as system,
        connected(one.urls[0], chain.user(), "one") as first,
        connected(one.urls[0], chain.user(), "two") as second,
    ):
        target = next(item for item in await system.connections(chain.account.public_key) if item.name == "one")
        assert await system.kick(target.server, target.cid)
        async with asyncio.timeout(10):
            await first.closed.wait()
        assert not second.closed.is_set()
        assert not await system.kick(target.server, target.cid), "it is gone already"


async def test_connections_are_listed_whole_over_many_pages(one: RunningPlane) -> None:
    chain, creds = one.chain, one.chain.user()
    async with AsyncExitStack() as stack:
        system = await stack.enter_async_context(system_connection(one))
        for number in range(300):
            await stack.enter_async_context(connected(one.urls[0], creds, f"client-{number}"))
        listed = await system.connections(chain.account.public_key)
        assert sorted(item.name for item in listed) == sorted(f"client-{number}" for number in range(300))
        assert (await system.servers())[0].connections == 301


async def test_the_operators_user_may_do_what_it_needs_and_nothing_more(one: RunningPlane) -> None:
    """CVE-2022-28357: whoever has the system account has the cluster, so its user has an allow-list."""
    creds = one.chain.system_user()
    inbox = inbox_prefix(creds.seed.public_key)
    async with connected(one.urls[0], creds, inbox=inbox) as user:
        server = str(user.client._server_info["server_id"])
        account = one.chain.account.public_key
        needed = [subject.replace("SERVER.*", f"SERVER.{server}").replace("*", account) for subject in PUB_ALLOW]
        assert [subject for subject in needed if await user.is_refused(subject)] == []
        assert await user.may_subscribe(f"{inbox}.x")
        forbidden = [
            f"$SYS.REQ.SERVER.{server}.RELOAD",
            f"$SYS.REQ.SERVER.{server}.LDM",
            f"$SYS.REQ.SERVER.{server}.PROFILEZ",
            f"$SYS.REQ.SERVER.{server}.STATSZ",
            "$SYS.REQ.SERVER.PING",
            "$SYS.REQ.SERVER.PING.CONNZ",
            "$SYS.REQ.SERVER.PING.VARZ",
            "$SYS.REQ.SERVER.PING.JSZ",
            f"$SYS.REQ.ACCOUNT.{account}.SUBSZ",
            f"$SYS.REQ.ACCOUNT.{account}.CLAIMS.LOOKUP",
            f"$SYS.ACCOUNT.{account}.CLAIMS.UPDATE",
            "$SYS.REQ.CLAIMS.DELETE",
            "$SYS.REQ.CLAIMS.UPDATE",
            "$SYS.REQ.USER.INFO",
            f"{inbox}.x",
            "anything",
        ]
        assert [subject for subject in forbidden if not await user.is_refused(subject)] == []
        # nats-server takes `x.>` for a subscription that `x.*` allows, so the inbox itself is no example here.
        unheard = [">", "$SYS.>", "$SYS.ACCOUNT.*.CONNECT", "$SYS.REQ.ACCOUNT.*.CLAIMS.UPDATE", "_INBOX.>", "_INBOX.*"]
        assert [subject for subject in unheard if await user.may_subscribe(subject)] == []


async def test_it_reconnects_by_itself_when_the_servers_come_back(one: RunningPlane) -> None:
    port = one.brokers[0].port
    async with system_connection(one) as system:
        assert system.status.connected
        one.stop(0)
        with pytest.raises(SystemUnavailable, match=r"no connection|was lost"):
            await system.servers()
        assert not system.status.connected
        one.start(0, port)

        async def servers() -> int:
            return len(await system.servers())

        await until(servers, lambda count: count == 1, "the server to answer", 20.0, (SystemUnavailable,))


def process_state(pid: int) -> str:
    """`T` once SIGSTOP has reached all of its threads (proc(5))."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


async def test_a_server_that_hangs_is_unavailable_and_never_an_empty_roster(one: RunningPlane) -> None:
    """ "Nobody is connected" is what revocation rests on: silence must not look like it."""
    async with system_connection(one) as system:
        account, ids = one.chain.account.public_key, [server.id for server in await system.servers()]
        process = one.brokers[0].process
        process.send_signal(signal.SIGSTOP)

        async def state() -> str:
            return process_state(process.pid)

        try:
            await until(state, lambda seen: seen == "T", "the server to be stopped")
            async with asyncio.timeout(10):
                with pytest.raises(SystemUnavailable, match="no server answered"):
                    await system.servers()
                with pytest.raises(SystemUnavailable, match="did not answer"):
                    await system.connections(account, ids)
        finally:
            one.brokers[0].process.send_signal(signal.SIGCONT)


async def test_servers_that_do_not_answer_are_reported_in_bounded_time(one: RunningPlane) -> None:
    url = one.urls[0]
    one.stop(0)
    async with asyncio.timeout(5):
        with pytest.raises(SystemUnavailable, match="no connection to the system account"):
            await SystemConnection.connect([url], one.chain.system_user, within=1.0)


async def test_a_user_of_another_system_account_is_told_why_in_bounded_time(one: RunningPlane) -> None:
    async with asyncio.timeout(5):
        with pytest.raises(SystemUnavailable, match=r"Authorization Violation|reset by peer"):
            await SystemConnection.connect(one.urls, ChainOfTrust().system_user, within=1.0)
