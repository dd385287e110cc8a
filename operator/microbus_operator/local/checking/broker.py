"""The broker of one check: a nats-server on ports that the system chooses, logging into the check's own folder."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from microbus_operator.api.plane import Limits
from microbus_operator.core.settings import Settings
from microbus_operator.local.runtime.addresses import HOST
from microbus_operator.local.runtime.errors import Unusable
from microbus_operator.local.runtime.nats_server import find_nats_server
from microbus_operator.local.runtime.processes import Command, Process

_CLIENTS = re.compile(r"Listening for client connections on \S*:(\d+)")
_READY = "Server is ready"
_READY_WITHIN = 20.0
_LOOKS_EVERY = 0.02


@asynccontextmanager
async def broker(folder: Path, config: str) -> AsyncIterator[str]:
    """Run it until the block ends; gives the URL for clients. Its log is `log_in(folder)`. Raises `Unusable`."""
    server = await find_nats_server(Settings.minimum_nats_version)
    file, log = folder / "nats-server.conf", log_in(folder)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(f"max_control_line: {Limits().max_control_line}\n{config}")
    arguments = [str(server.path), "--config", str(file), "--addr", HOST, "--port", "-1"]
    process = await Process.start(Command(arguments, folder, dict(os.environ), log), "check")
    try:
        yield f"nats://{HOST}:{await _port(process, log)}"
    finally:
        await process.stop()


def log_in(folder: Path) -> Path:
    """Where the broker of a check logs."""
    return folder / "nats-server.log"


async def _port(process: Process, log: Path) -> str:
    try:
        async with asyncio.timeout(_READY_WITHIN):
            while process.code is None:
                if port := _announced(log):
                    return port
                await asyncio.sleep(_LOOKS_EVERY)
    except TimeoutError:
        pass
    raise Unusable(f"nats-server did not become ready: {process.last_words() or 'it says nothing'}")


def _announced(log: Path) -> str | None:
    text = log.read_text(errors="replace")
    found = _CLIENTS.search(text)
    return found[1] if found is not None and _READY in text else None
