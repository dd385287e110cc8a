"""Where objects are kept, as few verbs as we need: get, list, create, apply, merge, delete.

`kube.api_server` is the API server, `local.store` a folder on a laptop. All else in this package is written against the
protocol, so that both do the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

Object = dict[str, Any]


class Cluster(Protocol):
    """What keeps objects.

    Every verb raises `ApiUnavailable` for the weather, where nobody knows what is there; `Conflict` where somebody else
    wrote first, and `ApiRefused` for what will not be done. No error repeats what a Secret holds.
    """

    async def get(self, kind: str, namespace: str | None, name: str) -> Object | None:
        """The object, or None where there is provably none."""

    async def list(self, kind: str, namespace: str | None, labels: Mapping[str, str] | None = None) -> list[Object]:
        """All objects of a kind in a namespace (None: in all) that carry `labels`; none is stale."""

    async def create(self, manifest: Mapping[str, Any]) -> Object:
        """Create an object; `Conflict` where one of that name exists."""

    async def apply(self, manifest: Mapping[str, Any], subresource: str | None = None) -> Object:
        """Server-side apply by our field manager. A `metadata.resourceVersion` in it is a precondition."""

    async def merge(
        self, kind: str, namespace: str, name: str, patch: Mapping[str, Any], subresource: str | None = None
    ) -> Object:
        """A JSON merge patch."""

    async def evict(self, namespace: str, name: str, uid: str) -> bool:
        """Evict a pod, the one of that uid; false where its disruption budget does not let it go now."""

    async def delete(self, kind: str, namespace: str, name: str, uid: str = "") -> None:
        """Delete an object, only the one of that uid where it is given; one that is gone is no error."""
