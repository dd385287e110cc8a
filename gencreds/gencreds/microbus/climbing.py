"""Climbs from a value to what it becomes a part of, or is put into, as far as one expression or statement tells.

An argument, an element of a literal, an assigned field, a result. `spreading` goes on from there.
"""

from __future__ import annotations

from tree_sitter import Node

from gencreds.golang.nodes import inner, listed
from gencreds.golang.scopes import FUNCTIONS
from gencreds.golang.standard import FORWARDING, GIVING_BACK, HOLDING
from gencreds.golang.variables import Part
from gencreds.microbus.holding import held
from gencreds.microbus.places import Place
from gencreds.microbus.structs import fields_of, is_sequence, kind_of, structure_of
from gencreds.microbus.surroundings import Surroundings
from gencreds.microbus.targets import GIVER, Argument, Elsewhere, FieldOf, Of, Receiver, Result, Target, last_of

# What is a part of what stands around it, or comes out of it.
_THROUGH = frozenset(
    {
        "parenthesized_expression", "unary_expression", "variadic_argument", "literal_element", "expression_list",
        "slice_expression", "type_assertion_expression", "parenthesized_type",
    }
)  # fmt: skip
_ASSIGNMENTS = frozenset({"assignment_statement", "short_var_declaration", "receive_statement", "range_clause"})
_COPYING = frozenset({"copy", "maps.Copy"})


