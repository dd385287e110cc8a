"""One microservice: its own API package, its packages, everything they do. Ties the readers and patterns together."""

from __future__ import annotations

import gc
from collections.abc import Mapping

from gencreds.golang.clock import TooCostly
from gencreds.golang.files import Directory
from gencreds.golang.packages import Package, Packages
from gencreds.microbus.api import ApiPackage
from gencreds.microbus.api_functions import record_api_functions
from gencreds.microbus.bundle import Bundle
from gencreds.microbus.closures import add_closures
from gencreds.microbus.collect import collect
from gencreds.microbus.declared import record_declared
from gencreds.microbus.events import record_outbound_events
from gencreds.microbus.extensions import Extensions
from gencreds.microbus.handing import Handover
from gencreds.microbus.holders import called_elsewhere, given_away, holders
from gencreds.microbus.hooks import record_inbound_definitions
from gencreds.microbus.libraries import Libraries, is_reached, reached_words
from gencreds.microbus.manifest import MANIFEST
from gencreds.microbus.model import Finding, Location, Microservice, Severity
from gencreds.microbus.reaching import Reaching
from gencreds.microbus.record import Record
from gencreds.microbus.shapes import Types
from gencreds.microbus.solve import Solver
from gencreds.microbus.texts import MAX_VALUES
from gencreds.microbus.unimplemented import record_unimplemented
from gencreds.microbus.values import Values
from gencreds.microbus.views import view_of

# The generations of the collector in which what one microservice leaves behind still is.
_YOUNG = 1
_GENERATED = b"DO NOT EDIT"


