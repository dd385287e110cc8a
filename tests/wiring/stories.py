"""A story's ground: the operator in this process, objects in either kind of store, a real registry, resolver and
nats-server; pods are clients (`nodes.py`).
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from microbus_operator.api.meta import API_VERSION
from microbus_operator.core.observed import CredsObservation
from microbus_operator.core.settings import Pace, Settings
from microbus_operator.handlers.queue import LookQueue
from microbus_operator.handlers.run import LeaseOptions, Options
from microbus_operator.handlers.world import World
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.observe import get_app, observe_all_creds
from microbus_operator.source.settings import SourceSettings

from ..contract.conftest import made_namespace
from ..contract.people import apply_as
from ..contract.registries import ImageRegistry
from ..contract.sources import service_archive
from ..contract.test_source_from_registry import layer
from ..contract.waiting import until
from .nodes import Node, cluster_dns, working
from .stores import ObjectStore

WITHIN = 60.0
# Pods have what is in a Secret at once, and are not seen: they are replaced where an account is.
PACE = Pace(kubelet_bound=1, back_within=1)
# Of loopback, one for each story, and others for another run on this machine: their brokers all want the usual port.
ADDRESSES = (f"127.{os.getpid() % 150 + 77}.{number // 250}.{number % 250 + 2}" for number in count())
KINDS = ("Secret", "ConfigMap", "Service", "StatefulSet", "Deployment", "PodDisruptionBudget", "Plane", "MicrobusApp")
HOSTNAME = "orders.example"


class Operator:
    """One run of the operator, on a thread and an event loop of its own: kopf cancels every task there when it ends."""

    def __init__(self, store: ObjectStore, options: Options, ahead: float = 0.0) -> None:
        """`ahead` is how many seconds its clock is later than ours."""
        self._store, self._options, self._ahead = store, options, ahead
        self._queues: SimpleQueue[LookQueue] = SimpleQueue()
        self._thread = ThreadPoolExecutor(1, "operator")
        self._running = self._thread.submit(asyncio.run, self._run())
        self.queue = self._queues.get(timeout=WITHIN)

    async def _run(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()

        def began(queue: LookQueue, world: World) -> None:
            world.clock = lambda: time.time() + self._ahead
            self._queues.put(queue)

        await self._store.operate(self._options, began)

    def check(self) -> None:
        """It must not have ended by itself."""
        if self._running.done():
            self._running.result()
            raise AssertionError("the operator ended")

    def wake_all(self) -> None:
        """Have everything that was ever looked at looked at again."""
        for key in list(self.queue._tasks):
            self._loop.call_soon_threadsafe(self.queue.wake, key)

    async def stop(self) -> None:
        """Stop it: nothing of it is handed over but a Lease, where it has one."""
        self.check()
        with suppress(CancelledError, asyncio.CancelledError):
            await self.end()

    async def end(self) -> None:
        """Stop it if it still runs, and raise what it ended with."""
        assert self._task is not None
        if not self._running.done():
            self._loop.call_soon_threadsafe(self._task.cancel)
        try:
            await asyncio.wrap_future(self._running)
        finally:
            self._thread.shutdown()


@dataclass
class Story:
    """A namespace with everything in it, and an operator that can be stopped and started.

    `elsewhere` is a second namespace that it watches.
    """

    store: ObjectStore
    namespace: str
    elsewhere: str
    node: Node
    registry: ImageRegistry
    options: Options
    operator: Operator

    @property
    def cluster(self) -> Cluster:
        """The test's own connection to the objects."""
        return self.store.cluster

    async def restart(self, ahead: float = 0.0) -> None:
        """Another operator, which knows nothing of the one before it, `ahead` seconds later by its clock."""
        await self.operator.stop()
        self.operator = Operator(self.store, self.options, ahead)

    async def apply(self, kind: str, name: str, spec: dict[str, Any], namespace: str = "") -> None:
        """What a person does."""
        meta = {"name": name, "namespace": namespace or self.namespace}
        await apply_as(
            "person", self.cluster, {"apiVersion": API_VERSION, "kind": kind, "metadata": meta, "spec": spec}
        )

    async def plane(self, **spec: Any) -> None:
        """A Plane of one server."""
        await self.apply("Plane", "prod", {"plane": "prod", "nats": {"image": "nats:2.15", "replicas": 1}, **spec})

    async def app(self, tag: str = "1") -> None:
        """The shop, of one bundle."""
        await self.apply("MicrobusApp", "shop", self.app_of(self.image(tag)))

    def app_of(self, image: str, plane: str = "prod", **bundle: Any) -> dict[str, Any]:
        """The spec of an app of one bundle."""
        reference = {"name": plane, "namespace": self.namespace}
        return {"planeRef": reference, "bundles": [{"name": "main", "image": image, **bundle}]}

    def image(self, tag: str) -> str:
        """The reference of an image that was pushed."""
        return f"{self.registry.host}/{self.namespace}:{tag}"

    def push(self, tag: str, more: dict[str, str] | None = None) -> None:
        """An image with source."""
        self.registry.push_image(self.namespace, tag, [layer(service_archive(HOSTNAME, more))])

    async def conditions(self, kind: str, name: str, namespace: str = "") -> dict[str, str]:
        """Each condition of an object, with its reason and message."""
        found = await self.cluster.get(kind, namespace or self.namespace, name)
        said = found.get("status", {}).get("conditions", []) if found else []
        return {c["type"]: f"{c['status']} {c['reason']}: {c['message']}" for c in said}

    async def until_ready(self, kind: str, name: str) -> None:
        """Wait for `Ready`."""
        await self.until_told(kind, name, "True")

    async def until_told(self, kind: str, name: str, ready: str, namespace: str = "", *, asked: bool = False) -> str:
        """Wait until what `Ready` says begins so, and return it. `asked` has it looked at meanwhile, as each minute."""

        async def seen() -> str:
            self.check()
            if asked:
                self.operator.wake_all()
            return (await self.conditions(kind, name, namespace)).get("Ready", "")

        return await until(seen, lambda said: said.startswith(ready), f"{kind} {name} to be {ready}", WITHIN)

    def check(self) -> None:
        """The operator itself has not ended, and no pod has been refused."""
        self.operator.check()
        assert self.node.ended == []

    async def settled(self) -> None:
        """Wait until everything is Ready and every replaced key revoked and forgotten."""
        await self.until_ready("Plane", "prod")
        await self.until_ready("MicrobusApp", "shop")

        async def seen() -> Any:
            self.check()
            app = await get_app(self.cluster, self.namespace, "shop")
            assert app is not None
            # By the Secret too: an operator that was stopped may have issued without telling it.
            issued = await self.issued()
            told = [(item.previous, item.user_public_key) for item in app.status.services]
            return app.status.revoking, dict(issued.previous), told == [((), issued.public_key)] or told

        await until(seen, lambda left: left == ((), {}, True), "every replaced key to be forgotten", WITHIN)
        before: dict[tuple[str, str], str] = {}
        # What the last step changed (how many are connected) is still to be told by the Plane's status.
        while before != (before := await self.versions()):
            await self.looked_again()

    async def versions(self) -> dict[tuple[str, str], str]:
        """The version of every object: a write moves it."""
        return {
            (kind, item["metadata"]["name"]): item["metadata"]["resourceVersion"]
            for kind in KINDS
            for item in await self.cluster.list(kind, self.namespace)
        }

    async def issued(self) -> CredsObservation:
        """What the microservice is issued now."""
        app = await get_app(self.cluster, self.namespace, "shop")
        assert app is not None
        return (await observe_all_creds(self.cluster, app, [HOSTNAME])).get(HOSTNAME, CredsObservation())

    async def user_key(self) -> str:
        """The public key of that."""
        return (await self.issued()).public_key or ""

    async def reissued(self, old: str) -> None:
        """Wait for another key than `old`, and until that one is done with."""

        async def seen() -> str:
            self.check()
            self.operator.wake_all()
            return await self.user_key()

        await until(seen, lambda key: key not in ("", old), "a new key", WITHIN)
        await self.settled()

    async def gone(self, *what: tuple[str, str], namespace: str = "") -> None:
        """Wait until objects, by kind and name, that were deleted are not there any more."""

        async def seen() -> list[str]:
            self.check()
            place = namespace or self.namespace
            left = [each for each in what if await self.cluster.get(each[0], place, each[1]) is not None]
            return [f"{kind} {name} {await self.conditions(kind, name, place)}" for kind, name in left]

        await until(seen, lambda left: not left, "deleted objects to be gone", WITHIN)

    async def looked_again(self, looks: int = 4) -> None:
        """Wait until so many more looks have ended."""
        least = self.operator.queue.looks + looks

        async def seen() -> int:
            self.operator.wake_all()
            return self.operator.queue.looks

        await until(seen, lambda done: done >= least, f"{looks} more looks", WITHIN)


