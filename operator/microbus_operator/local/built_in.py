"""The types of the fields of Kubernetes' own kinds, as structural schemas: what an API server knows of them by itself.

`built_in.json` has a line for each type, made from an API server's OpenAPI; a contract test holds it to that. `[x]` is
a list and `{x}` a map of x, a name that ends in `!` has to be there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from microbus_operator.local.merge_rules import BUILT_IN, schemas
from microbus_operator.local.schema import Schema

_SCALARS: Mapping[str, Schema] = {
    "string": {"type": "string"},
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "int32": {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    "int64": {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
    "bytes": {"type": "string", "format": "byte"},
    "time": {"type": "string", "format": "date-time"},
    "quantity": {"format": "quantity"},
    "int-or-string": {"format": "int-or-string"},
    "any": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
}


@cache
def _types() -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("built_in.json").read_text())
    return found


@cache
def _schema(word: str) -> Schema:
    if word in _SCALARS:
        return _SCALARS[word]
    if word[0] == "[":
        return {"type": "array", "items": _schema(word[1:-1])}
    if word[0] == "{":
        return {"type": "object", "additionalProperties": _schema(word[1:-1])}
    fields = _types()[word]
    return {
        "type": "object",
        "properties": {name.removesuffix("!"): _schema(child) for name, child in fields.items()},
        "required": [name.removesuffix("!") for name in fields if name.endswith("!")],
    }


@cache
def schema_of(kind: str) -> Schema:
    """The structural schema of any kind that is kept, with its metadata, which a CRD says nothing of."""
    if kind in BUILT_IN:
        return _schema(kind)
    whole: dict[str, Any] = dict(schemas()[kind])
    whole["properties"] = {**whole["properties"], "metadata": _schema("ObjectMeta")}
    return whole
