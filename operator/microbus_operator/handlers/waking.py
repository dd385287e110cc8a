"""Which objects an event wakes: kopf's handlers in `triggers.py` and the local mode's watches both ask here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from microbus_operator.api.meta import GROUP
from microbus_operator.handlers.queue import Key, Kind


@dataclass
class Waking:
    """Wakes what an event concerns. Told of one watch's events, in their order."""

    wake: Callable[[Key], None]
    _seen: dict[str, object] = field(default_factory=dict)

    def plane_changed(self, body: Mapping[str, Any], event: str | None) -> None:
        """A Plane was added, modified or deleted."""
        self._wake_changed("Plane", body, event)

    def app_changed(self, body: Mapping[str, Any], event: str | None) -> None:
        """A MicrobusApp was: it concerns its Plane too."""
        if self._wake_changed("MicrobusApp", body, event):
            reference = body["spec"]["planeRef"]
            self.wake(Key("Plane", reference.get("namespace", body["metadata"]["namespace"]), reference["name"]))

    def child_changed(self, body: Mapping[str, Any]) -> None:
        """Something that was made for an object was: the object is looked at."""
        for owner in body["metadata"].get("ownerReferences", ()):
            if owner["apiVersion"].startswith(f"{GROUP}/") and owner["kind"] in ("Plane", "MicrobusApp"):
                self.wake(Key(owner["kind"], body["metadata"]["namespace"], owner["name"]))

    def _wake_changed(self, kind: Kind, body: Mapping[str, Any], event: str | None) -> bool:
        """Wake an object unless only its status changed: that was most likely us."""
        metadata = body["metadata"]
        mark = (metadata.get("generation"), metadata.get("deletionTimestamp"))
        if event == "DELETED":
            self._seen.pop(metadata["uid"], None)
        elif self._seen.get(metadata["uid"]) == mark:
            return False
        else:
            self._seen[metadata["uid"]] = mark
        self.wake(Key(kind, metadata["namespace"], metadata["name"]))
        return True
