"""Which functions a call may reach, and where functions are called or stand as values. `spreading` asks.

Where it cannot be told which function a value is, any function literal that stands as a value counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from gencreds.golang.nodes import inner
from gencreds.golang.packages import Function, Package
from gencreds.microbus.places import Place
from gencreds.microbus.surroundings import Surroundings

# From more values than these nobody can tell what a function is.
_MAX_SEEN = 256
# A function, and how many arguments stand before its parameters (a method expression's receiver).
Reached = tuple[Place, int]


class Found(NamedTuple):
    """The functions that are called, or the name of another module's and its package `path`.

    Without `is_complete` there may be more of them.
    """

    functions: tuple[Reached, ...]
    path: str = ""
    name: str = ""
    is_complete: bool = True


class Callees:
    """Functions in the packages that `outside` knows."""

    def __init__(self, outside: Surroundings) -> None:
        self._outside = outside
        self._origins = outside.origins()
        self._literals: dict[str, list[Place]] = {}

    def of(self, callee: Place) -> Found:
        """Return what `callee` may be."""
        outside = self._outside
        if outside.is_own_method(callee):
            return self._method(callee)
        is_global = callee.node.type in ("identifier", "type_identifier") and not outside.is_local(callee)
        if is_global and (path := outside.dotted(callee, callee.text(callee.node))):
            return Found((), path, callee.text(callee.node))
        found = self._made(callee)
        if found.path or found.is_complete:
            return found
        if outside.is_dynamic(callee) and (taken := outside.taken()) is not None:
            return found._replace(path=taken[0], name=taken[1])
        literals = ((each, 0) for each in self._values(callee.package))
        return found._replace(functions=(*found.functions, *literals))

    def _made(self, value: Place) -> Found:
        """Return the functions that come out of the expression at `value`, by whatever way."""
        functions: list[Reached] = []
        waiting, seen, is_complete = [value], {value.key}, True
        while waiting:
            place = waiting.pop()
            if path := self._outside.of(place):
                return Found((), path, place.text(place.node))
            if place.node.type == "nil":
                continue
            own = self._function(place)
            if own is not None:
                functions += own.functions
                is_complete = is_complete and own.is_complete
                if own.path:
                    return own
                continue
            sources = self._origins.of(place)
            if sources is None or not sources.is_complete or len(seen) > _MAX_SEEN:
                is_complete = False
            for each in sources.places if sources is not None else ():
                if each.key not in seen:
                    seen.add(each.key)
                    waiting.append(each)
        return Found(tuple(functions), "", "", is_complete)

    def _function(self, place: Place) -> Found | None:
        """Return the function or methods that `place` names, None if it names none."""
        node = place.node
        if node.type == "func_literal":
            return Found(((place, 0),))
        if node.type == "index_expression" and node.named_child_count:
            node = inner(node)
        if functions := self._outside.functions(place.at(node)):
            return Found(tuple((each, 0) for each in functions))
        return self._method(place) if node.type == "selector_expression" and node == place.node else None

    def _method(self, callee: Place) -> Found:
        outside = self._outside
        operand, field = callee.field("operand"), callee.field("field")
        if operand is None or field is None:
            return Found((), is_complete=False)
        shift = 1 if outside.is_type(operand) else 0
        if not shift and not outside.is_value(operand):
            # Of a package that is not followed.
            return Found(())
        named = outside.type_named(operand) if shift else outside.named(operand)
        methods = outside.methods(callee.text(field.node), callee.package)
        exact = tuple((each, shift) for each, owner in methods if owner == named)
        if exact or (named is not None and outside.is_foreign(named)):
            return Found(exact)
        if not shift and (behind := self._behind(operand)):
            return Found((), behind, callee.text(callee.node))
        found = tuple((each, shift) for each, _ in methods)
        return Found(found, is_complete=bool(found))

    def _behind(self, operand: Place) -> str:
        """Return the other module's package of which an object may be behind the interface at `operand`, or nothing."""
        waiting, seen = [operand], {operand.key}
        while waiting and len(seen) <= _MAX_SEEN:
            place = waiting.pop()
            if path := self._outside.of(place):
                return path
            sources = self._origins.of(place)
            for each in sources.places if sources is not None else ():
                if each.key not in seen:
                    seen.add(each.key)
                    waiting.append(each)
        return ""

    def calls(self, function: Place) -> list[Place]:
        """Return the calls that are seen of the function declaration or literal at `function`."""
        if function.node.type == "func_literal":
            around = function.node.parent
            while around is not None and around.type == "parenthesized_expression":
                around = around.parent
            return [function.at(around)] if around is not None and around.type == "call_expression" else []
        declared = self._outside.function(function)
        found = self.names(declared, function) if declared is not None else ()
        calls = ((each, callee, callee.parent) for each, callee in found)
        return [each.at(call) for each, callee, call in calls if call is not None and _is_called(call, callee)]

    def operands(self, method: Place) -> Iterator[Place]:
        """Yield what the method at `method` is selected from, wherever it is."""
        declared = self._outside.function(method)
        for each, callee in self.names(declared, method) if declared is not None else ():
            operand = each.at(callee).field("operand")
            if operand is not None and self._outside.is_value(operand):
                yield operand

    def names(self, function: Function, near: Place) -> Iterator[tuple[Place, Node]]:
        """Yield where `function` stands, called or as a value: the place of its name, and the expression that it is."""
        outside = self._outside
        for each in outside.occurrences(function.name, near.package) or ():
            parent = each.node.parent
            if parent is None or parent.type in ("function_declaration", "method_declaration", "method_elem"):
                continue
            if not function.receiver_type:
                node = outside.meant(each, near.package)
                if node is not None:
                    yield each, node
            elif parent.type == "selector_expression" and each.node.type == "field_identifier":
                operand = each.at(parent).field("operand")
                if operand is not None and self._may_have(operand, function, near.package):
                    yield each, parent

    def _may_have(self, operand: Place, function: Function, package: Package) -> bool:
        outside = self._outside
        if not outside.is_value(operand):
            return outside.type_named(operand) == (package.import_path, function.receiver_type)
        named = outside.named(operand)
        if named is None or named == (package.import_path, function.receiver_type):
            return True
        if outside.is_foreign(named):
            return False
        return all(owner != named for _, owner in outside.methods(function.name, package))

    def _values(self, package: Package) -> list[Place]:
        """Return the function literals of `package` that are not called where they stand."""
        if package.import_path not in self._literals:
            self._literals[package.import_path] = list(self._outside.literals(package))
        return self._literals[package.import_path]


def _is_called(call: Node, callee: Node) -> bool:
    return call.type == "call_expression" and call.child_by_field_name("function") == callee
