"""What a person does to objects, beside the operator: an apply under a name of their own, on either kind of store."""

from __future__ import annotations

from typing import Any

from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.resources import RESOURCES
from microbus_operator.local.store import Store


async def apply_as(manager: str, cluster: Cluster, manifest: dict[str, Any]) -> None:
    """Server-side apply, by force, by another field manager than ours."""
    if isinstance(cluster, Store):
        await cluster.apply(manifest, manager=manager)
        return
    meta = manifest["metadata"]
    path = RESOURCES[manifest["kind"]].path(meta["namespace"], meta["name"])
    query = {"fieldManager": manager, "force": "true"}
    await cluster._request("PATCH", path, query, manifest, "application/apply-patch+yaml")
