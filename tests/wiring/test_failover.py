"""Two operators and one Lease, each with kopf in this process: who takes over, when, and what that changes: nothing.

The Lease is that of an API server; a state folder is locked by the one that uses it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import CancelledError
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gencreds.nats.claims import AccountClaims
from gencreds.nats.jwt import decode
from gencreds.nats.nkeys import KeyKind
from microbus_operator.core.actions import PushAccount
from microbus_operator.core.lease import Durations
from microbus_operator.core.plane_keys import SYSTEM, SYSTEM_SIGNING, key_refs
from microbus_operator.handlers.leading import leading
from microbus_operator.handlers.queue import LookQueue
from microbus_operator.handlers.run import Options, looking, watching
from microbus_operator.handlers.world import World
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.errors import Conflict
from microbus_operator.kube.keys import load_seed, observe_key
from microbus_operator.kube.lease import Lease
from microbus_operator.kube.observe import get_plane
from microbus_operator.nats.brokers import Brokers, SystemUser

from ..contract.api_servers import ApiServer, Written
from ..contract.clients import Observed
from ..contract.registries import ImageRegistry
from ..contract.waiting import until
from .matrix import PROCEDURES
from .stores import InCluster
from .stories import HOSTNAME, WITHIN, Operator, Story, ready
from .traps import BROKERS, CLUSTER, Guarded, Trap

# Renewals have time enough on a busy machine.
SHORT = Durations(lease=6.0, deadline=4.0, renew=0.5, look=0.2, pause=0.2, answer=2.0, write=1.5)


class WithLease(InCluster):
    """Operators that wait for the Lease; `user` is whose the next one's requests are.

    Each has a trap of its own around all that it asks for, also of the Lease: once that has sprung, it is dead.
    """

    def __init__(self, server: ApiServer, cluster: Cluster) -> None:
        super().__init__(server, cluster)
        self.user, self.trap = "first", Trap()

    async def operate(self, options: Options, began: Callable[[LookQueue, World], None]) -> None:
        trap, place = self.trap, options.lease
        async with self._server.cluster(self.user) as real:
            with suppress(Conflict):  # as the chart makes it
                meta = {"name": place.name, "namespace": place.namespace}
                await real.create({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": meta})
            cluster: Any = Guarded(lambda: trap, real, CLUSTER)
            lease = Lease(cluster, place.namespace, place.name, SHORT)
            async with leading(lease) as fence, looking(cluster, options, fence) as (queue, world, close):
                brokers: Any = Guarded(lambda: trap, world.brokers, BROKERS)
                world.brokers = brokers
                began(queue, world)
                await watching(queue, world, close, options)


@dataclass
class Two:
    """A story with an operator that leads, and a second one that stands by."""

    story: Story
    server: ApiServer
    trap: Trap
    first: Operator
    second: asyncio.Task[Operator]

    async def took_over(self) -> float:
        """Wait until the second looks, and return the seconds that it took."""
        begun = time.monotonic()
        self.story.operator = await asyncio.wait_for(self.second, WITHIN)
        return time.monotonic() - begun

    def written(self, user: str) -> list[Written]:
        """What one of them wrote of anything but the Lease, or tried to."""
        found = self.server.written(self.story.namespace)
        return [each for each in found if each.user == user and each.resource != "leases"]

    def kill(self) -> None:
        """The first asks for nothing more, and nothing that it has asked for is answered."""
        self.trap.sprung.set()

    def kill_at(self, verb: str, *, after: bool) -> None:
        """Kill it at its next call of `verb`, before or after that is carried out."""
        self.trap.calls.clear()
        self.trap.counted, self.trap.after, self.trap.at = frozenset({verb}), after, 1


@pytest.fixture
async def two(api_server: ApiServer, registry: ImageRegistry, tmp_path: Path) -> AsyncIterator[Two]:
    """A Plane and an app that are Ready, by an operator that leads, and another that stands by."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KUBECONFIG", str(api_server.kubeconfig))
        async with api_server.cluster() as cluster:
            store = WithLease(api_server, cluster)
            trap = store.trap
            async with ready(store, registry, tmp_path) as story:
                store.user, store.trap = "second", Trap()
                # An operator is there once it looks; until then its thread waits.
                second = asyncio.create_task(asyncio.to_thread(Operator, store, story.options))
                made = Two(story, api_server, trap, story.operator, second)
                try:
                    yield made
                finally:
                    # Killed, it has lost the Lease by itself meanwhile, as a process that stood still would.
                    with suppress(asyncio.CancelledError, CancelledError, BaseExceptionGroup):
                        await made.first.end()
                    await made.took_over()


