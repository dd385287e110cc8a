"""Visits every expression of a function that is of interest, and hands it to the pattern that it belongs to.

A client must end up somewhere that is followed: in a call, a variable, a field, a parameter, a result. Anywhere else it
escapes, and the code that gets it could call anything: a blocking finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum

from gencreds.golang.expressions import (
    Assign,
    Call,
    Composite,
    Concat,
    Declare,
    Evaluate,
    Expr,
    Name,
    Other,
    Return,
    Select,
    Sequence,
    Statement,
)
from gencreds.microbus.calls import record_call, record_executor
from gencreds.microbus.clients import CHAIN, CONSTRUCTORS, TYPES, WITH_OPTIONS, Client, Clients, Role
from gencreds.microbus.events import record_trigger
from gencreds.microbus.hooks import record_hook
from gencreds.microbus.requests import record_method_value, record_overrides, record_request
from gencreds.microbus.routes import record_route, record_subscribe_value
from gencreds.microbus.site import Site


class Use(Enum):
    """What becomes of an expression's value."""

    FOLLOWED = "followed"
    LOST = "lost"


_BY_ROLE: dict[Role, Callable[[Site, Client, str, int], None]] = {
    Role.CLIENT: record_call,
    Role.HOOK: record_hook,
    Role.TRIGGER: record_trigger,
    Role.EXECUTOR: record_executor,
    # What a subgraph adds travels in the flow's reply: the foreman makes the call.
    Role.SUBGRAPH: lambda site, client, member, line: None,
}


