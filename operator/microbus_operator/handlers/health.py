"""What kubelet's probes ask: alive is one that has not lost the Lease, ready one that knows who holds it.

A standby is ready too, or a rolling update would wait for ever for a pod that waits for the one it replaces. One that
cannot read the Lease is not: an update to it stops while the old one still works.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from aiohttp import web

READY = "/readyz"
SHUTDOWN_SECONDS = 0.5


@asynccontextmanager
async def answering(
    endpoint: str | None, is_alive: Callable[[], bool], is_ready: Callable[[], bool]
) -> AsyncIterator[int | None]:
    """Answer at `endpoint` (`http://address:port/path`, for liveness) and at /readyz beside it, until the block ends.

    Gives the port, which matters where 0 was asked for; none without an endpoint. Raises `OSError`.
    """
    if endpoint is None:
        yield None
        return
    asked = urlsplit(endpoint)

    async def live(_request: web.Request) -> web.Response:
        if is_alive():
            return web.Response(text="ok\n")
        return web.Response(status=503, text="the Lease is lost, and this operator ends\n")

    async def ready(_request: web.Request) -> web.Response:
        if is_ready():
            return web.Response(text="ok\n")
        return web.Response(status=503, text="the Lease has not been read yet; see the log\n")

    application = web.Application(client_max_size=1024)
    application.router.add_get(asked.path or "/", live)
    application.router.add_get(READY, ready)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, asked.hostname, asked.port).start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()
