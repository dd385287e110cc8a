"""Whether an object is as we want it: by the fields that we state, not by those that Kubernetes fills in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from microbus_operator.core.names import APPLIED_ANNOTATION


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


def _within(wanted: Any, found: Any) -> bool:  # noqa: ANN401 - any JSON
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(
            key in found and _within(value, found[key]) for key, value in wanted.items()
        )
    if isinstance(wanted, list | tuple):
        if not isinstance(found, list | tuple) or len(wanted) != len(found):
            return False
        return all(_within(mine, theirs) for mine, theirs in zip(wanted, found, strict=True))
    return bool(wanted == found)
