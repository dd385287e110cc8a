"""All objects of a state folder in memory, in step with their files: what was written, and what a person edits there.

One thread works on it. What a verb changes is staged; `flush` makes it durable, and only then is it known to watchers
and the verb done.
"""

from __future__ import annotations

import json
from collections import deque
from itertools import takewhile
from typing import NamedTuple

from microbus_operator.kube.cluster import Object
from microbus_operator.kube.errors import ApiRefused, ApiUnavailable
from microbus_operator.local.admission import admitted, check_declared, what_stays
from microbus_operator.local.documents import written
from microbus_operator.local.editing import check_model, document_of, is_whole, stamped
from microbus_operator.local.errors import ObjectUnreadable
from microbus_operator.local.fields import same
from microbus_operator.local.folder import Folder, Signature
from microbus_operator.local.ownership import essence
from microbus_operator.local.places import Place

# resourceVersions that are reserved on disk at a time: one write more for so many.
RESERVED = 1000
# Events that a watcher may be behind.
REMEMBERED = 20000


class Held(NamedTuple):
    """An object in memory: its JSON, so that nobody changes it by accident, and its file's signature."""

    data: str
    uid: str
    owners: frozenset[str]
    signature: Signature | None

    def found(self) -> Object:
        """The object."""
        result: Object = json.loads(self.data)
        return result


class Event(NamedTuple):
    """What happened to an object: `ADDED`, `MODIFIED` or `DELETED`, and its JSON."""

    revision: int
    type: str
    place: Place
    data: str

    def found(self) -> Object:
        """The object."""
        result: Object = json.loads(self.data)
        return result


