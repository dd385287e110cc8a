"""What each server really holds of an account: the truth that pushes are checked against.

A server that was partitioned, or that was pushed an older JWT, says so nowhere else, and nothing in NATS looks again
by itself.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from gencreds.nats.jwt import TokenInvalid, decode
from gencreds.nats.nkeys import KeyKind, check_public_key
from microbus_operator.nats.answers import AccountAnswer, read
from microbus_operator.nats.permissions import ACCOUNTS_HELD
from microbus_operator.nats.session import Session

WITHIN, QUIET = 3.0, 1.0


@dataclass(frozen=True)
class HeldAccount:
    """What a server holds: no JWT where it has not loaded the account, which it then will from the resolver.

    `issued_at` (Unix seconds) is None too where the JWT has something in it that we cannot read. `revoked` is the list
    that the server goes by: user public key, or `*`, to Unix seconds.
    """

    server: str
    server_name: str
    jwt: str | None = field(default=None, repr=False)
    issued_at: int | None = None
    revoked: Mapping[str, int] = field(default_factory=dict)

    def differs_from(self, jwt: str) -> bool:
        """Whether it holds another JWT than `jwt`."""
        return self.jwt is not None and self.jwt != jwt


async def accounts_held(session: Session, account: str, expected: Collection[str]) -> dict[str, HeldAccount]:
    """What every server holds of `account`, by server id. Waits for those in `expected`; raises `SystemUnavailable`."""
    request = json.dumps({"account": check_public_key(account, KeyKind.ACCOUNT)}).encode()
    wanted = frozenset(expected)

    def enough(found: Sequence[bytes]) -> bool:
        return wanted <= {read(AccountAnswer, data).server.id for data in found}

    found = await session.ask(ACCOUNTS_HELD, request, enough, within=WITHIN, quiet=QUIET)
    return {held.server: held for held in (_held(read(AccountAnswer, data)) for data in found)}


def differing(held: Mapping[str, HeldAccount], jwt: str) -> tuple[str, ...]:
    """The ids of servers that hold another JWT than `jwt`: it has to be pushed to them again."""
    return tuple(sorted(server for server, account in held.items() if account.differs_from(jwt)))


def _held(answer: AccountAnswer) -> HeldAccount:
    detail = answer.data.account_detail if answer.data else None
    # A route may have made the account as a placeholder without a JWT (fact N13): that is not loaded either.
    if answer.error is not None or detail is None or not detail.jwt:
        return HeldAccount(answer.server.id, answer.server.name)
    try:
        issued_at = decode(detail.jwt, KeyKind.ACCOUNT).issued_at
    except TokenInvalid:
        issued_at = None
    revoked = {key: int(at.timestamp()) for key, at in (detail.revoked_user or {}).items()}
    return HeldAccount(answer.server.id, answer.server.name, detail.jwt, issued_at, revoked)
