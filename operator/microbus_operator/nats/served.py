"""Whether every resolver serves the published account JWTs: the step between persisting one and pushing it.

A push before the resolver serves the same JWT would be undone by the next restart of a server (pitfall N6).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping

import aiohttp

from microbus_operator.core.observed import Trouble

PATH = "/jwt/v1/accounts/"
TIMEOUT = aiohttp.ClientTimeout(total=2.0)
MOST_BYTES = 1 << 20


class Resolvers:
    """The resolver's pods, found by the DNS name of their headless Service.

    `address` is `host:port`. A Service's own address would answer for one pod and hide the others.
    """

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._host, self._port = host, int(port)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def trouble(self, wanted: Mapping[str, str]) -> Trouble | None:
        """What keeps `wanted` (account public key to JWT) from being served everywhere, or None where nothing does."""
        try:
            found = await asyncio.get_running_loop().getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
        except OSError:
            return Trouble(
                "ResolverUnavailable", f"{self._host} has no address: no resolver pod is ready", passing=True
            )
        addresses = sorted({str(item[4][0]) for item in found})
        behind = [
            problem
            for address in addresses
            for account, jwt in sorted(wanted.items())
            if (problem := await self._problem(address, account, jwt))
        ]
        return Trouble("ResolverBehind", "; ".join(behind), passing=True) if behind else None

    async def _problem(self, address: str, account: str, jwt: str) -> str | None:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=TIMEOUT, trust_env=False)
        host = f"[{address}]" if ":" in address else address
        try:
            async with self._session.get(
                f"http://{host}:{self._port}{PATH}{account}", allow_redirects=False
            ) as response:
                body = await response.content.read(MOST_BYTES)
        except (aiohttp.ClientError, TimeoutError) as error:
            return f"resolver {address} did not answer for account {account} ({type(error).__name__})"
        if response.status != 200:
            return f"resolver {address} answered {response.status} for account {account}"
        if body.decode("ascii", "replace").strip() != jwt:
            return f"resolver {address} serves another JWT of account {account} than the published one"
        return None
