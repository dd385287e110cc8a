"""Lowers functions, declarations and their statements; the expressions in them are `lowering`'s."""

from __future__ import annotations

from tree_sitter import Node

from gencreds.golang.expressions import Assign, Declare, Evaluate, Name, Other, Return, Scope, Sequence, Statement
from gencreds.golang.lowering import Lowering
from gencreds.golang.syntax import line_of

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
    """Lowers statements of one file around its offsets, flat and in source order, each with its scope."""

    def function(self, node: Node) -> tuple[Statement, ...]:
        """Lower a function or method: parameters and results first, then its statements in source order."""
        scope = Scope(node.start_byte, node.end_byte, node.start_byte)
        statements = list(self._parameters(node, scope, of_literal=False))
        body = node.child_by_field_name("body")
        if body is not None:
            statements.extend(self._statements(body, scope))
        return tuple(statements)

    def statement(self, node: Node) -> tuple[Statement, ...]:
        """Lower a top-level variable or constant declaration."""
        return tuple(self._statements(node, Scope(0, len(self._file.data), -1)))

    def fields(self, node: Node) -> tuple[Statement, ...]:
        """Lower a type declaration: a `Declare` per struct field of interest, an `Evaluate` for any other type."""
        found: list[Statement] = []
        scope = Scope(0, len(self._file.data), -1)
        for spec in node.named_children:
            body = spec.child_by_field_name("type")
            if body is None or not self.has_interest(spec):
                continue
            if spec.type != "type_spec" or body.type != "struct_type":
                found.append(Evaluate(self._other(spec, 0)))
                continue
            for group in body.named_children:
                for field in group.named_children:
                    type_node = field.child_by_field_name("type")
                    if type_node is None or not self.has_interest(field):
                        continue
                    names = tuple(self._name(child) for child in field.children_by_field_name("name"))
                    found.append(Declare(names, self.expression(type_node), scope))
        return tuple(found)

    def _statements(self, top: Node, scope: Scope) -> list[Statement]:
        found: list[Statement] = []
        stack: list[tuple[Node, Scope, bool]] = [(top, scope, False)]
        while stack:
            node, scope, of_literal = stack.pop()
            kind = node.type
            if kind in _CONTAINERS:
                if kind in _SCOPES:
                    # An if's initialiser runs whenever the if is reached, so it belongs to the block around.
                    block = scope.block if kind == "if_statement" else node.start_byte
                    scope = Scope(node.start_byte, node.end_byte, block)
                if kind == "func_literal":
                    found.extend(self._parameters(node, scope, of_literal=True))
                    body = node.child_by_field_name("body")
                    children = [body] if body is not None else []
                    of_literal = True
                else:
                    children = node.named_children
                stack.extend((child, scope, of_literal) for child in reversed(children) if self.has_interest(child))
                if kind == "type_switch_statement":
                    found.extend(self._type_switch(node, scope))
                continue
            found.extend(self._simple(node, scope, of_literal))
            stack.extend(reversed(self._pending))
            self._pending.clear()
        return found

    def _simple(self, node: Node, scope: Scope, of_literal: bool) -> list[Statement]:
        kind = node.type
        self._scope = scope
        if kind in ("short_var_declaration", "assignment_statement"):
            left, right = self._list(node.child_by_field_name("left")), self._list(node.child_by_field_name("right"))
            visible = Scope(node.end_byte, scope.end, scope.block)
            return [Assign(left, right, None, visible, kind == "short_var_declaration", False, line_of(node))]
        if kind in ("range_clause", "receive_statement"):
            return [self._from_many(node, scope)]
        if kind in ("var_spec", "const_spec"):
            return [self._spec(node, scope)]
        if kind == "return_statement":
            values = tuple(value for child in node.named_children for value in self._list(child))
            return [Return(values, of_literal, line_of(node))]
        if kind == "comment":
            return []
        return [Evaluate(self.expression(node))]

    def _from_many(self, node: Node, scope: Scope) -> Statement:
        """Lower `names := range source` and `names := <-source`: what the names hold is one of many."""
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        source = self.expression(right) if right is not None else Other((), line_of(node))
        names = tuple(target for target in self._list(left) if isinstance(target, Name))
        visible = Scope(node.end_byte, scope.end, scope.block)
        if not names or any(child.type == ":=" for child in node.children):
            return Declare(names, None, visible, source=source)
        return Assign(names, (Other((source,), line_of(node)),), None, visible, False, False, line_of(node))

    def _spec(self, node: Node, scope: Scope) -> Statement:
        names = tuple(self._name(child) for child in node.children_by_field_name("name") if child.is_named)
        type_node, value = node.child_by_field_name("type"), node.child_by_field_name("value")
        type_expr = self.expression(type_node) if type_node is not None else None
        visible = Scope(node.end_byte if scope.block >= 0 else 0, scope.end, scope.block)
        if value is None:
            return Declare(names, type_expr, visible)
        constant = node.type == "const_spec"
        return Assign(names, self._list(value), type_expr, visible, True, constant, line_of(node))

    def _type_switch(self, node: Node, scope: Scope) -> list[Statement]:
        alias, value = node.child_by_field_name("alias"), node.child_by_field_name("value")
        if alias is None or value is None:
            return []
        names = tuple(target for target in self._list(alias) if isinstance(target, Name))
        return [Declare(names, None, Scope(alias.end_byte, scope.end, scope.block), source=self.expression(value))]

    def _parameters(self, node: Node, scope: Scope, *, of_literal: bool) -> list[Statement]:
        found: list[Statement] = []
        for field in ("receiver", "parameters", "result"):
            group = node.child_by_field_name(field)
            if group is None or group.type != "parameter_list":
                continue
            index = 0
            for parameter in group.named_children:
                if parameter.type not in ("parameter_declaration", "variadic_parameter_declaration"):
                    continue
                names = tuple(self._name(child) for child in parameter.children_by_field_name("name") if child.is_named)
                type_node = parameter.child_by_field_name("type")
                type_expr = None
                if type_node is not None and self.has_interest(type_node):
                    type_expr = self.expression(type_node)
                if parameter.type == "variadic_parameter_declaration" and type_expr is not None:
                    type_expr = Sequence(type_expr, line_of(parameter))
                for name in names:
                    position = index if field == "parameters" else -1
                    found.append(Declare((name,), type_expr, scope, position, of_literal))
                    index += 1
                if not names:
                    index += 1
                    if type_expr is not None:
                        found.append(Declare((), type_expr, scope, -1, of_literal))
        return found