async def test_a_failover_reissues_nothing_restarts_nobody_and_writes_nothing_r3_k4(two: Two) -> None:
    story = two.story
    before, key, client = await story.versions(), await story.user_key(), client_of(story)
    assert two.written("first")
    assert two.written("second") == []
    two.kill()
    assert await two.took_over() <= SHORT.failover(latency=0.5)
    await story.looked_again()
    assert await story.versions() == before
    assert await story.user_key() == key
    assert client_of(story) is client
    assert not client.closed.is_set()
    assert two.written("second") == []


async def test_one_that_is_told_to_stop_hands_over_at_once_and_nothing_is_written(two: Two) -> None:
    story = two.story
    before = await story.versions()
    begun = time.monotonic()
    await two.first.stop()
    await two.took_over()
    assert time.monotonic() - begun < SHORT.lease
    await story.looked_again()
    assert await story.versions() == before
    assert two.written("second") == []


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_revocation_whose_push_the_operator_did_not_survive_is_ended_by_the_other_and_not_undone_n6(
    two: Two, after: bool
) -> None:
    story, procedure = two.story, PROCEDURES["revoking"]
    old = await story.user_key()
    two.kill_at("push", after=after)
    await procedure.asks(story)
    assert await asyncio.to_thread(two.trap.sprung.wait, WITHIN)
    written = two.written("first")
    await two.took_over()
    await procedure.ends(story, old)
    async with asked(story) as servers:
        assert old in claims_of(await servers.held()).revocations
    assert two.written("first") == written


async def test_an_older_jwt_that_a_dead_operators_push_brings_late_is_put_right_n6(two: Two) -> None:
    story, procedure = two.story, PROCEDURES["revoking"]
    old = await story.user_key()
    async with asked(story) as servers:
        account, before = await servers.held()
        await procedure.asks(story)
        await procedure.ends(story, old)
        assert old in claims_of(await servers.held()).revocations
        two.kill()
        await two.took_over()
        await servers.push(account, before)
        assert old not in claims_of(await servers.held()).revocations
        story.operator.wake_all()
        await until(servers.held, lambda held: old in claims_of(held).revocations, "the newer one", WITHIN)


def client_of(story: Story) -> Observed:
    """The shop's connection."""
    return story.node.pods["shop-main"].clients[HOSTNAME]


def claims_of(held: tuple[str, str]) -> AccountClaims:
    """What an account's JWT says."""
    claims = decode(held[1], KeyKind.ACCOUNT).claims
    assert isinstance(claims, AccountClaims)
    return claims


@dataclass
class Servers:
    """The Plane's server, asked by somebody with its system account."""

    brokers: Brokers
    user: SystemUser
    account: str

    async def held(self) -> tuple[str, str]:
        """The account's key, and the JWT that the server holds of it."""
        seen = await self.brokers.observe(("", ""), self.user, (self.account,))
        assert seen.trouble is None
        (server,) = seen.servers
        return self.account, server.accounts[self.account]

    async def push(self, account: str, jwt: str) -> None:
        """Whoever has the account may: nats-server compares no times (fact N18)."""
        seen = await self.brokers.observe(("", ""), self.user, (account,))
        ids = tuple(server.id for server in seen.servers)
        await self.brokers.push(("", ""), PushAccount(account, jwt, ids, "late"))


@asynccontextmanager
async def asked(story: Story) -> AsyncIterator[Servers]:
    """As the operator asks them."""
    plane = await get_plane(story.cluster, story.namespace, "prod")
    assert plane is not None
    refs = key_refs(plane)
    identity = await observe_key(story.cluster, refs[SYSTEM])
    signer = await load_seed(story.cluster, refs[SYSTEM_SIGNING])
    user = SystemUser(story.options.settings.network.client_url(plane), identity.public_key or "", signer)
    brokers = Brokers(story.options.resolver_pods)
    try:
        yield Servers(brokers, user, plane.status.account_public_key or "")
    finally:
        await brokers.close()
