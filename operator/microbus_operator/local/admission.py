"""What the API server checks and fills in before it keeps an object: the types of all its fields, and what it says of
data, workloads and Services.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from microbus_operator.kube.cluster import Object
from microbus_operator.kube.errors import ApiRefused
from microbus_operator.kube.resources import RESOURCES
from microbus_operator.local.built_in import schema_of
from microbus_operator.local.fields import decoded as decoded_fields
from microbus_operator.local.formats import decoded
from microbus_operator.local.merge_rules import BUILT_IN
from microbus_operator.local.schema import REQUIRED, lasting, problems, shaped, undeclared
from microbus_operator.local.workload_rules import WORKLOADS, is_qualified, label_problems, workload_problems

MOST_DATA = 1024 * 1024
# Problems that a refusal names.
_NAMED = 5
WITH_STATUS = {
    "Plane", "MicrobusApp", "Deployment", "StatefulSet", "DaemonSet", "Pod",
    "PodDisruptionBudget", "Service", "Namespace",
}  # fmt: skip
_DATA_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")
_STANDARD_FINALIZERS = {"kubernetes", "orphan", "foregroundDeletion"}
_DATA = ("data", "binaryData", "stringData")
_WITH_DATA = ("Secret", "ConfigMap")


def refused(kind: str, name: str, what: str, status: int = 422) -> ApiRefused:
    """The refusal of an object, in the API server's words."""
    return ApiRefused(f"{kind} {json.dumps(name)} is invalid: {what}", status)


def check_declared(kind: str, config: Mapping[str, Any], name: str) -> None:
    """Refuse an apply that states a field which the kind does not have."""
    field = undeclared(dict(config), schema_of(kind))
    if field is not None:
        raise refused(kind, name, f"{field}: field not declared in schema")


def admitted(kind: str, wanted: Object, old: Object | None) -> Object:
    """`wanted` as it is kept: pruned, with defaults. `old` is the object that it replaces, or `what_stays` of it.

    Raises `ApiRefused`: 422 for what is invalid or may not change, 400 for what is not even of the right type.
    """
    name = wanted["metadata"]["name"]
    if wanted.get("apiVersion") != RESOURCES[kind].api_version or wanted.get("kind") != kind:
        raise refused(kind, name, f"apiVersion: it must be {RESOURCES[kind].api_version}", 400)
    rest = {key: value for key, value in wanted.items() if value is not None and key != "metadata"}
    metadata = _metadata(kind, name, wanted["metadata"])
    if kind in BUILT_IN:
        return _built_in(kind, name, {**_without_nulls(_with_empty_data(kind, rest)), "metadata": metadata}, old)
    kept: Object = {"apiVersion": wanted["apiVersion"], "kind": kind}
    kept |= shaped({**rest, "metadata": metadata}, schema_of(kind))
    _refuse(kind, name, problems(kept, schema_of(kind), old=old))
    return kept


def what_stays(kind: str, found: Object) -> Object | None:
    """What of an object may never change, or only grow: to compare with what a person makes of its file while nobody
    looks. Data is told by its hash.
    """
    if kind not in BUILT_IN:
        kept: Object | None = lasting(found, schema_of(kind))
        return kept
    if kind == "Secret" and not found.get("immutable"):
        return {"type": found.get("type")}
    if kind in _WITH_DATA and found.get("immutable"):
        return {"type": found.get("type"), "immutable": True, **{key: _hash(found.get(key)) for key in _DATA[:2]}}
    return {"spec": {"selector": _selector(found)}} if kind in WORKLOADS else None


def _refuse(kind: str, name: str, found: Iterator[str], status: int = 422) -> None:
    """Refuse where anything was found. As in the API server, what is only missing is invalid (422), not of a wrong
    type.
    """
    if wrong := sorted(found, key=lambda each: (each.endswith(REQUIRED), each)):
        only_missing = wrong[0].endswith(REQUIRED)
        raise refused(kind, name, "; ".join(wrong[:_NAMED]), 422 if only_missing else status)


