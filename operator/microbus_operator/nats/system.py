"""The system account of one Plane's servers: everything that the operator asks of them, behind one door."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Collection, Sequence
from typing import Self

from gencreds.nats.creds import Creds
from microbus_operator.nats import claims, connections, drift, servers
from microbus_operator.nats.claims import PushResult
from microbus_operator.nats.connections import Connection
from microbus_operator.nats.drift import HeldAccount
from microbus_operator.nats.permissions import USER_NAME
from microbus_operator.nats.servers import Server
from microbus_operator.nats.session import Session, SessionStatus

CONNECT_WITHIN = 5.0


class SystemConnection:
    """One per Plane. Every method raises `SystemUnavailable` where the servers cannot be asked."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @classmethod
    async def connect(
        cls,
        urls: Sequence[str],
        credentials: Callable[[], Creds],
        *,
        name: str = USER_NAME,
        tls: ssl.SSLContext | None = None,
        within: float = CONNECT_WITHIN,
    ) -> Self:
        """Connect to one of `urls`, and stay connected until `close`, whatever becomes of the servers.

        `credentials` gives a system user for each connection made (`permissions.system_user`). Raises
        `SystemUnavailable` after `within` seconds, and then nothing is left running.
        """
        session = Session(urls, credentials, name=name, tls=tls)
        connected = False
        try:
            await session.start(within)
            connected = True
        finally:
            if not connected:
                await session.close()
        return cls(session)

    @property
    def status(self) -> SessionStatus:
        """Whether it is connected now, and if not why."""
        return self._session.status

    async def servers(self) -> tuple[Server, ...]:
        """The servers that answer."""
        return await servers.roster(self._session)

    async def push(
        self, account: str, jwt: str, expected: Collection[str] | None = None, within: float = claims.WITHIN
    ) -> PushResult:
        """Push an account's JWT; `expected` are ids of servers that have to answer, by default the roster.

        Raises `PushRefused` where a server says no.
        """
        return await claims.push(self._session, account, jwt, await self._expected(expected), within)

    async def accounts_held(self, account: str, expected: Collection[str] | None = None) -> dict[str, HeldAccount]:
        """What each server holds of an account, by server id."""
        return await drift.accounts_held(self._session, account, await self._expected(expected))

    async def connections(
        self, account: str, expected: Collection[str] | None = None, *, subscriptions: bool = False
    ) -> list[Connection]:
        """Every client of an account on every server; all of `expected` have to answer."""
        wanted = await self._expected(expected)
        return await connections.connections_of(self._session, account, wanted, subscriptions=subscriptions)

    async def kick(self, server: str, cid: int) -> bool:
        """Close one connection, by its server's id and its own; False where it was gone already."""
        return await connections.kick(self._session, server, cid)

    async def close(self) -> None:
        """Disconnect for good."""
        await self._session.close()

    async def _expected(self, given: Collection[str] | None) -> Collection[str]:
        return given if given is not None else [server.id for server in await self.servers()]
