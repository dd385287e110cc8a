"""The last pass: every use of a client that the solved cells show becomes an access, or a finding where it is lost.

`evaluate` calls in here as a `Watch`; the pattern files do the recording.
"""

from __future__ import annotations

from collections.abc import Callable

from gencreds.golang.expressions import Call, Declare, Expr, Name, Select, TypeSpec
from gencreds.microbus.abstract import Contents, Maker, Object
from gencreds.microbus.calls import record_call, record_executor
from gencreds.microbus.clients import CHAIN, CONSTRUCTORS, TYPES, Client, Role
from gencreds.microbus.composites import composite
from gencreds.microbus.effects import Effects
from gencreds.microbus.evaluate import Evaluator
from gencreds.microbus.events import record_trigger
from gencreds.microbus.hooks import record_hook
from gencreds.microbus.invoke import first_result
from gencreds.microbus.lowered import Unit
from gencreds.microbus.model import Location
from gencreds.microbus.plain import Asked
from gencreds.microbus.record import Record
from gencreds.microbus.requests import record_method_value, record_overrides, record_request, record_stated
from gencreds.microbus.routes import record_definition, record_route, record_subscribe_value
from gencreds.microbus.site import Site
from gencreds.microbus.solve import Solver
from gencreds.microbus.state import State
from gencreds.microbus.uncompilable import empty_returns

_BY_ROLE: dict[Role, Callable[[Site, Client, str, int], None]] = {
    Role.CLIENT: record_call,
    Role.HOOK: record_hook,
    Role.TRIGGER: record_trigger,
    Role.EXECUTOR: record_executor,
    # What a subgraph adds travels in the flow's reply: the foreman makes the call.
    Role.SUBGRAPH: lambda site, client, member, line: None,
}
Helper = Callable[[Client, str, Location], bool]


def collect(solver: Solver, hostname: str, record: Record, helper: Helper) -> None:
    """Record what the solved units do, and the plain functions."""
    clock = solver.clock
    for plain in solver.plain():
        record.function = plain.function.title
        site = Site(hostname, plain.view, solver.empty_flow(plain.view), record, helper)
        for use in plain.uses:
            clock.check()
            if isinstance(use, Asked):
                record_stated(site, use.method, use.url, use.line)
                continue
            record_use = record_definition if use.is_subscription else _BY_ROLE[use.client.role]
            record_use(site, use.client, use.member, use.line)
    for unit in solver.state.units.values():
        record.function = name_of(unit)
        if unit.too_deep is not None:
            location = Location(unit.view.file.name, unit.too_deep.line)
            record.blocking("nesting-too-deep", f"{unit.too_deep}; split it up", location)
        site = Site(hostname, unit.view, unit.flow, record, helper)
        effects = Effects(Evaluator(solver.state, unit, _Uses(site, solver.state), first_result, composite))
        for statement in unit.statements:
            clock.check()
            if not isinstance(statement, (Declare, TypeSpec)):
                effects.run(statement)
    record.function = ""
    _record_empty_returns(solver.state, record)


def name_of(unit: Unit) -> str:
    """Return the function of a unit as Go names it, or an empty string for any other declaration."""
    return unit.function.title if unit.function is not None else ""


def _record_empty_returns(state: State, record: Record) -> None:
    """Report functions that return nothing where a client is wanted: Go compiles none, and nothing tells which."""
    views = {unit.view.file.name: unit.view.file for unit in state.units.values()}
    for name, start in state.assumed:
        known = state.functions.get((name, start))
        file = known.function.file if known is not None and known.function is not None else views.get(name)
        for line in empty_returns(file, start) if file is not None else ():
            record.blocking(
                "unfollowed-client",
                "a client is to be returned, and none is, so Go does not compile this and nobody can tell which client "
                "is meant; return one",
                Location(name, line),
            )


class _Uses:
    """Records the uses in one unit."""

    def __init__(self, site: Site, state: State) -> None:
        self._site = site
        self._state = state

    def member(self, clients: tuple[Client, ...], name: str, line: int) -> None:
        """Of several clients that a variable may hold, those that have the member are meant."""
        if name in CHAIN:
            self._escapes(clients, f"has {name} taken as a value", line)
            return
        having = [client for client in clients if name in client.api.definitions]
        for client in having or clients:
            _BY_ROLE[client.role](self._site, client, name, line)

    def lost(self, values: Contents, how: str, expr: Expr) -> None:
        """Report `values` as clients that are not followed any further."""
        clients: list[Client] = []
        waiting, seen = list(values), set(values)
        while waiting:
            value = waiting.pop(0)
            if isinstance(value, Client):
                clients.append(value)
            elif isinstance(value, Maker):
                clients.append(value.client)
            else:
                inner = [each for each in self._state.held_by(value) if each not in seen]
                seen.update(inner)
                waiting.extend(inner)
        self._escapes(tuple(clients), how, getattr(expr, "line", 1))
        if not clients and any(isinstance(value, Object) for value in values):
            self._report("a value with clients in it", how, getattr(expr, "line", 1))

    def undeclared(self, name: Name) -> None:
        """Report a name of which nobody can tell what it has to do with clients."""
        self._site.record.blocking(
            "unfollowed-client",
            f"{name.text} is declared nowhere, so Go does not compile this, and which client is meant cannot be told; "
            "declare it",
            self._site.location(name.line),
        )

    def call(self, call: Call) -> bool:
        """Record subscriptions and raw requests."""
        return record_route(self._site, call) or record_request(self._site, call)

    def select(self, expr: Select) -> None:
        """Record what is selected from something that is none of the tree's."""
        if not record_method_value(self._site, expr):
            record_subscribe_value(self._site, expr)
        base = expr.base
        if not isinstance(base, Name) or base.text not in self._site.view.unresolved:
            return
        if not self._site.flow.hides(base) and (expr.name in CONSTRUCTORS or expr.name in TYPES):
            path = self._site.view.unresolved[base.text]
            self._site.record.blocking(
                "unresolved-api",
                f"{path} cannot be found, so what {base.text}.{expr.name} reaches is unknown; "
                "vendor its module (go mod vendor) or download it (go mod download)",
                self._site.location(expr.line),
            )

    def options(self, call: Call, clients: tuple[Client, ...]) -> None:
        """Record the options that clients are given."""
        if any(client.role in (Role.CLIENT, Role.TRIGGER) for client in clients):
            record_overrides(self._site, call, clients)

    def _escapes(self, clients: tuple[Client, ...], how: str, line: int) -> None:
        for client in clients:
            if client.role is not Role.SUBGRAPH:
                self._report(f"a {client.role.value} of {client.api.import_path}", how, line)

    def _report(self, what: str, how: str, line: int) -> None:
        self._site.record.blocking(
            "unfollowed-client",
            f"{what} {how}; call it where it is made, or keep it in variables, fields, parameters and containers "
            "of this module",
            self._site.location(line),
        )
