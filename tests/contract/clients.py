"""A NATS client that does not reconnect: what the server says to it, and when it closed the connection."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from nats.aio.client import Client

from gencreds.nats.creds import Creds

ANSWERED_WITHIN = 5


@dataclass
class Observed:
    """A client, what it was told, and an event for its end."""

    client: Client
    errors: list[str] = field(default_factory=list)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    async def is_refused(self, subject: str) -> bool:
        """Publish to `subject`; whether the server refuses it."""
        await self.client.publish(subject, b"{}")
        await self._answered()
        return self._was_told(f'publish to "{subject}"')

    async def may_subscribe(self, subject: str) -> bool:
        """Subscribe to `subject`; whether the server lets it."""
        await self.client.subscribe(subject)
        await self._answered()
        return not self._was_told(f'subscription to "{subject}"')

    async def _answered(self) -> None:
        # nats-py sends a flush's PING past what it has buffered, so only the second one comes after it.
        for _ in range(2):
            await self.client.flush(ANSWERED_WITHIN)

    def _was_told(self, text: str) -> bool:
        return any(text.lower() in error.lower() for error in self.errors)


@asynccontextmanager
async def connected(
    url: str, creds: Creds | None, name: str = "client", inbox: str = "_INBOX"
) -> AsyncIterator[Observed]:
    """Connect once; raises what nats-py raises where the server refuses."""
    observed = Observed(Client())

    async def on_error(error: Exception) -> None:
        observed.errors.append(str(error))

    async def on_closed() -> None:
        observed.closed.set()

    was_connected = False
    try:
        await observed.client.connect(
            url,
            name=name,
            allow_reconnect=False,
            max_reconnect_attempts=1,
            connect_timeout=5,
            inbox_prefix=inbox,
            error_cb=on_error,
            closed_cb=on_closed,
            user_jwt_cb=(lambda: bytearray(creds.jwt, "ascii")) if creds else None,
            signature_cb=(lambda nonce: base64.b64encode(creds.seed.sign(nonce.encode()))) if creds else None,
        )
        was_connected = True
        yield observed
    finally:
        await observed.client.close()
        if was_connected:
            # Where the server hung up, nats-py is closing in a task of its own: the socket closes in there.
            await asyncio.wait_for(observed.closed.wait(), ANSWERED_WITHIN)
