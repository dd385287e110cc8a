"""The operator as a process: what it is told, what it connects to, and kopf as what wakes it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import kopf

from microbus_operator.core.settings import Settings
from microbus_operator.handlers.looking import Tools, looking_with, relisting
from microbus_operator.handlers.queue import LookQueue
from microbus_operator.handlers.triggers import registry_of
from microbus_operator.handlers.world import World
from microbus_operator.kube.api_server import ApiServer
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.pods import ClusterPods
from microbus_operator.nats.brokers import Brokers
from microbus_operator.source.discover import SourceReader
from microbus_operator.source.settings import SourceSettings

# kopf would otherwise make one of the user's name, which a container's user need not have. Nothing peers with us.
IDENTITY: Any = "microbus-operator"


@dataclass(frozen=True)
class Options:
    """What `microbus-operator run` is told. `namespaces` empty watches all of them."""

    settings: Settings
    sources: SourceSettings
    namespaces: tuple[str, ...]
    resolver_pods: str
    liveness: str | None


async def run(options: Options) -> None:
    """Run until cancelled or told to stop by a signal, which kopf handles. An error of the watches ends the process."""
    async with await ApiServer.connect() as cluster, looking(cluster, options) as (queue, world):
        await watching(queue, world, options)


@asynccontextmanager
async def looking(cluster: Cluster, options: Options) -> AsyncIterator[tuple[LookQueue, World]]:
    """The queue that looks at what it is woken for, and what it works with; both are closed in the end."""
    sources = SourceReader(options.sources)
    tools = Tools(cluster, Brokers(options.resolver_pods), sources, ClusterPods(cluster), options.settings)
    async with looking_with(tools, options.namespaces or (None,)) as found:
        yield found


async def watching(queue: LookQueue, world: World, options: Options) -> None:
    """kopf's watches, and the listing beside them, wake the queue."""
    async with asyncio.TaskGroup() as tasks:
        again = tasks.create_task(relisting(world), name="relist")
        await kopf.operator(
            registry=registry_of(queue.wake),
            standalone=True,
            identity=IDENTITY,
            namespaces=options.namespaces,
            clusterwide=not options.namespaces,
            liveness_endpoint=options.liveness,
        )
        again.cancel()
