"""What a microservice's own credentials let a client do: attempts on a real connection, answered by the broker."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import nats
from nats.errors import Error as NatsError

VIOLATION = re.compile(r"permissions violation for (publish|subscription) to \"([^\"]+)\"", re.IGNORECASE)


@dataclass(frozen=True)
class Attempt:
    """`verb` is `pub` or `sub`; `why` says for people what the attempt stands for."""

    verb: str
    subject: str
    why: str


async def refused(url: str, creds: str, attempts: Iterable[Attempt]) -> set[Attempt]:
    """Those attempts that the broker refused.

    A refusal is asynchronous (`-ERR`) and the connection stays up; the server handles a connection's lines in order, so
    that the answer to a PING that was sent after an attempt comes after its refusal.
    """
    violations: set[tuple[str, str]] = set()

    async def on_error(error: Exception) -> None:
        found = VIOLATION.search(str(error))
        if found:
            # nats-py hands the broker's words on in lower case.
            violations.add(("pub" if found[1].lower() == "publish" else "sub", found[2].lower()))

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "user.creds"
        file.touch(mode=0o600)
        file.write_text(creds)
        client = await nats.connect(url, user_credentials=str(file), error_cb=on_error, allow_reconnect=False)
        try:
            listed = list(attempts)
            for attempt in listed:
                if attempt.verb == "pub":
                    await client.publish(attempt.subject, b"")
                else:
                    await client.subscribe(attempt.subject)
            # Twice: where the server's second INFO overtakes the PONG of connecting, nats-py 2.16 takes that PONG for
            # the first flush's.
            await client.flush(timeout=10)
            await client.flush(timeout=10)
        finally:
            await client.close()
    return {attempt for attempt in listed if (attempt.verb, attempt.subject.lower()) in violations}


def attempt_all(url: str, creds: str, attempts: Iterable[Attempt]) -> set[Attempt]:
    """`refused`, for synchronous callers."""
    return asyncio.run(refused(url, creds, attempts))


async def can_connect(url: str, creds: str | None) -> bool:
    """Whether the broker lets a client in with these credentials, or with none."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "user.creds"
        file.touch(mode=0o600)
        file.write_text(creds or "")
        try:
            client = await nats.connect(
                url,
                user_credentials=str(file) if creds else None,
                allow_reconnect=False,
                max_reconnect_attempts=1,
                connect_timeout=5,
                error_cb=_quiet,
            )
        except (TimeoutError, NatsError, OSError):
            return False
        await client.close()
        return True


async def _quiet(error: Exception) -> None:
    """Refusals are what is asked about; nats-py logs them otherwise."""
