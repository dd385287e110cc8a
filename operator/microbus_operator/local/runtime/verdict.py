"""What will not become ready by itself: decided from the objects and pods as they are, and for how long they have been.

`up` ends with it as long as not everything was ready once, so that a script sees it. What an earlier run left, or a
hand edited, may be wrong until the operator has put it right: a pod counts only once what owns it was looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from microbus_operator.core import names
from microbus_operator.core.revoking import REFUSED, SYSTEM_USER
from microbus_operator.kube.cluster import Object
from microbus_operator.local.runtime.pods import Pod

Place = tuple[str, str, str]

# The reason of what was not looked at since the start.
STARTING = "Starting"
# Seconds for which something must have been the same that usually passes: a file that is half-written, an object of
# ours that waits to be collected.
PATIENCE = 20.0
# A pod of one of these will not run without somebody doing something.
_LASTING = (
    *("BuildFailed", "ErrImageNeverPull", "FailedMount"),
    *("CreateContainerConfigError", "CreateContainerError", "Unhealthy"),
)
# A server may crash by what an earlier run left until its Plane's second look: its ports may be others now.
_CRASHES = {"Deployment": 2, "StatefulSet": 4}
# Looks that fail for one of these, twice in a row, fail until somebody does something (`handlers.outcome`).
_REFUSED = ("Refused", "Invalid", "KeyInvalid", "Unsignable", "Forbidden", "InternalError")
_USUALLY_PASSING = ("ApiServerUnavailable", "WorkloadConflict", "SecretConflict", "ObjectConflict")


class Seen(NamedTuple):
    """A Plane or MicrobusApp, and since when its `Ready` has said the same, in seconds of any clock."""

    item: Object
    since: float


def failure_of(objects: Mapping[Place, Seen], pods: Iterable[Pod], now: float) -> str | None:
    """Why it does not go on by itself, in a line; None where it may."""
    for place, (item, since) in objects.items():
        if line := _of_object(place, item, now - since):
            return line
    for pod in pods:
        crashes = pod.reason == "CrashLoopBackOff" and pod.restarts >= _CRASHES[pod.spec.kind]
        if (pod.reason not in _LASTING and not crashes) or _may_come(pod, objects):
            continue
        owner = _owner(pod, objects)
        if owner is None or _confirms(objects[owner].item, pod):
            return _conflict(owner, objects) or pod.message
    return None


def _may_come(pod: Pod, objects: Mapping[Place, Seen]) -> bool:
    """Whether what a person's own workload waits for may be credentials that an app has yet to be issued."""
    is_ours = names.MANAGED_BY.items() <= (pod.spec.metadata.get("labels") or {}).items()
    return pod.reason == "FailedMount" and not is_ours and not all(is_ready(seen.item) for seen in objects.values())


def _of_object(place: Place, item: Object, seconds: float) -> str | None:
    ready, stalled = condition(item, "Ready"), condition(item, "Stalled")
    if stalled is not None and stalled["status"] == "True" and is_current(item):
        return line_of(place, stalled)
    if ready is None or not is_looked_at(item):
        return None
    if ready["status"] == "Unknown" and ready["reason"] in _REFUSED:
        return line_of(place, ready)
    if ready["status"] != "True" and ready["reason"] in _USUALLY_PASSING and seconds > PATIENCE:
        return line_of(place, ready)
    return revocation_refused(place, item) if is_current(item) else None


def _owner(pod: Pod, objects: Mapping[Place, Seen]) -> Place | None:
    """The Plane or app that the pod's workload is of, by its name."""
    for place, (item, _) in objects.items():
        kind, namespace, name = place
        if kind == "Plane":
            workloads = [names.nats(name)]
        else:
            workloads = [names.workload(name, bundle["name"]) for bundle in item["spec"]["bundles"]]
        if namespace == pod.spec.namespace and pod.spec.workload in workloads:
            return place
    return None


def _confirms(item: Object, pod: Pod) -> bool:
    """Whether the owner was looked at with what is wrong with the pod: an app repeats what its Deployment says."""
    ready = condition(item, "Ready")
    if ready is None or not is_looked_at(item):
        return False
    return item["kind"] == "Plane" or f"({pod.reason}: " in ready["message"]


def _conflict(owner: Place | None, objects: Mapping[Place, Seen]) -> str | None:
    """What keeps the owner from putting its workload right, which is why the pod does not run."""
    ready = condition(objects[owner].item, "Ready") if owner is not None else None
    if owner is None or ready is None or not ready["reason"].endswith("Conflict"):
        return None
    return line_of(owner, ready)


def revocation_refused(place: Place, item: Object) -> str | None:
    """Of an app that is Ready and yet not as it was asked for: keys that somebody wants dead are alive."""
    revoked = condition(item, "Revoked")
    if revoked is None or revoked["reason"] not in (REFUSED, SYSTEM_USER) or not is_looked_at(item):
        return None
    return line_of(place, revoked)


def line_of(place: Place, said: Mapping[str, Any]) -> str:
    """A condition in a line."""
    kind, namespace, name = place
    return f"{kind} {namespace}/{name}: {said['reason']}: {said['message']}"


def condition(item: Object, wanted: str) -> dict[str, Any] | None:
    """A condition of an object, where it has it."""
    found: Iterable[dict[str, Any]] = (item.get("status") or {}).get("conditions", ())
    return next((each for each in found if each["type"] == wanted), None)


def is_looked_at(item: Object) -> bool:
    """Whether there was a look at it since the start."""
    ready = condition(item, "Ready")
    return ready is not None and ready["reason"] != STARTING


def is_current(item: Object) -> bool:
    """Whether its status is of what is wanted now."""
    seen = (item.get("status") or {}).get("observedGeneration", 0)
    return bool(seen >= item["metadata"].get("generation", 0))


def is_ready(item: Object) -> bool:
    """Whether it is, as it is written now."""
    ready = condition(item, "Ready")
    return ready is not None and ready["status"] == "True" and is_current(item)
