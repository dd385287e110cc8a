"""Calls between the stand-ins while something goes on, each with the credentials that are then in force."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import yaml
from tests.contract.nats_wire import Refused, connected

from gencreds.nats.creds import Creds, parse_creds
from gencreds.nats.jwt import decode
from gencreds.nats.nkeys import KeyKind
from microbus_operator.core.names import creds_file

from .sessions import Up


@dataclass
class Calls:
    """How many calls were answered, and what became of those that were not."""

    answered: int = 0
    failed: list[str] = field(default_factory=list)


@asynccontextmanager
async def calling(up: Up) -> AsyncIterator[Calls]:
    """Have each call of the app's code made again and again, one after the other, until the block ends."""
    calls = Calls()
    stop = asyncio.Event()
    task = asyncio.create_task(_call(up, calls, stop))
    try:
        yield calls
    finally:
        stop.set()
        await task


async def _call(up: Up, calls: Calls, stop: asyncio.Event) -> None:
    (plane,) = await up.objects("Plane")
    port = int(plane["status"]["url"].rpartition(":")[2])
    (app,) = await up.objects("MicrobusApp")
    folder = up.state / "objects" / "Secret" / app["metadata"]["namespace"]
    held = {
        service["hostname"]: Held(folder / f"{service['secretName']}.yaml", creds_file(service["hostname"]))
        for service in app["status"]["services"]
    }
    for hostname in cycle(held):
        if stop.is_set():
            return
        creds = await asyncio.to_thread(held[hostname].creds)
        for subject in _calls_of(creds):
            said = await asyncio.to_thread(_answer, port, creds, subject)
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

    def creds(self) -> Creds:
        """The present ones."""
        stamp = self.path.stat().st_mtime_ns
        if self._creds is None or stamp != self._stamp:
            secret = yaml.load(self.path.read_text(), Loader=yaml.CSafeLoader)
            self._stamp, self._creds = stamp, parse_creds(base64.b64decode(secret["data"][self.entry]).decode())
        return self._creds


def _answer(port: int, creds: Creds, subject: str) -> str:
    """Make a call; what went wrong, nothing where it was answered."""
    plane, _, _, source, *_ = subject.split(".")
    request = b"GET / HTTP/1.1\r\nMicrobus-From-Id: test\r\nMicrobus-Msg-Id: 1\r\n\r\n"
    try:
        with connected(port, creds) as wire:
            answer = wire.answer_to(subject, f"{plane}.reply._.*.{source}.test", request)
            return "" if answer else "refused"
    except (Refused, TimeoutError, OSError) as error:
        return f"{type(error).__name__}: {error}"


def _calls_of(creds: Creds) -> list[str]:
    """What it may call: its grants of one endpoint each."""
    claims: Any = decode(creds.jwt, KeyKind.USER).claims
    return [subject.replace("*", "x") for subject in claims.pub_allow if len(subject.split(".")) >= 8]
