"""What looks at objects, without what wakes it: `run.py` has kopf wake it in a cluster, `local` its own store."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from microbus_operator.core.settings import Settings
from microbus_operator.handlers.app import look_at_app
from microbus_operator.handlers.outcome import Failure, Guard
from microbus_operator.handlers.plane import look_at_plane
from microbus_operator.handlers.queue import KINDS, Key, LookQueue, Outcome
from microbus_operator.handlers.stale import mark_stale
from microbus_operator.handlers.world import Pods, Sources, World
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.errors import KubeError
from microbus_operator.nats.brokers import Brokers

logger = logging.getLogger(__name__)

LISTED_EVERY = 45.0


@dataclass(frozen=True)
class Tools:
    """What looks work with, and differs between a cluster and a laptop."""

    cluster: Cluster
    brokers: Brokers
    sources: Sources
    pods: Pods
    settings: Settings


@asynccontextmanager
async def looking_with(tools: Tools, namespaces: tuple[str | None, ...]) -> AsyncIterator[tuple[LookQueue, World]]:
    """The queue that looks at what it is woken for, and what it works with; both are closed in the end."""
    queue = LookQueue(look=lambda key: guard.guarded(look, key))
    world = World(
        cluster=tools.cluster,
        brokers=tools.brokers,
        sources=tools.sources,
        pods=tools.pods,
        settings=tools.settings,
        namespaces=namespaces,
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


async def relisting(world: World) -> None:
    """Wake every object there is so often that what a silent watch stream did not tell is done within a minute, and
    needs no restart (pitfall P1).
    """
    while True:
        try:
            for kind in KINDS:
                for namespace in world.namespaces:
                    for item in await world.cluster.list(kind, namespace):
                        world.wake(Key(kind, item["metadata"]["namespace"], item["metadata"]["name"]))
        except KubeError as error:
            logger.warning("the objects could not be listed: %s", error)
        await asyncio.sleep(LISTED_EVERY)
