"""What the API server checks and fills in before it keeps an object, as far as the operator's kinds need it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any

from microbus_operator.kube.cluster import Object
from microbus_operator.kube.errors import ApiRefused
from microbus_operator.kube.resources import RESOURCES
from microbus_operator.local.merge_rules import BUILT_IN, schemas
from microbus_operator.local.schema import problems, shaped, undeclared

MOST_DATA = 1024 * 1024
WITH_STATUS = {
    "Plane", "MicrobusApp", "Deployment", "StatefulSet", "PodDisruptionBudget", "Service", "Namespace"
}  # fmt: skip
_DATA_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")
_LABEL_VALUE = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9])?")
_QUALIFIED = re.compile(r"([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]")
_STANDARD_FINALIZERS = {"kubernetes", "orphan", "foregroundDeletion"}
_DECLARED = {
    "Secret": {"metadata", "data", "stringData", "type", "immutable"},
    "ConfigMap": {"metadata", "data", "binaryData", "immutable"},
}


def refused(kind: str, name: str, what: str, status: int = 422) -> ApiRefused:
    """The refusal of an object, in the API server's words."""
    return ApiRefused(f'{kind} "{name}" is invalid: {what}', status)


def check_declared(kind: str, config: Mapping[str, Any], name: str) -> None:
    """Refuse an apply that states a field which the kind does not have."""
    if kind in BUILT_IN:
        unknown = sorted(set(config) - _DECLARED.get(kind, set(config)))
        field = unknown[0] if unknown else None
    else:
        field = undeclared(dict(config), schemas()[kind])
    if field is not None:
        raise refused(kind, name, f"{field}: field not declared in schema")


def admitted(kind: str, wanted: Object, old: Object | None) -> Object:
    """`wanted` as it is kept: pruned, with defaults. `old` is the object that it replaces.

    Raises `ApiRefused`: 422 for what is invalid or may not change, 400 for what is not even of the right type.
    """
    name = wanted["metadata"]["name"]
    if wanted.get("apiVersion") != RESOURCES[kind].api_version or wanted.get("kind") != kind:
        raise refused(kind, name, f"apiVersion: it must be {RESOURCES[kind].api_version}", 400)
    wanted = {key: value for key, value in wanted.items() if value is not None}
    wanted["metadata"] = _metadata(kind, name, wanted["metadata"])
    if kind in ("Secret", "ConfigMap"):
        return _with_data(kind, name, wanted, old)
    if kind in BUILT_IN:
        wanted = _without_empty_lists(wanted)
        _check_selector(kind, name, wanted, old)
        return wanted
    kept: Object = {"apiVersion": wanted["apiVersion"], "kind": kind, **shaped(wanted, schemas()[kind])}
    found = list(problems(kept, schemas()[kind], old=old))
    if found:
        raise refused(kind, name, "; ".join(sorted(found)[:5]))
    return kept


def _metadata(kind: str, name: str, metadata: Object) -> Object:
    kept = {key: value for key, value in metadata.items() if value not in (None, {}, [])}
    for field in ("labels", "annotations"):
        pairs = kept.get(field, {})
        if not isinstance(pairs, dict) or not all(isinstance(value, str) for value in pairs.values()):
            raise refused(kind, name, f"metadata.{field}: every value must be a string", 400)
        for key in pairs:
            if not _QUALIFIED.fullmatch(key):
                raise refused(kind, name, f"metadata.{field}: {key!r} is no qualified name")
    for key, value in kept.get("labels", {}).items():
        if not _LABEL_VALUE.fullmatch(value):
            raise refused(kind, name, f"metadata.labels: {value!r} of {key} is no valid label value")
    for field in ("finalizers", "ownerReferences"):
        if not isinstance(kept.get(field, []), list):
            raise refused(kind, name, f"metadata.{field}: it must be a list", 400)
    for index, finalizer in enumerate(kept.get("finalizers", [])):
        qualified = isinstance(finalizer, str) and "/" in finalizer and _QUALIFIED.fullmatch(finalizer)
        if not qualified and finalizer not in _STANDARD_FINALIZERS:
            raise refused(kind, name, f"metadata.finalizers[{index}]: {finalizer!r} is not fully qualified")
    for index, owner in enumerate(kept.get("ownerReferences", [])):
        lacking = [
            key for key in ("apiVersion", "kind", "name", "uid") if not isinstance(owner, dict) or not owner.get(key)
        ]
        if lacking:
            raise refused(kind, name, f"metadata.ownerReferences[{index}].{lacking[0]}: Required value")
    return kept


