"""Who is connected to an account, on every server, with which key; and closing one connection."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection
from dataclasses import dataclass

from gencreds.nats.nkeys import KeyKind, check_public_key
from microbus_operator.nats.answers import ConnectionInfo, ConnectionsAnswer, KickAnswer, read
from microbus_operator.nats.errors import SystemUnavailable
from microbus_operator.nats.permissions import CONNECTIONS, KICK
from microbus_operator.nats.session import Session

WITHIN, QUIET = 4.0, 2.0
PAGE, OVERLAP = 128, 16
"""Connections in one answer, each with its whole JWT, and how many of them the next answer repeats."""
ATTEMPTS = 5


@dataclass(frozen=True)
class Connection:
    """A client's connection: on which server, by which user key, signed by which key.

    `name` is what the client calls itself. `age` is in seconds, by the server's clock. `issued_at` and `expires_at`
    (unix seconds) are what its JWT says, which the server has verified. `subscriptions` are empty unless asked for.
    """

    server: str
    server_name: str
    cid: int
    name: str
    user: str
    issuer: str
    address: str
    port: int = 0
    age: int = 0
    issued_at: int | None = None
    expires_at: int | None = None
    subscriptions: tuple[str, ...] = ()


class _Shifted(Exception):
    """So many connections went away between two pages that one may have been overlooked."""


async def connections_of(
    session: Session, account: str, expected: Collection[str], *, subscriptions: bool = False
) -> list[Connection]:
    """All connections of `account`, by server and cid.

    Every server in `expected` (ids) has to answer: "nobody is connected with that key" is what revocation rests on, so
    half an answer is none. Raises `SystemUnavailable`.
    """
    check_public_key(account, KeyKind.ACCOUNT)
    for _ in range(ATTEMPTS):
        try:
            return await _all_pages(session, account, frozenset(expected), subscriptions)
        except _Shifted:
            continue
    raise SystemUnavailable(f"the connections of account {account} change faster than they can be listed")


async def kick(session: Session, server: str, cid: int) -> bool:
    """Close one connection; False where it was gone already. Raises `SystemUnavailable` where the server did not
    answer.
    """
    check_public_key(server, KeyKind.SERVER)
    found = await session.ask(KICK.format(server=server), json.dumps({"cid": cid}).encode(), bool, within=WITHIN)
    if not found:
        raise SystemUnavailable(f"server {server} did not say that it closed connection {cid}")
    return read(KickAnswer, found[0]).error is None


async def _all_pages(session: Session, account: str, expected: frozenset[str], subscriptions: bool) -> list[Connection]:
    found: dict[tuple[str, int], Connection] = {}
    last: dict[str, int] = {}
    offset = 0
    while True:
        request = {"auth": True, "sort": "cid", "offset": offset, "limit": PAGE, "subscriptions": subscriptions}
        answers = await _page(session, account, expected, request)
        for answer in answers:
            page = answer.data.connections if answer.data else ()
            # Listed by rising cid: if this page starts later than the former one ended, there may be others in between.
            if page and offset and page[0].cid > last.get(answer.server.id, 0):
                raise _Shifted
            if page:
                last[answer.server.id] = page[-1].cid
            found |= {(answer.server.id, item.cid): _connection(answer, item) for item in page}
        if all(answer.data is None or offset + PAGE >= answer.data.total for answer in answers):
            return [found[key] for key in sorted(found)]
        offset += PAGE - OVERLAP


async def _page(
    session: Session, account: str, expected: frozenset[str], request: dict[str, object]
) -> list[ConnectionsAnswer]:
    def enough(found: Collection[bytes]) -> bool:
        return len(found) >= len(expected)

    subject = CONNECTIONS.format(account=account)
    found = await session.ask(subject, json.dumps(request).encode(), enough, within=WITHIN, quiet=QUIET)
    answers = [read(ConnectionsAnswer, data) for data in found]
    refused = [f"{answer.server.name}: {answer.error.description}" for answer in answers if answer.error]
    missing = expected - {answer.server.id for answer in answers}
    if refused or missing:
        problem = "; ".join(refused) or f"{', '.join(sorted(missing))} did not answer"
        raise SystemUnavailable(f"the connections of account {account} are not known: {problem}")
    return answers


def _connection(answer: ConnectionsAnswer, item: ConnectionInfo) -> Connection:
    now = answer.data.now if answer.data else None
    issued_at, expires_at = _times(item.jwt)
    return Connection(
        server=answer.server.id,
        server_name=answer.server.name,
        cid=item.cid,
        name=item.name,
        user=item.authorized_user,
        issuer=item.issuer_key,
        address=item.ip,
        port=item.port,
        age=max(0, int((now - item.start).total_seconds())) if now and item.start else 0,
        issued_at=issued_at,
        expires_at=expires_at,
        subscriptions=item.subscriptions_list,
    )


def _times(jwt: str) -> tuple[int | None, int | None]:
    """`iat` and `exp` of a JWT, None for what it does not say."""
    try:
        part = jwt.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        found = [claims.get(name) for name in ("iat", "exp")]
    except (ValueError, IndexError, AttributeError, RecursionError):
        return None, None
    issued_at, expires_at = (value if type(value) is int else None for value in found)
    return issued_at, expires_at or None
