"""Pattern: an object with clients in fields that others see, handed to another module whose source is not there.

`connectors` does the same for the connector itself. Fields that begin with a small letter are out of others' reach, and
a client that shows through (an embedded one, a container of them) is `collect`'s.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import TypeAlias

from gencreds.golang.packages import Package
from gencreds.microbus.abstract import Object
from gencreds.microbus.api import Apis
from gencreds.microbus.cells import Cell
from gencreds.microbus.handing import Handover, handed_over, values_of
from gencreds.microbus.outside import Outside
from gencreds.microbus.places import Place
from gencreds.microbus.shapes import Declared

# The import path and name of a type.
Named: TypeAlias = tuple[str, str]


def holders(cells: Collection[Cell]) -> frozenset[Named]:
    """Return the types in whose exported fields the solved `cells` have clients, or objects that hold some."""
    visible = [cell for cell in cells if cell.key[0] == "field" and str(cell.key[2])[:1].isupper()]
    found: set[Declared] = set()
    while True:
        more = {
            owner
            for cell in visible
            if isinstance(owner := cell.key[1], Declared)
            and owner not in found
            and (cell.carries or any(isinstance(value, Object) and value.type in found for value in cell.values))
        }
        if not more:
            return frozenset((each.view.package.import_path, each.name) for each in found if each.name)
        found |= more


def given_away(package: Package, apis: Apis, types: frozenset[Named]) -> Iterator[Handover]:
    """Yield where code in `package` gives objects of `types` to packages that cannot be found."""
    if not types:
        return
    outside = Outside(package, apis)
    missing = {path for file in package.files for path in outside.imports(file).values() if not apis.is_resolved(path)}
    if not missing:
        return
    named = b"|".join(sorted({re.escape(name.encode("utf-8", "surrogateescape")) for _, name in types}))
    makers = _makers(package, named)
    # Variables, parameters and fields of such types, and what is made by a literal or a function of the package.
    bound = re.compile(
        rb"\b(\w+)[ \t]+[\w\[\]*]*\b(?:\w+\.)?(?:" + named + rb")\b"
        rb"|\b(\w+)(?:,[ \t]*\w+)*[ \t]*:?=[ \t]*[&*(]*(?:\w+\.)*(?:(?:" + named + rb")\{" + makers + rb")"
    )
    names = {name for file in package.files for match in bound.finditer(file.data) for name in match.groups() if name}
    literal = re.compile(rb"(?:\b\w+\.)?\b(?:" + named + rb")(?=\{)")

    def is_meant(place: Place) -> bool:
        kind = outside.named(place)
        return kind is None or kind in types

    for file in package.files:
        offsets = {*values_of(file.data, names, names), *(match.start() for match in literal.finditer(file.data))}
        for each in handed_over(outside, package, file, sorted(offsets), is_meant):
            if each.path in missing:
                yield each


def _makers(package: Package, named: bytes) -> bytes:
    declared = re.compile(rb"\bfunc\s*(?:\([^()]*\)\s*)?(\w+)\([^\n]*\)[ \t]*\(?[^\n{]*\b(?:" + named + rb")\b")
    found = {match[1] for file in package.files for match in declared.finditer(file.data)}
    return rb"|(?:" + b"|".join(map(re.escape, sorted(found))) + rb")\(" if found else b""
