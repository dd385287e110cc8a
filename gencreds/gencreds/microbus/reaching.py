"""How a call site is reached: from the helper around it up through its callers to what Microbus itself calls.

`service` asks for each access once everything is known, so that its evidence tells the whole way. Callers are found by
name, and only for functions that no framework calls: an exported method of the microservice's `Service` is a handler.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tree_sitter import Node

from gencreds.golang.packages import Function, Package, function_at
from gencreds.golang.syntax import GoFile, line_of
from gencreds.golang.words import word_offsets
from gencreds.microbus.model import MAX_STEPS, Access, Step

# A name that stands in more places than this tells nothing.
_MAX_CALLERS = 256
_NAMES = frozenset({"identifier", "field_identifier"})
_CONSTRUCTORS = frozenset({"NewService", "NewIntermediate"})
_SPACE = b" \t\r\n"

Key = tuple[str, int]
Way = tuple[Step, ...]


class Reaching:
    """The calls inside one microservice's packages, its own and those that it shares with others."""

    def __init__(self, packages: Iterable[Package]) -> None:
        self._packages = tuple(packages)
        self._files = {file.name: (package, file) for package in self._packages for file in package.files}
        self._ways: dict[Key, Way] = {}
        self._callers: dict[Key, tuple[tuple[Step, Package, Function], ...]] = {}

    def with_way(self, access: Access) -> Access:
        """Return `access` with the calls through which the function around it is reached, outermost first.

        None for a handler, for what nobody here calls, and for a place outside the packages.
        """
        package, file = self._files.get(access.location.file, (None, None))
        receiver, _, name = access.function.rpartition(".")
        if package is None or file is None or _is_called_by_microbus(receiver.strip("(*)"), name):
            return access
        node = _declaration_on(file, access.location.line)
        function = function_at(file, node) if node is not None else None
        if function is None:
            return access
        return replace(access, via=(*self._way(package, function), *access.via)[-MAX_STEPS:])

    def _way(self, package: Package, function: Function) -> Way:
        """Search level by level: the shortest way wins, and of several the first by file and line."""
        start = _key(function)
        if start in self._ways:
            return self._ways[start]
        seen = {start}
        level: list[tuple[Package, Function, Way]] = [(package, function, ())]
        longest: Way = ()
        while level:
            above: list[tuple[Package, Function, Way]] = []
            for at, reached, way in level:
                callers = () if _is_handler(reached) or len(way) == MAX_STEPS else self._calls(at, reached)
                if not callers:
                    self._ways[start] = way
                    return way
                for step, where, caller in callers:
                    if _key(caller) not in seen:
                        seen.add(_key(caller))
                        above.append((where, caller, (step, *way)))
            longest = level[0][2]
            level = above
        self._ways[start] = longest
        return longest

    def _calls(self, package: Package, function: Function) -> tuple[tuple[Step, Package, Function], ...]:
        key = _key(function)
        if key not in self._callers:
            found = sorted(self._uses(package, function), key=lambda use: (use[0].file, use[0].line))
            self._callers[key] = tuple(found[:_MAX_CALLERS])
        return self._callers[key]

    def _uses(self, package: Package, function: Function) -> Iterator[tuple[Step, Package, Function]]:
        word = function.name.encode("utf-8", "surrogateescape")
        for other in self._packages:
            for file in other.files:
                if word not in file.data:
                    continue
                qualifiers = _qualifiers(file, other, package)
                for offset in word_offsets(file.data, {word}):
                    if not _may_mean(file, offset, function, qualifiers):
                        continue
                    node = file.declaration_at(offset)
                    caller = function_at(file, node) if node is not None else None
                    at = file.root.descendant_for_byte_range(offset, offset + len(word))
                    if caller is None or at is None or at.type not in _NAMES or _key(caller) == _key(function):
                        continue
                    yield Step(caller.title, file.name, line_of(at)), other, caller


def _key(function: Function) -> Key:
    return function.file.name, function.node.start_byte


def _is_handler(function: Function) -> bool:
    return _is_called_by_microbus(function.receiver_type, function.name)


def _is_called_by_microbus(receiver_type: str, name: str) -> bool:
    """Return whether Microbus itself calls such a function: an endpoint, a callback, generated code, or none at all."""
    if receiver_type == "Service":
        return name[:1].isupper()
    return receiver_type == "Intermediate" or name in _CONSTRUCTORS or not name


def _qualifiers(file: GoFile, package: Package, callee: Package) -> frozenset[bytes]:
    """Return what stands before the dot where `file` means a function of the package `callee`; empty for no dot."""
    if package.import_path == callee.import_path:
        return frozenset({b""})
    aliases = {imported.alias for imported in file.imports if imported.path == callee.import_path}
    return frozenset(b"" if alias == "." else alias.encode("utf-8", "surrogateescape") for alias in aliases)


def _may_mean(file: GoFile, offset: int, function: Function, qualifiers: frozenset[bytes]) -> bool:
    """Return whether the word at `offset` may stand for `function`; its own declaration does not."""
    before = file.data[max(0, offset - 128) : offset].rstrip(_SPACE)
    if not before.endswith(b"."):
        return b"" in qualifiers and not function.receiver_type and not before.endswith(b"func")
    if function.receiver_type:
        return bool(qualifiers)
    return any(qualifier and before.endswith(qualifier + b".") for qualifier in qualifiers)


def _declaration_on(file: GoFile, line: int) -> Node | None:
    cursor = file.root.walk()
    if cursor.goto_first_child_for_point((line - 1, 0)) is None:
        return None
    while (node := cursor.node) is not None and node.end_point.row < line - 1:
        if not cursor.goto_next_sibling():
            return None
    return node
