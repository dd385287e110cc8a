"""JSON as Go's encoding/json reads and writes structs, for the frozen dataclasses of `claims.py` and `structs.py`.

A field's JSON name is its own unless `member(name)` says otherwise; zero values are left out unless `always`, and
nested structs never are (Go's `omitempty`). Reading is stricter than Go's: an unknown or doubled key, a wrong type or a
number out of range is refused, because a claim dropped in silence would be lost when the JWT is signed again.
"""

from __future__ import annotations

import json
import re
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, field, fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
Json = Any
"""A JSON value, or what one is made from."""
_Hint = Any

_INT64 = (-(2**63), 2**63 - 1)
_HTML = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
_HALF = re.compile("[\ud800-\udfff]")
_SEPARATORS = str.maketrans({"\u2028": "\\u2028", "\u2029": "\\u2029"})


class JsonInvalid(ValueError):
    """A JSON text or value is not what the struct needs; the message has the field's path and never a value's text."""


def member(
    name: str = "",
    *,
    always: bool = False,
    bounds: tuple[int, int] = _INT64,
    unset: bool = False,
    read: Callable[[Json], Json] | None = None,
    write: Callable[[Json], Json] | None = None,
    default: Json = MISSING,
    factory: Json = MISSING,
) -> Json:
    """Declare a struct's field: its JSON name, whether it is always written, and the range of its integers.

    With `unset` an absent key inside it reads as the dataclass' default instead of as Go's zero value. `read` and
    `write` stand for a Go type's own UnmarshalJSON and MarshalJSON.
    """
    metadata = {"json": name, "always": always, "bounds": bounds, "unset": unset, "read": read, "write": write}
    if factory is not MISSING:
        return field(default_factory=factory, metadata=metadata)
    return field(default=default, metadata=metadata)


def dumps(value: Json, *, escape_html: bool = False) -> str:
    """Return JSON text as `json.Marshal` writes it; without `escape_html` as with `SetEscapeHTML(false)`."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False).translate(_SEPARATORS)
    return text.translate(_HTML) if escape_html else text


def loads(text: bytes) -> dict[str, Any]:
    """Return the object that `text` holds; raises `JsonInvalid` for anything else and for doubled keys."""
    try:
        value = json.loads(text.decode("utf-8"), object_pairs_hook=_object, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        problem = "it is nested too deeply" if isinstance(error, RecursionError) else "it does not parse"
        raise JsonInvalid(f"JSON: {error if isinstance(error, JsonInvalid) else problem}") from None
    if not isinstance(value, dict):
        raise JsonInvalid("JSON: it is no object")
    if b"\\u" in text and _HALF.search(json.dumps(value, ensure_ascii=False)):
        raise JsonInvalid("JSON: half a surrogate pair is no text")
    return value


def to_json(value: Json) -> Json:
    """Return a dataclass as plain JSON values, in its fields' order."""
    if isinstance(value, (str, int)):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        given = value.__dict__
        return {
            name: write(given[attribute])
            for attribute, name, write, always in _written(type(value))
            if always or not _is_empty(given[attribute])
        }
    if isinstance(value, Mapping):
        return {key: to_json(value[key]) for key in sorted(value)}
    if isinstance(value, (tuple, list)):
        return [to_json(item) for item in value]
    return value


def from_json(cls: type[T], value: Json, where: str, *, unset: bool = False) -> T:
    """Read `value` into the dataclass `cls`; absent keys are Go's zero values, or with `unset` the defaults.

    Raises `JsonInvalid` that names the field under `where`.
    """
    if not isinstance(value, dict):
        raise JsonInvalid(f"{where}: it is no object")
    declared = _declared(cls)  # type: ignore[arg-type]
    for key in value:
        if key not in declared:
            raise JsonInvalid(f"{where}: field {key!r} is not known here, and would be lost")
    found: dict[str, Any] = {}
    for key, (item, hint) in declared.items():
        given = value.get(key)
        if given is not None:
            read = item.metadata.get("read")
            found[item.name] = _read(hint, read(given) if read else given, f"{where}.{key}", item)
        elif not unset:
            found[item.name] = _zero(hint)
    return cls(**found)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise JsonInvalid("a key stands twice in one object")
    return result


def _constant(name: str) -> float:
    raise JsonInvalid(f"{name} is no JSON")


@cache
def _declared(cls: type) -> dict[str, tuple[Field[Any], _Hint]]:
    """Return each field with its type, by its JSON name. To evaluate annotations costs more than to read an object."""
    hints = get_type_hints(cls)
    return {_name(item): (item, hints[item.name]) for item in fields(cls)}


@cache
def _written(cls: type) -> tuple[tuple[str, str, Callable[[Json], Json], bool], ...]:
    """Return each field's attribute, its JSON name, what writes it, and whether it is always written."""
    return tuple(
        (item.name, _name(item), item.metadata.get("write") or to_json, bool(item.metadata.get("always")))
        for item in fields(cls)
    )


def _name(item: Field[Any]) -> str:
    return item.metadata.get("json") or item.name


def _is_empty(value: Json) -> bool:
    return value is None or (isinstance(value, (bool, int, str, tuple, Mapping)) and not value)


def _optional(hint: _Hint) -> _Hint:
    """Return the type inside `X | None`, or None where `hint` is not of that form."""
    origin: object = get_origin(hint)
    if origin in (Union, types.UnionType):
        return next(inner for inner in get_args(hint) if inner is not type(None))
    return None


def _zero(hint: _Hint) -> Json:
    if _optional(hint) is not None:
        return None
    origin: object = get_origin(hint)
    if origin is tuple:
        return ()
    if origin is Mapping:
        return {}
    if isinstance(hint, type) and is_dataclass(hint):
        return from_json(hint, {}, "")
    return hint()


def _read(hint: _Hint, value: Json, where: str, item: Field[Any]) -> Json:
    hint = _optional(hint) or hint
    origin: object = get_origin(hint)
    if origin is tuple:
        if not isinstance(value, list):
            raise JsonInvalid(f"{where}: it is no list")
        inner = get_args(hint)[0]
        return tuple(_read(inner, entry, f"{where}[{index}]", item) for index, entry in enumerate(value))
    if origin is Mapping:
        if not isinstance(value, dict):
            raise JsonInvalid(f"{where}: it is no object")
        inner = get_args(hint)[1]
        return {key: _read(inner, entry, f"{where}[{key!r}]", item) for key, entry in value.items()}
    if isinstance(hint, type) and is_dataclass(hint):
        return from_json(hint, value, where, unset=item.metadata.get("unset", False))
    if type(value) is not hint:
        raise JsonInvalid(f"{where}: it is no {hint.__name__}")
    if hint is int:
        low, high = item.metadata.get("bounds", _INT64)
        if not low <= value <= high:
            raise JsonInvalid(f"{where}: it is not between {low} and {high}")
    return value
