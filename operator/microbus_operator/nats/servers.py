"""The roster: which servers there are, by asking all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from microbus_operator.nats.answers import StatsAnswer, read
from microbus_operator.nats.errors import SystemUnavailable
from microbus_operator.nats.permissions import ROSTER
from microbus_operator.nats.session import Session

WITHIN, QUIET = 2.0, 0.5
"""Seconds. How many servers there are is what they say of one another; a server that went away is counted for a while
yet.
"""


@dataclass(frozen=True)
class Server:
    """A nats-server that answered. `connections` counts its clients of all accounts."""

    id: str
    name: str
    version: str
    connections: int


async def roster(session: Session) -> tuple[Server, ...]:
    """Every server that answers, by name. Raises `SystemUnavailable`, also where none does."""

    def enough(found: Sequence[bytes]) -> bool:
        return len(found) >= max((read(StatsAnswer, data).statsz.active_servers for data in found), default=1)

    answers = [read(StatsAnswer, data) for data in await session.ask(ROSTER, b"", enough, within=WITHIN, quiet=QUIET)]
    if not answers:
        raise SystemUnavailable(f"no server answered {ROSTER} within {WITHIN:g} s")
    found = {
        answer.server.id: Server(answer.server.id, answer.server.name, answer.server.version, answer.statsz.connections)
        for answer in answers
    }
    return tuple(sorted(found.values(), key=lambda server: (server.name, server.id)))
