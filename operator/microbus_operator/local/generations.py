"""When an object was made, and how often what is wanted of it has changed."""

from __future__ import annotations

from datetime import UTC, datetime

from microbus_operator.kube.cluster import Object
from microbus_operator.local.fields import same

GENERATIONS = {"Plane", "MicrobusApp", "Deployment", "StatefulSet", "DaemonSet", "PodDisruptionBudget"}


def generation_changes(kind: str, old: Object, new: Object) -> bool:
    """Whether a write bumps the generation: what is wanted changed. A Deployment's annotations are wanted too."""
    if kind not in GENERATIONS:
        return False
    annotations = kind == "Deployment" and old["metadata"].get("annotations") != new["metadata"].get("annotations")
    return annotations or not same_spec(old, new)


def same_spec(old: Object, new: Object) -> bool:
    """Whether both want the same: all that is not metadata or status."""
    one, other = ({k: v for k, v in found.items() if k not in ("metadata", "status")} for found in (old, new))
    return same(one, other)


def now() -> str:
    """The time as Kubernetes writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
