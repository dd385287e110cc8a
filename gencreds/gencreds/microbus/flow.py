"""The names of one function: which declaration each one means, and which strings they stand for.

`evaluate` asks here what a name is bound to; the patterns ask for hosts, methods and URLs.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from gencreds.golang.expressions import (
    Assign,
    Call,
    Declare,
    Expr,
    Name,
    Range,
    Scope,
    Statement,
    TypeSpec,
)
from gencreds.golang.packages import Function
from gencreds.microbus.api import ApiPackage
from gencreds.microbus.clients import ANY_HOST, Clients
from gencreds.microbus.fileview import FileView
from gencreds.microbus.reading import Reading
from gencreds.microbus.values import Values


@dataclass(eq=False)
class Binding:
    """A local name: where it is visible, its type, and every value assigned to it (with the result's index).

    `index` is a parameter's position, `source` what a range variable goes over.
    """

    name: Name
    scope: Scope
    type: Expr | None
    index: int = -1
    constant: bool = False
    source: Expr | None = None
    values: list[tuple[Expr, int, Assign]] = field(default_factory=list)
    outer: Binding | None = None


class Flow:
    """Bindings of one function (or of one top-level declaration, without `function`)."""

    def __init__(
        self,
        view: FileView,
        function: Function | None,
        statements: Iterable[Statement],
        values: Values,
        receiver: Clients = (),
    ) -> None:
        self.view = view
        self.function = function
        self.local_types: dict[str, TypeSpec] = {}
        self._type_scopes: dict[str, list[Scope]] = {}
        self.literals: dict[int, list[Declare]] = {}
        self.reading = Reading(values, view, function, receiver)
        self._bindings: dict[str, list[Binding]] = {}
        self._starts: dict[str, list[int]] = {}
        self._declared: dict[tuple[str, int], Binding] = {}
        self._blocks: dict[tuple[str, int, int], Binding] = {}
        known = list(statements)
        for statement in known:
            self._declare(statement)
        for name, bindings in self._bindings.items():
            self._nest(name, bindings)
        for statement in known:
            if isinstance(statement, Assign):
                self._assign(statement)

    @property
    def names(self) -> Iterable[str]:
        """Every local name."""
        return self._bindings

    def binding(self, name: Name) -> Binding | None:
        """Return what `name` is bound to where it stands, or None for a name from outside the function."""
        starts = self._starts.get(name.text)
        if starts is None:
            return None
        declared = self._declared.get((name.text, name.at))
        if declared is not None:
            return declared
        position = bisect_right(starts, name.at)
        found = self._bindings[name.text][position - 1] if position else None
        while found is not None and found.scope.end <= name.at:
            found = found.outer
        return found

    def hides(self, name: Name) -> bool:
        """Return whether something local has the name of what is declared outside of the function: also a type."""
        scopes = self._type_scopes.get(name.text, ())
        return self.binding(name) is not None or any(each.start <= name.at < each.end for each in scopes)

    def bindings(self, name: str) -> list[Binding]:
        """Return all bindings of the name `name`."""
        return self._bindings.get(name, [])

    def api(self, expr: Expr) -> ApiPackage | None:
        """Return the API package that `expr` names, if it is the alias of one."""
        if isinstance(expr, Name) and expr.text in self.view.apis and not self.hides(expr):
            return self.view.apis[expr.text]
        return None

    def hosts(self, call: Call) -> tuple[str, ...]:
        """Return the hosts that a `ForHost` call may set, `ANY_HOST` alone when they cannot be told.

        An empty one is no override.
        """
        texts = self.reading.texts(call, 0)
        known = texts.known
        return (ANY_HOST,) if known is None else (*known, *([""] if texts.may_be_zero else []))

    def _declare(self, statement: Statement) -> None:
        if isinstance(statement, Declare):
            if statement.owner >= 0:
                self.literals.setdefault(statement.owner, []).append(statement)
            for name in statement.names:
                self._new(Binding(name, statement.scope, statement.type, statement.position))
        elif isinstance(statement, TypeSpec):
            self.local_types[statement.name.text] = statement
            if statement.scope is not None:
                self._type_scopes.setdefault(statement.name.text, []).append(statement.scope)
        elif isinstance(statement, (Assign, Range)) and statement.declares:
            for target in statement.targets:
                if not isinstance(target, Name) or target.text == "_":
                    continue
                scope = statement.scope
                # `:=` reuses a name that the same block already declares.
                before = self._blocks.get((target.text, scope.end, scope.block))
                if before is not None:
                    self._declared[(target.text, target.at)] = before
                elif isinstance(statement, Assign):
                    self._new(Binding(target, scope, statement.type, constant=statement.constant))
                else:
                    self._new(Binding(target, scope, None, source=statement.source))

    def _new(self, binding: Binding) -> None:
        name, scope = binding.name, binding.scope
        self._bindings.setdefault(name.text, []).append(binding)
        self._declared[(name.text, name.at)] = binding
        self._blocks.setdefault((name.text, scope.end, scope.block), binding)

    def _nest(self, name: str, bindings: list[Binding]) -> None:
        """Order the bindings of a name by where they begin, each with the one that it hides."""
        bindings.sort(key=lambda binding: (binding.scope.start, -binding.scope.end))
        open_ones: list[Binding] = []
        for binding in bindings:
            while open_ones and open_ones[-1].scope.end <= binding.scope.start:
                open_ones.pop()
            binding.outer = open_ones[-1] if open_ones else None
            open_ones.append(binding)
        self._starts[name] = [binding.scope.start for binding in bindings]

    def _assign(self, statement: Assign) -> None:
        several = len(statement.targets) > 1 and len(statement.values) == 1
        for position, target in enumerate(statement.targets):
            if not isinstance(target, Name) or target.text == "_":
                continue
            binding = self.binding(target)
            if binding is None or (not several and position >= len(statement.values)):
                continue
            value = statement.values[0 if several else position]
            binding.values.append((value, position if several else -1, statement))
