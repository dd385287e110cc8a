"""The fence around everything that writes."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any, TypeVar, get_args

import pytest

from microbus_operator.core.actions import Kick, NatsAction, PushAccount
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.errors import ApiUnavailable
from microbus_operator.kube.fence import Fence, Fenced
from microbus_operator.nats.brokers import Brokers

T = TypeVar("T")
READS = {"get", "list"}
PLACE = ("microbus-system", "prod")
NATS_ACTIONS = (PushAccount("A", "jwt", (), "due"), Kick("N", 1, "U", "due"))
WRITES = sorted(
    name for name, found in vars(Cluster).items() if inspect.iscoroutinefunction(found) and name not in READS
)


class Recorder:
    """A cluster that notes what is asked of it."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        async def call(*_: object, **__: object) -> dict[str, Any]:
            self.asked.append(name)
            return {}

        return call


def call(cluster: Any, verb: str) -> Awaitable[Any]:
    """The verb with as many arguments as it needs."""
    wanted = [
        item for item in inspect.signature(getattr(Cluster, verb)).parameters.values() if item.default is item.empty
    ]
    made: Awaitable[Any] = getattr(cluster, verb)(*[{} for _ in wanted[1:]])
    return made


async def has_ended(awaitable: Awaitable[Any]) -> bool:
    """Whether it ends in the time that anything which waits for nothing takes."""
    task = asyncio.ensure_future(awaitable)
    done, _ = await asyncio.wait({task}, timeout=0.02)
    task.cancel()
    await asyncio.wait({task})
    return bool(done)


def test_the_writes_are_known() -> None:
    assert WRITES == ["apply", "create", "delete", "evict", "merge"]


@pytest.mark.parametrize("verb", WRITES)
async def test_every_write_goes_through_while_the_lease_is_held_and_none_after(verb: str) -> None:
    cluster, may_write = Recorder(), True
    fenced = Fenced(cluster, Fence(lambda: may_write))
    await call(fenced, verb)
    assert cluster.asked == [verb]
    may_write = False
    assert not await has_ended(call(fenced, verb))
    assert cluster.asked == [verb]


@pytest.mark.parametrize("verb", sorted(READS))
async def test_reads_need_no_lease(verb: str) -> None:
    cluster = Recorder()
    await call(Fenced(cluster, Fence(lambda: False)), verb)
    assert cluster.asked == [verb]


@pytest.mark.parametrize("action", NATS_ACTIONS, ids=lambda action: type(action).__name__)
async def test_whatever_the_core_has_done_to_brokers_goes_through_too(action: PushAccount | Kick) -> None:
    assert {type(each) for each in NATS_ACTIONS} == set(get_args(NatsAction))
    may_write = True
    brokers, asked = Brokers("127.0.0.1:1", Fence(lambda: may_write).through), Recorder()
    brokers._connections[PLACE] = (None, asked)
    verb = {PushAccount: "push", Kick: "kick"}[type(action)]
    with suppress(AttributeError):  # the answer is none of a server's
        await getattr(brokers, verb)(PLACE, action)
    assert asked.asked == [verb]
    may_write = False
    assert not await has_ended(getattr(brokers, verb)(PLACE, action))
    assert asked.asked == [verb]


async def test_a_write_whose_caller_is_cancelled_ends_before_the_fence_is_closed() -> None:
    fence, may_end, ended = Fence(lambda: True), asyncio.Event(), []

    async def write() -> None:
        await may_end.wait()
        ended.append("it")

    caller = asyncio.ensure_future(fence.through(write))
    assert not await has_ended(asyncio.shield(caller))
    caller.cancel()
    closing = asyncio.ensure_future(fence.close())
    assert not await has_ended(asyncio.shield(closing))
    may_end.set()
    await closing
    assert ended == ["it"]
    assert not await has_ended(fence.through(write))


async def test_a_lost_lease_breaks_off_what_is_under_way() -> None:
    fence, broken = Fence(lambda: True), []

    async def write() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            broken.append("it")
            raise

    caller = asyncio.ensure_future(fence.through(write))
    assert not await has_ended(asyncio.shield(caller))
    fence.cut()
    await asyncio.wait({caller})
    assert broken == ["it"]


async def test_an_error_of_a_write_is_its_callers() -> None:
    async def write() -> None:
        raise ApiUnavailable("no answer")

    with pytest.raises(ApiUnavailable):
        await Fence(lambda: True).through(write)


async def test_the_lease_is_asked_for_at_the_last_moment() -> None:
    cluster, may_write = Recorder(), True
    fenced = Fenced(cluster, Fence(lambda: may_write))
    written = asyncio.ensure_future(fenced.create({}))
    asyncio.get_running_loop().call_soon(lambda: None)
    may_write = False
    assert not await has_ended(written)
    assert cluster.asked == []
