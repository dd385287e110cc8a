"""The example app on a broker in operator mode, each microservice with a user of its own."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from gencreds.nats.claims import AccountClaims, OperatorClaims, UserClaims
from gencreds.nats.creds import format_creds
from gencreds.nats.jwt import encode
from gencreds.nats.nkeys import KeyKind, Seed

from .brokers import Broker, operator_mode, running_broker
from .shop import Shop, running_shop

PLANE = "t0"
ISSUED_AT = 1_700_000_000

AllowLists = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class ChainOfTrust:
    """An operator, its accounts, and a signing key of the app's account, which signs users."""

    operator: Seed = field(default_factory=lambda: Seed.create(KeyKind.OPERATOR))
    system: Seed = field(default_factory=lambda: Seed.create(KeyKind.ACCOUNT))
    account: Seed = field(default_factory=lambda: Seed.create(KeyKind.ACCOUNT))
    signing_key: Seed = field(default_factory=lambda: Seed.create(KeyKind.ACCOUNT))

    def configuration(self, revocations: Mapping[str, int] | None = None) -> str:
        """Return a broker's configuration, with a trace and a monitoring port; `revocations` is the account's."""
        accounts = (
            AccountClaims(subject=self.system.public_key, name="SYS"),
            AccountClaims(
                subject=self.account.public_key,
                name=PLANE,
                signing_keys=(self.signing_key.public_key,),
                revocations=revocations or {},
            ),
        )
        operator = OperatorClaims(
            subject=self.operator.public_key, name="shop-on-broker", system_account=self.system.public_key
        )
        mode = operator_mode(
            encode(operator, self.operator, issued_at=ISSUED_AT),
            self.system.public_key,
            {claims.subject: encode(claims, self.operator, issued_at=ISSUED_AT) for claims in accounts},
        )
        return f'{mode}trace: true\nhttp: "127.0.0.1:-1"\n'

    def issue(self, hostname: str, lists: AllowLists, directory: Path) -> str:
        """Write a new user's creds for `hostname` to where it looks for them, in one step; return the user's key."""
        seed = Seed.create(KeyKind.USER)
        pub, sub = lists
        claims = UserClaims(
            subject=seed.public_key,
            name=hostname,
            issuer_account=self.account.public_key,
            pub_allow=pub,
            sub_allow=sub,
        )
        fresh = directory / f".{hostname}"
        fresh.touch(mode=0o600)
        fresh.write_text(format_creds(encode(claims, self.signing_key, issued_at=ISSUED_AT), seed))
        fresh.rename(directory / f"{hostname}_nats.creds")
        return seed.public_key


@dataclass(frozen=True)
class Run:
    """The app on its broker: `users` are the microservices' user keys by hostname, as first issued."""

    chain: ChainOfTrust
    broker: Broker
    shop: Shop
    users: Mapping[str, str]
    directory: Path

    def connections(self) -> dict[int, str]:
        """Return the user key that the broker authenticated, by connection id."""
        with urllib.request.urlopen(f"{self.broker.monitoring_url}/connz?auth=1", timeout=10) as answer:
            return {connection["cid"]: connection["authorized_user"] for connection in json.load(answer)["connections"]}

    def revoke(self, user: str) -> None:
        """Revoke a user's key on the broker, which takes effect at once."""
        configuration = self.chain.configuration({user: ISSUED_AT})
        path = self.directory / "nats-server.conf"
        listen, _, _ = path.read_text().partition("\n")
        path.write_text(f"{listen}\n{configuration}")
        self.broker.reload()


@contextmanager
def shop_on_broker(lists: Mapping[str, AllowLists], directory: Path) -> Iterator[Run]:
    """Run the app; `lists` says by hostname what each microservice may publish and subscribe."""
    chain = ChainOfTrust()
    users = {hostname: chain.issue(hostname, allowed, directory) for hostname, allowed in lists.items()}
    with (
        running_broker(chain.configuration(), directory) as broker,
        running_shop(broker.url, PLANE, directory) as shop,
    ):
        yield Run(chain, broker, shop, users, directory)
