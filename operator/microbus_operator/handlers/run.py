"""The operator as a process: what it is told, what it connects to, and kopf as what wakes it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import kopf

from microbus_operator.core.lease import Durations
from microbus_operator.core.settings import Settings
from microbus_operator.handlers.health import answering
from microbus_operator.handlers.leading import leading
from microbus_operator.handlers.looking import Tools, looking_with, relisting
from microbus_operator.handlers.queue import LookQueue
from microbus_operator.handlers.triggers import registry_of
from microbus_operator.handlers.world import World
from microbus_operator.kube.api_server import ApiServer
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.fence import Fence, Fenced
from microbus_operator.kube.lease import Lease
from microbus_operator.kube.pods import ClusterPods
from microbus_operator.nats.brokers import Brokers
from microbus_operator.source.discover import SourceReader
from microbus_operator.source.settings import SourceSettings

# kopf would otherwise make one of the user's name, which a container's user need not have. Nothing peers with us.
IDENTITY: Any = "microbus-operator"
Close = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class LeaseOptions:
    """Where the Lease of this installation is."""

    namespace: str
    name: str
    durations: Durations = field(default_factory=Durations)


@dataclass(frozen=True)
class Options:
    """What `microbus-operator run` is told. `namespaces` empty watches all of them."""

    settings: Settings
    sources: SourceSettings
    namespaces: tuple[str, ...]
    resolver_pods: str
    liveness: str | None
    lease: LeaseOptions


async def run(options: Options) -> None:
    """Stand by, then run, until cancelled or told to stop by a signal, which kopf handles while it runs.

    Raises `ExceptionGroup`s: with `LeaseLost`, or with an error of the watches; either ends the process.
    """
    async with await ApiServer.connect() as cluster:
        await operate(cluster, options)


async def operate(cluster: Cluster, options: Options) -> None:
    """The same on a cluster."""
    lease = Lease(cluster, options.lease.namespace, options.lease.name, options.lease.durations)
    async with (
        answering(options.liveness, lambda: not lease.is_lost, lambda: lease.was_seen),
        leading(lease) as fence,
        looking(cluster, options, fence) as (queue, world, close),
    ):
        await watching(queue, world, close, options)


@asynccontextmanager
async def looking(cluster: Cluster, options: Options, fence: Fence) -> AsyncIterator[tuple[LookQueue, World, Close]]:
    """The queue that looks at what it is woken for, what it works with, and what closes both; in the end they are."""
    brokers, fenced = Brokers(options.resolver_pods, fence.through), Fenced(cluster, fence)
    tools = Tools(fenced, brokers, SourceReader(options.sources), ClusterPods(fenced), options.settings)
    async with looking_with(tools, options.namespaces or (None,)) as (queue, world):

        async def close() -> None:
            await queue.close()
            # A push that is under way ends on a connection that is still there.
            await fence.close()
            await brokers.close()

        try:
            yield queue, world, close
        finally:
            await close()


async def watching(queue: LookQueue, world: World, close: Close, options: Options) -> None:
    """kopf's watches, and the listing beside them, wake the queue; all is closed as soon as kopf is told to stop."""
    async with asyncio.TaskGroup() as tasks:
        again = tasks.create_task(relisting(world), name="relist")
        await kopf.operator(
            registry=registry_of(queue.wake, close),
            standalone=True,
            identity=IDENTITY,
            namespaces=options.namespaces,
            clusterwide=not options.namespaces,
        )
        again.cancel()
