"""An object by its kind's structural schema, as the API server does it: pruned, defaulted, validated.

Our kinds' schemas are generated from the pydantic models (`api.crds`), so that the API server and the store read one
thing; those of Kubernetes' own kinds are in `built_in`. No message repeats what was found: it may be part of a key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from microbus_operator.kube.cluster import Object
from microbus_operator.local.formats import ill_formed

Schema = Mapping[str, Any]
_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}
_WORDS = {"object": "a map", "array": "a list", "string": "a string", "boolean": "a boolean", "integer": "an integer",
          "number": "a number"}  # fmt: skip
REQUIRED = "Required value"
_MATCHES = re.compile(r"self(?P<path>(?:\.\w+)+)\.matches\('(?P<pattern>[^']*)'\)")
_UNCHANGED, _GROWS = "self == oldSelf", "self >= oldSelf"


def shaped(value: Any, schema: Schema) -> Any:  # noqa: ANN401 - any JSON
    """The value without undeclared fields and nulls, with every default. Metadata is no business of a CRD's."""
    if schema.get("x-kubernetes-preserve-unknown-fields"):
        return value
    if isinstance(value, list) and "items" in schema:
        return [shaped(item, schema["items"]) for item in value]
    if not isinstance(value, dict) or schema.get("type") != "object":
        return value
    if "properties" not in schema:
        items = schema.get("additionalProperties")
        if not isinstance(items, Mapping):
            return value
        return {key: shaped(item, items) for key, item in value.items() if item is not None}
    result = {}
    for name, child in schema["properties"].items():
        if value.get(name) is not None:
            result[name] = shaped(value[name], child)
        elif "default" in child:
            result[name] = shaped(deepcopy(child["default"]), child)
    return result


def undeclared(value: Any, schema: Schema, path: str = "") -> str | None:  # noqa: ANN401 - any JSON
    """The first field that the schema does not know: an apply of it is refused, while other writes lose it."""
    if schema.get("x-kubernetes-preserve-unknown-fields"):
        return None
    if isinstance(value, list):
        below = [(item, schema.get("items", {}), f"{path}[{index}]") for index, item in enumerate(value)]
    elif isinstance(value, dict) and "properties" in schema:
        for name in value:
            if name not in schema["properties"]:
                return f"{path}.{name}".lstrip(".")
        below = [(item, schema["properties"][name], f"{path}.{name}".lstrip(".")) for name, item in value.items()]
    else:
        return None
    return next((found for one in below if (found := undeclared(*one)) is not None), None)


def problems(value: Any, schema: Schema, path: str = "", old: Any = None) -> Iterator[str]:  # noqa: ANN401
    """What is wrong with the value, each with its field: by types, bounds and patterns, then by the CEL rules."""
    where = path or "<root>"
    kinds = _TYPES.get(schema.get("type", ""))
    if kinds and (not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds)):
        yield f"{where}: Invalid value: it is {said(value)} and must be {_WORDS[schema['type']]}"
        return
    if "format" in schema and (wrong := ill_formed(value, schema["format"])):
        yield f"{where}: Invalid value: {wrong}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: Unsupported value: it must be one of {json.dumps(schema['enum'])[1:-1]}"
    yield from _bounds(value, schema, where)
    if isinstance(value, dict):
        yield from _fields(value, schema, path, old if isinstance(old, dict) else {})
    elif isinstance(value, list):
        yield from _items(value, schema, path, old if isinstance(old, list) else [])
    for rule in schema.get("x-kubernetes-validations", ()):
        if not holds(rule["rule"], value, old):
            yield f"{where}: Invalid value: {rule['message']}"


def said(value: Any) -> str:  # noqa: ANN401 - any JSON
    """Of which type a value is, for a message."""
    if value is None:
        return "null"
    return next(_WORDS[name] for name, kinds in _TYPES.items() if isinstance(value, kinds) and type(value) in kinds)


def _bounds(value: Any, schema: Schema, where: str) -> Iterator[str]:  # noqa: ANN401 - any JSON
    size = len(value) if isinstance(value, str | list | dict) else value
    for name, what in (("minimum", "least"), ("minLength", "least"), ("minItems", "least"), ("maximum", "most"),
                       ("maxLength", "most"), ("maxItems", "most")):  # fmt: skip
        if name in schema and (size < schema[name] if what == "least" else size > schema[name]):
            of = {"Length": " characters", "Items": " items"}.get(name[3:], "")
            yield f"{where}: Invalid value: it must be at {what} {schema[name]}{of}"
    if "pattern" in schema and isinstance(value, str) and not _matches(schema["pattern"], value):
        yield f"{where}: Invalid value: it must match {schema['pattern']}"


def _fields(value: Object, schema: Schema, path: str, old: Object) -> Iterator[str]:
    declared = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{path}.{name}: {REQUIRED}".lstrip(".")
    for name, item in value.items():
        child = declared.get(name, schema.get("additionalProperties"))
        if isinstance(child, Mapping):
            yield from problems(item, child, f"{path}.{name}".lstrip("."), old.get(name))


def _items(value: list[Any], schema: Schema, path: str, old: list[Any]) -> Iterator[str]:
    keys = schema.get("x-kubernetes-list-map-keys", ()) if schema.get("x-kubernetes-list-type") == "map" else ()
    seen: list[list[Any]] = []
    for index, item in enumerate(value):
        before = None
        if keys and isinstance(item, dict):
            key = [item.get(name) for name in keys]
            if key in seen:
                yield f"{path}[{index}]: Duplicate value: {json.dumps(dict(zip(keys, key, strict=True)))}"
            seen.append(key)
            before = next((one for one in old if isinstance(one, dict) and [one.get(k) for k in keys] == key), None)
        yield from problems(item, schema.get("items", {}), f"{path}[{index}]", before)


def lasting(value: Any, schema: Schema) -> Any:  # noqa: ANN401 - any JSON
    """The part of a value that rules compare with what it was before; None where they compare nothing."""
    if any(rule["rule"] in (_UNCHANGED, _GROWS) for rule in schema.get("x-kubernetes-validations", ())):
        return value
    if isinstance(value, dict):
        declared = schema.get("properties", {})
        below = {name: lasting(item, declared[name]) for name, item in value.items() if name in declared}
        return {name: item for name, item in below.items() if item is not None} or None
    keys = schema.get("x-kubernetes-list-map-keys", ())
    if isinstance(value, list) and keys:
        items = [(item, lasting(item, schema["items"])) for item in value]
        return [{**{key: item.get(key) for key in keys}, **kept} for item, kept in items if kept] or None
    return None


def holds(rule: str, value: Any, old: Any) -> bool:  # noqa: ANN401 - any JSON
    """Whether a CEL rule holds. Raises ValueError for one of a form that the models do not have yet."""
    if rule == _UNCHANGED:
        return old is None or bool(value == old)
    if rule == _GROWS:
        return old is None or bool(value >= old)
    matches = _MATCHES.fullmatch(rule)
    if matches is None:
        raise ValueError(f"the CEL rule {rule!r} is of a form that the store cannot evaluate: teach it to")
    for name in matches["path"].split(".")[1:]:
        value = value[name]
    return _matches(matches["pattern"], value)


def _matches(pattern: str, value: str) -> bool:
    """Whether `value` matches as for the API server: `$` is the end of the text there, not that of its last line."""
    whole = pattern.removesuffix("$") + r"\Z" if pattern.endswith("$") else pattern
    return re.search(whole, value) is not None
