"""Functions of the main package, and of packages that help it, as a whole: every name, call and return in them.

`assembly` follows applications and microservices through these. Unlike `flow` it looks at everything, since main
packages are small, and at types of its own, since no client is involved.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tree_sitter import Node

from gencreds.golang.expressions import (
    Assert,
    Assign,
    Call,
    Declare,
    Expr,
    Generic,
    Index,
    Interface,
    Literal,
    MapType,
    Name,
    Other,
    Range,
    Return,
    Scope,
    Sequence,
    Signature,
    Statement,
    Struct,
    Test,
    expressions_of,
    parts_of,
)
from gencreds.golang.lowering import TooDeep
from gencreds.golang.nodes import inner
from gencreds.golang.packages import Function, Package, function_at
from gencreds.golang.statements import StatementLowering
from gencreds.golang.syntax import GoFile

_IDENTIFIER = re.compile(rb"[A-Za-z_]\w*")


@dataclass(frozen=True)
class Binding:
    """A name of a function: where it is visible, and what it may hold: `values`, or elements of `source`."""

    name: Name
    scope: Scope
    type: Expr | None
    position: int
    of_literal: bool
    source: Expr | None
    values: list[Expr] = field(default_factory=list)


@dataclass(eq=False)
class Unit:
    """One function, or one declaration at the top of a file (without `function`).

    `arguments` are what callers pass, by the callee (a function literal by where it starts, the unit itself by -1) and
    position, `called` those of which any call is known; `too_deep` is the line of an expression that is nested too
    deeply to be looked at.
    """

    package: Package
    file: GoFile
    node: Node
    function: Function | None
    statements: tuple[Statement, ...]
    too_deep: int = 0
    arguments: dict[tuple[int, int], dict[tuple[int, int], tuple[Expr, Unit]]] = field(default_factory=dict)
    called: set[int] = field(default_factory=set)
    _bindings: dict[str, list[Binding]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for statement in self.statements:
            if isinstance(statement, Declare):
                for name in statement.names:
                    of_literal = statement.owner >= 0
                    bound = Binding(name, statement.scope, statement.type, statement.position, of_literal, None)
                    self._bindings.setdefault(name.text, []).append(bound)
            elif isinstance(statement, Range):
                self._range(statement)
            elif isinstance(statement, Assign):
                self._assign(statement)

    @property
    def names(self) -> Mapping[str, list[Binding]]:
        """Every name that the unit binds."""
        return self._bindings

    def binding(self, name: Name) -> Binding | None:
        """Return what `name` is bound to where it stands, or None for a name from outside."""
        visible = [
            bound
            for bound in self._bindings.get(name.text, ())
            if bound.scope.start <= name.at < bound.scope.end or bound.name.at == name.at
        ]
        return max(visible, key=lambda bound: (bound.scope.start, bound.name.at)) if visible else None

    def expressions(self) -> Iterator[Expr]:
        """Return every expression and each of its parts."""
        for statement in self.statements:
            stack = list(reversed(expressions_of(statement)))
            while stack:
                expr = stack.pop()
                yield expr
                stack.extend(reversed(parts_of(expr)))

    def calls(self) -> Iterator[Call]:
        """Return every call in source order of the statements that they stand in."""
        return (expr for expr in self.expressions() if isinstance(expr, Call))

    def returned(self, *, of_literal: bool) -> Iterator[Expr]:
        """Return what the function, or any function literal in it, returns."""
        for statement in self.statements:
            if isinstance(statement, Return) and (statement.owner >= 0) is of_literal:
                yield from statement.values

    def is_called(self, parameter: Binding) -> bool:
        """Return whether any call of the function that has `parameter`, the last one, is known."""
        start = parameter.scope.start if parameter.of_literal else -1
        return parameter.position == self.last_parameter(start) and start in self.called

    def last_parameter(self, start: int) -> int:
        """Return the last parameter's position, of the function or of its literal that starts at `start`, else -1."""
        return max(
            (
                bound.position
                for bindings in self._bindings.values()
                for bound in bindings
                if bound.position >= 0 and (bound.scope.start == start if start >= 0 else not bound.of_literal)
            ),
            default=-1,
        )

    def literal(self, expr: Expr, steps: int = 8) -> Literal | None:
        """Return the function literal that `expr` stands for, if it can only be that one."""
        if isinstance(expr, Literal):
            return expr
        bound = self.binding(expr) if isinstance(expr, Name) else None
        if bound is None or len(bound.values) != 1 or not steps:
            return None
        return self.literal(bound.values[0], steps - 1)

    def _assign(self, statement: Assign) -> None:
        several = len(statement.targets) > len(statement.values) == 1
        for position, target in enumerate(statement.targets):
            if not isinstance(target, Name) or target.text == "_":
                continue
            value = statement.values[0] if several else None
            if not several and position < len(statement.values):
                value = statement.values[position]
            bound = self._redeclared(target, statement) if statement.declares else self.binding(target)
            if bound is None:
                bound = Binding(target, statement.scope, statement.type, -1, False, None)
                if not statement.declares:
                    # A package's variable is assigned to: what it gets counts wherever it is read.
                    bound = Binding(target, Scope(-1, -1, -1), statement.type, -1, False, None)
                self._bindings.setdefault(target.text, []).append(bound)
            if value is not None:
                bound.values.append(value)

    def _range(self, statement: Range) -> None:
        for target in statement.targets:
            if isinstance(target, Name) and target.text != "_":
                bound = None if statement.declares else self.binding(target)
                if bound is None:
                    bound = Binding(target, statement.scope, None, -1, False, statement.source)
                    self._bindings.setdefault(target.text, []).append(bound)
                bound.values.append(statement.source)

    def _redeclared(self, target: Name, statement: Assign) -> Binding | None:
        for bound in self._bindings.get(target.text, ()):
            if bound.scope.end == statement.scope.end and bound.scope.block == statement.scope.block:
                return bound
        return None