def _metadata(kind: str, name: str, metadata: Object) -> Object:
    stated = {key: value for key, value in metadata.items() if value is not None}
    _refuse(kind, name, problems(stated, schema_of(kind)["properties"]["metadata"], "metadata"), 400)
    kept = {key: value for key, value in stated.items() if value not in ({}, [])}
    _refuse(kind, name, label_problems(kept, "metadata"))
    for index, finalizer in enumerate(kept.get("finalizers", [])):
        if finalizer not in _STANDARD_FINALIZERS and not ("/" in finalizer and is_qualified(finalizer)):
            raise refused(kind, name, f"metadata.finalizers[{index}]: {json.dumps(finalizer)} is not fully qualified")
    for index, owner in enumerate(kept.get("ownerReferences", [])):
        for key in ("apiVersion", "kind", "name", "uid"):
            if not owner[key]:
                raise refused(kind, name, f"metadata.ownerReferences[{index}].{key}: {REQUIRED}")
    for index, entry in enumerate(kept.get("managedFields", [])):
        try:
            list(decoded_fields(entry.get("fieldsV1") or {}))
        except ValueError:
            raise refused(
                kind, name, f"metadata.managedFields[{index}].fieldsV1: it is no set of fields", 400
            ) from None
    return kept


def _built_in(kind: str, name: str, wanted: Object, old: Object | None) -> Object:
    _refuse(kind, name, problems(wanted, schema_of(kind)), 400)
    kept: Object = _without_empty_lists(shaped(wanted, schema_of(kind)))
    if kind in _WITH_DATA:
        return _with_data(kind, name, kept, old or {})
    _refuse(kind, name, workload_problems(kind, kept))
    if kind in WORKLOADS and old is not None and _selector(old) != _selector(kept):
        # The pods of a workload never become another's.
        raise refused(kind, name, "spec.selector: field is immutable")
    return kept


def _selector(found: Object) -> Any:  # noqa: ANN401 - any JSON
    spec = found.get("spec")
    return spec.get("selector") if isinstance(spec, dict) else None


def _with_data(kind: str, name: str, kept: Object, old: Object) -> Object:
    data, binary = dict(kept.pop("data", {})), kept.pop("binaryData", {})
    if kind == "Secret":
        data = {key: base64.b64encode(decoded(value) or b"").decode() for key, value in data.items()}
        data |= {key: base64.b64encode(value.encode()).decode() for key, value in kept.pop("stringData", {}).items()}
        kept["type"] = kept.get("type") or "Opaque"
    for key in (*data, *binary):
        if not _DATA_KEY.fullmatch(key):
            what = f"data[{json.dumps(key)[:100]}]: a valid key consists of alphanumeric characters, '-', '_' or '.'"
            raise refused(kind, name, what)
        if key in data and key in binary:
            raise refused(kind, name, f"data[{key}]: duplicate of key present in binaryData")
    if sum(map(len, (*data, *data.values(), *binary.values()))) > MOST_DATA * (4 / 3 if kind == "Secret" else 1):
        raise refused(kind, name, f"data: Too long: may not be more than {MOST_DATA} bytes")
    kept |= {key: value for key, value in (("data", data), ("binaryData", binary)) if value}
    if kept.get("type") == "kubernetes.io/dockerconfigjson" and ".dockerconfigjson" not in data:
        raise refused(kind, name, "data[.dockerconfigjson]: Required value")
    if old and kind == "Secret" and old.get("type") != kept["type"]:
        raise refused(kind, name, "type: field is immutable")
    if old.get("immutable"):
        for field in ("immutable", "data", "binaryData"):
            # Of an object that nobody looked at only the hash is known.
            now, before = kept.get(field), old.get(field)
            if (_hash(now) if isinstance(before, str) else now) != before:
                raise refused(kind, name, f"{field}: Forbidden: field is immutable when `immutable` is set")
    return kept


def _hash(data: Mapping[str, str] | None) -> str:
    return sha256(json.dumps(data or {}, sort_keys=True).encode()).hexdigest()


def _with_empty_data(kind: str, wanted: Object) -> Object:
    """Null in a map of data is the empty value, as for Go."""
    if kind not in _WITH_DATA:
        return wanted
    maps = {key: value for key, value in wanted.items() if key in _DATA and isinstance(value, dict)}
    return {**wanted, **{key: {at: "" if v is None else v for at, v in pairs.items()} for key, pairs in maps.items()}}


def _without_nulls(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """In Kubernetes' own kinds null is the same as nothing."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _without_empty_lists(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """In Kubernetes' own kinds an empty list is the same as none, and left out."""
    if isinstance(value, dict):
        return {key: _without_empty_lists(item) for key, item in value.items() if item != []}
    return [_without_empty_lists(item) for item in value] if isinstance(value, list) else value
