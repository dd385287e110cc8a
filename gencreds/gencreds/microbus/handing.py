"""Climbs from a value to what it becomes a part of, as far as that is another module's. `connectors` and `holders` ask.

An argument, an element of a literal, an assigned field, the result of a function literal that is handed over itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from gencreds.golang.packages import Function, Package, function_at
from gencreds.golang.scopes import FUNCTIONS
from gencreds.golang.syntax import GoFile
from gencreds.microbus.model import Location
from gencreds.microbus.outside import Outside
from gencreds.microbus.places import Place

# What is a part of what stands around it.
_THROUGH = frozenset({"parenthesized_expression", "unary_expression", "variadic_argument", "literal_element"})
_TYPES = frozenset({"type_identifier", "package_identifier", "qualified_type"})
_ASSIGNMENTS = frozenset({"assignment_statement", "short_var_declaration"})
# More names than this are looked up one by one.
_MANY = 32
# Nothing is selected from a value, it is no declaration of a name, and nothing is assigned to it.
_AFTER = rb"\b(?!\s*(?:\.(?!\.\.)|[:(]|:?=[^=])|[ \t]+\*?\w)"
_VALUE = re.compile(rb"(?<!\w)[A-Za-z_]\w*" + _AFTER)


_TEXT = rb'"(?:[^"\\\n]|\\.)*"|`[^`]*`' + rb"|'(?:[^'\\\n]|\\.)*'"
_COMMENT = re.compile(_TEXT + rb"|(//[^\n]*|/\*.*?\*/)", re.DOTALL)
_SHOWN = re.compile(rb"[^\n]")


@dataclass(frozen=True)
class Handover:
    """The value becomes a part of `name` of the package `path`, or is given to it, in the function `function`."""

    path: str
    name: str
    location: Location
    function: Function | None


def without_comments(data: bytes) -> bytes:
    """Return `data` with spaces in place of its comments: where something stands does not change."""
    return _COMMENT.sub(lambda match: _SHOWN.sub(b" ", match[0]) if match[1] else match[0], data)


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


def handed_over(
    outside: Outside, package: Package, file: GoFile, offsets: Iterable[int], is_meant: Callable[[Place], bool]
) -> Iterator[Handover]:
    """Yield whom the values at `offsets` are given to, of those that `is_meant` says are values in question."""
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
        place = Place(package, file, node)
        found = _Search(outside, place).found()
        if found is not None and is_meant(place):
            path, name, at = found
            declaration = file.declaration_at(offset)
            function = function_at(file, declaration) if declaration is not None else None
            location = Location(file.name, file.data.count(b"\n", 0, at) + 1)
            yield Handover(path, name, location, function)


class _Search:
    """Climbs from one value."""

    def __init__(self, outside: Outside, place: Place) -> None:
        self._outside = outside
        self._place = place
        self._is_hidden = False
        # The variables that hold something with the value in it, by where they are declared.
        self._holding: set[int] = set()

    def found(self) -> tuple[str, str, int] | None:
        """Return the package that gets the value, by which name, and where that stands; None if none does."""
        return self._from(self._place.node)

    def _from(self, start: Node) -> tuple[str, str, int] | None:
        node: Node | None = start
        while node is not None:
            found = self._into(node)
            if not isinstance(found, Node):
                return found
            node = found
        return None

    def _into(self, node: Node) -> Node | tuple[str, str, int] | None:
        """Return who gets the value of `node`, or the value that it is a part of."""
        parent = node.parent
        if parent is None or parent.type in _THROUGH or parent.type == "expression_list":
            return parent
        if parent.type == "keyed_element":
            key = parent.child_by_field_name("key")
            # A field that other packages cannot see.
            self._is_hidden = key is not None and self._text(key)[:1].islower()
            return parent
        if parent.type == "literal_value":
            return self._element(parent)
        if parent.type == "var_spec":
            return self._typed(parent)
        if parent.type == "type_conversion_expression":
            return self._typed(parent) or parent
        if parent.type == "argument_list" and parent.parent is not None:
            return self._argument(parent.parent)
        if parent.type == "return_statement":
            while parent is not None and parent.type not in FUNCTIONS:
                parent = parent.parent
            return parent if parent is not None and parent.type == "func_literal" else None
        if parent.type in _ASSIGNMENTS:
            return self._assigned(parent, node)
        channel = parent.child_by_field_name("channel") if parent.type == "send_statement" else None
        if channel is None or channel == node:
            return None
        path = self._outside.of(self._place.at(channel))
        if not path and channel.type == "identifier":
            return self._held(channel)
        return (path, self._text(parent), parent.start_byte) if path else None

    def _element(self, body: Node) -> Node | tuple[str, str, int] | None:
        owner = body.parent
        if owner is None or owner.type != "composite_literal":
            return owner
        found = self._typed(owner)
        return found if found is not None else (None if self._is_hidden else owner)

    def _typed(self, node: Node) -> tuple[str, str, int] | None:
        kind = node.child_by_field_name("type")
        path = self._outside.of_type(self._place.at(kind)) if kind is not None else ""
        return (path, _last(self._text(kind)), node.start_byte) if kind is not None and path else None

    def _argument(self, call: Node) -> Node | tuple[str, str, int] | None:
        function = call.child_by_field_name("function")
        while function is not None and function.type in ("parenthesized_expression", "index_expression"):
            function = function.named_children[0]
        if function is None:
            return None
        place, name = self._place.at(function), self._text(function)
        if function.type == "identifier" and not self._outside.is_local(place):
            if name == "append":
                return call
            path = self._outside.dotted(place.file, name) or self._outside.of(place)
        else:
            if name == "context.WithValue":
                return call
            path = "" if self._outside.is_own_method(place) else self._outside.of(place)
        if not path and (taken := self._outside.taken()) and self._outside.is_dynamic(place):
            path, name = taken
        return (path, _last(name), call.start_byte) if path else None

    def _assigned(self, statement: Node, values: Node) -> tuple[str, str, int] | None:
        left = statement.child_by_field_name("left")
        for target in left.named_children if left is not None and left != values else ():
            path = self._outside.of(self._place.at(target)) if target.type != "identifier" else ""
            if path:
                return path, self._text(target), statement.start_byte
        return self._kept(left, values) if left is not None and left != values else None

    def _kept(self, targets: Node, values: Node) -> tuple[str, str, int] | None:
        """Return who gets a local variable that the value is put into: as an element, a field or a part of a whole."""
        first = values.named_children[0].type if values.named_children else ""
        for target in targets.named_children:
            if target.type == "identifier" and first in ("identifier", "selector_expression"):
                # Another name of the connector, which is looked for by itself.
                continue
            if target.type == "selector_expression":
                field = target.child_by_field_name("field")
                if field is None or self._text(field)[:1].islower():
                    continue
            while target.type in ("index_expression", "selector_expression", "parenthesized_expression"):
                target = target.named_children[0]
            if target.type == "identifier" and (found := self._held(target)) is not None:
                return found
        return None

    def _held(self, name: Node) -> tuple[str, str, int] | None:
        place = self._place.at(name)
        local = self._outside.local(place)
        if local is None or local.at in self._holding or len(self._holding) >= _MANY:
            return None
        self._holding.add(local.at)
        word = local.name.encode("utf-8", "surrogateescape")
        start, end = local.scope.start, local.scope.end
        for match in re.compile(rb"(?<![\w.])" + re.escape(word) + _AFTER).finditer(place.file.data, start, end):
            node = place.file.root.named_descendant_for_byte_range(match.start(), match.end())
            if node is None or node.type != "identifier" or self._outside.local(place.at(node)) is not local:
                continue
            self._is_hidden = False
            if (found := self._from(node)) is not None:
                return found
        return None

    def _text(self, node: Node) -> str:
        return self._place.text(node)


def _last(name: str) -> str:
    return name.lstrip("[]*&").partition("[")[0].rpartition(".")[2]
