"""Observe: the pods of an app's workloads, as the API server lists them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from microbus_operator.api.app import MicrobusApp
from microbus_operator.core.actions import Evict, Manifest
from microbus_operator.core.conditions import unix
from microbus_operator.core.observed import PodSeen
from microbus_operator.core.templates import mapping, mappings
from microbus_operator.kube.cluster import Cluster

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ClusterPods:
    """Pods by the selectors of their workloads."""

    cluster: Cluster

    async def of(self, app: MicrobusApp, workloads: Mapping[str, Manifest]) -> tuple[PodSeen, ...]:
        """The pods of `workloads`, which are by bundle. A workload that selects otherwise than by labels has none."""
        result: list[PodSeen] = []
        for bundle, workload in sorted(workloads.items()):
            labels = mapping(mapping(workload["spec"].get("selector")).get("matchLabels"))
            if labels:
                found = await self.cluster.list("Pod", app.metadata.namespace, labels)
                result += [_seen(item, bundle) for item in found if _runs(item)]
        return tuple(sorted(result, key=lambda pod: pod.name))

    async def evict(self, action: Evict) -> None:
        """Evict a pod. One that its disruption budget keeps is told, and counts as tried."""
        if not await self.cluster.evict(action.namespace, action.pod, action.uid):
            logger.warning("pod %s/%s may not be evicted now: its disruption budget", action.namespace, action.pod)


def _runs(item: Mapping[str, Any]) -> bool:
    return mapping(item.get("status")).get("phase") not in ("Succeeded", "Failed")


def _seen(item: Mapping[str, Any], bundle: str) -> PodSeen:
    metadata, status = item["metadata"], mapping(item.get("status"))
    ready = next((c for c in mappings(status.get("conditions")) if c.get("type") == "Ready"), {})
    since = ready.get("lastTransitionTime") if ready.get("status") == "True" else None
    return PodSeen(
        name=metadata["name"],
        bundle=bundle,
        uid=metadata["uid"],
        ip=str(status.get("podIP") or ""),
        ready_at=unix(since) if since else None,
        is_deleting="deletionTimestamp" in metadata,
    )
