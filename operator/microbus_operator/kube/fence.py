"""The fence around everything that writes: it lets a write through while the Lease is held, and none after.

`handlers/run.py` puts it around the cluster and the brokers' push, so that no look can go past it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from microbus_operator.kube.cluster import Cluster, Object

T = TypeVar("T")


class _Shut(Exception):
    """A write was not let through."""


class Fence:
    """`may_write` is asked before each write, at the last moment.

    A write that is not let through never returns: its caller is about to be cancelled, and anything that it did after
    an error (a retry, a status, a log line) would be done by one that may do nothing.
    """

    def __init__(self, may_write: Callable[[], bool]) -> None:
        self._may_write = may_write
        self._is_closed = False
        self._under_way: set[asyncio.Future[Any]] = set()

    async def through(self, write: Callable[[], Awaitable[T]]) -> T:
        """The result of `write`. A caller that is cancelled meanwhile leaves it to end: `close` waits for that."""
        task = asyncio.ensure_future(self._checked(write))
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        try:
            return await asyncio.shield(task)
        except _Shut:
            await asyncio.Event().wait()
            raise

    async def close(self) -> None:
        """Let nothing more through, and wait for what is under way; each write has its own time limit."""
        self._is_closed = True
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def cut(self) -> None:
        """Let nothing more through, and break off what is under way."""
        self._is_closed = True
        for task in self._under_way:
            task.cancel()

    async def _checked(self, write: Callable[[], Awaitable[T]]) -> T:
        if self._is_closed or not self._may_write():
            raise _Shut
        return await write()

    def _ended(self, task: asyncio.Future[Any]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # its caller may not be there any more to take it


class Fenced:
    """A `Cluster` whose writes go through a fence. What is read needs none."""

    def __init__(self, cluster: Cluster, fence: Fence) -> None:
        self._cluster, self._fence = cluster, fence

    async def get(self, kind: str, namespace: str | None, name: str) -> Object | None:
        """The object, or None where there is provably none."""
        return await self._cluster.get(kind, namespace, name)

    async def list(self, kind: str, namespace: str | None, labels: Mapping[str, str] | None = None) -> list[Object]:
        """All objects of a kind in a namespace (None: in all) that carry `labels`; none is stale."""
        return await self._cluster.list(kind, namespace, labels)

    async def create(self, manifest: Mapping[str, Any]) -> Object:
        """Create an object; `Conflict` where one of that name exists."""
        return await self._fence.through(lambda: self._cluster.create(manifest))

    async def apply(self, manifest: Mapping[str, Any], subresource: str | None = None) -> Object:
        """Server-side apply by our field manager. A `metadata.resourceVersion` in it is a precondition."""
        return await self._fence.through(lambda: self._cluster.apply(manifest, subresource))

    async def merge(
        self, kind: str, namespace: str, name: str, patch: Mapping[str, Any], subresource: str | None = None
    ) -> Object:
        """A JSON merge patch."""
        return await self._fence.through(lambda: self._cluster.merge(kind, namespace, name, patch, subresource))

    async def evict(self, namespace: str, name: str, uid: str) -> bool:
        """Evict a pod, the one of that uid; false where its disruption budget does not let it go now."""
        return await self._fence.through(lambda: self._cluster.evict(namespace, name, uid))

    async def delete(self, kind: str, namespace: str, name: str, uid: str = "") -> None:
        """Delete an object, only the one of that uid where it is given; one that is gone is no error."""
        await self._fence.through(lambda: self._cluster.delete(kind, namespace, name, uid))