@asynccontextmanager
async def begun(store: ObjectStore, registry: ImageRegistry, folder: Path) -> AsyncIterator[Story]:
    """An operator in a namespace where nothing is yet."""
    address = next(ADDRESSES)
    namespace, elsewhere = [await made_namespace(store.cluster) for _ in range(2)]
    node = Node(store.cluster, namespace, folder, address, collects=not store.collects)
    with pytest.MonkeyPatch.context() as patch, cluster_dns(patch, address):
        async with store.resolver(folder, namespace) as port:
            options = Options(
                settings=Settings(resolver_url=f"http://127.0.0.1:{port}/jwt/v1/accounts/", pace=PACE),
                sources=SourceSettings(insecure_registries=frozenset({registry.host})),
                namespaces=(namespace, elsewhere),
                resolver_pods=f"127.0.0.1:{port}",
                liveness=None,
                lease=LeaseOptions(namespace, "operator"),
            )
            async with working(node):
                operator = await asyncio.to_thread(Operator, store, options)
                made = Story(store, namespace, elsewhere, node, registry, options, operator)
                try:
                    yield made
                finally:
                    await made.operator.stop()


@asynccontextmanager
async def ready(store: ObjectStore, registry: ImageRegistry, folder: Path) -> AsyncIterator[Story]:
    """A Plane and an app that are Ready."""
    async with begun(store, registry, folder) as made:
        made.push("1")
        await made.plane()
        await made.app()
        await made.settled()
        yield made
