"""A pod without a node: one process, its files, whether it is ready, and its restarts.

`Pods` prepares and runs them as `kubelet` would; `workloads.py` says which there are.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from microbus_operator.handlers.outcome import failure_in
from microbus_operator.kube.errors import KubeError
from microbus_operator.local.runtime.errors import LocalError, NotRunnable, line_of
from microbus_operator.local.runtime.processes import Command, Process

logger = logging.getLogger(__name__)

# Seconds between two looks at whether a starting pod is ready, and at one that is.
_READY_EVERY, _STILL_READY_EVERY = 0.05, 2.0
# Seconds before the first restart, at most between two, and after which an earlier crash is forgotten.
_FIRST_PAUSE, _LONGEST_PAUSE, _FORGOTTEN_AFTER = 0.5, 15.0, 60.0
_LONGEST_WAIT = 3.0


@dataclass(frozen=True)
class PodSpec:
    """A pod of a workload: `template` names what it was made from."""

    kind: str
    namespace: str
    workload: str
    name: str
    template: str
    pod: dict[str, Any] = field(repr=False)
    metadata: dict[str, Any] = field(repr=False)


class Late(NamedTuple):
    """What is told of a pod that runs and is not ready after so many seconds."""

    seconds: float
    reason: str
    message: str


@dataclass(frozen=True)
class Prepared:
    """What to run, how it is told, whether only one such process can run on a machine, how one sees it is ready, and
    what is said where it does not become so.
    """

    command: Command
    told: str
    alone: bool
    is_ready: Callable[[], Any]
    late: Late


class Preparing(Protocol):
    """Makes a pod's files and finds its program."""

    async def prepare(self, spec: PodSpec) -> Prepared:
        """Raises `NotRunnable`."""

    def forget(self, spec: PodSpec) -> None:
        """The pod is gone, and its files may go."""


@dataclass
class Pod:
    """One of them. `changed` is called whenever what is to be told of it changed."""

    spec: PodSpec
    preparing: Preparing
    mark: str
    changed: Callable[[], None]
    prepared: Prepared | None = None
    ready: bool = False
    reason: str = "ContainerCreating"
    message: str = ""
    restarts: int = 0
    process: Process | None = None
    may_start: asyncio.Event = field(default_factory=asyncio.Event)
    retry: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None
    _starting: asyncio.Task[Process] | None = None
    _ready_since: float = 0.0

    def ready_for(self) -> float:
        """Seconds since it became ready, which it has to be."""
        return time.monotonic() - self._ready_since

    @property
    def pid(self) -> int | None:
        """The process' id while it runs."""
        return self.process.pid if self.process is not None and self.process.code is None else None

    @property
    def log(self) -> Path | None:
        """Where it prints to."""
        return self.prepared.command.log if self.prepared else None

    def start(self) -> None:
        """Run until `close`."""
        self._task = asyncio.create_task(self._run(), name=f"pod {self.spec.name}")

    async def close(self) -> None:
        """End it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._starting is not None:
            await asyncio.wait({self._starting})
            if not self._starting.cancelled() and self._starting.exception() is None:
                self.process = self._starting.result()
        if self.process is not None:
            await self.process.stop()
        self.ready = False
        self.preparing.forget(self.spec)

    async def _run(self) -> None:
        crashes = 0
        while True:
            started = time.monotonic()
            error = await failure_in(self._begin())
            if error is not None or self.process is None or self.prepared is None:
                self._say(*_told(self.spec, error))
                await self._paused(_LONGEST_WAIT)
                continue
            process = self.process
            self._say("Running", "")
            await self._lived(process, self.prepared)
            crashes = 1 if time.monotonic() - started > _FORGOTTEN_AFTER else crashes + 1
            self.restarts += 1
            pause = min(_FIRST_PAUSE * 2 ** (crashes - 1), _LONGEST_PAUSE)
            self._say("CrashLoopBackOff", _crash(self.spec, process, self.prepared))
            await self._paused(pause)

    async def _begin(self) -> None:
        """Prepare it and start the process; where this is cancelled meanwhile, `close` waits for that and ends it."""
        self.prepared = await self.preparing.prepare(self.spec)
        self.changed()
        await self.may_start.wait()
        self._starting = asyncio.create_task(Process.start(self.prepared.command, self.mark))
        self.process = await asyncio.shield(self._starting)

    async def _lived(self, process: Process, prepared: Prepared) -> None:
        """Until the process ends; `ready` is kept meanwhile."""
        watching = asyncio.create_task(self._keep_ready(prepared))
        try:
            await process.wait()
        finally:
            watching.cancel()
            self.ready = False

    async def _keep_ready(self, prepared: Prepared) -> None:
        late_at = time.monotonic() + prepared.late.seconds
        while True:
            ready = bool(await prepared.is_ready())
            if ready != self.ready:
                self.ready, self._ready_since = ready, time.monotonic()
                self._say("Running", "")
                self.changed()
                late_at = time.monotonic() + prepared.late.seconds
            elif not ready and time.monotonic() > late_at:
                self._say(prepared.late.reason, prepared.late.message)
            await asyncio.sleep(_STILL_READY_EVERY if ready else _READY_EVERY)

    async def _paused(self, seconds: float) -> None:
        self.retry.clear()
        try:
            async with asyncio.timeout(seconds):
                await self.retry.wait()
        except TimeoutError:
            return

    def _say(self, reason: str, message: str) -> None:
        if (self.reason, self.message) != (reason, message) or reason == "CrashLoopBackOff":
            self.reason, self.message = reason, message
            self.changed()


def _told(spec: PodSpec, error: Exception | None) -> tuple[str, str]:
    """Kubernetes' word for what keeps a container from being created, and why."""
    if isinstance(error, NotRunnable):
        return error.reason, str(error)
    if isinstance(error, LocalError | KubeError):
        return type(error).__name__, str(error)
    if error is not None and not isinstance(error, OSError):
        logger.error("%s cannot be started", spec.name, exc_info=error)
    return "CreateContainerError", f"{spec.name}: {line_of(error) if error else 'it has no process'}"


def _crash(spec: PodSpec, process: Process, prepared: Prepared) -> str:
    words = process.last_words()
    how = f"exit code {process.code}" if (process.code or 0) >= 0 else f"signal {-(process.code or 0)}"
    said = f": {words}" if words else " and said nothing"
    return f"{spec.name} ended with {how}{said}; see {prepared.command.log}"
