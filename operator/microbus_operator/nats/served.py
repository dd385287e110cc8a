"""Whether every resolver serves the published account JWTs: the step between persisting one and pushing it.

A push before the resolver serves the same JWT would be undone by the next restart of a server (pitfall N6).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import aiohttp

from microbus_operator.core.observed import Served, Trouble

PATH = "/jwt/v1/accounts/"
TIMEOUT = aiohttp.ClientTimeout(total=2.0)
MOST_BYTES = 1 << 20


@dataclass(frozen=True)
class _Answer:
    """What a resolver serves of an account, or why nothing."""

    jwt: str = field(default="", repr=False)
    problem: str = ""


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

    async def look(self, published: Mapping[str, str], also: Iterable[str] = ()) -> Served:
        """What every resolver serves of `published` (account public key to JWT), and of the accounts `also`, of which
        nothing is published.
        """
        try:
            found = await asyncio.get_running_loop().getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
        except OSError:
            return Served(
                Trouble("ResolverUnavailable", f"{self._host} has no address: no resolver pod is ready", passing=True)
            )
        addresses = sorted({str(item[4][0]) for item in found})
        behind: list[str] = []
        instead: dict[str, list[str]] = {}
        for address in addresses:
            for account, jwt in sorted({**dict.fromkeys(also), **published}.items()):
                answer = await self._ask(address, account)
                if answer.jwt and answer.jwt != jwt:
                    instead.setdefault(account, []).append(answer.jwt)
                    problem = f"resolver {address} serves another JWT of account {account} than the published one"
                else:
                    problem = answer.problem
                if problem and jwt is not None:
                    behind.append(problem)
        trouble = Trouble("ResolverBehind", "; ".join(behind), passing=True) if behind else None
        return Served(trouble, {account: tuple(jwts) for account, jwts in instead.items()})

    async def _ask(self, address: str, account: str) -> _Answer:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=TIMEOUT, trust_env=False)
        host = f"[{address}]" if ":" in address else address
        try:
            async with self._session.get(
                f"http://{host}:{self._port}{PATH}{account}", allow_redirects=False
            ) as response:
                body = await response.content.read(MOST_BYTES)
        except (aiohttp.ClientError, TimeoutError) as error:
            return _Answer(problem=f"resolver {address} did not answer for account {account} ({type(error).__name__})")
        if response.status != 200:
            return _Answer(problem=f"resolver {address} answered {response.status} for account {account}")
        return _Answer(body.decode("ascii", "replace").strip())
