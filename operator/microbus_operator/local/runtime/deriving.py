"""What the source says now, for `microbus-operator local watch`: read by the one that runs, with its memory of scans.

So one analysis serves both: what is shown as the difference is what is issued.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from microbus_operator.handlers.queue import Key
from microbus_operator.kube.cluster import Cluster
from microbus_operator.local.runtime.sources import FolderSources
from microbus_operator.source.errors import SourceError


async def derive(cluster: Cluster, sources: FolderSources, wake: Callable[[Key], None]) -> list[dict[str, Any]]:
    """Each bundle's report, or why there is none; apps are looked at again right after."""
    planes = {
        (item["metadata"]["namespace"], item["metadata"]["name"]): item["spec"]["plane"]
        for item in await cluster.list("Plane", None)
    }
    apps = await cluster.list("MicrobusApp", None)
    waiting = []
    for app in apps:
        meta, joined = app["metadata"], app["spec"]["planeRef"]
        plane = planes.get((joined.get("namespace") or meta["namespace"], joined["name"]))
        if plane is not None:
            waiting += [_derived(sources, meta, bundle, plane) for bundle in app["spec"]["bundles"]]
    bundles = await asyncio.gather(*waiting)
    for app in apps:
        wake(Key("MicrobusApp", app["metadata"]["namespace"], app["metadata"]["name"]))
    return bundles


async def _derived(sources: FolderSources, meta: dict[str, Any], bundle: dict[str, Any], plane: str) -> dict[str, Any]:
    told = {"namespace": meta["namespace"], "app": meta["name"], "bundle": bundle["name"]}
    try:
        reading = await sources.read(bundle["image"], (), plane=plane, main=bundle.get("main"))
    except SourceError as error:
        return {**told, "report": None, "digest": None, "error": str(error)}
    return {**told, "report": reading.report.to_json(), "digest": reading.digest, "error": None}
