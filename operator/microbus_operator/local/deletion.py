"""Deletion: finalizers hold an object back; what it owned, and what was in a namespace, goes after it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from microbus_operator.kube.cluster import Object
from microbus_operator.kube.errors import ApiRefused
from microbus_operator.local.contents import Contents
from microbus_operator.local.generations import now
from microbus_operator.local.places import Place

DEFAULT = Place("Namespace", "", "default")
# As the API server's --event-ttl.
EVENTS_LAST = timedelta(hours=1)


class Deletion:
    """Removes objects, and collects what nobody owns any more."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents

    def delete(self, place: Place, found: Object) -> None:
        """Remove the object, or mark it while finalizers or a namespace's contents hold it back."""
        if place == DEFAULT:
            raise ApiRefused('namespaces "default" is forbidden: this namespace may not be deleted', 403)
        metadata = found["metadata"]
        inside = [each for each in self._contents.held if place.kind == "Namespace" and each.namespace == place.name]
        if not metadata.get("finalizers") and not inside:
            self.remove(place)
            return
        if "deletionTimestamp" not in metadata:
            metadata |= {"deletionTimestamp": now(), "deletionGracePeriodSeconds": 0}
            if metadata.get("generation"):
                metadata["generation"] += 1
            self._contents.put(place, found)
        for each in inside:
            self._delete_if_there(each)

    def remove(self, place: Place) -> None:
        """Remove the object now, then what it owned; and its namespace, if that waited for it."""
        uid = self._contents.held[place].uid
        self._contents.drop(place)
        for dependent in self._contents.dependents(uid):
            self._disown(dependent)
        namespace = Place("Namespace", "", place.namespace)
        held = self._contents.held.get(namespace) if place.namespace else None
        if held is not None and not any(each.namespace == place.namespace for each in self._contents.held):
            found = held.found()
            if "deletionTimestamp" in found["metadata"] and not found["metadata"].get("finalizers"):
                self._contents.drop(namespace)

    def sweep(self) -> None:
        """Collect what a kill left behind: objects whose owners are all gone, and events of long ago."""
        living = self._contents.uids()
        for place, held in list(self._contents.held.items()):
            if held.owners and not held.owners & living:
                self._disown(place)
        self.expire_events()

    def expire_events(self) -> None:
        """Remove events that are over an hour old."""
        oldest = (datetime.now(UTC) - EVENTS_LAST).strftime("%Y-%m-%dT%H:%M:%SZ")
        for place in [place for place in self._contents.held if place.kind == "Event"]:
            if self._contents.held[place].found()["metadata"].get("creationTimestamp", "") < oldest:
                self._contents.drop(place)

    def _disown(self, place: Place) -> None:
        """Remove an object whose owners are all gone; one that has others only forgets those that are."""
        held = self._contents.held.get(place)
        if held is None:
            return
        found, living = held.found(), self._contents.uids()
        left = [owner for owner in found["metadata"]["ownerReferences"] if owner["uid"] in living]
        if not left:
            self.delete(place, found)
        elif len(left) < len(found["metadata"]["ownerReferences"]):
            found["metadata"]["ownerReferences"] = left
            self._contents.put(place, found)

    def _delete_if_there(self, place: Place) -> None:
        held = self._contents.held.get(place)
        if held is not None:
            self.delete(place, held.found())
