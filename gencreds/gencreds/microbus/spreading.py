"""Follows values forward, from where they stand to all that reads them, until another module gets one.

`climbing` says what a value is put into; here every variable, field, parameter and result that holds it is looked up.
What is not told apart counts: objects by their type, fields of unknown types by name. `handing` asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from gencreds.golang.nodes import inner
from gencreds.golang.packages import function_at
from gencreds.golang.scopes import FUNCTIONS
from gencreds.golang.variables import Kind, Origin, Part, Variable
from gencreds.microbus.callees import Callees
from gencreds.microbus.climbing import Climb
from gencreds.microbus.holding import held
from gencreds.microbus.outside import Outside
from gencreds.microbus.places import Place
from gencreds.microbus.structs import fields_of
from gencreds.microbus.surroundings import Surroundings
from gencreds.microbus.targets import (
    GIVER,
    Argument,
    Elsewhere,
    FieldOf,
    Global,
    Local,
    Of,
    Receiver,
    Result,
    Target,
    last_of,
)

_TYPES = frozenset({"type_identifier", "package_identifier", "qualified_type"})
_AROUND_TYPES = frozenset(
    {
        "pointer_type", "parenthesized_type", "generic_type", "slice_type", "array_type", "map_type", "channel_type",
        "implicit_length_array_type", "qualified_type", "unary_expression", "parenthesized_expression",
        "type_arguments", "type_elem",
    }
)  # fmt: skip
_PARAMETERS = frozenset({"parameter_declaration", "variadic_parameter_declaration"})
_DECLARING = frozenset({*_PARAMETERS, "var_spec", "const_spec", "field_declaration"})


class Spread:
    """The way of some values through the packages that `outside` knows."""

    def __init__(self, outside: Outside) -> None:
        self._outside = Surroundings(outside.package, outside.apis, outside.near)
        self._callees = Callees(self._outside)
        self._waiting: list[Place] = []
        self._seen: set[tuple[object, ...]] = set()
        self._found: dict[tuple[str, int], tuple[Place, Elsewhere]] = {}

    def run(self, starts: Iterable[Place]) -> Iterator[tuple[Place, Elsewhere]]:
        """Yield where other modules get one of the values at `starts`."""
        for place in starts:
            self._add(place)
        while self._waiting:
            self._outside.clock.check()
            place = self._waiting.pop()
            for target in Climb(self._outside, place).run():
                self._reach(place, target)
        return iter(self._found.values())

    def _add(self, place: Place) -> None:
        if self._is_new("at", *place.key):
            self._waiting.append(place)

    def _is_new(self, *key: object) -> bool:
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    def _elsewhere(self, place: Place, target: Elsewhere) -> None:
        self._found.setdefault((place.file.name, target.at), (place, target))

    def _reach(self, place: Place, target: Target) -> None:
        if isinstance(target, Elsewhere):
            self._elsewhere(place, target)
        elif isinstance(target, Local):
            self._local(target.place, target.variable)
        elif isinstance(target, Global):
            self._global(target)
        elif isinstance(target, FieldOf):
            self._field(target)
        elif isinstance(target, Of):
            self._of_type(target)
        elif isinstance(target, Result):
            self._result(target.place)
        elif isinstance(target, Argument):
            self._argument(target)
        else:
            self._receiver(target)

    def _local(self, place: Place, variable: Variable) -> None:
        if not self._is_new("local", place.file.name, variable.at, place.part == GIVER):
            return
        word = re.compile(rb"(?<![\w.])" + re.escape(variable.name.encode("utf-8", "surrogateescape")) + rb"\b")
        for match in word.finditer(place.file.data, variable.scope.start, variable.scope.end):
            node = place.file.root.named_descendant_for_byte_range(match.start(), match.end())
            if node is not None and node.type == "identifier" and match.start() != variable.at:
                found = place.at(node, place.part if place.part == GIVER else Part.WHOLE)
                if self._outside.local(found) is variable:
                    self._add(found)
        if variable.origin is Origin.RESULT and variable.function is not None:
            self._returns(place.at(variable.function, variable.index))
        self._back(place, variable)

    def _back(self, place: Place, variable: Variable) -> None:
        """Follow what `variable` points to or is a part of: what is put into it shows there, too."""
        if _is_plain(place.node):
            return
        for write in variable.writes:
            if write.kind is Kind.SET and write.node is not None:
                self._hold(place.at(write.node))
        if variable.origin is Origin.RECEIVER and variable.function is not None:
            for each in self._callees.operands(place.at(variable.function)):
                self._hold(each)
        if variable.origin is Origin.PARAMETER and variable.function is not None:
            for call in self._callees.calls(place.at(variable.function)):
                arguments = call.node.child_by_field_name("arguments")
                values = [each for each in arguments.named_children if each.type != "comment"] if arguments else []
                if variable.index < len(values):
                    self._hold(call.at(values[variable.index]))

    def _hold(self, place: Place) -> None:
        node = place.node
        while node.type in ("unary_expression", "parenthesized_expression", "slice_expression"):
            node = inner(node)
        if node.type in ("identifier", "selector_expression", "index_expression"):
            for target in held(self._outside, place.at(node)):
                self._reach(place, target)

    def _global(self, target: Global) -> None:
        package = target.place.package
        if not self._is_new("global", package.import_path, target.name):
            return
        for each in self._named(target.place, target.name):
            if (node := self._outside.meant(each, package)) is not None:
                self._add(each.at(node))

    def _field(self, target: FieldOf) -> None:
        if not target.name or not self._is_new("field", target.owner, target.name):
            return
        for each in self._named(target.place, target.name):
            parent = each.node.parent
            if each.node.type != "field_identifier" or parent is None or parent.type != "selector_expression":
                continue
            operand = each.at(parent).field("operand")
            if operand is not None and self._may_have(operand, target):
                self._add(each.at(parent))

    def _may_have(self, operand: Place, target: FieldOf) -> bool:
        if not self._outside.is_value(operand):
            return False
        kind = self._outside.types.of(operand)
        named = self._outside.types.name_of(kind) if kind is not None else None
        if named is None or target.owner is None or named == target.owner:
            return True
        fields = fields_of(self._outside, kind)
        return fields is not None and (target.name, False) not in fields

    def _of_type(self, target: Of) -> None:
        if not self._is_new("type", target.owner):
            return
        for each in self._named(target.place, target.owner[1]):
            if self._outside.is_named(each, target.owner):
                self._of_kind(each)

    def _of_kind(self, each: Place) -> None:
        """Follow the values of the type that is named at `each`."""
        node = each.node
        while node.parent is not None and node.parent.type in _AROUND_TYPES:
            node = node.parent
        parent = node.parent
        if parent is None:
            return
        if parent.type in ("composite_literal", "type_conversion_expression", "type_assertion_expression"):
            self._add(each.at(parent))
        elif parent.type == "argument_list" and parent.parent is not None:
            self._add(each.at(parent.parent))
        elif parent.type == "call_expression" and parent.start_byte == node.start_byte:
            self._add(each.at(parent))
        elif parent.type in FUNCTIONS:
            self._returns(each.at(parent, 0))
        elif parent.type in ("type_spec", "type_alias") and parent.child_by_field_name("name") != node:
            name = parent.child_by_field_name("name")
            if name is not None:
                self._of_type(Of(each, (each.package.import_path, each.text(name))))
        elif parent.type in _DECLARING:
            self._declared(each, parent)

    def _declared(self, each: Place, declaration: Node) -> None:
        names = [name for name in declaration.children_by_field_name("name") if name.is_named]
        around = declaration.parent
        if declaration.type == "field_declaration":
            self._of_struct(each, declaration, names)
        elif declaration.type in _PARAMETERS and around is not None and not names:
            function = around.parent
            if function is not None and function.child_by_field_name("result") == around:
                self._returns(each.at(function, around.named_children.index(declaration)))
        for name in names if declaration.type != "field_declaration" else ():
            for target in held(self._outside, each.at(name)):
                self._reach(each, target)

    def _of_struct(self, each: Place, declaration: Node, names: list[Node]) -> None:
        spec: Node | None = declaration
        while spec is not None and spec.type != "type_spec":
            spec = spec.parent
        owner = spec.child_by_field_name("name") if spec is not None else None
        if owner is None:
            return
        kind = (each.package.import_path, each.text(owner))
        texts = [each.text(name) for name in names] or [each.text(each.node)]
        for name in texts:
            self._field(FieldOf(each, kind, name))
        if not names or any(name[:1].isupper() for name in texts):
            self._of_type(Of(each, kind))

    def _result(self, place: Place) -> None:
        function = self._outside.function(place)
        if place.part != GIVER or function is None:
            self._returns(place)
        elif self._is_new("gives", *place.key):
            for each, callee in self._callees.names(function, place):
                self._add(each.at(callee.parent or callee, GIVER))

    def _returns(self, place: Place) -> None:
        """Follow what the function at `place` returns."""
        if place.node.type == "func_literal":
            self._add(place)
            return
        function = function_at(place.file, place.node)
        if function is None or not self._is_new("result", *place.key):
            return
        for each, callee in self._callees.names(function, place):
            self._add(each.at(callee, place.part))
        if function.receiver_type and function.name[:1].isupper():
            # Whoever has the object may ask it for the value.
            self._of_type(Of(place, (place.package.import_path, function.receiver_type)))

    def _argument(self, target: Argument) -> None:
        call, callee = target.place, target.callee
        if callee.text(callee.node) == "panic":
            for each in self._named(call, "recover"):
                self._add(each)
            return
        found = self._callees.of(callee)
        if found.path:
            self._elsewhere(call, Elsewhere(found.path, last_of(found.name), call.node.start_byte))
        for function, shift in found.functions if not found.path else ():
            if target.position >= shift:
                self._parameter(function, target.position - shift)
            elif (variable := self._outside.receiver(function)) is not None:
                self._local(function, variable)
        variable = self._outside.local(callee) if callee.node.type == "identifier" else None
        if variable is not None and variable.origin is Origin.PARAMETER and variable.function is not None:
            self._returns(callee.at(variable.function, GIVER))

    def _parameter(self, function: Place, index: int) -> None:
        if (variable := self._outside.parameter(function, index)) is not None:
            self._local(function, variable)

    def _receiver(self, target: Receiver) -> None:
        for function, shift in self._callees.of(target.place).functions:
            if shift == 0 and (variable := self._outside.receiver(function)) is not None:
                self._local(function, variable)

    def _named(self, place: Place, name: str) -> tuple[Place, ...]:
        found = self._outside.occurrences(name, place.package)
        if found is None:
            # There are too many to look at all: one of them may be anybody's.
            path = min(self._outside.others, default="")
            self._elsewhere(place, Elsewhere(path, name, place.node.start_byte))
        return found or ()


def _is_plain(target: Node) -> bool:
    """Return whether `target` is what is assigned itself: not an element, a field or what a pointer points to."""
    parent = target.parent
    return parent is None or parent.type not in ("index_expression", "selector_expression", "unary_expression")
