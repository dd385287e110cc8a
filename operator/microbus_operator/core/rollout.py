"""Whether a workload has reached all its pods, by the status that Kubernetes keeps: as `kubectl rollout status` has it.

And stricter: what has no pods, is paused, or keeps pods of an older template proves nothing of its clients.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from microbus_operator.api.app import Bundle
from microbus_operator.core.actions import Manifest
from microbus_operator.core.templates import mapping


@dataclass(frozen=True)
class Rollout:
    """How far a bundle's pods are. `complete` means that no pod with an older template is left; `halted` that none will
    be replaced until a person does what the message says.
    """

    complete: bool
    ready: int
    message: str
    halted: bool = False


def rollout_of(bundle: Bundle, workload: Manifest | None) -> Rollout:
    """The rollout of `bundle`."""
    existing = bundle.workload.existing
    if workload is None:
        what = f"'s {existing.kind} {existing.name} is not there" if existing else " has no Deployment yet"
        return Rollout(False, 0, f"bundle {bundle.name}{what}")
    kind = existing.kind if existing else "Deployment"
    named = f"{kind} {workload['metadata']['name']}"
    status: Mapping[str, Any] = workload.get("status") or {}
    ready = int(status.get("numberReady" if kind == "DaemonSet" else "readyReplicas") or 0)
    halt = _halt(kind, workload["spec"], status) if existing else None
    if halt is not None:
        return Rollout(False, ready, f"{named} {halt}", halted=True)
    if status.get("observedGeneration", 0) < workload["metadata"].get("generation", 0):
        return Rollout(False, ready, f"{named} has not been looked at by Kubernetes yet")
    if kind == "DaemonSet":
        keys = ("updatedNumberScheduled", "currentNumberScheduled", "numberAvailable")
        wanted = int(status.get("desiredNumberScheduled") or 0)
    else:
        keys = ("updatedReplicas", "replicas", "availableReplicas" if kind == "Deployment" else "readyReplicas")
        wanted = workload["spec"].get("replicas", 1) if existing else bundle.workload.replicas
    updated, total, available = (int(status.get(key) or 0) for key in keys)
    if updated < wanted or total > updated or available < updated or not _is_current(status):
        told = f"{named}: {available} of {wanted} pods available, {updated} updated"
        return Rollout(False, ready, f"{told}{_stuck(workload)}")
    return Rollout(True, ready, f"{named}: {available} of {wanted} pods run")


def _halt(kind: str, spec: Mapping[str, Any], status: Mapping[str, Any]) -> str | None:
    """Why a workload of somebody else's will replace no pod."""
    if spec.get("paused"):
        return "is paused: resume it (kubectl rollout resume)"
    strategy = mapping(spec.get("updateStrategy"))
    if strategy.get("type") == "OnDelete":
        return "has updateStrategy OnDelete, so that nothing replaces its pods; set it to RollingUpdate"
    if mapping(strategy.get("rollingUpdate")).get("partition"):
        return "has a partition in its updateStrategy, so that some of its pods are never replaced; set it to 0"
    replicas = status.get("desiredNumberScheduled", 0) if kind == "DaemonSet" else spec.get("replicas", 1)
    if not replicas:
        return "has no pods, so that nothing shows whether its credentials work; scale it up"
    return None


def _is_current(status: Mapping[str, Any]) -> bool:
    """Of a StatefulSet, whether the revision that it goes to is the one that it has."""
    wanted = status.get("updateRevision")
    return wanted is None or status.get("currentRevision") == wanted


def _stuck(workload: Manifest) -> str:
    for condition in (workload.get("status") or {}).get("conditions", ()):
        if condition.get("type") == "Progressing" and condition.get("status") == "False":
            return f" ({condition.get('reason')}: {condition.get('message')})"
    return ""
