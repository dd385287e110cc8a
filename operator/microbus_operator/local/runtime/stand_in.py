"""Plays a bundle's microservices where its own program cannot run: a client of NATS each, with its own `.creds`.

    python -m microbus_operator.local.runtime.stand_in

Each connects with the credentials in the working directory, subscribes to all that they let it, and answers requests.
It speaks NATS' client protocol by itself (https://docs.nats.io/reference/reference-protocols/nats-protocol), since a
client library costs more memory than the rest of it. Creds files are read again for each connection.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import secrets
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from gencreds.nats.creds import CredsInvalid, parse_creds
from gencreds.nats.nkeys import KeyInvalid

SUFFIX = "_nats.creds"
READY_VARIABLE = "MICROBUS_LOCAL_READY"
# Where it is set, a microservice that is refused twice stays away, and its process runs on.
DEAF_VARIABLE = "MICROBUS_LOCAL_GIVES_UP"
REFUSALS = ("authorization violation", "user authentication", "account authentication expired")
_LONGEST_PAUSE = 2.0
_LEAVING_WITHIN = 1.0
_LINE_BYTES = 1 << 20


class Lost(Exception):
    """The connection ended; the message says why."""


@dataclass
class Microservice:
    """One that is played. `is_up` once the server knows its subscriptions."""

    hostname: str
    file: Path
    servers: list[str]
    plane: str
    identity: str = field(default_factory=lambda: f"id-{secrets.token_hex(5)}")
    is_up: asyncio.Event = field(default_factory=asyncio.Event)
    answered: int = 0
    _refusals: dict[str, str] = field(default_factory=dict)
    has_left: asyncio.Event = field(default_factory=asyncio.Event)
    _writer: asyncio.StreamWriter | None = None
    _subscribed: int = 0
    _leaving: bool = False

    async def play(self) -> None:
        """Connect again and again, until cancelled, or where that is asked for until it gives up as nats.go does."""
        pause, turn, told = 0.05, 0, ""
        while True:
            try:
                await self._connection(self.servers[turn % len(self.servers)])
            except (Lost, OSError, EOFError, CredsInvalid, KeyInvalid, ValueError) as error:
                if self.is_up.is_set():
                    pause = 0.05
                    self._refusals.clear()
                self.is_up.clear()
                if str(error) != told:
                    told = str(error)
                    log("ERROR", "disconnected", host=self.hostname, error=told or type(error).__name__)
                if self._gives_up(self.servers[turn % len(self.servers)], str(error)):
                    log("ERROR", "connection closed", host=self.hostname)
                    return
            turn += 1
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _gives_up(self, url: str, error: str) -> bool:
        """Whether a server refused it twice in a row with the same words: nats.go then closes for good."""
        if DEAF_VARIABLE not in os.environ or not error.strip("'").lower().startswith(REFUSALS):
            return False
        before = self._refusals.get(url)
        self._refusals[url] = error
        return before == error

    async def _connection(self, url: str) -> None:
        address = urlsplit(url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port or 4222, limit=_LINE_BYTES)
        try:
            greeting = (await reader.readline()).decode()
            if not greeting.startswith("INFO "):
                raise Lost(f"{url} is no NATS server")
            allowed = self._introduce(writer, json.loads(greeting[5:]))
            self._subscribed = len(allowed)
            for number, subject in enumerate(allowed, 1):
                # One replica of several answers, as those of a microservice do.
                writer.write(f"SUB {subject} {self.hostname} {number}\r\n".encode())
            writer.write(b"PING\r\n")
            self._writer = writer
            await self._serve(reader, writer)
        finally:
            self._writer = None
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def leave(self) -> None:
        """Take no new request, and answer those that were on their way, as a microservice does when it shuts down."""
        if self._writer is None or not self.is_up.is_set():
            return
        self.is_up.clear()
        # The server answers in order: what it sent before the PONG is all that it will send.
        self._writer.write(b"".join(f"UNSUB {number}\r\n".encode() for number in range(1, self._subscribed + 1)))
        self._writer.write(b"PING\r\n")
        self._leaving = True
        await self.has_left.wait()

    def _introduce(self, writer: asyncio.StreamWriter, info: dict[str, object]) -> list[str]:
        creds = parse_creds(self.file.read_text())
        signature = creds.seed.sign(str(info.get("nonce", "")).encode())
        hello = {
            "verbose": False,
            "pedantic": False,
            "lang": "python",
            "version": "0",
            "protocol": 1,
            "name": self.hostname,
            "jwt": creds.jwt,
            "sig": base64.urlsafe_b64encode(signature).decode().rstrip("="),
        }
        writer.write(f"CONNECT {json.dumps(hello)}\r\n".encode())
        return subscriptions(creds.jwt)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            line = (await reader.readline()).decode(errors="replace")
            verb, _, rest = line.rstrip("\r\n").partition(" ")
            match verb.upper():
                case "PONG" if self._leaving:
                    await writer.drain()
                    self.has_left.set()
                case "PONG":
                    if not self.is_up.is_set():
                        log("INFO", "Startup", host=self.hostname, id=self.identity)
                    self.is_up.set()
                case "PING":
                    writer.write(b"PONG\r\n")
                case "MSG":
                    words = rest.split()
                    data = (await reader.readexactly(int(words[-1]) + 2))[:-2]
                    self._answer(writer, words[0], data)
                case "-ERR":
                    log("WARN", "refused", host=self.hostname, error=rest)
                    if "Permissions Violation" not in rest:
                        raise Lost(rest)
                case "":
                    raise Lost("the server closed the connection")
            await writer.drain()

    def _answer(self, writer: asyncio.StreamWriter, subject: str, data: bytes) -> None:
        """An empty 200 to a request, as Microbus frames it: to the inbox of who asked, named in the headers."""
        segments = subject.split(".")
        if len(segments) < 6 or segments[1] == "reply":
            return
        headers = headers_of(data)
        inbox = headers.get("microbus-from-id", "")
        if not inbox:
            return
        self.answered += 1
        body = json.dumps({"standIn": self.hostname}).encode()
        text = (
            "HTTP/1.1 200 OK\r\nMicrobus-Op-Code: Res\r\nContent-Type: application/json\r\n"
            f"Microbus-Msg-Id: {headers.get('microbus-msg-id', '')}\r\nMicrobus-From-Host: {self.hostname}\r\n"
            f"Microbus-From-Id: {self.identity}\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body
        reply = f"{segments[0]}.reply._.{self.hostname.replace('.', '_')}.{segments[3]}.{inbox.lower()}"
        writer.write(f"PUB {reply} {len(text)}\r\n".encode() + text + b"\r\n")


def subscriptions(jwt: str) -> list[str]:
    """What a user's JWT lets it subscribe to."""
    part = jwt.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return [subject.split()[0] for subject in claims["nats"].get("sub", {}).get("allow", ())]