class Contents:
    """The objects. Every method may raise `ObjectUnreadable`."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.held: dict[Place, Held] = {}
        self.events: deque[Event] = deque(maxlen=REMEMBERED)
        self.revision = self._reserved = self.first = folder.revision()
        self._staged: dict[Place, str | None] = {}
        self._unseen: list[Event] = []
        self._failed: list[tuple[int, int, str]] = []
        self._lost = False
        # Counts what was staged; up to `_durable` it is on the disk, or has failed.
        self.ticket = self._durable = 0
        self._load()
        self.first = self.revision

    def _load(self) -> None:
        wrong: list[str] = []
        for place, signature in self.folder.places():
            try:
                self._take_in(place, signature)
            except ObjectUnreadable as error:
                wrong.append(str(error))
        if wrong:
            raise ObjectUnreadable(wrong[0] + (f" (and {len(wrong) - 1} files more)" if wrong[1:] else ""))

    def get(self, place: Place) -> Object | None:
        """The object as it is now, None where there is none."""
        self._notice(place)
        held = self.held.get(place)
        return held.found() if held else None

    def all_of(self, kind: str, namespace: str | None) -> list[Object]:
        """The objects of a kind, ordered as the API server orders them."""
        self.notice_all(kind)
        chosen = sorted(place for place in self.held if place.kind == kind and namespace in (None, place.namespace))
        return [self.held[place].found() for place in chosen]

    def dependents(self, uid: str) -> list[Place]:
        """The objects that name `uid` as an owner."""
        return [place for place, held in self.held.items() if uid in held.owners]

    def uids(self) -> set[str]:
        """Of all objects."""
        return {held.uid for held in self.held.values()}

    def put(self, place: Place, found: Object) -> Object:
        """Stage an object under the next resourceVersion."""
        if not self.folder.is_held:
            raise ApiRefused(f"{self.folder.root} was opened to read only; nothing was written", 403)
        revision = self._next()
        found["metadata"]["resourceVersion"] = str(revision)
        kind, text = "MODIFIED" if place in self.held else "ADDED", written(found, what_stays(place.kind, found))
        self._hold(place, found, None)
        self._stage(place, text)
        self._unseen.append(Event(revision, kind, place, self.held[place].data))
        return self.held[place].found()

    def drop(self, place: Place) -> None:
        """Stage the deletion of an object."""
        if not self.folder.is_held:
            raise ApiRefused(f"{self.folder.root} was opened to read only; nothing was written", 403)
        self._stage(place, None)
        self._forget(place)

    @property
    def is_waiting(self) -> bool:
        """Whether something is to be flushed."""
        return self.ticket > self._durable or bool(self._unseen)

    def _stage(self, place: Place, text: str | None) -> None:
        self.ticket += 1
        self._staged.pop(place, None)
        self._staged[place] = text

    def flush(self, ticket: int) -> bool:
        """Make durable what was staged up to `ticket`, and all else that is; true where watchers have something to see.

        Raises `ApiUnavailable` where the disk would not; what is so is then read anew.
        """
        for since, until, message in self._failed:
            if since < ticket <= until:
                raise ApiUnavailable(message)
        if ticket <= self._durable and not self._unseen:
            return False
        staged, unseen, before = self._staged, self._unseen, self._durable
        self._staged, self._unseen, self._durable = {}, [], self.ticket
        try:
            signatures = self.folder.commit(staged) if staged else {}
        except (OSError, ObjectUnreadable) as error:
            why = error.strerror if isinstance(error, OSError) else error
            message = f"{self.folder.root} cannot be written: {why}; make room or see its permissions"
            self._failed.append((before, self.ticket, message))
            self._lost = True
            raise ApiUnavailable(message) from None
        for place, signature in signatures.items():
            self.held[place] = self.held[place]._replace(signature=signature)
        self.events.extend(unseen)
        return bool(unseen)

    def recover(self) -> None:
        """After a write that failed: begin again with what is on the disk, and tell watchers of all of it."""
        if not self._lost:
            return
        before, self.held = self.held, {}
        # What is waited for from now on has not failed.
        self.ticket += 1
        self._load()
        for place in set(before) | set(self.held):
            held = self.held.get(place)
            kind = "DELETED" if held is None else "MODIFIED" if place in before else "ADDED"
            self._unseen.append(Event(self._next(), kind, place, (held or before[place]).data))
        self._lost = False

    def notice_all(self, kind: str) -> None:
        """Take in what a person did to the files of a kind."""
        there = dict(self.folder.places(kind))
        for place in [*there, *(place for place in self.held if place.kind == kind and place not in there)]:
            self._notice(place, there.get(place))

    def _notice(self, place: Place, signature: Signature | None = None) -> None:
        if place in self._staged:
            return
        held, seen = self.held.get(place), signature or self.folder.signature(place)
        if seen == (held.signature if held else None):
            return
        if seen is None:
            seen = self.folder.settled(place)
        if seen is None:
            self._forget(place)
        else:
            self._take_in(place, seen)

    def _take_in(self, place: Place, signature: Signature) -> None:
        """Take a file that is new or changed for what the object is now."""
        document = document_of(self.folder, place)
        if document is None or not document.is_ours:
            settled = self.folder.settled(place)
            document = document_of(self.folder, place) if settled is not None else None
            if settled is None or document is None:
                self._forget(place)
                return
            signature = settled
        held = self.held.get(place)
        old = held.found() if held else None
        try:
            if not document.is_ours:
                check_declared(place.kind, document.found, place.name)
            found = admitted(place.kind, document.found, old if held or document.is_ours else document.stays)
            if not document.is_ours:
                check_model(place, found)
        except ApiRefused as error:
            what = f"{self.folder.shown(place)}: {error}; correct the file, or restore it"
            raise ObjectUnreadable(what) from None
        metadata = found["metadata"]
        if old is not None and same(essence(old), essence(found)):
            self.held[place] = self.held[place]._replace(signature=signature)
        elif not self.folder.is_held or (old is None and document.is_ours and is_whole(metadata)):
            self.revision = max(self.revision, int(metadata["resourceVersion"]))
            self._hold(place, found, signature)
        else:
            taken = {other.uid for at, other in self.held.items() if at != place}
            self.put(place, stamped(place, found, old, document, taken))

    def _hold(self, place: Place, found: Object, signature: Signature | None) -> None:
        metadata = found["metadata"]
        owners = frozenset(owner["uid"] for owner in metadata.get("ownerReferences", ()))
        self.held[place] = Held(json.dumps(found), metadata.get("uid", ""), owners, signature)

    def _forget(self, place: Place) -> None:
        if place not in self.held:
            return
        found = self.held.pop(place).found()
        revision = self._next() if self.folder.is_held else self.revision
        found["metadata"]["resourceVersion"] = str(revision)
        self._unseen.append(Event(revision, "DELETED", place, json.dumps(found)))

    def _next(self) -> int:
        if self.revision >= self._reserved:
            try:
                self.folder.reserve(self.revision + RESERVED)
            except OSError as error:
                message = f"{self.folder.root} cannot be written: {error.strerror}; make room or see its permissions"
                raise ApiUnavailable(message) from None
            self._reserved = self.revision + RESERVED
        self.revision += 1
        return self.revision

    def events_after(self, revision: int, kind: str, namespace: str | None) -> list[Event]:
        """What happened since. Raises `ApiRefused` (410) where it is not remembered any more: list again."""
        if revision < self.first:
            raise ApiRefused(f"resourceVersion {revision} is from before this start; list again and watch", 410)
        if len(self.events) == REMEMBERED and revision < self.events[0].revision:
            raise ApiRefused(f"resourceVersion {revision} is too long ago; list again and watch from there", 410)
        newest_first = takewhile(lambda event: event.revision > revision, reversed(self.events))
        chosen = [e for e in newest_first if e.place.kind == kind and namespace in (None, e.place.namespace)]
        return chosen[::-1]
