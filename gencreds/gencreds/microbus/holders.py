"""Pattern: an object with clients in fields that others see, handed to another module whose source is not there.

`connectors` does the same for the connector itself. Fields that begin with a small letter are out of others' reach, and
a client that shows through (an embedded one, a container of them) is `collect`'s.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import TypeAlias

from gencreds.golang.packages import Package
from gencreds.golang.syntax import GoFile
from gencreds.golang.words import word_offsets
from gencreds.microbus.abstract import Object
from gencreds.microbus.api import Apis
from gencreds.microbus.cells import Cell
from gencreds.microbus.fileview import FileView
from gencreds.microbus.handing import Handover, handed_over, standing, values_of
from gencreds.microbus.outside import Outside
from gencreds.microbus.places import Place
from gencreds.microbus.shapes import Declared

# The import path and name of a type.
Named: TypeAlias = tuple[str, str]
# More types than this are not told apart.
_MAX_TYPES = 64
# Variables, parameters and fields of a type, those that are given what a literal or a function makes, and that itself.
_TYPED = re.compile(rb"\b(\w+)(?:\s+|\s*\*\s*)[\w\[\]*.]*?(\w+)(?![\w\[\]*.])")
_BOUND = re.compile(rb"\b(\w+)(?:,[ \t]*\w+){0,8}[ \t]*:?=\s*[&*(]*\s*(?:\w+\s*\.\s*)*(\w+)\s*([{(])")
_MADE = re.compile(rb"\b([A-Za-z_]\w*)\s*([{(])")
_METHOD = re.compile(rb"^func\s*\(\s*(?:\w+\s*\*\s*|\w+\s+|\*\s*)?(\w+)[^()]*\)\s*[A-Z]", re.MULTILINE)


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


def called_elsewhere(packages: Collection[Package], views: Collection[FileView], apis: Apis) -> frozenset[Named]:
    """Return the types in `views` with methods that other modules may call: code in `packages` gives them objects."""
    heads = ((view, match) for view in views for match in _METHOD.finditer(view.file.code))
    types = frozenset((view.package.import_path, match[1].decode("utf-8", "surrogateescape")) for view, match in heads)
    outsides = [Outside(package, apis) for package in packages] if types else []
    makers = tuple({view.package.import_path: view.package for view in views}.values())

    def is_given(some: frozenset[Named]) -> bool:
        return any(True for outside in outsides for _ in _given(outside, some, makers, outside.others))

    if not is_given(types):
        return frozenset()
    # Which of them it is takes a look for each.
    return frozenset(each for each in types if is_given(frozenset((each,)))) if len(types) <= _MAX_TYPES else types


def given_away(package: Package, near: Collection[Package], apis: Apis, types: frozenset[Named]) -> Iterator[Handover]:
    """Yield where `package` gives objects of `types`, which `near` packages make, to packages that are not found."""
    if types:
        outside = Outside(package, apis, near)
        missing = frozenset(path for path in outside.others if not apis.is_resolved(path))
        yield from _given(outside, types, near, missing)


def _given(
    outside: Outside, types: frozenset[Named], near: Collection[Package], others: frozenset[str]
) -> Iterator[Handover]:
    if not others:
        return
    package = outside.package
    named = {name.encode("utf-8", "surrogateescape") for _, name in types}
    makers = {maker for each in near for file in each.files for maker in _makers(file, named)}
    made = {b"{": named, b"(": makers}
    names: set[bytes] = set()
    for file in package.files:
        names.update(match[1] for match in _TYPED.finditer(file.code) if match[2] in named)
        names.update(match[1] for match in _BOUND.finditer(file.code) if match[2] in made[match[3]])

    def is_meant(place: Place) -> bool:
        kind = outside.named(place)
        return kind is None or kind in types

    starts: list[Place] = []
    for file in package.files:
        direct = (match.start() for match in _MADE.finditer(file.code) if match[1] in made[match[2]])
        offsets = sorted({*values_of(file.code, names, names), *direct})
        starts += filter(is_meant, standing(package, file, offsets))
    for each in handed_over(outside, starts):
        if each.path in others:
            yield each


def _makers(file: GoFile, named: Collection[bytes]) -> Iterator[bytes]:
    """Yield the functions and methods of `file` in whose results one of the types `named` stands."""
    for offset in word_offsets(file.data, named):
        node = file.declaration_at(offset)
        result = node.child_by_field_name("result") if node is not None else None
        name = node.child_by_field_name("name") if node is not None else None
        if result is not None and name is not None and result.start_byte <= offset < result.end_byte:
            yield file.data[name.start_byte : name.end_byte]
