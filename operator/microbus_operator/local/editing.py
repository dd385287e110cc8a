"""What a person wrote into a file of the state folder: read, and given what the API server would have given it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Set

from pydantic import ValidationError

from microbus_operator.api.app import MicrobusApp
from microbus_operator.api.meta import Model
from microbus_operator.api.plane import Plane
from microbus_operator.kube.cluster import Object
from microbus_operator.kube.resources import RESOURCES
from microbus_operator.local.admission import refused
from microbus_operator.local.documents import Document, DocumentInvalid, read
from microbus_operator.local.errors import ObjectUnreadable
from microbus_operator.local.folder import Folder
from microbus_operator.local.generations import GENERATIONS, now, same_spec
from microbus_operator.local.ownership import Owner, after_update, essence, managed_fields, owned
from microbus_operator.local.places import Place

_MODELS: Mapping[str, type[Model]] = {"Plane": Plane, "MicrobusApp": MicrobusApp}
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
    said = (found.get("kind"), metadata.get("namespace") or "", metadata.get("name"))
    if said != tuple(place) or found.get("apiVersion") != RESOURCES[place.kind].api_version:
        raise ObjectUnreadable(f"{path} does not hold {place} of {RESOURCES[place.kind].api_version}; correct it")
    if not _is_version(metadata.get("resourceVersion")):
        what = "metadata.resourceVersion is no decimal number in quotes"
        raise ObjectUnreadable(f"{path}: {what}; correct it, or restore the file from a backup")
    return document


def _is_version(said: object) -> bool:
    """Whether it can be a resourceVersion of ours, or is left out."""
    return said is None or (isinstance(said, str) and said.isascii() and said.isdecimal() and len(said) < 19)


def check_model(place: Place, found: Object) -> None:
    """Refuse an edited Plane or MicrobusApp that its CRD lets through and we cannot read: a status is ours to write."""
    model = _MODELS.get(place.kind)
    try:
        if model is not None:
            model.model_validate(found)
    except ValidationError as error:
        fields = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()[:5])
        raise refused(place.kind, place.name, fields) from None


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
