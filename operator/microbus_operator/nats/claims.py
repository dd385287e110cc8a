"""Pushing an account's JWT to every server, and counting who has confirmed it.

The caller has persisted the JWT, and the resolver serves it: a push alone is undone by the next restart of a server
(pitfall N6).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from nats.errors import MaxPayloadError

from gencreds.nats.nkeys import KeyKind, check_public_key
from microbus_operator.nats.answers import UpdateAnswer, read
from microbus_operator.nats.errors import PushRefused
from microbus_operator.nats.permissions import CLAIMS_UPDATE
from microbus_operator.nats.session import Session

WITHIN = 10.0
"""Seconds. A server closes what was revoked before it answers, which takes 70 ms for a thousand clients (fact N20)."""
SKIPPED = "jwt update skipped"


@dataclass(frozen=True)
class PushResult:
    """Servers, by id, that took the JWT; that had not loaded the account and will fetch it; that did not answer."""

    updated: frozenset[str]
    skipped: frozenset[str]
    unanswered: frozenset[str]

    @property
    def is_confirmed(self) -> bool:
        """Whether every expected server answered. Both answers are good (pitfall N7)."""
        return not self.unanswered


async def push(
    session: Session, account: str, jwt: str, expected: Collection[str], within: float = WITHIN
) -> PushResult:
    """Push, and wait up to `within` seconds for one answer of each server in `expected` (ids).

    Raises `PushRefused` where a server says no, once all have answered, and `SystemUnavailable`.
    """
    check_public_key(account, KeyKind.ACCOUNT)
    wanted = frozenset(expected)

    def enough(found: Collection[bytes]) -> bool:
        return wanted <= {read(UpdateAnswer, data).server.id for data in found}

    try:
        found = await session.ask(CLAIMS_UPDATE.format(account=account), jwt.encode(), enough, within=within)
    except MaxPayloadError:
        reason = (
            f"its {len(jwt)} bytes exceed max_payload; raise the Plane's limits.maxPayload, or let revocations expire"
        )
        raise PushRefused("of the connection", reason) from None
    answers = {answer.server.id: answer for answer in (read(UpdateAnswer, data) for data in found)}
    for answer in answers.values():
        if answer.error is not None:
            raise PushRefused(f"{answer.server.name} ({answer.server.id})", answer.error.description)
    skipped = {key for key, answer in answers.items() if answer.data is not None and answer.data.message == SKIPPED}
    return PushResult(
        updated=frozenset(answers.keys() - skipped),
        skipped=frozenset(skipped),
        unanswered=wanted - answers.keys(),
    )
