"""What people see of a run: a line where something changed, what runs, and whether all is ready or something is not."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from microbus_operator.kube.cluster import Object
from microbus_operator.kube.errors import ApiUnavailable, KubeError
from microbus_operator.local.runtime.errors import LocalError
from microbus_operator.local.runtime.errors import line_of as told
from microbus_operator.local.runtime.pods import Pod
from microbus_operator.local.runtime.verdict import (
    Place,
    Seen,
    condition,
    failure_of,
    is_looked_at,
    is_ready,
    line_of,
    revocation_refused,
)

# Failures in a row after which something does not go on by itself.
_TIMES = 3

logger = logging.getLogger(__name__)


@dataclass
class Progress:
    """Sees objects and pods. `changed` is set whenever something did."""

    tell: Callable[[str], None]
    pods: Callable[[], list[Pod]]
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    clock: Callable[[], float] = time.monotonic
    _objects: dict[Place, Seen] = field(default_factory=dict)
    _told: dict[object, str] = field(default_factory=dict)
    _troubles: dict[str, tuple[int, str]] = field(default_factory=dict)

    def saw(self, event: str, item: Object) -> None:
        """A Plane or MicrobusApp."""
        place = (item["kind"], item["metadata"]["namespace"], item["metadata"]["name"])
        before = self._objects.pop(place, None)
        if event == "DELETED":
            self._say(place, f"{place[0]} {place[1]}/{place[2]}: deleted")
        else:
            ready = condition(item, "Ready")
            same = before is not None and condition(before.item, "Ready") == ready
            self._objects[place] = Seen(item, before.since if before is not None and same else self.clock())
            if ready is not None and is_looked_at(item):
                self._say(place, line_of(place, ready))
            if line := revocation_refused(place, item):
                self._say((place, "revocations"), line)
        self.changed.set()

    def pods_changed(self) -> None:
        """Some workload's pods."""
        for pod in self.pods():
            if pod.prepared is not None and pod.pid is not None:
                self._say((pod.spec.namespace, pod.spec.name, "runs"), f"{pod.spec.name}: {pod.prepared.told}")
            if pod.message:
                self._say((pod.spec.namespace, pod.spec.name, "why"), f"{pod.spec.name}: {pod.reason}: {pod.message}")
        self.changed.set()

    def troubled(self, about: str, failure: Exception | None) -> None:
        """Something that does not end by an error, so that the rest goes on, met one; None where it meets none now."""
        if failure is None:
            self._troubles.pop(about, None)
            self._told.pop(("trouble", about), None)
            return
        line = told(failure)
        times, before = self._troubles.get(about, (0, ""))
        if line != before and not isinstance(failure, KubeError | LocalError):
            logger.error("%s: %s", about, line, exc_info=failure)
        # Of the weather it is known that it passes.
        self._troubles[about] = (0 if isinstance(failure, ApiUnavailable) else times + 1, line)
        self._say(("trouble", about), line)
        self.changed.set()

    def all_ready(self) -> bool:
        """Whether every Plane and app is Ready as it is written now, and every process too."""
        items = [seen.item for seen in self._objects.values()]
        return bool(items) and all(map(is_ready, items)) and all(pod.ready for pod in self.pods())

    def failure(self) -> str | None:
        """What will not become ready by itself."""
        lasting = [line for times, line in self._troubles.values() if times >= _TIMES]
        return lasting[0] if lasting else failure_of(self._objects, self.pods(), self.clock())

    def summary(self, seconds: float) -> None:
        """The lines at the end of a start."""
        for (kind, namespace, name), (item, _) in sorted(self._objects.items()):
            if kind == "Plane":
                self.tell(f"Plane {namespace}/{name}: clients connect to {item['status'].get('url')}")
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
