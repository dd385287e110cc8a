"""Who calls a function, and which functions a call reaches: by name, within one microservice. Used by `origins`.

A function whose value escapes, that the framework calls, or that nobody is seen to call has unknown arguments.
"""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node

from gencreds.golang.nodes import inner
from gencreds.golang.package import Function, function_at
from gencreds.golang.packages import Package
from gencreds.golang.syntax import GoFile
from gencreds.golang.variables import Variable
from gencreds.golang.words import word_offsets
from gencreds.microbus.places import Place, Space
from gencreds.microbus.types import Types

# What looking at one call of a local function costs of the budget for following values.
_PER_CALL = 20
# An argument, and whether it is spread over what a variadic parameter collects.
Argument = tuple[Place, bool]


class Callers:
    """Call sites in `space`. `is_handler` tells the methods that requests from outside run."""

    def __init__(self, space: Space, types: Types, is_handler: Callable[[str], bool]) -> None:
        self._space = space
        self._types = types
        self._is_handler = is_handler
        self._sites: dict[tuple[str, int], list[Place] | None] = {}

    def passed(self, place: Place, parameter: Variable) -> list[list[Argument]] | None:
        """Return what every caller passes for `parameter`, caller by caller; None if that is unknown."""
        sites = self.sites(place.at(parameter.function)) if parameter.function is not None else None
        found = [_passed(site, parameter) for site in sites or ()]
        groups = [group for group in found if group is not None]
        return groups if groups and len(groups) == len(found) else None

    def arguments(self, place: Place, parameter: Variable) -> list[Argument] | None:
        """Return what every caller passes for `parameter` of the function around `place`; None if that is unknown."""
        groups = self.passed(place, parameter)
        return [argument for group in groups for argument in group] if groups is not None else None

    def sites(self, function: Place) -> list[Place] | None:
        """Return every call of the function declaration or literal at `function`; None when some are out of sight."""
        key = (function.file.name, function.node.start_byte)
        if key not in self._sites:
            # Set before it is known, for functions that call themselves.
            self._sites[key] = None
            found = self._of_literal(function) if function.node.type == "func_literal" else self._of_declared(function)
            self._sites[key] = found or None
        return self._sites[key]

    def of_value(self, package: Package, file: GoFile, at: int) -> list[Place] | None:
        """Return the calls of the local variable that gets the method value starting at the offset `at`.

        None when the value goes anywhere else.
        """
        node = file.root.named_descendant_for_byte_range(at, at)
        if node is None or node.parent is None or node.parent.type != "selector_expression":
            return None
        return self._of_literal(Place(package, file, node.parent))

    def reached(self, function: Place) -> list[tuple[Package, Function]]:
        """Return the declared functions that a call of the expression `function` may reach."""
        node = function.node
        if node.type == "identifier":
            name = function.text(node)
            if self._space.local(function) is not None:
                return []
            return [(function.package, each) for each in function.package.functions(name) if not each.receiver_type]
        operand, field = function.field("operand"), function.field("field")
        if node.type != "selector_expression" or operand is None or field is None:
            return []
        name = function.text(field.node)
        package = self._types.package_of(operand)
        if package is not None:
            if not self._space.is_followed(package):
                return []
            return [(package, each) for each in package.functions(name) if not each.receiver_type]
        if operand.node.type == "identifier" and self._is_alias(operand):
            return []
        kind = self._types.own(operand)
        if kind is None:
            # A method of the same name of another module's type may be meant.
            return []
        methods = self._space.methods(name, function.package)
        exact = [(home, each) for home, each in methods if kind == (home.import_path, each.receiver_type)]
        return exact or methods

    def _is_alias(self, operand: Place) -> bool:
        name = operand.text(operand.node)
        return self._space.local(operand) is None and self._space.import_path(operand, name) is not None

    def _of_declared(self, place: Place) -> list[Place] | None:
        function = function_at(place.file, place.node)
        if function is None or (function.receiver_type and self._is_handler(function.name)):
            return None
        found = self._space.occurrences(function.name, place.package)
        if found is None:
            return None
        sites: list[Place] = []
        for each in found:
            callee = self._callee(each, function, place.package)
            if callee is None:
                continue
            call = callee.parent
            operand = each.at(callee).field("operand") if function.receiver_type else None
            if operand is not None and self._is_type(operand):
                # A method expression takes its receiver as the first argument.
                return None
            if call is None or call.type != "call_expression" or call.child_by_field_name("function") != callee:
                return None
            sites.append(each.at(call))
        return sites

    def _is_type(self, operand: Place) -> bool:
        node = operand.node
        while node.type in ("parenthesized_expression", "unary_expression") and node.named_child_count:
            node = inner(node)
        if node.type == "selector_expression":
            package, field = self._types.package_of(operand.at(inner(node))), node.named_children[-1]
            return package is not None and bool(self._space.types(package, operand.text(field)))
        is_name = node.type == "identifier" and self._space.local(operand.at(node)) is None
        return is_name and bool(self._space.types(operand.package, operand.text(node)))

    def _callee(self, each: Place, function: Function, package: Package) -> Node | None:
        """Return the expression by which the name at `each` means `function`, None when it means something else."""
        node, parent = each.node, each.node.parent
        if parent is None or parent.type in ("function_declaration", "method_declaration", "method_elem", "type_elem"):
            return None
        if parent.type == "selector_expression" and node.type == "field_identifier":
            operand = each.at(parent).field("operand")
            if operand is None:
                return None
            other = self._types.package_of(operand)
            if not function.receiver_type:
                return parent if other is not None and other.import_path == package.import_path else None
            if other is not None or (operand.node.type == "identifier" and self._is_alias(operand)):
                return None
            return parent if self._may_be_method(operand, function, package) else None
        if function.receiver_type or node.type != "identifier" or each.package.import_path != package.import_path:
            return None
        element = parent.parent if parent.type == "literal_element" else None
        if element is not None and element.type == "keyed_element" and element.child_by_field_name("key") == parent:
            return None
        return node if self._space.local(each) is None else None

    def _may_be_method(self, operand: Place, function: Function, package: Package) -> bool:
        """Whether `operand` may have `function` as a method: not if its type has a method of that name of its own."""
        kind = self._types.named(operand)
        if kind is None or kind == (package.import_path, function.receiver_type):
            return True
        others = self._space.methods(function.name, package)
        return all(kind != (home.import_path, each.receiver_type) for home, each in others)

    def _of_literal(self, literal: Place) -> list[Place] | None:
        parent = literal.node.parent
        while parent is not None and parent.type == "parenthesized_expression":
            parent = parent.parent
        if parent is not None and parent.type == "call_expression":
            return [literal.at(parent)]
        statement = parent.parent if parent is not None and parent.type == "expression_list" else None
        if statement is None or statement.type not in ("short_var_declaration", "assignment_statement", "var_spec"):
            return None
        targets = statement.child_by_field_name("left") or statement.child_by_field_name("name")
        names = targets.named_children if targets is not None and targets.type == "expression_list" else [targets]
        if len(names) != 1 or names[0] is None or names[0].type != "identifier":
            return None
        return self._of_name(literal.at(names[0]), statement)

    def _of_name(self, name: Place, statement: Node) -> list[Place] | None:
        """Return the calls of the local variable that holds a function literal; None if it is used in other ways."""
        scopes, text = self._space.locals_of(name), name.text(name.node)
        variable = scopes.variable(text, statement.end_byte) if scopes is not None else None
        if scopes is None or variable is None:
            return None
        sites: list[Place] = []
        if not self._space.may_spend(1):
            return None
        word = text.encode("utf-8", "surrogateescape")
        places = word_offsets(name.file.data, (word,), variable.scope.start, variable.scope.end)
        if not self._space.may_spend(_PER_CALL * len(places)):
            return None
        for at in places:
            node = name.file.root.named_descendant_for_byte_range(at, at + len(word))
            if node is None or node.type != "identifier" or scopes.variable(text, at) is not variable:
                continue
            parent = node.parent
            if (
                parent is not None
                and parent.type == "call_expression"
                and parent.child_by_field_name("function") == node
            ):
                sites.append(name.at(parent))
            elif not (
                parent is not None and parent.parent is not None and parent.parent.child_by_field_name("left") == parent
            ):
                return None
        return sites


def _passed(site: Place, parameter: Variable) -> list[Argument] | None:
    """Return the arguments of the call `site` that reach `parameter`; None when they cannot be counted."""
    listing = site.node.child_by_field_name("arguments")
    nodes = [child for child in listing.named_children if child.type != "comment"] if listing is not None else []
    arguments: list[Argument] = []
    for node in nodes:
        spread = node.type == "variadic_argument" and node.named_child_count > 0
        arguments.append((site.at(inner(node) if spread else node), spread))
    if len(nodes) == 1 and nodes[0].type == "call_expression" and (parameter.index > 0):
        if parameter.is_variadic:
            return []
        return [(site.at(nodes[0], parameter.index), False)]
    if parameter.is_variadic:
        return arguments[parameter.index :]
    return [arguments[parameter.index]] if parameter.index < len(arguments) else None
