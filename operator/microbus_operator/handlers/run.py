"""The operator as a process: what it is told, what it connects to, and kopf as what wakes it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import kopf

from microbus_operator.core.settings import Settings
from microbus_operator.handlers.app import look_at_app
from microbus_operator.handlers.outcome import Failure, Guard
from microbus_operator.handlers.plane import look_at_plane
from microbus_operator.handlers.queue import KINDS, LATEST, Key, LookQueue, Outcome
from microbus_operator.handlers.stale import mark_stale
from microbus_operator.handlers.triggers import registry_of
from microbus_operator.handlers.world import World
from microbus_operator.kube.api_server import ApiServer
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.errors import KubeError
from microbus_operator.nats.brokers import Brokers
from microbus_operator.source.discover import SourceReader
from microbus_operator.source.settings import SourceSettings

logger = logging.getLogger(__name__)

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
    queue = LookQueue(look=lambda key: guard.guarded(look, key))
    world = World(
        cluster=cluster,
        brokers=Brokers(options.resolver_pods),
        sources=SourceReader(options.sources),
        settings=options.settings,
        namespaces=options.namespaces or (None,),
        wake=queue.wake,
    )

    async def look(key: Key) -> Outcome:
        return await (look_at_plane(world, key) if key.kind == "Plane" else look_at_app(world, key))

    async def report_failure(key: Key, failure: Failure) -> None:
        await mark_stale(world, key, failure)

    guard = Guard(report_failure)
    try:
        yield queue, world
    finally:
        await queue.close()
        await world.brokers.close()


async def watching(queue: LookQueue, world: World, options: Options) -> None:
    """kopf's watches, and the listing beside them, wake the queue."""
    async with asyncio.TaskGroup() as tasks:
        relisting = tasks.create_task(_relist(world), name="relist")
        await kopf.operator(
            registry=registry_of(queue.wake),
            standalone=True,
            identity=IDENTITY,
            namespaces=options.namespaces,
            clusterwide=not options.namespaces,
            liveness_endpoint=options.liveness,
        )
        relisting.cancel()


async def _relist(world: World) -> None:
    """Wake every object there is once a minute: a watch stream that went silent costs a minute, not a restart
    (pitfall P1).
    """
    while True:
        try:
            for kind in KINDS:
                for namespace in world.namespaces:
                    for item in await world.cluster.list(kind, namespace):
                        world.wake(Key(kind, item["metadata"]["namespace"], item["metadata"]["name"]))
        except KubeError as error:
            logger.warning("the objects could not be listed: %s", error)
        await asyncio.sleep(LATEST)
