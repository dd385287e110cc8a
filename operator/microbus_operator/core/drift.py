"""Whether an object is as we want it: by the fields that we state, not by those that Kubernetes fills in.

An object that can never be seen as wanted is applied for ever. So what the API server writes otherwise is read as what
it means: quantities (`0.5` comes back as `500m`), empty values (left out), and lists of named things (others may add
to them).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from hashlib import sha256
from typing import Any

from microbus_operator.core.names import APPLIED_ANNOTATION, FIELD_MANAGER

# What server-side apply merges lists by (`x-kubernetes-list-map-keys` of the kinds that we apply).
_LIST_KEYS = ("name", "mountPath", "containerPort", "port", "topologyKey", "uid")
# Pointers in the API: where they are absent, the API server takes them for true.
_ABSENT_IS_TRUE = ("automountServiceAccountToken", "allowPrivilegeEscalation")
_QUANTITIES = ("requests", "limits", "sizeLimit", "divisor")
_SUFFIXES = {
    **{suffix: Fraction(1024) ** (index + 1) for index, suffix in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"))},
    **{suffix: Fraction(1000) ** (index + 1) for index, suffix in enumerate(("k", "M", "G", "T", "P", "E"))},
    **{suffix: Fraction(1, 1000) ** (index + 1) for index, suffix in enumerate(("m", "u", "n"))},
}


def fingerprint(manifest: Mapping[str, Any]) -> str:
    """A hash of what we state. It is kept on the object, so that a field that we no longer state is noticed too."""
    return sha256(json.dumps(manifest, sort_keys=True, separators=(",", ":")).encode()).hexdigest()[:32]


def stamped(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest as it is applied: with its own fingerprint."""
    metadata = manifest["metadata"]
    annotations = {**metadata.get("annotations", {}), APPLIED_ANNOTATION: fingerprint(manifest)}
    return {**manifest, "metadata": {**metadata, "annotations": annotations}}


def differs(wanted: Mapping[str, Any], found: Mapping[str, Any] | None) -> bool:
    """Whether `wanted` has to be applied: it is missing, or a field that it states is otherwise."""
    return found is None or not _within(stamped(wanted), found)


def is_strangers(wanted: Mapping[str, Any], found: Mapping[str, Any] | None) -> bool:
    """Whether an object of that name exists that is not our subject's: it is refused, never taken over (pitfall K9)."""
    if found is None:
        return False
    owners = {owner["uid"] for owner in wanted["metadata"].get("ownerReferences", ())}
    return not owners & {owner.get("uid") for owner in found["metadata"].get("ownerReferences", ())}


def is_managed(found: Mapping[str, Any]) -> bool:
    """Whether an object carries our label: one of a former life of its owner, which is about to be collected."""
    return bool(found["metadata"].get("labels", {}).get("app.kubernetes.io/managed-by") == FIELD_MANAGER)


def _within(wanted: Any, found: Any, key: str = "") -> bool:  # noqa: ANN401 - any JSON
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(
            _within(value, found[name], key if key in _QUANTITIES else name)
            if name in found
            else _left_out(name, value)
            for name, value in wanted.items()
        )
    if isinstance(wanted, list | tuple):
        if not isinstance(found, list | tuple):
            return False
        if all(isinstance(item, Mapping) and any(name in item for name in _LIST_KEYS) for item in wanted):
            return all(any(_within(mine, theirs) for theirs in found) for mine in wanted)
        return len(wanted) == len(found) and all(map(_within, wanted, found))
    return bool(wanted == found) or (key in _QUANTITIES and _same_quantity(wanted, found))


def _left_out(key: str, value: Any) -> bool:  # noqa: ANN401 - any JSON
    """Whether the API server leaves `value` out because it says nothing."""
    if isinstance(value, Mapping):
        return all(_left_out(name, item) for name, item in value.items())
    return not value and key not in _ABSENT_IS_TRUE


def _same_quantity(wanted: object, found: object) -> bool:
    mine, theirs = _quantity(str(wanted)), _quantity(str(found))
    return mine is not None and mine == theirs


def _quantity(text: str) -> Fraction | None:
    """The number that a `resource.Quantity` stands for, None where the text is none."""
    suffix = next((suffix for suffix in _SUFFIXES if text.endswith(suffix)), "")
    try:
        return Fraction(text.removesuffix(suffix)) * _SUFFIXES.get(suffix, Fraction(1))
    except (ValueError, ZeroDivisionError):
        return None
