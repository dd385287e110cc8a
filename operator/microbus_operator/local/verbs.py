"""The verbs on the objects of a state folder, as the API server has them. Each stages what it writes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from microbus_operator.api.meta import API_VERSION
from microbus_operator.kube.cluster import Object
from microbus_operator.kube.errors import ApiRefused, Conflict
from microbus_operator.kube.resources import RESOURCES
from microbus_operator.local.admission import WITH_STATUS, admitted, check_declared, refused
from microbus_operator.local.contents import Contents
from microbus_operator.local.deletion import Deletion
from microbus_operator.local.fields import same
from microbus_operator.local.generations import GENERATIONS, generation_changes, now
from microbus_operator.local.ownership import (
    SYSTEM,
    Owned,
    Owner,
    after_apply,
    after_update,
    before_an_apply,
    created,
    essence,
    managed_fields,
    owned,
)
from microbus_operator.local.places import Place, place_of


class Verbs:
    """Create, apply, merge and delete. `manager` of each is who writes."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._deletion = Deletion(contents)

    def get(self, kind: str, namespace: str | None, name: str) -> Object | None:
        """The object, None where there is none."""
        return self._contents.get(place_of(kind, namespace, name))

    def list(self, kind: str, namespace: str | None, labels: Mapping[str, str] | None) -> list[Object]:
        """The objects that carry `labels`. As in the API server's lists, those of built-in kinds do not repeat it."""
        place_of(kind, namespace or "default", "any")
        found = self._contents.all_of(kind, namespace if RESOURCES[kind].namespaced else None)
        wanted = dict(labels or {}).items()
        chosen = [item for item in found if wanted <= item["metadata"].get("labels", {}).items()]
        if RESOURCES[kind].api_version == API_VERSION:
            return chosen
        return [{key: value for key, value in item.items() if key not in ("apiVersion", "kind")} for item in chosen]

    def create(self, manifest: Mapping[str, Any], manager: str) -> Object:
        """Create; a `Conflict` where it exists."""
        place, wanted = self._wanted(manifest)
        if manifest["metadata"].get("resourceVersion"):
            raise refused(place.kind, place.name, "metadata.resourceVersion: an object to be created has none", 400)
        self._check_namespace(place)
        if place.kind in WITH_STATUS:
            wanted.pop("status", None)
        kept = self._admitted(place, wanted, None)
        live = self._contents.get(place)
        if live is not None:
            raise Conflict(f"{place} already exists" + (" and is being deleted" * bool(_is_deleting(live))))
        owners = created(place.kind, essence(kept), Owner("Update", "", manager))
        if place.kind == "Event":
            self._deletion.expire_events()
        return self._keep(place, None, kept, owners)

    def apply(self, manifest: Mapping[str, Any], subresource: str | None, manager: str) -> Object:
        """Server-side apply, by force."""
        place, wanted = self._wanted(manifest)
        self._check_subresource(place, subresource)
        live = self._contents.get(place)
        if live is None:
            if subresource is not None:
                raise ApiRefused(f"{place} not found", 404)
            self._check_namespace(place)
        config = essence(wanted)
        check_declared(place.kind, config, place.name)
        if subresource is not None:
            config = {"metadata": {"name": place.name}, **({"status": config["status"]} if "status" in config else {})}
        elif place.kind in WITH_STATUS:
            config.pop("status", None)
        owner = Owner("Apply", subresource or "", manager)
        before = essence(live) if live is not None else {"metadata": {"name": place.name}}
        owners = before_an_apply(place.kind, before, owned(live)) if live is not None else {}
        try:
            result, owners = after_apply(place.kind, before, config, owners, owner)
        except ApiRefused as error:
            raise refused(place.kind, place.name, str(error)) from None
        kept = self._admitted_next(place, result, live, manifest["metadata"])
        return self._keep(place, live, kept, owners)

    def merge(self, place: Place, patch: Mapping[str, Any], subresource: str | None, manager: str) -> Object:
        """A JSON merge patch (RFC 7386)."""
        self._check_subresource(place, subresource)
        live = self._contents.get(place)
        if live is None:
            raise ApiRefused(f"{place} not found", 404)
        said = patch.get("metadata") or {}
        if said.get("name", place.name) != place.name or (said.get("namespace") or place.namespace) != place.namespace:
            raise refused(place.kind, place.name, "metadata.name: it is not the one that is patched", 400)
        patched = essence(_patched(live, patch))
        before = essence(live)
        if subresource is not None:
            patched = {**before, "status": patched.get("status")}
        elif place.kind in WITH_STATUS:
            patched = {**patched, "status": before.get("status")}
        try:
            kept = self._admitted_next(place, patched, live, said)
        except ApiRefused as refusal:
            # As the API server: of a patch, what is of a wrong type is invalid, not a bad request.
            raise ApiRefused(str(refusal), 422) from None
        owner, owners = Owner("Update", subresource or "", manager), owned(live)
        # As in the API server: of an object that nobody has anything of, only an apply begins to tell.
        if owners:
            owners = after_update(place.kind, before, essence(kept), owners, owner)
        return self._keep(place, live, kept, owners)

    def delete(self, place: Place, uid: str) -> None:
        """Delete, and in the background all that it owned."""
        live = self._contents.get(place)
        if live is None:
            return
        if uid and uid != live["metadata"]["uid"]:
            raise Conflict(f"{place} is not the one of uid {uid}: it was deleted and made again")
        self._deletion.delete(place, live)

    def _wanted(self, manifest: Mapping[str, Any]) -> tuple[Place, Object]:
        metadata = manifest.get("metadata")
        if not isinstance(metadata, Mapping):
            raise ApiRefused("metadata: Required value: the manifest is no Kubernetes object", 422)
        place = place_of(str(manifest.get("kind")), metadata.get("namespace"), metadata.get("name"))
        if manifest.get("apiVersion") != RESOURCES[place.kind].api_version:
            what = f"apiVersion: it is {manifest.get('apiVersion')!r} and must be {RESOURCES[place.kind].api_version}"
            raise refused(place.kind, place.name, what, 400)
        return place, {**manifest, "metadata": dict(metadata)}

    def _check_subresource(self, place: Place, subresource: str | None) -> None:
        if subresource is not None and (subresource != "status" or place.kind not in WITH_STATUS):
            raise ApiRefused(f"{place} has no subresource {subresource}", 404)

    def _check_namespace(self, place: Place) -> None:
        if not place.namespace:
            return
        found = self._contents.get(Place("Namespace", "", place.namespace))
        if found is None:
            raise ApiRefused(f'namespaces "{place.namespace}" not found; create it first', 404)
        if _is_deleting(found):
            raise ApiRefused(f"namespace {place.namespace} is being deleted; nothing new is made in it", 403)

    def _admitted_next(self, place: Place, wanted: Object, live: Object | None, said: Mapping[str, Any]) -> Object:
        """What is kept where the preconditions of `said` hold. What cannot be read at all is refused before them, what
        is invalid after.
        """
        try:
            kept = self._admitted(place, wanted, live)
        except ApiRefused as refusal:
            if refusal.status != 400:
                _check_preconditions(place, live, said)
            raise
        _check_preconditions(place, live, said)
        return kept

    def _admitted(self, place: Place, wanted: Object, old: Object | None) -> Object:
        """What is kept, with the system's own metadata as it was."""
        system = {key: old["metadata"][key] for key in SYSTEM if old and key in old["metadata"]}
        metadata = {**essence(wanted)["metadata"], "name": place.name}
        rest = {key: value for key, value in wanted.items() if key not in ("apiVersion", "kind", "metadata")}
        api_version = RESOURCES[place.kind].api_version
        whole: Object = {"apiVersion": api_version, "kind": place.kind, "metadata": metadata, **rest}
        kept = admitted(place.kind, whole, old)
        own = {"name": place.name, **({"namespace": place.namespace} if place.namespace else {}), **system}
        kept["metadata"] = {**own, **{key: value for key, value in kept["metadata"].items() if key not in own}}
        if place.kind == "Namespace":
            labels = kept["metadata"].get("labels", {})
            kept["metadata"]["labels"] = {**labels, "kubernetes.io/metadata.name": place.name}
        return kept

    def _keep(self, place: Place, old: Object | None, kept: Object, owners: Owned) -> Object:
        metadata = kept["metadata"]
        metadata.pop("managedFields", None)
        entries = managed_fields(kept["apiVersion"], owners)
        if old is None:
            metadata |= {"uid": str(uuid.uuid4()), "creationTimestamp": now()}
            if place.kind in GENERATIONS:
                metadata["generation"] = 1
        elif _is_deleting(old):
            added = set(metadata.get("finalizers", ())) - set(old["metadata"].get("finalizers", ()))
            if added:
                what = "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted"
                raise refused(place.kind, place.name, what)
        if old is not None and generation_changes(place.kind, old, kept):
            metadata["generation"] = old["metadata"].get("generation", 0) + 1
        if entries:
            metadata["managedFields"] = entries
        if old is not None and same(old, kept):
            return old
        if _is_deleting(kept) and not metadata.get("finalizers"):
            self._deletion.remove(place)
            return kept
        return self._contents.put(place, kept)


def _is_deleting(found: Object) -> bool:
    return "deletionTimestamp" in found["metadata"]


def _check_preconditions(place: Place, live: Object | None, said: Mapping[str, Any]) -> None:
    """A resourceVersion that has passed is a `Conflict`; a uid is immutable."""
    uid, version = said.get("uid"), said.get("resourceVersion")
    if uid and (live is None or uid != live["metadata"]["uid"]):
        raise refused(place.kind, place.name, "metadata.uid: field is immutable")
    if live is not None and version and version != live["metadata"]["resourceVersion"]:
        raise Conflict(f"{place} has been modified since resourceVersion {version}; apply to what it is now")


def _patched(value: Any, patch: Any) -> Any:  # noqa: ANN401 - any JSON
    if not isinstance(patch, Mapping):
        return patch
    result = dict(value) if isinstance(value, dict) else {}
    for key, item in patch.items():
        if item is None:
            result.pop(key, None)
        else:
            result[key] = _patched(result.get(key), item)
    return result
