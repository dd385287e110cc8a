"""Methods that people add to an API package's clients (`clientext.go`): each counts as if written where it is called.

What a method reaches depends on the client alone, so it is worked out once per client and method.
"""

from __future__ import annotations

from dataclasses import replace

from gencreds.golang.packages import Function
from gencreds.golang.syntax import line_of
from gencreds.microbus.api import Apis
from gencreds.microbus.api_functions import returns_clients
from gencreds.microbus.clients import Client
from gencreds.microbus.collect import collect
from gencreds.microbus.interest import interesting
from gencreds.microbus.model import MAX_STEPS, Location, Step
from gencreds.microbus.record import Record
from gencreds.microbus.shapes import Types
from gencreds.microbus.solve import Solver
from gencreds.microbus.values import Values
from gencreds.microbus.views import view_of

# Methods that call one another deeper than this call one another in a circle with ever new hosts.
_MAX_DEPTH = 32


class Extensions:
    """The methods of API packages' clients, for the microservice `hostname`."""

    def __init__(self, hostname: str, apis: Apis, values: Values, record: Record) -> None:
        self._hostname = hostname
        self._apis = apis
        self._values = values
        self._record = record
        self._under_way: list[tuple[Client, str]] = []
        self._known: dict[tuple[Client, str], Record] = {}
        self._broken: set[str] = set()

    def use(self, client: Client, name: str, location: Location) -> bool:
        """Record what the method `name` of `client` does at `location`; returns whether there is such a method."""
        package = client.api.package
        for problem_name, problem in package.problems:
            self._broken.add(problem_name)
            self._record.problem(problem_name, problem)
        key = (client, name)
        if not self._methods(client, name) or len(self._under_way) > _MAX_DEPTH:
            return bool(package.functions(name) or package.problems)
        if key in self._under_way:
            return True
        found = self._known.get(key)
        if found is None:
            kept, self._record = self._record, Record()
            self._analyse(client, name, self._record)
            found, self._record = self._record, kept
            if not self._under_way:
                # What is found on the way depends on who asks: methods that call one another leave one another out.
                self._known[key] = found
        self._repeat(found, location)
        return True

    def _methods(self, client: Client, name: str) -> list[Function]:
        return [each for each in client.api.package.functions(name) if each.receiver_type == client.type]

    def _analyse(self, client: Client, name: str, record: Record) -> None:
        package = client.api.package
        self._under_way.append((client, name))
        solver = Solver(Types(self._apis, {package.import_path: package}), self._values)
        for method in self._methods(client, name):
            view = view_of(package, method.file, self._apis, {}, home=client.api)
            solver.state.types.keep(view)
            solver.add_unit(view, method.node, interesting(view, ()), receiver=(client,))
        solver.solve()
        collect(solver, self._hostname, record, self.use)
        self._under_way.pop()
        carrying = {each.key[1] for each in solver.state.cells.all() if each.key[0] == "result" and each.carries}
        for method in self._methods(client, name):
            if (method.file.name, method.node.start_byte) in carrying or returns_clients(package, method):
                record.blocking(
                    "unfollowed-client",
                    f"a method of {package.import_path} returns a client, and what is called with that cannot be "
                    "followed; make the call in the method, or write a function for it in a package that is no API",
                    Location(method.file.name, line_of(method.node)),
                )

    def _repeat(self, found: Record, location: Location) -> None:
        """Note what a method does as done at `location`, with the way from there into the method."""
        for access in found.accesses:
            inside = Step(access.function, access.location.file, access.location.line)
            via = (inside, *access.via)[:MAX_STEPS]
            self._record.add_access(replace(access, location=location, function=self._record.function, via=via))
        for finding in found.findings:
            is_of_file = finding.location.file in self._broken
            self._record.add(finding if is_of_file else replace(finding, location=location))
