"""What people see of a run: a line where something changed, what runs, and whether all is ready or something is not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from microbus_operator.core.names import MANAGED_BY
from microbus_operator.kube.cluster import Object
from microbus_operator.local.runtime.pods import Pod

# A pod of one of these will not run without somebody doing something.
_LASTING = ("BuildFailed", "ErrImageNeverPull", "FailedMount", "CreateContainerConfigError")
_CRASHES = 2

Place = tuple[str, str, str]


@dataclass
class Progress:
    """Sees objects and pods. `changed` is set whenever something did."""

    tell: Callable[[str], None]
    pods: Callable[[], list[Pod]]
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _objects: dict[Place, Object] = field(default_factory=dict)
    _told: dict[object, str] = field(default_factory=dict)

    def saw(self, event: str, item: Object) -> None:
        """A Plane or MicrobusApp."""
        place = (item["kind"], item["metadata"]["namespace"], item["metadata"]["name"])
        if event == "DELETED":
            self._objects.pop(place, None)
            self._say(place, f"{_name(place)}: deleted")
        else:
            self._objects[place] = item
            ready = _condition(item, "Ready")
            if ready is not None and ready["reason"] != "Starting":
                self._say(place, f"{_name(place)}: {ready['reason']}: {ready['message']}")
        self.changed.set()

    def pods_changed(self) -> None:
        """Some workload's pods."""
        for pod in self.pods():
            if pod.prepared is not None and pod.pid is not None:
                self._say((pod.spec.namespace, pod.spec.name, "runs"), f"{pod.spec.name}: {pod.prepared.told}")
            if pod.message:
                self._say((pod.spec.namespace, pod.spec.name, "why"), f"{pod.spec.name}: {pod.reason}: {pod.message}")
        self.changed.set()

    def all_ready(self) -> bool:
        """Whether every Plane and app is Ready as it is written now, and every process too."""
        return bool(self._objects) and all(map(_is_ready, self._objects.values())) and all(p.ready for p in self.pods())

    def failure(self) -> str | None:
        """What will not become ready by itself."""
        for pod in self.pods():
            crashes = pod.reason == "CrashLoopBackOff" and pod.restarts >= _CRASHES
            if crashes or (pod.reason in _LASTING and not self._may_come(pod)):
                return pod.message
        for place, item in self._objects.items():
            stalled = _condition(item, "Stalled")
            current = _is_current(item)
            if stalled is not None and current and stalled["status"] == "True":
                return f"{_name(place)}: {stalled['reason']}: {stalled['message']}"
        return None

    def _may_come(self, pod: Pod) -> bool:
        """Whether what a person's own workload waits for may be credentials that an app has yet to be issued."""
        is_ours = MANAGED_BY.items() <= (pod.spec.metadata.get("labels") or {}).items()
        return pod.reason == "FailedMount" and not is_ours and not all(map(_is_ready, self._objects.values()))

    def summary(self, seconds: float) -> None:
        """The lines at the end of a start."""
        for place, item in sorted(self._objects.items()):
            if place[0] == "Plane":
                self.tell(f"{_name(place)}: clients connect to {item['status'].get('url')}")
        self.tell(f"ready in {seconds:.1f} s")

    def processes(self) -> list[dict[str, Any]]:
        """What runs, for `status`."""
        return [
            {
                "name": pod.spec.name,
                "namespace": pod.spec.namespace,
                "workload": pod.spec.workload,
                "kind": pod.spec.kind,
                "pid": pod.pid,
                "ready": pod.ready,
                "reason": pod.reason,
                "message": pod.message,
                "restarts": pod.restarts,
                "runs": pod.prepared.told if pod.prepared else "",
                "log": str(pod.log or ""),
            }
            for pod in sorted(self.pods(), key=lambda pod: (pod.spec.kind != "StatefulSet", pod.spec.name))
        ]

    def _say(self, about: object, line: str) -> None:
        if self._told.get(about) != line:
            self._told[about] = line
            self.tell(line)


def _name(place: Place) -> str:
    kind, namespace, name = place
    return f"{kind} {namespace}/{name}"


def _condition(item: Object, wanted: str) -> dict[str, Any] | None:
    conditions: Iterable[dict[str, Any]] = (item.get("status") or {}).get("conditions", ())
    return next((condition for condition in conditions if condition["type"] == wanted), None)


def _is_current(item: Object) -> bool:
    seen = (item.get("status") or {}).get("observedGeneration", 0)
    return bool(seen >= item["metadata"].get("generation", 0))


def _is_ready(item: Object) -> bool:
    ready = _condition(item, "Ready")
    return ready is not None and ready["status"] == "True" and _is_current(item)
