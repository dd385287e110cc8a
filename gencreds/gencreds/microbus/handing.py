"""Finds where values stand, and who of other modules gets them in the end. `connectors` and `holders` ask."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from gencreds.golang.packages import Function, Package, function_at
from gencreds.golang.syntax import GoFile
from gencreds.microbus.model import Location
from gencreds.microbus.outside import Outside
from gencreds.microbus.places import Place

_TYPES = frozenset({"type_identifier", "package_identifier", "qualified_type"})
# More names than this are looked up one by one.
_MANY = 32
# Nothing is selected from a value, it is no declaration of a name, and nothing is assigned to it.
_AFTER = rb"\b(?!\s*(?:\.(?!\.\.)|[:(]|:?=[^=])|[ \t]+\*?\w)"
_VALUE = re.compile(rb"(?<!\w)[A-Za-z_]\w*" + _AFTER)


@dataclass(frozen=True)
class Handover:
    """The value becomes a part of `name` of the package `path`, or is given to it, in the function `function`."""

    path: str
    name: str
    location: Location
    function: Function | None


def values_of(data: bytes, names: Collection[bytes], fields: Collection[bytes]) -> Iterator[int]:
    """Yield where one of the variables `names` or `fields` stands, and nothing is selected from it."""
    if len(names) + len(fields) > _MANY:
        for match in _VALUE.finditer(data):
            if match[0] in (fields if data[match.start() - 1 : match.start()] == b"." else names):
                yield match.start()
    elif names:
        named, selected = (b"|".join(map(re.escape, sorted(each))) for each in (names, fields))
        either = rb"(?:(?<![\w.])(?:" + named + rb")|(?<=\.)(?:" + selected + rb"))"
        yield from (match.start() for match in re.finditer(either + _AFTER, data))


def handed_over(outside: Outside, starts: Iterable[Place]) -> Iterator[Handover]:
    """Yield whom the values at `starts` are given to, directly or not."""
    # Most scans have no use for it.
    from gencreds.microbus.spreading import Spread

    for place, found in Spread(outside).run(starts):
        file, at = place.file, found.at
        declaration = file.declaration_at(at)
        function = function_at(file, declaration) if declaration is not None else None
        yield Handover(found.path, found.name, Location(file.name, file.data.count(b"\n", 0, at) + 1), function)


def standing(package: Package, file: GoFile, offsets: Iterable[int]) -> Iterator[Place]:
    """Yield the values at `offsets`: what is selected there, or the call that makes it, as a whole."""
    for offset in offsets:
        node = file.root.named_descendant_for_byte_range(offset, offset + 1)
        if node is None:
            continue
        parent = node.parent
        if parent is not None and parent.type == "selector_expression" and parent.child_by_field_name("field") == node:
            node = parent
        while node.parent is not None and node.type in _TYPES and node.parent.type in (*_TYPES, "composite_literal"):
            node = node.parent
        if (
            node.parent is not None
            and node.parent.type == "call_expression"
            and node.start_byte == node.parent.start_byte
        ):
            # What makes the value.
            node = node.parent
        yield Place(package, file, node)
