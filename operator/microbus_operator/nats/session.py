"""One connection to a Plane's servers as a system user, kept up for ever, and requests that many servers answer.

nats-py connects and parses; the reconnecting is ours, because each connection takes credentials of its own, and
because nats-py gives up for good after an authentication error, as nats.go does (pitfall N9). Used by `system.py`
alone.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import logging
import random
import secrets
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error, MaxPayloadError

from gencreds.nats.creds import Creds
from microbus_operator.nats.errors import SystemUnavailable
from microbus_operator.nats.permissions import inbox_prefix

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 3
PING_SECONDS, PINGS_UNANSWERED = 10, 2
PAUSES = (0.2, 10.0)
"""Seconds before the first and the longest before any later attempt to connect."""
CONNECTED_WITHIN = 2.0
"""Seconds that a request waits for a connection which is being made again."""
CLOSED_WITHIN = 2.0
"""Seconds that closing waits for nats-py to have closed the socket."""
MOST_ANSWERS = 1024
MOST_ANSWER_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class SessionStatus:
    """Whether there is a connection and to which server, and else why not. `user` is the public key that it is made
    with.
    """

    connected: bool
    server: str = ""
    user: str = ""
    problem: str = ""


class Session:
    """`credentials` is called for each connection; what it returns stays in memory and signs one nonce."""

    def __init__(
        self, servers: Sequence[str], credentials: Callable[[], Creds], *, name: str, tls: ssl.SSLContext | None = None
    ) -> None:
        self._servers = list(servers)
        self._credentials = credentials
        self._name = name
        self._tls = tls
        self._client: Client | None = None
        self._inbox, self._user = "", ""
        self._up = asyncio.Event()
        self._problem = "it has not been tried yet"
        self._waiting: dict[str, asyncio.Queue[bytes | None]] = {}
        self._task: asyncio.Task[None] | None = None
        # Beside the task's cancellation, which nats-py loses: it waits by wait_for, which before Python 3.12 forgets a
        # cancellation that comes together with what it waited for.
        self._is_closing = False

    @property
    def status(self) -> SessionStatus:
        """As of now."""
        if self._client is None:
            return SessionStatus(connected=False, problem=self._problem)
        url = self._client.connected_url
        return SessionStatus(connected=True, server=url.netloc if url else "", user=self._user)

    async def start(self, within: float) -> None:
        """Connect, and stay connected until `close`. Raises `SystemUnavailable` after `within` seconds; it is tried
        on.
        """
        if self._task is None:
            self._is_closing = False
            self._task = asyncio.create_task(self._stay_connected(), name=f"system account of {self._name}")
        await self._connected(within)

    async def close(self) -> None:
        """Disconnect for good."""
        if self._task is not None:
            self._is_closing = True
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def ask(
        self,
        subject: str,
        payload: bytes,
        enough: Callable[[Sequence[bytes]], bool],
        *,
        within: float,
        quiet: float | None = None,
    ) -> list[bytes]:
        """Publish a request and collect answers until they are `enough`.

        Ends early after `within` seconds, or where no answer came for `quiet` seconds after another, or where nobody
        listens; the caller judges what is missing. Raises `SystemUnavailable` where there is no connection or it is
        lost meanwhile, and nats-py's `MaxPayloadError` for a payload that the server would not take.
        """
        client = await self._connected(CONNECTED_WITHIN)
        token = secrets.token_hex(12)
        answers: asyncio.Queue[bytes | None] = asyncio.Queue(MOST_ANSWERS)
        self._waiting[token] = answers
        found: list[bytes] = []
        try:
            await client.publish(subject, payload, reply=f"{self._inbox}.{token}")
            async with asyncio.timeout(within):
                while not enough(found):
                    async with asyncio.timeout(quiet if found else None):
                        answer = await answers.get()
                    if answer is None:
                        raise SystemUnavailable(
                            f"the connection to {self._where} was lost while {subject} was answered: {self._problem}"
                        )
                    if not answer:
                        break  # nobody listens to that subject
                    found.append(answer)
        except TimeoutError:
            pass
        except MaxPayloadError:
            raise
        except (Error, OSError) as error:
            raise SystemUnavailable(f"{self._where} could not be asked {subject}: {_said(error)}") from error
        finally:
            del self._waiting[token]
        return found

    async def _connected(self, within: float) -> Client:
        try:
            async with asyncio.timeout(within):
                while self._client is None:
                    await self._up.wait()
        except TimeoutError:
            message = f"no connection to the system account at {self._where}: {self._problem}"
            raise SystemUnavailable(message) from None
        return self._client

    @property
    def _where(self) -> str:
        return ", ".join(self._servers)

    async def _stay_connected(self) -> None:
        pause, told = PAUSES[0], ""
        while not self._is_closing:
            gone = asyncio.Event()
            client = Client()
            try:
                await self._connect(client, gone)
                pause, told = PAUSES[0], ""
                if self._is_closing:
                    return
                await gone.wait()
                logger.warning("%s: the connection to the system account was lost: %s", self._name, self._problem)
            except (Error, OSError, TimeoutError) as error:
                problem = _said(error)
                if problem != "no servers available for connection":  # then the reason came before
                    self._problem = problem
                if told != self._problem:
                    told = self._problem
                    logger.warning("%s: no connection to the system account: %s", self._name, told)
                await client.close()
                if self._is_closing:
                    return
                await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - spreads load, keeps no secret
                pause = min(2 * pause, PAUSES[1])
            finally:
                was_connected = self._client is client
                self._down()
                await client.close()
                if was_connected:
                    # Where the server hung up, nats-py is closing in a task of its own: the socket closes in there.
                    # Not by wait_for: before Python 3.12 it loses a cancellation that comes as the time is over.
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(CLOSED_WITHIN):
                            await gone.wait()

    async def _connect(self, client: Client, gone: asyncio.Event) -> None:
        creds = self._credentials()

        async def on_error(error: Exception) -> None:
            self._problem = _said(error)
            if "permissions violation" in self._problem.lower():
                logger.error("%s: the operator's user may not do what it does: %s", self._name, self._problem)

        async def on_closed() -> None:
            gone.set()

        await client.connect(
            self._servers,
            name=self._name,
            user_jwt_cb=lambda: bytearray(creds.jwt, "ascii"),
            signature_cb=lambda nonce: base64.b64encode(creds.seed.sign(nonce.encode())),
            inbox_prefix=inbox_prefix(creds.seed.public_key),
            tls=self._tls,
            allow_reconnect=False,
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            connect_timeout=CONNECT_SECONDS,
            ping_interval=PING_SECONDS,
            max_outstanding_pings=PINGS_UNANSWERED,
            error_cb=on_error,
            closed_cb=on_closed,
        )
        self._inbox, self._user = inbox_prefix(creds.seed.public_key), creds.seed.public_key
        await client.subscribe(f"{self._inbox}.*", cb=self._take)
        await client.flush(CONNECT_SECONDS)
        self._client, self._problem = client, ""
        self._up.set()

    def _down(self) -> None:
        self._client = None
        self._up.clear()
        for answers in self._waiting.values():
            if not answers.full():
                answers.put_nowait(None)

    async def _take(self, message: Msg) -> None:
        answers = self._waiting.get(message.subject.rpartition(".")[2])
        # Whoever has stopped to listen, or has a thousand answers already, needs no more.
        if answers is None or answers.full():
            return
        if len(message.data) > MOST_ANSWER_BYTES:
            logger.error("%s: an answer of %d bytes is ignored", self._name, len(message.data))
            return
        answers.put_nowait(message.data)


def _said(error: Exception) -> str:
    """An error of nats-py in words: some have no text, none has more than what the server says."""
    text = str(error).removeprefix("nats: ").strip("'")
    return text or type(error).__name__