class Climb:
    """One way up. `targets` is what was met on it."""

    def __init__(self, outside: Surroundings, place: Place) -> None:
        self._outside = outside
        self._place = place
        self._part = place.part
        self.targets: list[Target] = []

    def run(self) -> list[Target]:
        """Climb, and return what was met."""
        node: Node | None = self._place.node
        while node is not None:
            node = self._up(node)
        return self.targets

    def _up(self, node: Node) -> Node | None:
        """Note where the value of `node` goes, and return the expression that has it, too."""
        parent = node.parent
        if parent is None:
            return None
        kind = parent.type
        if kind in _THROUGH:
            if kind == "expression_list":
                return self._listed(parent, node)
            return parent
        handler = _HANDLERS.get(kind)
        return handler(self, parent, node) if handler is not None else None

    def _listed(self, parent: Node, node: Node) -> Node | None:
        statement = parent.parent
        if statement is None:
            return None
        nodes = listed(parent)
        position = nodes.index(node) if node in nodes else 0
        if statement.type == "return_statement":
            return self._returned(statement, position if len(nodes) > 1 else max(self._part, 0))
        if statement.type in _ASSIGNMENTS:
            self._assigned(statement, parent, position, len(nodes))
        elif statement.type == "var_spec":
            self._declared(statement, position, len(nodes))
        return None

    def _keyed(self, parent: Node, node: Node) -> Node | None:
        body = parent.parent
        if body is None or body.type != "literal_value":
            return None
        key = parent.child_by_field_name("key")
        name = self._place.text(key) if key is not None and key != node else ""
        return self._element(body, name, -1)

    def _literal(self, body: Node, node: Node) -> Node | None:
        elements = [each for each in body.named_children if each.type != "comment"]
        return self._element(body, "", elements.index(node) if node in elements else -1)

    def _element(self, body: Node, name: str, position: int) -> Node | None:
        owner = body.parent
        if owner is None:
            return None
        if owner.type == "composite_literal" and (found := self._typed(owner)) is not None:
            self.targets.append(found)
            return None
        kind = kind_of(self._outside, self._place.at(body))
        fields = fields_of(self._outside, kind)
        if fields is None:
            return owner
        if not name and 0 <= position < len(fields):
            name = fields[position][0]
        if not name:
            # The key itself.
            return None
        named = self._outside.types.name_of(kind) if kind is not None else None
        is_embedded = any(each == name and embedded for each, embedded in fields)
        self.targets.append(FieldOf(self._place, named, name))
        if not name[:1].isupper() and not is_embedded:
            return None
        if named is not None:
            self.targets.append(Of(self._place, named))
        return owner

    def _typed(self, node: Node) -> Elsewhere | None:
        kind = node.child_by_field_name("type")
        path = self._outside.of_type(self._place.at(kind)) if kind is not None else ""
        return Elsewhere(path, last_of(self._place.text(kind)), node.start_byte) if kind is not None and path else None

    def _declared(self, spec: Node, position: int, count: int) -> None:
        if (found := self._typed(spec)) is not None:
            self.targets.append(found)
            return
        names = [each for each in spec.children_by_field_name("name") if each.is_named]
        index = position if count > 1 or len(names) == 1 else max(self._part, 0)
        if index < len(names):
            self._hold(names[index])

    def _converted(self, conversion: Node, node: Node) -> Node | None:
        if (found := self._typed(conversion)) is not None:
            self.targets.append(found)
            return None
        kind = self._place.at(conversion).field("type")
        if kind is not None and kind.node.type == "generic_type" and self._outside.functions(kind.at(inner(kind.node))):
            # A call with type arguments looks like one.
            if conversion.child_by_field_name("type") == node:
                return conversion
            self.targets.append(Argument(self._place.at(conversion), kind.at(inner(kind.node)), 0))
            return None
        return conversion

    def _passed(self, arguments: Node, node: Node) -> Node | None:
        call = arguments.parent
        callee = call.child_by_field_name("function") if call is not None else None
        while callee is not None and callee.type in ("parenthesized_expression", "index_expression"):
            if callee.type == "index_expression" and not self._outside.functions(self._place.at(inner(callee))):
                break
            callee = inner(callee)
        if call is None or callee is None:
            return None
        values = [each for each in arguments.named_children if each.type != "comment"]
        index = max(self._part, 0) if len(values) == 1 and self._part > 0 else values.index(node)
        place, name = self._place.at(callee), self._place.text(callee)
        if name in _COPYING:
            self._hold(values[0])
            return None
        if name == "append" or self._outside.is_type(place) or callee.type.endswith("_type"):
            return call
        library = self._outside.library(place)
        if library:
            return self._into_library(library, call, callee, values)
        self.targets.append(Argument(self._place.at(call), place, index))
        return None

    def _into_library(self, path: str, call: Node, callee: Node, values: list[Node]) -> Node | None:
        operand = callee.child_by_field_name("operand")
        if operand is not None and self._outside.is_value(self._place.at(operand)):
            if path in HOLDING:
                self._hold(operand)
            return None
        if path not in FORWARDING:
            return None
        self._give(values)
        return call

    def _give(self, values: list[Node]) -> None:
        """Note that functions among `values` get the value."""
        for each in values:
            if each.type == "func_literal":
                parameters = each.child_by_field_name("parameters")
                kinds = parameters.named_children if parameters is not None else ()
                count = sum(max(1, len(kind.children_by_field_name("name"))) for kind in kinds)
                self.targets += [Argument(self._place.at(each), self._place.at(each), at) for at in range(count)]

    def _called(self, call: Node, node: Node) -> Node | None:
        if call.child_by_field_name("function") != node or self._part == GIVER:
            return None
        return call

    def _indexed(self, parent: Node, node: Node) -> Node | None:
        operand = parent.child_by_field_name("operand")
        if operand is None or operand == node:
            return parent
        # A key: who reads with it does not get it, who writes puts it in.
        if parent.parent is not None and parent.parent.type == "expression_list":
            statement = parent.parent.parent
            if statement is not None and statement.child_by_field_name("left") == parent.parent:
                self._hold(operand)
        return None

    def _selected(self, selector: Node, node: Node) -> Node | None:
        if selector.child_by_field_name("operand") != node:
            return None
        field = selector.child_by_field_name("field")
        name = self._place.text(field) if field is not None else ""
        named = self._outside.named(self._place.at(node))
        if named is not None and self._outside.specs(named, self._place.package):
            self.targets.append(Receiver(self._place.at(selector)))
            return None
        if name not in GIVING_BACK or (named is not None and not self._outside.is_standard(named[0])):
            return None
        call = selector.parent
        if call is None or call.type != "call_expression":
            return selector
        arguments = call.child_by_field_name("arguments")
        self._give(list(arguments.named_children) if arguments is not None else [])
        self._part = 0
        return call

    def _returned(self, statement: Node, index: int) -> Node | None:
        function: Node | None = statement
        while function is not None and function.type not in FUNCTIONS:
            function = function.parent
        if function is None or function.type == "func_literal":
            self._part = self._part if self._part == GIVER else index
            return function
        self.targets.append(Result(self._place.at(function, self._part if self._part == GIVER else index)))
        return None

    def _assigned(self, statement: Node, values: Node, position: int, count: int) -> None:
        left = statement.child_by_field_name("left")
        if left is None or left == values:
            return
        targets = listed(left)
        if statement.type == "range_clause":
            chosen = targets if self._part == GIVER else self._ranged(targets, values)
        elif count > 1 or len(targets) == 1:
            chosen = targets[position : position + 1]
        else:
            index = max(self._part, 0)
            chosen = targets[index : index + 1]
        for target in chosen:
            path = self._outside.of(self._place.at(target)) if target.type != "identifier" else ""
            if path:
                self.targets.append(Elsewhere(path, self._place.text(target), statement.start_byte))
            else:
                self._hold(target)

    def _ranged(self, targets: list[Node], source: Node) -> list[Node]:
        kind = structure_of(self._outside, self._outside.types.of(self._place.at(source)))
        if kind is not None and kind.node.type == "map_type":
            key = kind.field("key")
            plain = key is not None and key.node.type == "type_identifier" and self._outside.is_basic(key)
            return targets[1:] if plain else targets
        if len(targets) > 1:
            return targets[1:]
        return targets if kind is None or not is_sequence(kind) else []

    def _range(self, clause: Node, node: Node) -> None:
        if clause.child_by_field_name("right") == node:
            self._assigned(clause, node, 0, 1)

    def _received(self, statement: Node, node: Node) -> None:
        if statement.child_by_field_name("right") == node:
            self._part = 0
            self._assigned(statement, node, 0, 1)

    def _switched(self, statement: Node, node: Node) -> None:
        alias = statement.child_by_field_name("alias") if statement.type == "type_switch_statement" else None
        if alias is not None and statement.child_by_field_name("value") == node:
            for name in alias.named_children:
                self._hold(name)

    def _sent(self, statement: Node, node: Node) -> None:
        channel = statement.child_by_field_name("channel")
        if channel is None or channel == node:
            return
        path = self._outside.of(self._place.at(channel))
        if path:
            self.targets.append(Elsewhere(path, self._place.text(statement), statement.start_byte))
        else:
            self._hold(channel)

    def _hold(self, target: Node) -> None:
        part = GIVER if self._part == GIVER else Part.WHOLE
        self.targets += held(self._outside, self._place.at(target, part))


_HANDLERS = {
    "argument_list": Climb._passed,
    "call_expression": Climb._called,
    "generic_type": lambda climb, parent, node: parent,
    "index_expression": Climb._indexed,
    "keyed_element": Climb._keyed,
    "literal_value": Climb._literal,
    "composite_literal": lambda climb, parent, node: parent,
    "range_clause": Climb._range,
    "receive_statement": Climb._received,
    "selector_expression": Climb._selected,
    "send_statement": Climb._sent,
    "type_conversion_expression": Climb._converted,
    "type_switch_statement": Climb._switched,
}
