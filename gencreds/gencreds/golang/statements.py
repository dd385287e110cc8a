"""Lowers functions, declarations and their statements; the expressions in them are `lowering`'s."""

from __future__ import annotations

from collections.abc import Sequence as Offsets

from tree_sitter import Node

from gencreds.golang.expressions import (
    Assert,
    Assign,
    Declare,
    Evaluate,
    Expr,
    Index,
    Name,
    Other,
    Range,
    Return,
    Scope,
    Sequence,
    Statement,
    TypeSpec,
)
from gencreds.golang.lowering import Lowering
from gencreds.golang.syntax import GoFile, line_of

_SCOPES = frozenset(
    {
        "block",
        "if_statement",
        "for_statement",
        "expression_switch_statement",
        "type_switch_statement",
        "select_statement",
        "expression_case",
        "type_case",
        "default_case",
        "communication_case",
        "func_literal",
    }
)
_CONTAINERS = _SCOPES | {
    "statement_list",
    "labeled_statement",
    "var_declaration",
    "var_spec_list",
    "const_declaration",
    "for_clause",
    "go_statement",
    "defer_statement",
    "expression_statement",
}


class StatementLowering(Lowering):
    """Lowers statements of one file around its offsets, flat and in source order, each with its scope.

    `extents` are the bytes that each statement lowered last stands in.
    """

    def __init__(self, file: GoFile, offsets: Offsets[int] | None) -> None:
        super().__init__(file, offsets)
        self.extents: list[tuple[int, int]] = []
        self._before = 0

    def function(self, node: Node) -> tuple[Statement, ...]:
        """Lower a function or method: parameters and results first, then its statements in source order."""
        scope = Scope(node.start_byte, node.end_byte, node.start_byte)
        statements = self.parameters(node)
        self.extents = [(node.start_byte, node.end_byte)] * len(statements)
        body = node.child_by_field_name("body")
        if body is not None:
            statements.extend(self._statements(body, scope))
        return tuple(statements)

    def statement(self, node: Node) -> tuple[Statement, ...]:
        """Lower a top-level variable or constant declaration."""
        self.extents.clear()
        return tuple(self._statements(node, Scope(0, len(self._file.data), -1)))

    def types(self, node: Node) -> tuple[TypeSpec, ...]:
        """Lower all of a type declaration."""
        found: list[TypeSpec] = []
        for spec in node.named_children:
            name, body = spec.child_by_field_name("name"), spec.child_by_field_name("type")
            if name is None or body is None:
                continue
            group = spec.child_by_field_name("type_parameters")
            parameters = tuple(
                self._file.text(child)
                for parameter in (group.named_children if group is not None else ())
                for child in parameter.children_by_field_name("name")
                if child.is_named
            )
            alias = spec.type == "type_alias"
            found.append(TypeSpec(self._name(name), self.expression(body), alias, parameters))
        return tuple(found)

    def _statements(self, top: Node, scope: Scope) -> list[Statement]:
        found: list[Statement] = []
        self._before = len(self.extents)
        stack: list[tuple[Node, Scope, int]] = [(top, scope, -1)]
        while stack:
            node, scope, owner = stack.pop()
            kind = node.type
            if kind in _CONTAINERS:
                if kind in _SCOPES:
                    # An if's initialiser runs whenever the if is reached, so it belongs to the block around.
                    block = scope.block if kind == "if_statement" else node.start_byte
                    scope = Scope(node.start_byte, node.end_byte, block)
                if kind == "func_literal":
                    found.extend(self.parameters(node, node.start_byte))
                    body = node.child_by_field_name("body")
                    children = [body] if body is not None else []
                    owner = node.start_byte
                else:
                    children = node.named_children
                if kind == "type_switch_statement":
                    found.extend(self._type_switch(node))
                    own = (node.child_by_field_name("alias"), node.child_by_field_name("value"))
                    children = [child for child in children if child not in own]
                if kind == "type_case":
                    children = [child for child in children if child.type == "statement_list"]
                stack.extend((child, scope, owner) for child in reversed(children) if self.has_interest(child))
                self._extend(node, len(found))
                continue
            found.extend(self._simple(node, scope, owner))
            self._extend(node, len(found))
            stack.extend(reversed(self._pending))
            self._pending.clear()
        return found

    def _extend(self, node: Node, count: int) -> None:
        if count > len(self.extents) - self._before:
            missing = count - len(self.extents) + self._before
            self.extents.extend([(node.start_byte, node.end_byte)] * missing)

    def _simple(self, node: Node, scope: Scope, owner: int) -> list[Statement]:
        kind = node.type
        self._scope = scope
        line = line_of(node)
        if kind in ("short_var_declaration", "assignment_statement", "receive_statement"):
            declares = kind == "short_var_declaration"
            left, right = self._list(node.child_by_field_name("left")), self._list(node.child_by_field_name("right"))
            if kind == "receive_statement":
                declares = any(child.type == ":=" for child in node.children)
            visible = Scope(node.end_byte, scope.end, scope.block)
            if not left:
                return [Evaluate(value) for value in right]
            return [Assign(left, right, None, visible, declares, False, line)]
        if kind == "range_clause":
            left, source = self._list(node.child_by_field_name("left")), node.child_by_field_name("right")
            if source is None:
                return []
            declares = any(child.type == ":=" for child in node.children)
            visible = Scope(node.end_byte, scope.end, scope.block)
            return [Range(left, self.expression(source), visible, declares, line)]
        if kind == "send_statement":
            channel, value = node.child_by_field_name("channel"), node.child_by_field_name("value")
            if channel is None or value is None:
                return []
            into = Index(self.expression(channel), (), False, line)
            return [Assign((into,), (self._argument(value, 0),), None, scope, False, False, line)]
        if kind in ("var_spec", "const_spec"):
            return [self._spec(node, scope)]
        if kind == "type_declaration":
            return [each._replace(scope=Scope(each.name.at, scope.end, scope.block)) for each in self.types(node)]
        if kind == "return_statement":
            values = tuple(value for child in node.named_children for value in self._list(child))
            return [Return(values, owner, line)]
        if kind == "comment":
            return []
        return [Evaluate(self.expression(node))]

    def _spec(self, node: Node, scope: Scope) -> Statement:
        names = tuple(self._name(child) for child in node.children_by_field_name("name") if child.is_named)
        type_node, value = node.child_by_field_name("type"), node.child_by_field_name("value")
        type_expr = self.expression(type_node) if type_node is not None else None
        visible = Scope(node.end_byte if scope.block >= 0 else 0, scope.end, scope.block)
        if value is None:
            return Declare(names, type_expr, visible)
        constant = node.type == "const_spec"
        return Assign(names, self._list(value), type_expr, visible, True, constant, line_of(node))

    def _type_switch(self, node: Node) -> list[Statement]:
        """Lower a type switch's variable: in each case it is what the case says, and the value itself elsewhere."""
        alias, value = node.child_by_field_name("alias"), node.child_by_field_name("value")
        if value is None:
            return []
        source = self.expression(value)
        names = self._list(alias)
        found: list[Statement] = [] if names else [Evaluate(source)]
        for case in node.named_children if names else ():
            if case.type not in ("type_case", "default_case"):
                continue
            types = [child for child in case.children_by_field_name("type") if child.is_named]
            narrowed: Expr = source
            if len(types) == 1:
                narrowed = Assert(source, self.expression(types[0]), line_of(case))
            scope = Scope(case.start_byte, case.end_byte, case.start_byte)
            # The name stands once, the variable is one per case.
            own = tuple(Name(name.text, case.start_byte, name.line) for name in names if isinstance(name, Name))
            found.append(Assign(own, (narrowed,), None, scope, True, False, line_of(case)))
        return found

    def parameters(self, node: Node, owner: int = -1) -> list[Statement]:
        """Lower the receiver, parameters and results of a function; types only where something is of interest."""
        found: list[Statement] = []
        scope = Scope(node.start_byte, node.end_byte, node.start_byte)
        for field in ("receiver", "parameters", "result"):
            group = node.child_by_field_name(field)
            if group is None:
                continue
            if group.type != "parameter_list":
                if self.has_interest(group):
                    found.append(Declare((), self.expression(group), scope, -1, 0, owner))
                continue
            index = 0
            for parameter in group.named_children:
                if parameter.type not in ("parameter_declaration", "variadic_parameter_declaration"):
                    continue
                names = tuple(self._name(child) for child in parameter.children_by_field_name("name") if child.is_named)
                type_node = parameter.child_by_field_name("type")
                type_expr = None
                if type_node is not None and self.has_interest(parameter):
                    type_expr = self.expression(type_node)
                variadic = parameter.type == "variadic_parameter_declaration"
                if variadic:
                    type_expr = Sequence(type_expr or Other((), line_of(parameter)), line_of(parameter))
                for name in names or (None,):
                    position = index if field == "parameters" else -1
                    result = index if field == "result" else -1
                    own = (name,) if name is not None else ()
                    found.append(Declare(own, type_expr, scope, position, result, owner, variadic))
                    index += 1
        return found
