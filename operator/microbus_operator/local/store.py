"""The objects without an API server: `kube.cluster.Cluster` on a folder of YAML files, and watches.

One thread does all work on the folder; verbs that are asked for together share its syncs. A verb returns when what it
wrote is durable. Cancelling the caller does not undo it.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar, cast

from microbus_operator.core.names import FIELD_MANAGER
from microbus_operator.kube.cluster import Cluster, Object
from microbus_operator.kube.errors import ApiRefused, ApiUnavailable, KubeError
from microbus_operator.local.contents import Contents, Event
from microbus_operator.local.deletion import Deletion
from microbus_operator.local.folder import Folder
from microbus_operator.local.places import Place, place_of
from microbus_operator.local.verbs import Verbs

T = TypeVar("T")
Objects = list[Object]
Events = list[Event]
EventType = Literal["ADDED", "MODIFIED", "DELETED"]
# Seconds after which a watch looks for what a person changed in the folder.
LOOKS_EVERY = 1.0
_DEFAULT = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}}


class Store:
    """A state folder as a `Cluster`. Opened by `open` or `look_into`; close it, or use it as a context.

    Verbs raise what those of `ApiServer` raise, and `ObjectUnreadable`, an `ApiUnavailable`, for a file that cannot be
    read: it is never taken for an object that is absent.
    """

    def __init__(self, contents: Contents) -> None:
        self._contents, self._verbs = contents, Verbs(contents)
        self._thread = ThreadPoolExecutor(1, "store")
        self._watchers: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._watching = threading.Lock()
        self._closed = False

    @classmethod
    async def open(cls, root: Path) -> Self:
        """Open a state folder for this process alone; it is made where there is none.

        Raises `StateRefused` (of a newer version, held by another process, no state folder) and `ObjectUnreadable` (a
        half-written or spoilt file), one line each.
        """
        return cls(await asyncio.to_thread(_held, root))

    @classmethod
    async def look_into(cls, root: Path) -> Self:
        """Open a state folder to read, beside the process that holds it; writing is refused (403)."""
        return cls(await asyncio.to_thread(lambda: Contents(Folder.look_into(root))))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Finish what was asked for, and let go of the folder."""
        if not self._closed:
            try:
                await self._do(lambda: None)
            finally:
                self._closed = True
                await asyncio.to_thread(self._thread.shutdown)
                self._contents.folder.close()
                self._wake()

    async def get(self, kind: str, namespace: str | None, name: str) -> Object | None:
        """The object, or None where there is provably none."""
        return await self._do(lambda: self._verbs.get(kind, namespace, name))

    async def list(self, kind: str, namespace: str | None, labels: Mapping[str, str] | None = None) -> list[Object]:
        """All objects of a kind in a namespace (None: in all) that carry `labels`, ordered by namespace and name."""
        return await self._do(lambda: self._verbs.list(kind, namespace, labels))

    async def create(self, manifest: Mapping[str, Any], *, manager: str = FIELD_MANAGER) -> Object:
        """Create an object; `Conflict` where one of that name exists."""
        return await self._do(lambda: self._verbs.create(_copied(manifest), manager))

    async def apply(
        self, manifest: Mapping[str, Any], subresource: str | None = None, *, manager: str = FIELD_MANAGER
    ) -> Object:
        """Server-side apply, by force. A `metadata.resourceVersion` in it is a precondition."""
        return await self._do(lambda: self._verbs.apply(_copied(manifest), subresource, manager))

    async def merge(
        self,
        kind: str,
        namespace: str | None,
        name: str,
        patch: Mapping[str, Any],
        subresource: str | None = None,
        *,
        manager: str = FIELD_MANAGER,
    ) -> Object:
        """A JSON merge patch."""
        return await self._do(
            lambda: self._verbs.merge(place_of(kind, namespace, name), _copied(patch), subresource, manager)
        )

    async def evict(self, namespace: str, name: str, uid: str) -> bool:
        """Delete a pod: no disruption budget is kept here."""
        await self.delete("Pod", namespace, name, uid)
        return True

    async def delete(self, kind: str, namespace: str | None, name: str, uid: str = "") -> None:
        """Delete an object, only the one of that uid where it is given; one that is gone is no error.

        Finalizers hold it back; what it owned goes after it.
        """
        await self._do(lambda: self._verbs.delete(place_of(kind, namespace, name), uid))

    async def watch(
        self, kind: str, namespace: str | None = None, since: str | None = None
    ) -> AsyncIterator[tuple[EventType, Object]]:
        """What happens to the objects of a kind, for ever: first each that exists as `ADDED`, then every change.

        `since` is the resourceVersion of the last event that was seen: then it goes on with the one after that, and
        none is missed. Raises `ApiRefused` (410) where that is too long ago or before this start: watch anew.
        A person's edits of the files are noticed within `LOOKS_EVERY` seconds. It ends with `ApiUnavailable` where a
        file cannot be read or a write failed: watch anew, from the beginning.
        """
        place_of(kind, namespace or "default", "any")
        if not self._contents.folder.is_held:
            raise ApiRefused(f"{self._contents.folder.root} was opened to read only; only its holder can watch it", 403)
        changed = (asyncio.get_running_loop(), asyncio.Event())
        with self._watching:
            self._watchers.add(changed)
        try:
            if since is None:
                found, position = await self._do(lambda: self._snapshot(kind, namespace))
                for item in found:
                    yield "ADDED", item
            else:
                position = int(since)
            look = False
            while not self._closed:
                changed[1].clear()
                events, position = await self._do(partial(self._since, kind, namespace, position, look))
                for event in events:
                    yield cast("EventType", event.type), event.found()
                look = not events and not await _set_within(changed[1], LOOKS_EVERY)
        finally:
            with self._watching:
                self._watchers.discard(changed)

    def _snapshot(self, kind: str, namespace: str | None) -> tuple[Objects, int]:
        return self._contents.all_of(kind, namespace), self._contents.revision

    def _since(self, kind: str, namespace: str | None, position: int, look: bool) -> tuple[Events, int]:
        if look:
            self._contents.notice_all(kind)
        if self._contents.flush(self._contents.ticket):
            self._wake()
        return self._contents.events_after(position, kind, namespace), self._contents.revision

    async def _do(self, work: Callable[[], T]) -> T:
        """Work, and what it staged made durable. Work that others asked for in the meantime shares the syncs."""
        if self._closed:
            raise ApiUnavailable(f"the store in {self._contents.folder.root} is closed")
        answer, ticket = await asyncio.wrap_future(self._thread.submit(self._staged, work))
        if ticket is not None:
            await asyncio.wrap_future(self._thread.submit(self._flush, ticket))
        return answer

    def _staged(self, work: Callable[[], T]) -> tuple[T, int | None]:
        self._contents.recover()
        answer = work()
        return answer, self._contents.ticket if self._contents.is_waiting else None

    def _flush(self, ticket: int) -> None:
        if self._contents.flush(ticket):
            self._wake()

    def _wake(self) -> None:
        with self._watching:
            for loop, event in self._watchers:
                loop.call_soon_threadsafe(event.set)


def _held(root: Path) -> Contents:
    folder = Folder.hold(root)
    try:
        contents = Contents(folder)
        Deletion(contents).sweep()
        if contents.get(Place("Namespace", "", "default")) is None:
            Verbs(contents).create(_DEFAULT, FIELD_MANAGER)
        contents.flush(contents.ticket)
    except KubeError:
        folder.close()
        raise
    return contents


def _copied(manifest: Mapping[str, Any]) -> Object:
    """Plain JSON of the caller's manifest, which stays the caller's. What is none is refused."""
    try:
        text = json.dumps(manifest, ensure_ascii=False, allow_nan=False)
        copied: Object = json.loads(text.encode())
    except (ValueError, TypeError, RecursionError) as error:
        raise ApiRefused(f"the manifest cannot be written as JSON ({type(error).__name__})", 400) from None
    return copied


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False


if TYPE_CHECKING:
    _: type[Cluster] = Store
