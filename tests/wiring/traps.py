"""An operator that is killed before or after any one of its calls to the API server, the resolver or the brokers.

A killed one does nothing more: the call that it was killed at never returns to it, whether it was carried out or not,
and neither does any call of what else was going on in it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from microbus_operator.handlers.queue import LookQueue
from microbus_operator.handlers.run import Options
from microbus_operator.handlers.world import World

from .stores import ObjectStore

CLUSTER = ("get", "list", "create", "apply", "merge", "evict", "delete")
BROKERS = ("observe", "served", "push", "kick")
# What a kill is between. A read changes nothing, so that a kill beside one is a kill beside the next of these; the
# reads themselves are the rest.
STEPS = frozenset({"create", "apply", "merge", "delete", "push", "served", "observe"})
READS = frozenset({"get", "list"})


@dataclass
class Trap:
    """Springs at the call `at` (from 1) of those whose verb counts, before or after it is carried out; never for 0.

    `calls` are the verbs of those until then, in order.
    """

    at: int = 0
    after: bool = False
    counted: frozenset[str] = STEPS
    calls: list[str] = field(default_factory=list)
    sprung: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    async def guard(self, verb: str, call: Callable[[], Awaitable[Any]]) -> Any:
        """Make the call, unless its caller is dead."""
        with self._lock:
            is_dead = self.sprung.is_set()
            is_counted = not is_dead and verb in self.counted
            if is_counted:
                self.calls.append(verb)
            is_mine = is_counted and len(self.calls) == self.at
            if is_mine and not self.after:
                self.sprung.set()
                is_dead = True
        if is_dead:
            await asyncio.Event().wait()
        result = await call()
        if is_mine:
            self.sprung.set()
        if self.sprung.is_set():
            await asyncio.Event().wait()
        return result


class TrappedStore(ObjectStore):
    """The same store; operators on it run into `trap` once it is set."""

    def __init__(self, store: ObjectStore) -> None:
        self._store, self.cluster, self.collects = store, store.cluster, store.collects
        self.trap: Trap | None = None

    async def operate(self, options: Options, began: Callable[[LookQueue, World], None]) -> None:
        def trapped(queue: LookQueue, world: World) -> None:
            # This operator's own: the next one has to have a trap of its own.
            world.cluster, world.brokers = self._guarded(world.cluster, CLUSTER), self._guarded(world.brokers, BROKERS)
            began(queue, world)

        await self._store.operate(options, trapped)

    def resolver(self, folder: Path, namespace: str) -> AbstractAsyncContextManager[int]:
        return self._store.resolver(folder, namespace)

    def _guarded(self, real: Any, verbs: tuple[str, ...]) -> Any:
        return Guarded(lambda: self.trap, real, verbs)


class Guarded:
    """An object whose `verbs` run into the first trap that is set when they are called."""

    def __init__(self, trap: Callable[[], Trap | None], real: Any, verbs: tuple[str, ...]) -> None:
        self._set, self._real, self._verbs = trap, real, verbs
        self._trap: Trap | None = None

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        if name not in self._verbs:
            return found

        async def call(*arguments: Any, **more: Any) -> Any:
            self._trap = self._trap or self._set()
            if self._trap is None:
                return await found(*arguments, **more)
            return await self._trap.guard(name, lambda: found(*arguments, **more))

        return call


@asynccontextmanager
async def set_trap(store: TrappedStore, trap: Trap) -> AsyncIterator[Trap]:
    """The trap is set for the operator that runs now, until the block ends."""
    store.trap = trap
    try:
        yield trap
    finally:
        store.trap = None
