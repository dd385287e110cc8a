"""How other commands talk to the one that runs: a socket in the state folder, a line of JSON each way.

Whoever may enter the folder (mode 0700) may ask. The one that runs answers `status`, `apply`, `delete`,
`source`, `derive` and `down`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import stat
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from microbus_operator.handlers.outcome import failure_in
from microbus_operator.kube.errors import KubeError
from microbus_operator.local.runtime.errors import LocalError, Unusable, line_of

logger = logging.getLogger(__name__)

_NAME = "control"
_LINE_BYTES = 32 * 1024 * 1024

Answer = dict[str, Any]
Handler = Callable[[Answer], Awaitable[Answer]]


@contextmanager
def _short(folder: Path) -> Iterator[str]:
    """A path of the socket that is short enough (108 bytes), however deep the folder is."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{_NAME}"
    finally:
        os.close(descriptor)


@asynccontextmanager
async def answering(folder: Path, handler: Handler) -> AsyncIterator[None]:
    """Answer until the block ends; who asked for the end sees the connection close then."""
    waiting: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        waiting.add(writer)
        with contextlib.suppress(OSError, ValueError, asyncio.IncompleteReadError):
            while line := await reader.readline():
                writer.write(json.dumps(await _answered(line, handler)).encode() + b"\n")
                await writer.drain()
        waiting.discard(writer)
        writer.close()

    _make_way(folder / _NAME)
    with _short(folder) as path:
        server = await asyncio.start_unix_server(serve, path, limit=_LINE_BYTES)
    try:
        yield
    finally:
        server.close()
        (folder / _NAME).unlink(missing_ok=True)
        for writer in waiting:
            writer.close()


async def _answered(line: bytes, handler: Handler) -> Answer:
    """The answer to a line; where there is none, why, also where nothing expected that."""
    answers: list[Answer] = []

    async def answer() -> None:
        question = json.loads(line)
        if not isinstance(question, dict):
            raise Unusable("what was asked is no question; it may be of another version")
        answers.append(await handler(question))

    error = await failure_in(answer())
    if error is None:
        return answers[0]
    if not isinstance(error, LocalError | KubeError):
        logger.error("a question could not be answered", exc_info=error)
    return {"error": line_of(error)}


def _make_way(path: Path) -> None:
    """For our socket: one that a killed run left goes. Raises `Unusable` where something else is there."""
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise Unusable(f"{path} is no socket, and ours belongs there; move it away")
        path.unlink()
    except FileNotFoundError:
        return


class Control:
    """A connection to the one that runs."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def connect(cls, folder: Path) -> Control | None:
        """None where none runs."""
        try:
            with _short(folder) as path:
                return cls(*await asyncio.open_unix_connection(path, limit=_LINE_BYTES))
        except OSError:
            return None

    async def ask(self, verb: str, **more: object) -> Answer:
        """One question. Raises `Unusable` with what the other side refuses, or where it ended."""
        self._writer.write(json.dumps({"verb": verb, **more}).encode() + b"\n")
        answer: Answer = {}
        try:
            await self._writer.drain()
            line = await self._reader.readline()
            answer = json.loads(line) if line else {}
            if not isinstance(answer, dict):
                raise ValueError(answer)
        except OSError:
            line = b""
        except ValueError:
            raise Unusable("what listens in run/control does not speak as the one that runs; see what it is") from None
        if not line:
            raise Unusable("the one that runs ended meanwhile; see `microbus-operator local logs operator`")
        if "error" in answer:
            raise Unusable(answer["error"])
        return answer

    async def until_closed(self) -> None:
        """Wait until the other side has ended."""
        with contextlib.suppress(OSError):
            while await self._reader.readline():
                continue

    def close(self) -> None:
        """Hang up."""
        self._writer.close()