class Walk:
    """Visits the statements of one site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._flow = site.flow

    def run(self, statements: Iterable[Statement]) -> None:
        """Visit `statements` in order."""
        for statement in statements:
            if isinstance(statement, Declare):
                self._declaration(statement)
            elif isinstance(statement, Assign):
                self._assignment(statement)
            elif isinstance(statement, Return):
                self._return(statement)
            elif isinstance(statement, Evaluate):
                # A client type that stands alone is a type switch's case, and what it narrows is not followed.
                is_type = self._flow.role_of_type(statement.value) is not None
                self._visit(statement.value, Use.LOST if is_type else Use.FOLLOWED)

    def fields(self, statements: Iterable[Statement]) -> None:
        """Visit a type declaration: fields that hold clients, and types that would hide one."""
        for statement in statements:
            if isinstance(statement, Evaluate):
                self._visit(statement.value, Use.LOST)
            elif isinstance(statement, Declare):
                declared = self._flow.role_of_type(statement.type)
                if declared is None and statement.type is not None:
                    self._visit(statement.type, Use.LOST)
                elif declared is not None and not statement.names:
                    self._escapes((declared,), "is embedded in a struct", statement.type)
                elif declared is not None:
                    for name in statement.names:
                        self._site.carriers.put_field(name.text, (declared,), declared=True)

    def _declaration(self, statement: Declare) -> None:
        if statement.type is not None and self._flow.role_of_type(statement.type) is None:
            self._visit(statement.type, Use.LOST)
        if statement.source is not None:
            self._visit(statement.source, Use.LOST)
        if self._flow.function is None and statement.scope.block < 0:
            declared = self._flow.role_of_type(statement.type)
            if declared is not None:
                for name in statement.names:
                    self._site.carriers.put_variable(self._site.view.package, name.text, (declared,), declared=True)

    def _assignment(self, statement: Assign) -> None:
        several = len(statement.targets) > 1 and len(statement.values) == 1
        if statement.type is not None and self._flow.role_of_type(statement.type) is None:
            self._visit(statement.type, Use.LOST)
        for position, target in enumerate(statement.targets):
            value = statement.values[0] if several else None
            if not several and position < len(statement.values):
                value = statement.values[position]
            clients = self._flow.clients(value, position if several else -1) if value is not None else ()
            if isinstance(target, Name):
                if clients and target.text != "_" and (self._flow.binding(target) is None or statement.scope.block < 0):
                    self._site.carriers.put_variable(self._site.view.package, target.text, clients)
            elif isinstance(target, Select):
                self._visit(target.base, Use.FOLLOWED)
                if clients:
                    self._site.carriers.put_field(target.name, clients)
            else:
                self._visit(target, Use.LOST)
                if clients:
                    self._escapes(clients, "is put into a container", value)
            if value is not None and not (several and position):
                self._visit(value, Use.FOLLOWED)

    def _return(self, statement: Return) -> None:
        function = self._flow.function
        for position, value in enumerate(statement.values):
            clients = self._flow.clients(value)
            if clients and (statement.of_literal or function is None):
                self._escapes(clients, "is returned from a function literal", value)
            elif clients and function is not None:
                self._site.carriers.put_result(self._site.view.package, function.name, position, clients)
            self._visit(value, Use.FOLLOWED)

    def _visit(self, expr: Expr, use: Use) -> None:
        if isinstance(expr, Call):
            self._call(expr, use)
        elif isinstance(expr, Select):
            self._select(expr, use)
        elif isinstance(expr, Name):
            if use is Use.LOST:
                self._lost(expr)
        elif isinstance(expr, Composite):
            self._composite(expr)
        elif isinstance(expr, (Concat, Other)):
            for part in expr.parts:
                self._visit(part, Use.LOST)
        elif isinstance(expr, Sequence):
            self._visit(expr.element, Use.LOST)

    def _select(self, expr: Select, use: Use) -> None:
        base = self._flow.clients(expr.base)
        if base:
            if expr.name in CHAIN:
                self._escapes(base, f"has {expr.name} taken as a value", expr)
            elif not self._is_own_field(expr.name):
                self._member(base, expr.name, expr.line)
            self._visit(expr.base, Use.FOLLOWED)
            return
        constructed = self._flow.constructor(expr) or (self._flow.role_of_type(expr) if use is Use.LOST else None)
        if constructed is not None:
            self._escapes((constructed,), f"{expr.name} is used as a value or inside another type", expr)
            return
        self._unresolved(expr)
        if not record_method_value(self._site, expr):
            record_subscribe_value(self._site, expr)
        if use is Use.LOST:
            self._lost(expr)
        self._visit(expr.base, Use.FOLLOWED)

    def _call(self, call: Call, use: Use) -> None:
        function = call.function
        if record_route(self._site, call) or record_request(self._site, call):
            self._arguments(call, may_follow=False)
            if isinstance(function, Select):
                self._visit(function.base, Use.FOLLOWED)
            return
        base = self._flow.clients(function.base) if isinstance(function, Select) else ()
        if isinstance(function, Select) and base:
            if function.name not in CHAIN:
                self._member(base, function.name, function.line)
            elif function.name == WITH_OPTIONS and any(client.role in (Role.CLIENT, Role.TRIGGER) for client in base):
                record_overrides(self._site, call, base)
            self._visit(function.base, Use.FOLLOWED)
            self._arguments(call, may_follow=False)
        elif self._flow.constructor(function) is not None:
            self._arguments(call, may_follow=False)
        else:
            self._arguments(call, may_follow=True)
            if isinstance(function, Select):
                self._unresolved(function)
                self._visit(function.base, Use.FOLLOWED)
            elif not isinstance(function, Name):
                self._visit(function, Use.LOST)
        if use is Use.LOST:
            self._lost(call)

    def _arguments(self, call: Call, *, may_follow: bool) -> None:
        for position, argument in enumerate(call.arguments):
            clients = self._flow.clients(argument)
            if clients:
                found = self._flow.callees(call.function) if may_follow and not call.spread else ()
                if not found:
                    self._escapes(clients, "is passed to code that cannot be followed", argument)
                for package, function in found:
                    self._site.carriers.put_parameter(package, function, position, clients)
            self._visit(argument, Use.FOLLOWED)

    def _composite(self, expr: Composite) -> None:
        made = self._flow.role_of_type(expr.type)
        if made is not None:
            self._escapes((made,), "is made without its constructor", expr)
        else:
            self._visit(expr.type, Use.LOST)
        for element in expr.elements:
            clients = self._flow.clients(element.value)
            if clients and element.key and isinstance(expr.type, (Name, Select)):
                self._site.carriers.put_field(element.key, clients)
            elif clients:
                self._escapes(clients, "is put into a container", element.value)
            self._visit(element.value, Use.FOLLOWED)

    def _member(self, clients: Clients, member: str, line: int) -> None:
        """Of several clients that a variable may hold, those that have the member are meant."""
        having = [client for client in clients if member in client.api.definitions]
        for client in having or clients:
            _BY_ROLE[client.role](self._site, client, member, line)

    def _is_own_field(self, name: str) -> bool:
        """A client's fields are seen by helpers in its own package alone: the caller, the host, the options."""
        home = self._site.view.home
        return home is not None and not name[:1].isupper() and not home.package.functions(name)

    def _unresolved(self, expr: Select) -> None:
        base = expr.base
        if not isinstance(base, Name) or base.text not in self._site.view.unresolved:
            return
        if self._flow.binding(base) is None and (expr.name in CONSTRUCTORS or expr.name in TYPES):
            path = self._site.view.unresolved[base.text]
            self._site.record.blocking(
                "unresolved-api",
                f"{path} cannot be found, so what {base.text}.{expr.name} reaches is unknown; "
                "vendor its module (go mod vendor) or download it (go mod download)",
                self._site.location(expr.line),
            )

    def _lost(self, expr: Expr) -> None:
        clients = self._flow.clients(expr)
        if clients:
            self._escapes(clients, "is used where it cannot be followed", expr)

    def _escapes(self, clients: Clients, how: str, expr: Expr | None) -> None:
        line = getattr(expr, "line", 1)
        for client in clients:
            if client.role is Role.SUBGRAPH:
                continue
            self._site.record.blocking(
                "unfollowed-client",
                f"a {client.role.value} of {client.api.import_path} {how}; call it where it is made, "
                "or keep it in a variable, a field or a parameter of its own type",
                self._site.location(line),
            )
