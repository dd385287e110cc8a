"""What a person wrote into a file of the state folder: read, and given what the API server would have given it."""

from __future__ import annotations

import uuid
from collections.abc import Set

from microbus_operator.kube.cluster import Object
from microbus_operator.kube.resources import RESOURCES
from microbus_operator.local.documents import Document, DocumentInvalid, read
from microbus_operator.local.errors import ObjectUnreadable
from microbus_operator.local.folder import Folder
from microbus_operator.local.generations import GENERATIONS, now, same_spec
from microbus_operator.local.ownership import Owner, after_update, essence, managed_fields, owned
from microbus_operator.local.places import Place

BY_HAND = Owner("Update", "", "by-hand")


def document_of(folder: Folder, place: Place) -> Document | None:
    """The file's object, None where the file is gone. Raises `ObjectUnreadable` for one that is half-written, or holds
    another object.
    """
    path, text = folder.shown(place), folder.text(place)
    if text is None:
        return None
    try:
        document = read(text)
    except DocumentInvalid as error:
        raise ObjectUnreadable(f"{path}: {error}; correct the file, or restore it from a backup") from None
    found, metadata = document.found, document.found["metadata"]
    said = (found.get("kind"), metadata.get("namespace", ""), metadata.get("name"))
    if said != tuple(place) or found.get("apiVersion") != RESOURCES[place.kind].api_version:
        raise ObjectUnreadable(f"{path} does not hold {place} of {RESOURCES[place.kind].api_version}; correct it")
    odd = _odd(found)
    if odd:
        raise ObjectUnreadable(f"{path}: {odd}; correct it, or restore the file from a backup")
    return document


def _odd(found: Object) -> str | None:
    """The first field that everything relies on and that is not of its type."""
    found = {name: value for name, value in found.items() if value is not None}
    metadata = {name: value for name, value in found["metadata"].items() if value is not None}
    version, owners = metadata.get("resourceVersion", "0"), metadata.get("ownerReferences", [])
    if not (isinstance(version, str) and version.isascii() and version.isdecimal() and len(version) < 19):
        return "metadata.resourceVersion is no decimal number in quotes"
    if not isinstance(owners, list) or not all(isinstance(owner, dict) for owner in owners):
        return "metadata.ownerReferences is no list of owners"
    texts = [(f"metadata.{name}", metadata.get(name, "")) for name in ("uid", "creationTimestamp", "deletionTimestamp")]
    texts += [("an owner's uid", owner.get("uid", "")) for owner in owners]
    maps = [(name, found.get(name, {})) for name in ("spec", "status", "data")]
    maps += [(f"metadata.{name}", metadata.get(name, {})) for name in ("labels", "annotations")]
    wrong = [f"{name} is no text" for name, value in texts if not isinstance(value, str)]
    wrong += [f"{name} is no mapping" for name, value in maps if not isinstance(value, dict)]
    finalizers = metadata.get("finalizers", [])
    if not isinstance(finalizers, list) or not all(isinstance(each, str) for each in finalizers):
        wrong.append("metadata.finalizers is no list of texts")
    return next(iter(wrong), None)


def is_whole(metadata: Object) -> bool:
    """Whether it has all that the store gives an object."""
    return bool(metadata.get("uid")) and "resourceVersion" in metadata


def stamped(place: Place, found: Object, old: Object | None, document: Document, taken: Set[str]) -> Object:
    """What a person wrote, with identity, generation and owners. `old` is what it was, where that is known; a uid in
    `taken` is another object's, as where a file was copied.
    """
    metadata, before = found["metadata"], (old or {}).get("metadata", {})
    mine = str(metadata.get("uid") or "")
    metadata["uid"] = before.get("uid") or (mine if mine and mine not in taken else str(uuid.uuid4()))
    metadata["creationTimestamp"] = before.get("creationTimestamp") or metadata.get("creationTimestamp") or now()
    for field in ("deletionTimestamp", "deletionGracePeriodSeconds"):
        metadata.pop(field, None)
        if field in before:
            metadata[field] = before[field]
    if place.kind in GENERATIONS:
        generation = before.get("generation", metadata.get("generation"))
        changed = not same_spec(old, found) if old is not None else not document.spec_is_ours
        metadata["generation"] = (generation if isinstance(generation, int) else 0) + changed
    owners = owned(old if old is not None else found)
    if old is not None:
        owners = after_update(place.kind, essence(old), essence(found), owners, BY_HAND)
    metadata["managedFields"] = managed_fields(found["apiVersion"], owners)
    return found
