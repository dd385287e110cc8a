"""The local mode in this process, as `microbus-operator local up` runs it, for tests."""

from __future__ import annotations

import asyncio
import base64
import random
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gencreds.nats.creds import Creds, parse_creds
from microbus_operator.core.names import creds_file
from microbus_operator.kube.errors import KubeError
from microbus_operator.local.runtime.control import Control
from microbus_operator.local.runtime.errors import LocalError
from microbus_operator.local.runtime.manifests import read_manifests
from microbus_operator.local.runtime.session import Options, Session
from microbus_operator.local.store import Store

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "examples" / "shop"
WITHIN = 30.0


@dataclass
class Up:
    """A state folder, and what is run on it."""

    state: Path
    source: Path = SHOP
    port: int = field(default_factory=lambda: free_port())
    lines: list[str] = field(default_factory=list)

    def session(self, files: Sequence[Path] = (SHOP / "deploy",), **more: Any) -> Session:
        """A run that has not begun; stand-ins play the bundles unless it is told otherwise."""
        more = {"only_stand_ins": True, "nats_port": self.port, **more}
        options = Options(self.state, self.source, read_manifests(files), **more)
        return Session(options, self.lines.append, asyncio.Event())

    @asynccontextmanager
    async def ready(self, files: Sequence[Path] = (SHOP / "deploy",), **more: Any) -> AsyncIterator[Session]:
        """A run, from when everything is ready until the block ends; its own errors are the test's."""
        session = self.session(files, **more)
        task, ready = asyncio.create_task(session.run()), asyncio.create_task(session.ready.wait())
        try:
            told = -1
            # A busy machine is slow, not stuck: it is stuck where nothing new is told for so long.
            while told < (told := len(self.lines)) and not (task.done() or session.ready.is_set()):
                await asyncio.wait({task, ready}, timeout=WITHIN, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
            assert session.ready.is_set(), f"not ready, and nothing new within {WITHIN:g} s: {self.lines}"
            yield session
        finally:
            ready.cancel()
            session.stop.set()
            await task

    async def refusal(self, files: Sequence[Path] = (SHOP / "deploy",), **more: Any) -> str:
        """What a run ends with that must not become ready."""
        try:
            async with asyncio.timeout(WITHIN):
                await self.session(files, **more).run()
        except (LocalError, KubeError) as error:
            return str(error)
        raise AssertionError(f"it ended without a word: {self.lines}")

    async def processes(self) -> dict[str, dict[str, Any]]:
        """What the one that runs says of its processes, by name."""
        control = await Control.connect(self.state / "run")
        assert control is not None
        answer = await control.ask("status")
        control.close()
        return {item["name"]: item for item in answer["processes"]}

    async def applied(self, file: Path) -> list[str]:
        """What the one that runs says to a manifest."""
        control = await Control.connect(self.state / "run")
        assert control is not None
        try:
            answer = await control.ask("apply", objects=read_manifests([file]))
        finally:
            control.close()
        lines: list[str] = answer["lines"]
        return lines

    async def objects(self, kind: str) -> list[dict[str, Any]]:
        """The objects of a kind as they are on disk."""
        async with await Store.look_into(self.state) as store:
            return await store.list(kind, None)


def free_port() -> int:
    """A port for a server that restarts: not the usual one, which everybody's first choice is meanwhile."""
    while True:
        port = random.randrange(10_000, 14_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


async def stored_creds(up: Up, hostname: str) -> Creds:
    """A microservice's credentials as they were issued."""
    file = creds_file(hostname)
    secret = next(item for item in await up.objects("Secret") if file in item.get("data", {}))
    return parse_creds(base64.b64decode(secret["data"][file]).decode())
