"""Where a value comes from: from an expression to those that it may be a copy of, over the whole microservice.

Variables, struct fields, package variables, parameters (every call site), results, elements of slices, arrays and maps.
One value that cannot be followed makes the whole answer incomplete. `values` reads strings with it, `options` options.
"""

from __future__ import annotations

from typing import NamedTuple

from tree_sitter import Node

from gencreds.golang.nodes import inner, is_own_append, listed, literal_elements, returns_of, spelled
from gencreds.golang.package import Function
from gencreds.golang.packages import Package
from gencreds.golang.scopes import Locals
from gencreds.golang.variables import Kind, Origin, Part, Variable
from gencreds.microbus.callers import Callers
from gencreds.microbus.places import Place, Space
from gencreds.microbus.stores import Stores
from gencreds.microbus.types import Types

_SEQUENCES = frozenset({"slice_type", "array_type", "implicit_length_array_type", "map_type"})
# How many hops elements may take.
_MAX_STEPS = 16


class Sources(NamedTuple):
    """The places that a value may be a copy of; not `is_complete` when there are others that cannot be told."""

    places: tuple[Place, ...]
    is_complete: bool = True
    may_be_zero: bool = False


UNKNOWN = Sources((), False)


class Origins:
    """Follows values through the packages of `space`."""

    def __init__(self, space: Space, callers: Callers) -> None:
        self._space = space
        self.types = Types(space)
        self._stores = Stores(space, self.types)
        self._callers = callers

    def local(self, place: Place) -> tuple[Locals, Variable] | None:
        """Return the local variable that the identifier at `place` is, with its function's variables."""
        return self._space.local(place)

    def of(self, place: Place, steps: int = _MAX_STEPS) -> Sources | None:
        """Return where the value at `place` comes from; None when the expression there makes it itself."""
        node = place.node
        if steps == 0:
            return UNKNOWN
        if place.part == Part.ELEMENT:
            return self.elements(place._replace(part=Part.WHOLE), steps - 1)
        if place.part == Part.KEY:
            return self.keys(place._replace(part=Part.WHOLE), steps - 1)
        if node.type == "parenthesized_expression" and node.named_child_count:
            return Sources((place.at(inner(node), place.part),))
        if node.type == "identifier":
            found = self.local(place)
            return self._of_variable(place, *found) if found is not None else self._of_package(place.package, place)
        if node.type == "selector_expression":
            return self._of_selector(place)
        if node.type == "index_expression":
            operand = place.field("operand")
            return self.elements(operand, steps - 1) if operand is not None else UNKNOWN
        if node.type == "call_expression":
            return self._of_call(place)
        return None

    def stored_elements(self, place: Place) -> tuple[Place, ...] | None:
        """Return what is assigned to elements of the field or package variable at `place`; None if unknown."""
        return self._stores.elements(place)

    def elements(self, place: Place, steps: int = _MAX_STEPS) -> Sources:
        """Return where the elements of the slice, array or map at `place` come from."""
        node = place.node
        if steps == 0 or place.part != Part.WHOLE:
            sources = self.of(place, steps - 1) if steps else None
            return self._each(sources, steps) if sources is not None else UNKNOWN
        if node.type in ("composite_literal", "literal_value"):
            kind = node.child_by_field_name("type")
            body = node.child_by_field_name("body") if node.type == "composite_literal" else node
            if body is None or (kind is not None and kind.type not in _SEQUENCES and kind.type != "type_identifier"):
                return UNKNOWN
            return Sources(tuple(place.at(value) for key, value in literal_elements(body)))
        if node.type == "nil":
            return Sources(())
        if node.type == "slice_expression":
            operand = place.field("operand")
            return self.elements(operand, steps - 1) if operand is not None else UNKNOWN
        if node.type == "call_expression":
            built_in = self._built_in(place, steps)
            if built_in is not None:
                return built_in
        variable = self.local(place)
        if variable is not None:
            return self._elements_of_variable(place, *variable, steps)
        sources = self.of(place, steps)
        if sources is None:
            return UNKNOWN
        stored = self._stores.elements(place)
        return _united(self._each(sources, steps), Sources(stored) if stored is not None else UNKNOWN)

    def keys(self, place: Place, steps: int = _MAX_STEPS) -> Sources:
        """Return where the keys of the map at `place` come from; those of a slice are numbers, and UNKNOWN."""
        kind, body = place.field("type"), place.node.child_by_field_name("body")
        if place.node.type == "composite_literal" and kind is not None and body is not None:
            if kind.node.type != "map_type":
                return UNKNOWN
            return Sources(tuple(place.at(key) for key, _ in literal_elements(body) if key is not None))
        variable = self.local(place)
        if variable is not None and any(write.kind is not Kind.SET for write in variable[1].writes):
            return UNKNOWN
        if variable is None and self._stores.elements(place) != ():
            return UNKNOWN
        sources = self.of(place, steps - 1) if steps else None
        if sources is None:
            return UNKNOWN
        return _united(Sources((), sources.is_complete), *(self.keys(each, steps - 1) for each in sources.places))

    def _each(self, sources: Sources, steps: int) -> Sources:
        found = [self.elements(each, steps - 1) for each in sources.places]
        return _united(Sources((), sources.is_complete), *found)

    def _elements_of_variable(self, place: Place, scopes: Locals, variable: Variable, steps: int) -> Sources:
        if variable.is_variadic and variable.function is not None:
            passed = self._callers.arguments(place, variable)
            if passed is None:
                return UNKNOWN
            found = [self.elements(each, steps - 1) if spread else Sources((each,)) for each, spread in passed]
            return _united(Sources(()), *found, self._element_writes(place, scopes, variable, steps))
        whole = self._of_variable(place, scopes, variable, is_sequence=True)
        return _united(self._each(whole, steps), self._element_writes(place, scopes, variable, steps))

    def _element_writes(self, place: Place, scopes: Locals, variable: Variable, steps: int) -> Sources:
        writes, _ = scopes.writes_at(variable, place.node.start_byte)
        found: list[Sources] = []
        for write in writes:
            if write.kind is Kind.ELEMENT and write.node is not None:
                found.append(Sources((place.at(write.node, write.part),)))
            elif write.kind is Kind.APPEND and write.node is not None:
                found.extend(self._appended(each, steps) for each in call_arguments(place.at(write.node))[1:])
            elif write.kind is not Kind.SET:
                found.append(UNKNOWN)
        return _united(Sources(()), *found)

    def _built_in(self, place: Place, steps: int) -> Sources | None:
        function, arguments = place.field("function"), call_arguments(place)
        name = spelled(place.file, function.node) if function is not None else ""
        if name == "append" and arguments:
            first, *rest = arguments
            # `x = append(x, …)` adds to what the other writes of x say.
            own = is_own_append(first.file, first.node)
            base = Sources(()) if own else self.elements(first, steps - 1)
            return _united(base, *(self._appended(each, steps) for each in rest))
        if name == "make":
            return Sources(())
        if name in ("slices.Clone", "maps.Clone", "slices.Sorted", "slices.Compact") and len(arguments) == 1:
            return self.elements(arguments[0], steps - 1)
        if name == "maps.Keys" and len(arguments) == 1:
            return self.keys(arguments[0], steps - 1)
        if name == "maps.Values" and len(arguments) == 1:
            return self.elements(arguments[0], steps - 1)
        return None

    def _appended(self, argument: Place, steps: int) -> Sources:
        if argument.node.type == "variadic_argument" and argument.node.named_child_count:
            return self.elements(argument.at(inner(argument.node)), steps - 1)
        return Sources((argument,))

    def _of_variable(self, place: Place, scopes: Locals, variable: Variable, *, is_sequence: bool = False) -> Sources:
        writes, is_fresh = scopes.writes_at(variable, place.node.start_byte)
        places: list[Place] = []
        complete = True
        for write in writes:
            if write.kind is Kind.SET and write.node is not None:
                places.append(place.at(write.node, write.part))
            elif write.kind is not Kind.ELEMENT and not (is_sequence and write.kind is Kind.APPEND):
                complete = False
        if variable.origin is Origin.RECEIVER:
            return UNKNOWN
        if variable.origin is Origin.PARAMETER and is_fresh:
            passed = self._callers.arguments(place, variable)
            if passed is None or variable.is_variadic:
                return UNKNOWN
            places.extend(each for each, _ in passed)
        return Sources(tuple(places), complete, is_fresh and variable.starts_at_zero)

    def _of_package(self, package: Package, place: Place) -> Sources | None:
        name = place.text(place.node)
        specs = self._space.variables(package, name)
        return self._variable(package, name, specs) if specs else None

    def _variable(self, package: Package, name: str, specs: list[Place]) -> Sources:
        places: list[Place] = []
        zero = False
        for spec in specs:
            names = [spec.text(each) for each in spec.node.children_by_field_name("name") if each.is_named]
            values = listed(spec.node.child_by_field_name("value"))
            zero = zero or not values
            if len(values) == 1 and len(names) > 1:
                places.append(spec.at(values[0], names.index(name)))
            elif values:
                places.append(spec.at(values[names.index(name)]))
        stored = self._stores.variable(package, name)
        if stored is None:
            return Sources(tuple(places), False)
        return Sources((*places, *(each for each in stored)), True, zero)

    def _of_selector(self, place: Place) -> Sources | None:
        operand, field = place.field("operand"), place.field("field")
        if operand is None or field is None:
            return UNKNOWN
        other = self.types.package_of(operand)
        if other is not None:
            return self._of_package(other, place.at(field.node)) if self._space.is_followed(other) else None
        is_qualifier = operand.node.type == "identifier" and self.local(operand) is None
        if is_qualifier and self._space.import_path(operand, operand.text(operand.node)) is not None:
            return None
        stored = self._stores.field(place, operand, place.text(field.node))
        return Sources(stored, True, True) if stored is not None else UNKNOWN

    def _of_call(self, place: Place) -> Sources | None:
        """Return what the functions that a call may reach return; None for a call of anything else."""
        function = place.field("function")
        if function is None:
            return None
        index = max(place.part, 0)
        reached = self._callers.reached(function)
        if reached:
            return _united(*(self._returned(package, each, index) for package, each in reached))
        if function.node.type == "func_literal":
            return self._returns(function, index)
        variable = self.local(function)
        if variable is None:
            return None
        sources = self._of_variable(function, *variable)
        literals = [each for each in sources.places if each.node.type == "func_literal"]
        if not sources.is_complete or len(literals) != len(sources.places) or not literals:
            return UNKNOWN
        return _united(*(self._returns(each, index) for each in literals))

    def _returned(self, package: Package, function: Function, index: int) -> Sources:
        return self._returns(Place(package, function.file, function.node), index)

    def _returns(self, function: Place, index: int) -> Sources:
        """Return what the function declaration or literal at `function` returns as its result `index`."""
        body = function.node.child_by_field_name("body")
        scopes = self._space.locals_of(function)
        if body is None or scopes is None:
            return UNKNOWN
        found: list[Sources] = []
        for node, values in returns_of(body):
            if not values:
                found.append(self._named_result(function, node, scopes, index))
            elif len(values) == 1 and index > 0:
                found.append(Sources((function.at(values[0], index),)))
            else:
                found.append(Sources((function.at(values[index]),)) if index < len(values) else UNKNOWN)
        return _united(*found) if found else UNKNOWN

    def _named_result(self, function: Place, node: Node, scopes: Locals, index: int) -> Sources:
        result = function.node.child_by_field_name("result")
        names = [
            name
            for parameter in (result.named_children if result is not None else ())
            for name in parameter.children_by_field_name("name")
        ]
        if index >= len(names):
            return UNKNOWN
        variable = scopes.variable(function.text(names[index]), node.start_byte)
        return self._of_variable(function.at(node), scopes, variable) if variable is not None else UNKNOWN


def call_arguments(call: Place) -> list[Place]:
    """Return the arguments of a call; a spread one is a `variadic_argument`."""
    arguments = call.node.child_by_field_name("arguments")
    return [call.at(child) for child in arguments.named_children if child.type != "comment"] if arguments else []


def _united(*groups: Sources) -> Sources:
    places = {each.key: each for group in groups for each in group.places}
    complete = all(group.is_complete for group in groups)
    return Sources(tuple(places.values()), complete, any(group.may_be_zero for group in groups))
