"""What an operator's requests meet on their way: refusals, an API server that is overloaded or away, lists of the past.

`Weathered` stands in front of either kind of store; `watched_through` in front of a real API server's watches, which
are kopf's and go past the store's verbs.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from microbus_operator.handlers.queue import LookQueue
from microbus_operator.handlers.run import Options
from microbus_operator.handlers.world import World
from microbus_operator.kube.errors import ApiRefused, ApiUnavailable, Conflict, KubeError

from ..contract.api_servers import TOKEN, ApiServer
from .stores import ObjectStore
from .traps import CLUSTER

ENDLESS = aiohttp.ClientTimeout(total=None)
WRITES = ("create", "apply", "merge", "delete")
Met = Callable[[str, tuple[Any, ...], Callable[[], Awaitable[Any]]], Awaitable[Any]]


def answered(status: int) -> KubeError:
    """The error that a status of the API server is to the operator."""
    what = f"the weather answered {status}"
    if status == 409:
        return Conflict(what)
    return ApiUnavailable(what) if status == 429 or status >= 500 else ApiRefused(what, status)


@dataclass
class Refusals:
    """Each write is refused before it is carried out the first time; others' statuses take turns. `met` are all."""

    statuses: tuple[int, ...]
    met: list[str] = field(default_factory=list)

    async def __call__(self, verb: str, arguments: tuple[Any, ...], call: Callable[[], Awaitable[Any]]) -> Any:
        first = arguments[0] if arguments else ""
        of = (first["kind"], first["metadata"]["name"]) if isinstance(first, dict) else arguments[:3]
        what = f"{verb} {of}"
        if verb in WRITES and what not in self.met:
            self.met.append(what)
            raise answered(self.statuses[len(self.met) % len(self.statuses)])
        return await call()


@dataclass
class Burst:
    """Until `ends` (monotonic seconds) requests, reads too, are answered with the statuses in turn."""

    ends: float
    met: int = 0
    statuses: tuple[int, ...] = (429, 500, 503)

    async def __call__(self, verb: str, arguments: tuple[Any, ...], call: Callable[[], Awaitable[Any]]) -> Any:
        if time.monotonic() < self.ends:
            self.met += 1
            raise answered(self.statuses[self.met % len(self.statuses)])
        return await call()


@dataclass
class StaleLists:
    """The next so many lists of a kind are what they were before: of `items`."""

    kind: str
    items: list[dict[str, Any]]
    left: int

    async def __call__(self, verb: str, arguments: tuple[Any, ...], call: Callable[[], Awaitable[Any]]) -> Any:
        if verb == "list" and arguments[0] == self.kind and self.left > 0:
            self.left -= 1
            namespace = arguments[1]
            return [item for item in self.items if namespace in (None, item["metadata"]["namespace"])]
        return await call()


class Weathered(ObjectStore):
    """The same store; operators on it meet the `weather`, once it is set."""

    def __init__(self, store: ObjectStore) -> None:
        self._store, self.cluster, self.collects = store, store.cluster, store.collects
        self.weather: Met | None = None

    async def operate(self, options: Options, began: Callable[[LookQueue, World], None]) -> None:
        def exposed(queue: LookQueue, world: World) -> None:
            cluster: Any = _Exposed(self, world.cluster)
            world.cluster = cluster
            began(queue, world)

        await self._store.operate(options, exposed)

    def resolver(self, folder: Path, namespace: str) -> AbstractAsyncContextManager[int]:
        return self._store.resolver(folder, namespace)


class _Exposed:
    def __init__(self, store: Weathered, real: Any) -> None:
        self._store, self._real = store, real

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        if name not in CLUSTER:
            return found

        async def call(*arguments: Any, **more: Any) -> Any:
            weather = self._store.weather
            if weather is None:
                return await found(*arguments, **more)
            return await weather(name, arguments, lambda: found(*arguments, **more))

        return call


@dataclass
class Watched:
    """A way to an API server, and the watches that are open on it.

    While it is `silent` they stay open and say nothing; the next `fails` requests are answered with 429 and 5xx.
    """

    url: str = ""
    silent: bool = False
    fails: int = 0
    open: set[asyncio.Task[Any]] = field(default_factory=set)

    def cut(self) -> None:
        """End every watch, as a load balancer does."""
        for task in self.open:
            task.cancel()


@asynccontextmanager
async def watched_through(server: ApiServer) -> AsyncIterator[Watched]:
    """The way, until the block ends. What comes by it comes as the administrator."""
    way = Watched()
    connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=str(server.ca)))
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession(connector=connector, headers=headers, auto_decompress=False) as session:

        async def passed_on(request: web.Request) -> web.StreamResponse:
            if way.fails > 0:
                way.fails -= 1
                return web.json_response({}, status=(429, 500, 503)[way.fails % 3])
            target, data = f"{server.url}{request.rel_url}", await request.read() or None
            kept = {key: value for key, value in request.headers.items() if key in ("Accept", "Content-Type")}
            async with session.request(request.method, target, data=data, headers=kept, timeout=ENDLESS) as answer:
                response = web.StreamResponse(status=answer.status)
                response.content_type = answer.content_type
                await response.prepare(request)
                is_watch, task = "watch=true" in request.query_string, asyncio.current_task()
                assert task is not None
                if is_watch:
                    way.open.add(task)
                try:
                    async for chunk in answer.content.iter_any():
                        if not (is_watch and way.silent):
                            await response.write(chunk)
                finally:
                    way.open.discard(task)
                return response

        application = web.Application(client_max_size=2**24)
        application.router.add_route("*", "/{path:.*}", passed_on)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            way.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            yield way
        finally:
            await runner.cleanup()
