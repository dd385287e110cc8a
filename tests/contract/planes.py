"""A Plane's brokers as the operator sets them up: our configuration, a chain of trust, a resolver that serves it.

Everything is real, and on loopback: nats-server processes, the resolver as a process, and its accounts in a folder.
"""

from __future__ import annotations

import socket
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from gencreds.nats.claims import AccountClaims, OperatorClaims, UserClaims
from gencreds.nats.creds import Creds
from gencreds.nats.jwt import encode
from gencreds.nats.nkeys import KeyKind, Seed
from microbus_operator.api.plane import Limits
from microbus_operator.core.nats_config import Listeners, render_config
from microbus_operator.nats.permissions import system_user
from microbus_operator.nats.system import SystemConnection

from .brokers import Broker, running_broker
from .resolvers import Resolver, running_resolver


def _new(kind: KeyKind) -> Callable[[], Seed]:
    return lambda: Seed.create(kind)


@dataclass
class ChainOfTrust:
    """Keys of a Plane with one app, and the claims that the operator would sign. `iat` is counted from `start`."""

    operator: Seed = field(default_factory=_new(KeyKind.OPERATOR))
    operator_signing: Seed = field(default_factory=_new(KeyKind.OPERATOR))
    system: Seed = field(default_factory=_new(KeyKind.ACCOUNT))
    system_signing: Seed = field(default_factory=_new(KeyKind.ACCOUNT))
    account: Seed = field(default_factory=_new(KeyKind.ACCOUNT))
    app_signing: Seed = field(default_factory=_new(KeyKind.ACCOUNT))
    start: int = field(default_factory=lambda: int(time.time()) - 1000)

    def operator_jwt(self, iat: int = 0, signing_keys: Iterable[Seed] | None = None) -> str:
        """The operator JWT, with strict signing keys."""
        claims = OperatorClaims(
            subject=self.operator.public_key,
            name="test",
            signing_keys=tuple(key.public_key for key in (signing_keys or (self.operator_signing,))),
            system_account=self.system.public_key,
            strict_signing_key_usage=True,
            assert_server_version="2.14.2",
        )
        return encode(claims, self.operator, issued_at=self.start + iat)

    def system_jwt(self, iat: int = 0) -> str:
        """The system account's JWT."""
        keys = (self.system_signing.public_key,)
        return self.signed(AccountClaims(subject=self.system.public_key, name="SYS", signing_keys=keys), iat)

    def account_jwt(
        self,
        iat: int = 0,
        signing_keys: Iterable[Seed] | None = None,
        revocations: Mapping[str, int] | None = None,
    ) -> str:
        """The Plane's account; by default the app's signing key is the only one."""
        keys = tuple(key.public_key for key in (signing_keys if signing_keys is not None else (self.app_signing,)))
        claims = AccountClaims(
            subject=self.account.public_key, name="t", signing_keys=keys, revocations=dict(revocations or {})
        )
        return self.signed(claims, iat)

    def signed(self, claims: AccountClaims, iat: int = 0, signer: Seed | None = None) -> str:
        """Account claims signed by the operator's signing key."""
        return encode(claims, signer or self.operator_signing, issued_at=self.start + iat)

    def user(self, name: str = "client", signer: Seed | None = None, iat: int = 0) -> Creds:
        """A user of the Plane's account that may do everything."""
        seed = Seed.create(KeyKind.USER)
        claims = UserClaims(
            subject=seed.public_key,
            name=name,
            issuer_account=self.account.public_key,
            pub_allow=(">",),
            sub_allow=(">",),
        )
        return Creds(encode(claims, signer or self.app_signing, issued_at=self.start + iat), seed)

    def system_user(self) -> Creds:
        """A user like the operator's own."""
        return system_user(self.system.public_key, self.system_signing, int(time.time()))


@dataclass
class RunningPlane:
    """Brokers and their resolver. `published` is the folder that the resolver serves."""

    chain: ChainOfTrust
    resolver: Resolver
    published: Path
    directory: Path
    cluster_ports: list[int]
    stack: ExitStack
    brokers: dict[int, Broker] = field(default_factory=dict)
    _stacks: dict[int, ExitStack] = field(default_factory=dict)

    def publish(self, jwt: str, iat: int, account: Seed | None = None) -> None:
        """Publish an account's JWT, and wait until the resolver serves it."""
        public_key = (account or self.chain.account).public_key
        write(self.published, f"{public_key}.jwt", jwt)
        self.resolver.wait_until_served(public_key, self.chain.start + iat)

    def start(self, number: int, port: int = -1) -> Broker:
        """Start one server, on a free port or on `port`, and wait until it is ready."""
        config = configuration(self.chain, self.resolver.url, self.cluster_ports, number, port)
        folder = self.directory / f"nats-{number}"
        folder.mkdir(exist_ok=True)
        # One after the other is how they are stopped, so that a test can stop one in between.
        one = self.stack.enter_context(ExitStack())
        self.brokers[number] = one.enter_context(running_broker(config, folder, port=None))
        self._stacks[number] = one
        return self.brokers[number]

    def stop(self, number: int) -> None:
        """Stop one server."""
        self._stacks.pop(number).close()
        del self.brokers[number]

    @property
    def urls(self) -> list[str]:
        """Where clients connect."""
        return [broker.url for broker in self.brokers.values()]


def configuration(
    chain: ChainOfTrust, resolver_url: str, cluster_ports: list[int], number: int = 0, port: int = -1
) -> str:
    """What the operator would give a server, on loopback."""
    return render_config(
        Limits(),
        operator_jwt=chain.operator_jwt(),
        system_account=chain.system.public_key,
        accounts=(chain.system.public_key, chain.account.public_key),
        resolver_url=resolver_url,
        cluster_name="test",
        routes=[f"127.0.0.1:{port}" for port in cluster_ports] if len(cluster_ports) > 1 else [],
        listeners=Listeners("127.0.0.1", port, cluster_ports[number], -1, "127.0.0.1"),
        server_name=f"nats-{number}",
    )


def write(folder: Path, name: str, text: str) -> None:
    """Write a file as a publisher does: whole, or not at all."""
    beside = folder / f".{name}"
    beside.write_text(text)
    beside.replace(folder / name)


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens on now."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for item in sockets:
            item.bind(("127.0.0.1", 0))
        return [int(item.getsockname()[1]) for item in sockets]


@contextmanager
def running_plane(directory: Path, servers: int, chain: ChainOfTrust | None = None) -> Iterator[RunningPlane]:
    """A resolver and `servers` brokers that use it, until the block ends; 0 leaves the starting to the test."""
    trust = chain or ChainOfTrust()
    published = directory / "published"
    published.mkdir()
    write(published, "operator.jwt", trust.operator_jwt())
    write(published, f"{trust.system.public_key}.jwt", trust.system_jwt())
    write(published, f"{trust.account.public_key}.jwt", trust.account_jwt())
    with ExitStack() as stack:
        state = directory / "state"
        resolver = stack.enter_context(
            running_resolver(directory, "--directory", str(published), "--state-dir", str(state))
        )
        resolver.wait_until_read()
        plane = RunningPlane(trust, resolver, published, directory, free_ports(max(servers, 1)), stack)
        for number in range(servers):
            plane.start(number)
        yield plane


@asynccontextmanager
async def system_connection(plane: RunningPlane) -> AsyncIterator[SystemConnection]:
    """The operator's connection to a Plane."""
    connection = await SystemConnection.connect(plane.urls, plane.chain.system_user)
    try:
        yield connection
    finally:
        await connection.close()
