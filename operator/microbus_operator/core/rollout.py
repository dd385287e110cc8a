"""Whether a Deployment has reached all its pods, by the status that Kubernetes keeps."""

from __future__ import annotations

from dataclasses import dataclass

from microbus_operator.api.app import Bundle
from microbus_operator.core.actions import Manifest


@dataclass(frozen=True)
class Rollout:
    """How far a bundle's pods are. `complete` means that no pod with an older template is left."""

    complete: bool
    ready: int
    message: str


def rollout_of(bundle: Bundle, deployment: Manifest | None) -> Rollout:
    """The rollout of `bundle`, judged as `kubectl rollout status` does."""
    if deployment is None:
        return Rollout(False, 0, f"bundle {bundle.name} has no Deployment yet")
    status, wanted = deployment.get("status", {}), bundle.workload.replicas
    name = deployment["metadata"]["name"]
    ready = status.get("readyReplicas", 0)
    if status.get("observedGeneration", 0) < deployment["metadata"].get("generation", 0):
        return Rollout(False, ready, f"Deployment {name} has not been looked at by Kubernetes yet")
    updated, total, available = (status.get(key, 0) for key in ("updatedReplicas", "replicas", "availableReplicas"))
    if updated < wanted or total > updated or available < updated:
        return Rollout(
            False,
            ready,
            f"Deployment {name}: {available} of {wanted} pods available, {updated} updated{_stuck(deployment)}",
        )
    return Rollout(True, ready, f"Deployment {name}: {available} of {wanted} pods run")


def _stuck(deployment: Manifest) -> str:
    for condition in deployment.get("status", {}).get("conditions", ()):
        if condition.get("type") == "Progressing" and condition.get("status") == "False":
            return f" ({condition.get('reason')}: {condition.get('message')})"
    return ""