def _with_data(kind: str, name: str, wanted: Object, old: Object | None) -> Object:
    kept = {key: value for key, value in wanted.items() if key in _DECLARED[kind] or key in ("apiVersion", "kind")}
    data = dict(_strings(kind, name, "data", kept.get("data", {})))
    if kind == "Secret":
        data = {key: _encoded(name, key, value) for key, value in data.items()}
        for key, value in _strings(kind, name, "stringData", kept.pop("stringData", {})):
            data[key] = base64.b64encode(value.encode()).decode()
        kept["type"] = kept.get("type") or "Opaque"
    for key in (*data, *kept.get("binaryData", {})):
        if not _DATA_KEY.fullmatch(key):
            raise refused(kind, name, f"data[{key}]: a valid key consists of alphanumeric characters, '-', '_' or '.'")
    if sum(map(len, (*data, *data.values()))) > MOST_DATA * (4 / 3 if kind == "Secret" else 1):
        raise refused(kind, name, f"data: Too long: may not be more than {MOST_DATA} bytes")
    if data:
        kept["data"] = data
    else:
        kept.pop("data", None)
    if kept.get("type") == "kubernetes.io/dockerconfigjson" and ".dockerconfigjson" not in data:
        raise refused(kind, name, "data[.dockerconfigjson]: Required value")
    if "immutable" in kept and not isinstance(kept["immutable"], bool):
        raise refused(kind, name, "immutable: it must be true or false", 400)
    _check_unchanged(kind, name, kept, old or {})
    return kept


def _check_unchanged(kind: str, name: str, kept: Object, old: Object) -> None:
    if old and kind == "Secret" and old.get("type") != kept["type"]:
        raise refused(kind, name, "type: field is immutable")
    if old.get("immutable"):
        for field in ("immutable", "data", "binaryData"):
            if kept.get(field) != old.get(field):
                raise refused(kind, name, f"{field}: Forbidden: field is immutable when `immutable` is set")


def _strings(kind: str, name: str, field: str, pairs: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any JSON
    if not isinstance(pairs, dict):
        raise refused(kind, name, f"{field}: it must be a map of strings", 400)
    for key, value in pairs.items():
        if value is not None and not isinstance(value, str):
            raise refused(kind, name, f"{field}[{key}]: it must be a string", 400)
        yield key, value or ""


def _encoded(name: str, key: str, value: str) -> str:
    """Base64 as Go's decoder takes it, which passes over line breaks; and as its encoder writes it."""
    try:
        data = base64.b64decode(value.replace("\n", "").replace("\r", ""), validate=True)
    except (binascii.Error, ValueError):
        raise refused("Secret", name, f"data[{key}]: it is no base64", 400) from None
    return base64.b64encode(data).decode()


def _without_empty_lists(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """In Kubernetes' own kinds an empty list is the same as none, and left out; so is null."""
    if isinstance(value, dict):
        return {key: _without_empty_lists(item) for key, item in value.items() if item is not None and item != []}
    return [_without_empty_lists(item) for item in value] if isinstance(value, list) else value


def _check_selector(kind: str, name: str, wanted: Object, old: Object | None) -> None:
    """The pods of a workload never become another's: a StatefulSet's and a Deployment's selector stays."""
    if old is None or kind not in ("Deployment", "StatefulSet"):
        return
    before, after = (one.get("spec") or {} for one in (old, wanted))
    if before.get("selector") != after.get("selector"):
        raise refused(kind, name, "spec.selector: field is immutable")
