"""Collects what the analysis of one microservice finds, in order and each thing once."""

from __future__ import annotations

from dataclasses import replace

from gencreds.golang.syntax import Problem
from gencreds.microbus.model import Access, AccessKind, Endpoint, Finding, Location, Severity
from gencreds.subjects import RouteInvalid, check_method, resolve_route


class Record:
    """What is found for one microservice so far. The patterns write here; `function` is what they are looking at."""

    def __init__(self) -> None:
        self.function = ""
        self._accesses: dict[Access, None] = {}
        self._findings: dict[Finding, None] = {}
        # The lines on which a source comment states a call.
        self._declared: set[Location] = set()

    @property
    def accesses(self) -> tuple[Access, ...]:
        """The accesses in the order found."""
        return tuple(self._accesses)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings, sorted by place and rule."""
        return tuple(sorted(self._findings, key=lambda finding: (finding.location, finding.rule, finding.message)))

    def access(
        self,
        kind: AccessKind,
        endpoint: Endpoint,
        location: Location,
        *,
        name: str = "",
        callee: str = "",
        route: str = "",
    ) -> None:
        """Note an access."""
        self._accesses[Access(kind, endpoint, location, name, callee, route, self.function)] = None

    def blocking(self, rule: str, message: str, location: Location) -> None:
        """Note a finding that refuses the allow-list."""
        self._findings[Finding(rule, Severity.BLOCKING, message, location)] = None

    def warning(self, rule: str, message: str, location: Location) -> None:
        """Note a finding that lets the allow-list stand."""
        self._findings[Finding(rule, Severity.WARNING, message, location)] = None

    def add_access(self, access: Access) -> None:
        """Note an access found elsewhere."""
        self._accesses[access] = None

    def add(self, finding: Finding) -> None:
        """Note a finding made elsewhere."""
        self._findings[finding] = None

    def problem(self, name: str, problem: Problem) -> None:
        """Note a file that cannot be analysed."""
        message = f"{name}:{problem.line} {problem.message}"
        self.blocking(problem.rule, message, Location(name, problem.line))

    def declare(self, access: Access) -> None:
        """Note an access that a source comment states."""
        self._accesses[access] = None
        self._declared.add(access.location)

    def is_declared(self, location: Location) -> bool:
        """Return whether a comment on the same line, or on the one before, states the call at `location`."""
        return location in self._declared or replace(location, line=location.line - 1) in self._declared

    def method(self, method: str, location: Location) -> str | None:
        """Return `method` as subjects have it; what is none is a blocking finding, and None."""
        try:
            return check_method(method)
        except RouteInvalid as error:
            self.blocking("invalid-route", str(error), location)
            return None

    def resolve(self, hostname: str, route: str, method: str, location: Location) -> Endpoint | None:
        """Resolve `route` against `hostname`; what the runtime would refuse is a blocking finding, and None."""
        try:
            return resolve_route(hostname, route, method)
        except RouteInvalid as error:
            self.blocking("invalid-route", str(error), location)
            return None