def headers_of(data: bytes) -> dict[str, str]:
    """The headers of an HTTP request, names in lower case."""
    head = data.split(b"\r\n\r\n", 1)[0].decode(errors="replace")
    pairs = (line.partition(":") for line in head.split("\r\n")[1:])
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def log(level: str, message: str, **more: object) -> None:
    """A line of JSON, as Microbus' own log."""
    print(json.dumps({"level": level, "msg": message, **more}), file=sys.stderr, flush=True)


async def main(files: list[str]) -> None:
    """Play the microservices of these creds files until SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    servers, plane = os.environ["MICROBUS_NATS"].split(","), os.environ["MICROBUS_PLANE"]
    played = [Microservice(file.removesuffix(SUFFIX), Path(file), servers, plane) for file in files]
    log("INFO", "the stand-in plays this bundle", microservices=len(played))
    tasks = [asyncio.create_task(microservice.play()) for microservice in played]
    ready = asyncio.create_task(_tell_ready(played))
    await stop.wait()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LEAVING_WITHIN):
            await asyncio.gather(*(microservice.leave() for microservice in played))
    for task in (*tasks, ready):
        task.cancel()
    await asyncio.gather(*tasks, ready, return_exceptions=True)


async def _tell_ready(played: list[Microservice]) -> None:
    for microservice in played:
        await microservice.is_up.wait()
    if READY_VARIABLE in os.environ:
        os.close(os.open(os.environ[READY_VARIABLE], os.O_CREAT, 0o600))


if __name__ == "__main__":
    asyncio.run(main(sorted(name for name in os.listdir() if name.endswith(SUFFIX))))
