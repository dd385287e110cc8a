"""The binding layer: which clients an expression may stand for, inside one function.

Follows names by scope, and fields, parameters, results and package variables through `Carriers`. Knows no call pattern:
`walk` visits the expressions, and the pattern files ask here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from gencreds.golang.expressions import (
    Assign,
    Call,
    Declare,
    Expr,
    Name,
    Scope,
    Select,
    Statement,
)
from gencreds.golang.packages import Function, Package
from gencreds.microbus.api import ApiPackage
from gencreds.microbus.carriers import Carriers
from gencreds.microbus.clients import ANY_HOST, CONSTRUCTORS, FOR_HOST, TYPES, WITH_OPTIONS, Client, Clients, merged
from gencreds.microbus.fileview import FileView
from gencreds.microbus.reading import Reading
from gencreds.microbus.values import Values

# Bindings may refer to one another in a circle.
_MAX_STEPS = 24


@dataclass
class Binding:
    """A local name: where it is visible, its type, and every value assigned to it (with the result's index)."""

    name: Name
    scope: Scope
    type: Expr | None
    index: int = -1
    of_literal: bool = False
    constant: bool = False
    source: Expr | None = None
    values: list[tuple[Expr, int, Assign]] = field(default_factory=list)


class Flow:
    """Bindings of one function (or of one top-level declaration, without `function`)."""

    def __init__(
        self,
        view: FileView,
        function: Function | None,
        statements: Iterable[Statement],
        carriers: Carriers,
        values: Values,
        receiver: Clients = (),
    ) -> None:
        self.view = view
        self.function = function
        self._carriers = carriers
        self.reading = Reading(values, view, function, receiver)
        self._receiver = receiver
        self._bindings: dict[str, list[Binding]] = {}
        for statement in statements:
            self._bind(statement)

    @property
    def names(self) -> Iterable[str]:
        """Every local name."""
        return self._bindings

    def binding(self, name: Name) -> Binding | None:
        """Return what `name` is bound to where it stands, or None for a name from outside the function."""
        bound = self._bindings.get(name.text)
        if bound is None:
            return None
        visible = [
            binding
            for binding in bound
            if binding.scope.start <= name.at < binding.scope.end or binding.name.at == name.at
        ]
        return max(visible, key=lambda binding: (binding.scope.start, binding.name.at)) if visible else None

    def bindings(self, name: str) -> list[Binding]:
        """Return all bindings of the name `name`."""
        return self._bindings.get(name, [])

    def api(self, expr: Expr) -> ApiPackage | None:
        """Return the API package that `expr` names, if it is the alias of one."""
        if isinstance(expr, Name) and expr.text in self.view.apis and self.binding(expr) is None:
            return self.view.apis[expr.text]
        return None

    def role_of_type(self, expr: Expr | None) -> Client | None:
        """Return a client of the type `expr` if it is an API package's client type."""
        if isinstance(expr, Select) and expr.name in TYPES:
            api = self.api(expr.base)
            return Client(api, TYPES[expr.name]) if api is not None else None
        if isinstance(expr, Name) and self.view.home is not None and expr.text in TYPES:
            return Client(self.view.home, TYPES[expr.text])
        return None

    def constructor(self, expr: Expr) -> Client | None:
        """Return what the constructor `expr` (uncalled) makes, if it is one."""
        if isinstance(expr, Select) and expr.name in CONSTRUCTORS:
            api = self.api(expr.base)
            return Client(api, CONSTRUCTORS[expr.name]) if api is not None else None
        if isinstance(expr, Name) and self.view.home is not None and expr.text in CONSTRUCTORS:
            return Client(self.view.home, CONSTRUCTORS[expr.text]) if self.binding(expr) is None else None
        return None

    def callees(self, expr: Expr, arguments: int | None = None) -> tuple[tuple[Package, Function], ...]:
        """Return the microservice's own functions that a call of `expr` may reach, by name."""
        package, name = self.view.package, ""
        if isinstance(expr, Name) and self.binding(expr) is None:
            name = expr.text
        elif isinstance(expr, Select):
            name = expr.name
            if isinstance(expr.base, Name) and self.binding(expr.base) is None:
                package = self.view.siblings.get(expr.base.text, package)
        if not name:
            return ()
        return tuple((package, function) for function in package.functions(name))

    def clients(self, expr: Expr, index: int = -1, steps: int = _MAX_STEPS) -> Clients:
        """Return the clients that `expr` may stand for; `index` picks a result of a call that has several."""
        if steps == 0:
            return ()
        if isinstance(expr, Name):
            return self._of_name(expr, steps)
        if isinstance(expr, Select):
            if isinstance(expr.base, Name) and self.binding(expr.base) is None:
                sibling = self.view.siblings.get(expr.base.text)
                if sibling is not None:
                    return self._carriers.variable(sibling, expr.name)
                if self.api(expr.base) is not None:
                    return ()
            return self._carriers.field(expr.name)
        if isinstance(expr, Call):
            return self._of_call(expr, index, steps)
        return ()

    def assigned(self, result: str) -> Clients:
        """Return what the function assigns to its named result, for a `return` without values."""
        end = self.function.node.end_byte if self.function is not None else 0
        outer = [binding for binding in self.bindings(result) if binding.scope.end == end]
        return merged(*(self.clients(binding.name) for binding in outer if binding.values))

    def may_hold_clients(self, binding: Binding) -> bool:
        """Return whether `binding` may be bound to a client anywhere, cheaply for the many that are not."""
        if binding.type is not None and self.role_of_type(binding.type) is not None:
            return True
        if binding.values or self._receiver:
            return bool(self.clients(binding.name))
        return binding.index >= 0 and bool(self._carriers.called) and bool(self.clients(binding.name))

    def hosts(self, call: Call) -> tuple[str, ...]:
        """Return the hosts that a `ForHost` call may set, `ANY_HOST` alone when they cannot be told.

        An empty one is no override.
        """
        texts = self.reading.texts(call, 0)
        known = texts.known
        return (ANY_HOST,) if known is None else (*known, *([""] if texts.may_be_zero else []))

    def _of_name(self, expr: Name, steps: int) -> Clients:
        binding = self.binding(expr)
        if binding is None:
            return self._carriers.variable(self.view.package, expr.text)
        if self._receiver and self.function is not None and expr.text == self.function.receiver:
            return self._receiver
        found: list[Clients] = [self.clients(value, index, steps - 1) for value, index, _ in binding.values]
        if binding.index >= 0 and not binding.of_literal and self.function is not None:
            found.append(self._carriers.parameter(self.view.package, self.function.name, binding.index))
        declared = self.role_of_type(binding.type)
        return merged(*found) or ((declared,) if declared is not None else ())

    def _of_call(self, call: Call, index: int, steps: int) -> Clients:
        made = self.constructor(call.function)
        if made is not None:
            return (made,)
        function = call.function
        if isinstance(function, Select):
            base = self.clients(function.base, -1, steps - 1)
            if base:
                if function.name == FOR_HOST:
                    hosts = self.hosts(call)
                    return merged(*(tuple(client.for_host(host) for client in base) for host in hosts))
                if function.name == WITH_OPTIONS:
                    outcomes = self.reading.options(call)
                    return tuple(client.with_options(outcomes) for client in base)
                return ()
        if not self._carriers.has_results:
            return ()
        return merged(
            *(self._carriers.result(package, callee.name, max(index, 0)) for package, callee in self.callees(function))
        )

    def _bind(self, statement: Statement) -> None:
        if isinstance(statement, Declare):
            for name in statement.names:
                self._bindings.setdefault(name.text, []).append(
                    Binding(
                        name,
                        statement.scope,
                        statement.type,
                        statement.position,
                        statement.of_literal,
                        source=statement.source,
                    )
                )
        elif isinstance(statement, Assign):
            several = len(statement.targets) > 1 and len(statement.values) == 1
            for position, target in enumerate(statement.targets):
                if not isinstance(target, Name) or target.text == "_":
                    continue
                value = (
                    statement.values[0 if several else position]
                    if position < len(statement.values) or several
                    else None
                )
                binding = self._redeclared(target, statement) if statement.declares else self.binding(target)
                if binding is None and statement.declares:
                    binding = Binding(target, statement.scope, statement.type, constant=statement.constant)
                    self._bindings.setdefault(target.text, []).append(binding)
                if binding is not None and value is not None:
                    binding.values.append((value, position if several else -1, statement))

    def _redeclared(self, target: Name, statement: Assign) -> Binding | None:
        """`:=` reuses a name that the same block already declares."""
        for binding in self._bindings.get(target.text, ()):
            if binding.scope.end == statement.scope.end and binding.scope.block == statement.scope.block:
                return binding
        return None
