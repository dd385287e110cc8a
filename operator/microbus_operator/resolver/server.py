"""What nats-server asks: `GET /jwt/v1/accounts/<account public key>`, answered from memory.

nats-server's URL resolver exits at start unless the base answers 200 (pitfall N1), waits 1.9 s for an account and asks
for unknown ones before it has seen a signature (facts N1, N9): an answer is one look into a dict, and signs, parses
and waits for nothing.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable

from aiohttp import web

from microbus_operator.resolver.store import AccountStore

BASE = "/jwt/v1/accounts/"
CONTENT_TYPE = "application/jwt"
KEEP_ALIVE_SECONDS = 75.0
"""Longer than the 30 s that nats-server keeps a connection idle, so that it is never the one to find it closed."""
SHUTDOWN_SECONDS = 2.0


def application(store: AccountStore, is_ready: Callable[[], bool]) -> web.Application:
    """The routes. `is_ready` decides on /readyz alone: whatever is known is served in any case."""

    async def base(_request: web.Request) -> web.Response:
        return web.Response(text="account resolver\n")

    async def account(request: web.Request) -> web.Response:
        body = store.body(request.match_info["account"])
        if body is None:
            return web.Response(status=404, text="no such account\n")
        return web.Response(body=body, content_type=CONTENT_TYPE)

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_request: web.Request) -> web.Response:
        if is_ready():
            return web.Response(text="ok\n")
        return web.Response(status=503, text="no accounts have been read yet\n")

    result = web.Application(client_max_size=1024)
    result.router.add_get(BASE, base)
    result.router.add_get(BASE + "{account}", account)
    result.router.add_get("/healthz", healthz)
    result.router.add_get("/readyz", readyz)
    return result


class Server:
    """The listening socket."""

    def __init__(self, app: web.Application) -> None:
        self._runner = web.AppRunner(
            app, access_log=None, keepalive_timeout=KEEP_ALIVE_SECONDS, shutdown_timeout=SHUTDOWN_SECONDS
        )

    async def listen(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> int:
        """Start to answer; returns the port, which matters where 0 was asked for. Raises `OSError`."""
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port, ssl_context=tls, backlog=1024).start()
        return int(self._runner.addresses[0][1])

    async def close(self) -> None:
        """Answer what was asked and close."""
        await self._runner.cleanup()
