"""The two that keep objects, with what goes with each: who wakes the looks, and how the resolver learns of accounts.

What is woken, the core, the brokers and the sources are the same.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path

from microbus_operator.handlers.queue import LookQueue
from microbus_operator.handlers.run import Options, looking, watching
from microbus_operator.handlers.world import World
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.fence import Fence
from microbus_operator.local.runtime.serving import serving, took
from microbus_operator.local.runtime.waking import WATCHED, Wakes, watch
from microbus_operator.local.store import Store

from ..contract.api_servers import ApiServer
from ..contract.planes import free_ports
from ..contract.resolvers import running_resolver, unexpected


def always() -> bool:
    """There is but one operator: it may write. Several, and the Lease, are in `test_failover.py`."""
    return True


class ObjectStore(ABC):
    """Where the objects of a story are. `cluster` is the test's own connection."""

    cluster: Cluster
    # Whether it collects what a deleted object owned by itself; the API server leaves that to a controller.
    collects: bool

    @abstractmethod
    async def operate(self, options: Options, began: Callable[[LookQueue, World], None]) -> None:
        """Run an operator until cancelled, on an event loop of its own; `began` is told of its queue and its world."""

    @abstractmethod
    def resolver(self, folder: Path, namespace: str) -> AbstractAsyncContextManager[int]:
        """A resolver that serves the accounts of a namespace, and its port."""


class InCluster(ObjectStore):
    """An API server. kopf wakes, and the resolver is a process, as in a pod."""

    collects = False

    def __init__(self, server: ApiServer, cluster: Cluster) -> None:
        self._server, self.cluster = server, cluster

    async def operate(self, options: Options, began: Callable[[LookQueue, World], None]) -> None:
        async with self._server.cluster() as cluster, looking(cluster, options, Fence(always)) as found:
            queue, world, close = found
            began(queue, world)
            await watching(queue, world, close, options)

    @asynccontextmanager
    async def resolver(self, folder: Path, namespace: str) -> AsyncIterator[int]:
        arguments = ("--namespace", namespace, "--state-dir", str(folder / "resolver"))
        with running_resolver(folder, *arguments, variables={"KUBECONFIG": str(self._server.kubeconfig)}) as process:
            yield process.port


class InFolder(ObjectStore):
    """A state folder. Its own watches wake, and the resolver is in this process, as in local mode."""

    collects = True

    def __init__(self, store: Store) -> None:
        self._store = self.cluster = store

    async def operate(self, options: Options, began: Callable[[LookQueue, World], None]) -> None:
        async with looking(self._store, options, Fence(always)) as (queue, world, _), asyncio.TaskGroup() as tasks:
            began(queue, world)
            wakes = Wakes(world.wake)
            for kind in WATCHED:
                tasks.create_task(watch(self._store, kind, wakes.saw, unexpected))

    @asynccontextmanager
    async def resolver(self, folder: Path, namespace: str) -> AsyncIterator[int]:
        (port,) = free_ports(1)
        async with serving(self._store, port) as intake:
            watches = asyncio.create_task(watch(self._store, "ConfigMap", partial(took, intake), unexpected))
            try:
                yield port
            finally:
                watches.cancel()
                await asyncio.wait({watches})
