"""The brokers of all Planes as the handlers use them: a system connection each, and what they say as the core's
values.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from gencreds.nats.creds import Creds
from gencreds.nats.nkeys import Seed
from microbus_operator.core.actions import Kick, PushAccount
from microbus_operator.core.observed import BrokerObservation, Connection, Served, ServerHolding, Trouble
from microbus_operator.nats import connections
from microbus_operator.nats.errors import NatsError, SystemUnavailable
from microbus_operator.nats.permissions import USER_NAME, system_user
from microbus_operator.nats.served import Resolvers
from microbus_operator.nats.system import SystemConnection

T = TypeVar("T")
Place = tuple[str, str]


class Through(Protocol):
    """What everything that changes a server goes through."""

    async def __call__(self, write: Callable[[], Awaitable[T]]) -> T:
        """The result of `write`, or none ever."""


CONNECT_WITHIN = 2.0


@dataclass(frozen=True)
class SystemUser:
    """Where a Plane's servers are (URLs with commas between), and who signs users of their system account."""

    url: str
    account: str
    signer: Seed

    def credentials(self) -> Creds:
        """A new user, for one connection."""
        return system_user(self.account, self.signer, int(time.time()))


async def unfenced(write: Callable[[], Awaitable[T]]) -> T:
    """Where there is but one writer anyhow."""
    return await write()


class Brokers:
    """By Plane (namespace and name). `resolver_pods` is `host:port` of the resolver's pods.

    `through` is the fence of one that has to hold a Lease to write.
    """

    def __init__(self, resolver_pods: str, through: Through = unfenced) -> None:
        self._resolvers = Resolvers(resolver_pods)
        self._through = through
        self._connections: dict[Place, tuple[SystemUser, SystemConnection]] = {}

    async def served(self, published: Mapping[str, str], also: Iterable[str] = ()) -> Served:
        """What every resolver serves of `published` (account public key to JWT) and of the accounts `also`."""
        return await self._resolvers.look(published, also)

    async def observe(
        self, place: Place, user: SystemUser, accounts: tuple[str, ...], connections_of: tuple[str, ...] = ()
    ) -> BrokerObservation:
        """What every server holds of `accounts`, and who is connected to `connections_of`; else why it is not known."""
        try:
            system = await self._connected(place, user)
            servers = await system.servers()
            ids = [server.id for server in servers]
            held = {account: await system.accounts_held(account, ids) for account in accounts}
            silent = [server.name for server in servers if any(server.id not in of for of in held.values())]
            if silent:
                raise SystemUnavailable(f"{', '.join(silent)} did not say which account JWTs are held")
            found = [(account, await system.connections(account, ids)) for account in connections_of]
        except NatsError as error:
            return BrokerObservation(trouble=Trouble("NatsUnavailable", str(error), passing=True))
        return BrokerObservation(
            servers=tuple(
                ServerHolding(
                    name=server.name,
                    id=server.id,
                    version=server.version,
                    accounts={account: jwt for account, of in held.items() if (jwt := of[server.id].jwt) is not None},
                    connections=server.connections,
                )
                for server in servers
            ),
            connections=tuple(_seen(each, account) for account, of in found for each in of),
            system_user=system.status.user or None,
        )

    async def kick(self, place: Place, action: Kick) -> None:
        """Close one connection. Raises `SystemUnavailable`."""
        if place not in self._connections:
            raise SystemUnavailable("the brokers have not been connected to yet")
        system = self._connections[place][1]
        await self._through(lambda: system.kick(action.server, action.cid))

    async def push(self, place: Place, action: PushAccount) -> None:
        """Push, and have every server named confirm it. Raises `PushRefused` or `SystemUnavailable`."""
        if place not in self._connections:
            raise SystemUnavailable("the brokers have not been connected to yet")
        system = self._connections[place][1]
        result = await self._through(lambda: system.push(action.account, action.jwt, action.servers))
        if not result.is_confirmed:
            missing = ", ".join(sorted(result.unanswered))
            raise SystemUnavailable(f"{missing} did not confirm the JWT of account {action.account}")

    async def forget(self, place: Place) -> None:
        """Disconnect from the brokers of a Plane that is gone."""
        if place in self._connections:
            await self._connections.pop(place)[1].close()

    async def close(self) -> None:
        """Disconnect from everything."""
        for place in list(self._connections):
            await self.forget(place)
        await self._resolvers.close()

    async def _connected(self, place: Place, user: SystemUser) -> SystemConnection:
        held = self._connections.get(place)
        if held is not None and held[0] == user:
            return held[1]
        await self.forget(place)
        name = f"{USER_NAME} {'/'.join(place)}"
        system = await SystemConnection.connect(user.url.split(","), user.credentials, name=name, within=CONNECT_WITHIN)
        self._connections[place] = (user, system)
        return system


def _seen(item: connections.Connection, account: str) -> Connection:
    return Connection(
        server=item.server_name,
        user=item.user,
        issuer=item.issuer,
        name=item.name,
        server_id=item.server,
        cid=item.cid,
        ip=item.address,
        port=item.port,
        age=item.age,
        issued_at=item.issued_at,
        expires_at=item.expires_at,
        account=account,
    )