def looked_into(expr: Expr) -> tuple[Expr, ...] | None:
    """Return the parts of an expression or type that stands for any of them, None for one that has a meaning."""
    if isinstance(expr, Assert):
        return (expr.base, expr.type)
    if isinstance(expr, (Index, Test, Other)):
        return parts_of(expr)
    if isinstance(expr, MapType):
        return (expr.key, expr.element)
    if isinstance(expr, Generic):
        return (expr.base, *expr.arguments)
    if isinstance(expr, Sequence):
        return (expr.element,)
    return () if isinstance(expr, (Signature, Struct, Interface)) else None


def units_of(package: Package, files: Iterable[GoFile]) -> Iterator[Unit]:
    """Return every function and top-level variable declaration in `files` of `package`."""
    for file in files:
        for node in file.declarations:
            if node.type in ("function_declaration", "method_declaration", "var_declaration"):
                yield unit_of(package, file, node)


def unit_of(package: Package, file: GoFile, node: Node) -> Unit:
    """Return one function or declaration."""
    function = function_at(file, node)
    lowering = StatementLowering(file, _identifiers(file, node))
    try:
        statements = lowering.function(node) if function is not None else lowering.statement(node)
    except TooDeep as error:
        return Unit(package, file, node, function, (), error.line)
    return Unit(package, file, node, function, statements)


def struct_fields(file: GoFile, node: Node) -> Iterator[tuple[str, Declare]]:
    """Yield each field of each type in a type declaration with the type's name; embedded ones have no names."""
    for spec in node.named_children:
        name, body = spec.child_by_field_name("name"), spec.child_by_field_name("type")
        if name is None or body is None:
            continue
        lowering = StatementLowering(file, _identifiers(file, spec))
        if body.type != "struct_type":
            named = inner(body) if body.type == "pointer_type" and body.named_child_count else body
            if named.type in ("qualified_type", "type_identifier"):
                yield file.text(name), Declare((), lowering.expression(named), Scope(0, 0, -1))
            continue
        for group in body.named_children:
            for each in group.named_children:
                kind = each.child_by_field_name("type")
                if each.type == "field_declaration" and kind is not None:
                    names = tuple(
                        Name(file.text(child), child.start_byte, 0) for child in each.children_by_field_name("name")
                    )
                    try:
                        yield file.text(name), Declare(names, lowering.expression(kind), Scope(0, 0, -1))
                    except TooDeep:
                        continue


def _identifiers(file: GoFile, node: Node) -> list[int]:
    return [match.start() for match in _IDENTIFIER.finditer(file.data, node.start_byte, node.end_byte)]
