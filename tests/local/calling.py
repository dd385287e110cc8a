"""Calls between the stand-ins while something goes on, each with the credentials that are then in force."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import yaml
from tests.contract.nats_wire import Refused, Wire, connected

from gencreds.nats.creds import Creds, parse_creds
from gencreds.nats.jwt import decode
from gencreds.nats.nkeys import KeyKind
from microbus_operator.core.names import creds_file

from .sessions import Up

# Seconds after which a call on a connection that stays has got lost: who was to answer it was just then thrown out.
_LOST_AFTER = 0.5


@dataclass
class Calls:
    """How many calls were answered, what became of those that were not, and for how long none was (seconds)."""

    answered: int = 0
    failed: list[str] = field(default_factory=list)
    longest_silence: float = 0.0


@asynccontextmanager
async def calling(up: Up, *, stays: bool = False) -> AsyncIterator[Calls]:
    """Have each call of the app's code made again and again, one after the other, until the block ends.

    With `stays` a caller is as a microservice is: it stays connected, and reads its file when it connects again.
    """
    calls = Calls()
    stop = asyncio.Event()
    task = asyncio.create_task(_call(up, calls, stop, stays))
    try:
        yield calls
    finally:
        stop.set()
        await task


async def _call(up: Up, calls: Calls, stop: asyncio.Event, stays: bool) -> None:
    (plane,) = await up.objects("Plane")
    port = int(plane["status"]["url"].rpartition(":")[2])
    (app,) = await up.objects("MicrobusApp")
    folder = up.state / "objects" / "Secret" / app["metadata"]["namespace"]
    held = {
        service["hostname"]: Held(folder / f"{service['secretName']}.yaml", creds_file(service["hostname"]))
        for service in app["status"]["services"]
    }
    last = time.monotonic()
    for hostname in cycle(held):
        if stop.is_set():
            for each in held.values():
                each.hang_up()
            return
        creds = await asyncio.to_thread(held[hostname].creds)
        for subject in _calls_of(creds):
            call = partial(_answer_on, port, held[hostname]) if stays else partial(_answer, port, creds)
            said = await asyncio.to_thread(call, subject)
            last, before = time.monotonic() if not said else last, last
            calls.longest_silence = max(calls.longest_silence, time.monotonic() - before)
            if said:
                calls.failed.append(f"{hostname} {subject}: {said}")
            else:
                calls.answered += 1


@dataclass
class Held:
    """A microservice's credentials as its Secret has them now; the file is read again where it has changed."""

    path: Path
    entry: str
    _stamp: int = 0
    _creds: Creds | None = None
    _connection: ExitStack = field(default_factory=ExitStack)
    _wire: Wire | None = None

    def wire(self, port: int) -> Wire:
        """The connection that there is, or a new one with the present credentials."""
        if self._wire is None:
            self._wire = self._connection.enter_context(connected(port, self.creds(), _LOST_AFTER))
        return self._wire

    def hang_up(self) -> None:
        """Close the connection."""
        self._wire = None
        self._connection.close()

    def creds(self) -> Creds:
        """The present ones."""
        stamp = self.path.stat().st_mtime_ns
        if self._creds is None or stamp != self._stamp:
            secret = yaml.load(self.path.read_text(), Loader=yaml.CSafeLoader)
            self._stamp, self._creds = stamp, parse_creds(base64.b64decode(secret["data"][self.entry]).decode())
        return self._creds


def _answer(port: int, creds: Creds, subject: str) -> str:
    """Make a call; what went wrong, nothing where it was answered."""
    try:
        with connected(port, creds) as wire:
            return _answered(wire, subject)
    except (Refused, TimeoutError, OSError) as error:
        return f"{type(error).__name__}: {error}"


def _answer_on(port: int, held: Held, subject: str) -> str:
    """The same on a connection that stays, until it is lost."""
    try:
        return _answered(held.wire(port), subject)
    except (Refused, TimeoutError, OSError) as error:
        held.hang_up()
        return f"{type(error).__name__}: {error}"


def _answered(wire: Wire, subject: str) -> str:
    plane, _, _, source, *_ = subject.split(".")
    request = b"GET / HTTP/1.1\r\nMicrobus-From-Id: test\r\nMicrobus-Msg-Id: 1\r\n\r\n"
    answer = wire.answer_to(subject, f"{plane}.reply._.*.{source}.test", request)
    return "" if answer else "refused"


def _calls_of(creds: Creds) -> list[str]:
    """What it may call: its grants of one endpoint each."""
    claims: Any = decode(creds.jwt, KeyKind.USER).claims
    return [subject.replace("*", "x") for subject in claims.pub_allow if len(subject.split(".")) >= 8]
