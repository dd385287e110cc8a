"""What an expression may be at run time, as far as clients are concerned: small abstract values.

`evaluate` computes them, `cells` hold them where they rest, `collect` turns their uses into accesses. Containers are
known by where they are made, objects by their type alone, functions by where they stand.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeAlias

from gencreds.microbus.clients import Client, added
from gencreds.microbus.outcomes import Outcomes
from gencreds.microbus.shapes import Declared

# Where a function or function literal starts: its file's name and the byte offset.
FunctionKey: TypeAlias = tuple[str, int]


@dataclass(frozen=True)
class Maker:
    """A client's constructor that was not called yet."""

    client: Client


@dataclass(frozen=True)
class Object:
    """Any value of a type that the tree declares."""

    type: Declared


@dataclass(frozen=True)
class Func:
    """A function; `shift` is 1 where the receiver is the first argument (a method expression)."""

    key: FunctionKey
    shift: int = 0


@dataclass(frozen=True)
class Container:
    """A slice, array, map or channel, known by where it is made or declared."""

    site: tuple[object, ...]
    is_channel: bool = False


@dataclass(frozen=True)
class Parameter:
    """Whatever callers pass to the parameter: so that what a function only hands on does not mix its callers up.

    `host` is a `ForHost` on the way, `options` a `WithOptions`, `elements` an index into it.
    """

    function: FunctionKey
    index: int
    host: str | None = None
    elements: bool = False
    options: Outcomes = ()


class Unknown(Enum):
    """Contents that say something about the type alone."""

    # Of an interface or a type parameter: there may be more than what is known to be in it.
    OPEN = "open"
    # Of a type from outside the tree.
    FOREIGN = "foreign"


Value: TypeAlias = Client | Maker | Object | Func | Container | Parameter | Unknown
Contents: TypeAlias = tuple[Value, ...]


def union(*groups: Contents) -> Contents:
    """Return all values of `groups`, each once, in order."""
    filled = [group for group in groups if group]
    if len(filled) < 2:
        return filled[0] if filled else ()
    return tuple(dict.fromkeys(value for group in filled for value in group))


def with_host(values: Contents, host: str) -> Contents:
    """Return the clients of `values` on `host`."""
    found: dict[Value, None] = {}
    seen: set[tuple[object, ...]] = set()
    for value in values:
        if isinstance(value, Client):
            # Clients that differ in their host alone become one.
            same = (value.api, value.type, value.options)
            if same not in seen:
                seen.add(same)
                found[value.for_host(host)] = None
        elif isinstance(value, Parameter):
            found[replace(value, host=host or None)] = None
    return tuple(found)


def with_options(values: Contents, outcomes: Outcomes) -> Contents:
    """Return the clients of `values` with what `WithOptions` says."""
    found: dict[Value, None] = {}
    for value in values:
        if isinstance(value, Client):
            found[value.with_options(outcomes)] = None
        elif isinstance(value, Parameter):
            found[replace(value, options=added(value.options, outcomes))] = None
    return tuple(found)