class ServiceAnalysis:
    """The analysis of the microservice in `directory`, whose manifest says `hostname`; `bundle` is what adds it."""

    def __init__(self, hostname: str, directory: Directory, libraries: Libraries, bundle: Bundle | None = None) -> None:
        self.hostname = hostname
        self.directory = directory
        self._libraries = libraries
        self._apis = libraries.apis
        self._bundle = bundle
        self._import_path = self._apis.packages.modules.import_path(directory)
        self._record = Record()

    @property
    def packages(self) -> Packages:
        """The packages of the scan that this is part of."""
        return self._apis.packages

    def run(self, findings: tuple[Finding, ...] = ()) -> Microservice:
        """Analyse everything and return what was found, with `findings` that concern the whole bundle.

        Of one that takes too long nothing is said but that.
        """
        try:
            with self.packages.files.clock.microservice(self.directory.name):
                found = self._run(findings)
        except TooCostly as error:
            place = self._place(MANIFEST)
            costly = Finding("too-costly", Severity.BLOCKING, f"{self.directory.name} {error}", place)
            return Microservice(self.hostname, self.directory.name, (), (costly, *findings))
        # Those who followed values know one another, and hold the trees: the next microservice's take their memory.
        gc.collect(_YOUNG)
        return found

    def _run(self, findings: tuple[Finding, ...]) -> Microservice:
        packages = self._own_packages()
        shared = self._libraries.reached_from(packages)
        near = {**packages, **shared}
        # Not kept: what it knows of the files holds their trees, and a scan has many microservices.
        values = Values(self._apis)
        self._follow_values(values, near)
        views = [
            view_of(package, file, self._apis, near)
            for package in packages.values()
            for file in package.files
            if not _is_generated_mock(file.name, file.data)
        ]
        record_declared(self._record, (view.file for view in views))
        shared_views = [view for library in shared.values() for view in self._libraries.views(library, near)]
        reached: frozenset[bytes] = frozenset()
        if shared_views or any(self._libraries.unfollowed(library) for library in shared.values()):
            given = called_elsewhere((*packages.values(), *shared.values()), shared_views, self._apis)
            reached = reached_words((view.file.data for view in views), shared.values(), given)
        solver = Solver(Types(self._apis, near), values)
        for view in views:
            solver.add_view(view)
        for view in shared_views:
            solver.add_view(view, reached)
        if self._bundle is not None:
            add_closures(solver, self._bundle, self._import_path, packages[self._import_path], self._apis)
        solver.solve()
        extensions = Extensions(self.hostname, self._apis, values, self._record)
        collect(solver, self.hostname, self._record, extensions.use)
        for view in (*views, *shared_views):
            record_api_functions(self._record, view)
        record_unimplemented(self._record, (*views, *shared_views))
        self._handed_over(packages, shared, reached, holders(solver.state.cells.all()))
        self._own_api()
        for package in (*packages.values(), *shared.values()):
            self._problems(package)
        for place in values.cut:
            self._record.warning(
                "too-many-values",
                f"this string may be more than {MAX_VALUES} different texts, or takes too long to follow, so it counts "
                "as unknown: what it decides is granted as a wildcard; state fewer, or ask in one place each",
                place,
            )
        for finding in findings:
            self._record.add(finding)
        reaching = Reaching(near.values())
        accesses = tuple(reaching.with_way(access) for access in self._record.accesses)
        return Microservice(self.hostname, self.directory.name, accesses, self._record.findings)

    def _handed_over(
        self,
        own: Mapping[str, Package],
        shared: Mapping[str, Package],
        reached: frozenset[bytes],
        holding: frozenset[tuple[str, str]],
    ) -> None:
        end = (
            "and what it asks for cannot be followed; vendor its module (go mod vendor), or state the calls in comments"
        )
        near = (*own.values(), *shared.values())
        for package in near:
            is_own = package.import_path in own

            def runs(each: Handover, is_own: bool = is_own) -> bool:
                is_run = is_own or (each.function is not None and is_reached(each.function, reached))
                return is_run and not self._record.is_declared(each.location)

            for each in filter(runs, self._libraries.unfollowed(package)):
                message = f"{each.name} of {each.path} is given the connector, {end}"
                self._record.blocking("unfollowed-connector", message, each.location)
            for each in filter(runs, given_away(package, near, self._apis, holding)):
                message = f"{each.name} of {each.path} is given an object with clients in it, {end}"
                self._record.blocking("unfollowed-client", message, each.location)

    def _follow_values(self, values: Values, near: dict[str, Package]) -> None:
        own = self._apis.own(self.directory)
        values.within(near.values(), own.definitions if own is not None else ())
        if self._bundle is not None:
            values.within((self._bundle.package,), ())

    def _own_packages(self) -> dict[str, Package]:
        """Return the microservice's package and those of its sub-packages that it imports, by import path."""
        packages = self._apis.packages
        found = {self._import_path: packages.load(self.directory, self._import_path, keep=False)}
        waiting = [found[self._import_path]]
        while waiting:
            package = waiting.pop()
            for imported in sorted({each.path for file in package.files for each in file.imports}):
                if not imported.startswith(self._import_path + "/") or imported in found:
                    continue
                directory = packages.modules.resolve(imported)
                if directory is None or self._apis.find(imported) is not None:
                    continue
                if MANIFEST not in packages.files.list(directory).files:
                    found[imported] = packages.load(directory, imported, keep=False)
                    waiting.append(found[imported])
        return found

    def _own_api(self) -> None:
        own = self._apis.own(self.directory)
        if own is None:
            self._record.blocking(
                "no-api-package",
                f"{self.directory.name} has no sub-directory ending in 'api' with a definition.go or endpoints.go",
                self._place(MANIFEST),
            )
            return
        self._problems(own.package)
        if not own.package.problems:
            self._own_definitions(own)

    def _own_definitions(self, own: ApiPackage) -> None:
        place = Location(own.package.files[0].name, 1) if own.package.files else self._place(MANIFEST)
        if own.hostname is None:
            self._record.blocking(
                "no-hostname", f"API package {own.import_path} has no string constant Hostname; declare it", place
            )
            return
        if own.hostname != self.hostname:
            self._record.blocking(
                "hostname-mismatch",
                f"the manifest says {self.hostname!r}, {own.import_path} says {own.hostname!r}; "
                "generate the manifest again",
                place,
            )
        record_outbound_events(self._record, own)
        record_inbound_definitions(self._record, own, self._apis)

    def _problems(self, package: Package) -> None:
        for name, problem in package.problems:
            self._record.problem(name, problem)

    def _place(self, name: str) -> Location:
        return Location(name if self.directory.name == "." else f"{self.directory.name}/{name}", 1)


def _is_generated_mock(name: str, data: bytes) -> bool:
    """Upstream never reads mock.go; one that a person wrote is code like any other."""
    return name.rpartition("/")[2] == "mock.go" and _GENERATED in data[:4096]
