"""Collects what the analysis of one microservice finds, in order and each thing once."""

from __future__ import annotations

from dataclasses import replace

from gencreds.golang.syntax import Problem
from gencreds.microbus.model import Access, AccessKind, Endpoint, Finding, Location, Severity
from gencreds.subjects import RouteInvalid, resolve_route


class Record:
    """What is found for one microservice so far. The patterns write here."""

    def __init__(self) -> None:
        self._accesses: dict[Access, None] = {}
        self._findings: dict[Finding, None] = {}
        # The lines on which a source comment states a call.
        self._declared: set[Location] = set()
        self._kept: tuple[dict[Access, None], dict[Finding, None]] = ({}, {})

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
        self._accesses[Access(kind, endpoint, location, name, callee, route)] = None

    def blocking(self, rule: str, message: str, location: Location) -> None:
        """Note a finding that refuses the allow-list."""
        self._findings[Finding(rule, Severity.BLOCKING, message, location)] = None

    def warning(self, rule: str, message: str, location: Location) -> None:
        """Note a finding that lets the allow-list stand."""
        self._findings[Finding(rule, Severity.WARNING, message, location)] = None

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

    def forget(self) -> None:
        """Drop everything but what is kept, before the analysis looks again with more knowledge."""
        self._accesses, self._findings = dict(self._kept[0]), dict(self._kept[1])

    def keep(self) -> None:
        """Keep what is noted so far whenever the rest is dropped."""
        self._kept = (dict(self._accesses), dict(self._findings))

    def resolve(self, hostname: str, route: str, method: str, location: Location) -> Endpoint | None:
        """Resolve `route` against `hostname`; what the runtime would refuse is a blocking finding, and None."""
        try:
            return resolve_route(hostname, route, method)
        except RouteInvalid as error:
            self.blocking("invalid-route", str(error), location)
            return None
