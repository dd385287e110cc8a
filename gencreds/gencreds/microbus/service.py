"""One microservice: its own API package, its packages, everything they do. Ties the readers and patterns together."""

from __future__ import annotations

from gencreds.golang.files import Directory
from gencreds.golang.packages import Package
from gencreds.golang.words import word_offsets
from gencreds.microbus.api import ApiPackage, Apis
from gencreds.microbus.carriers import Carriers
from gencreds.microbus.clients import Client
from gencreds.microbus.events import record_outbound_events
from gencreds.microbus.flow import FileView
from gencreds.microbus.functions import FunctionAnalysis, interesting
from gencreds.microbus.hooks import record_inbound_definitions
from gencreds.microbus.manifest import MANIFEST
from gencreds.microbus.model import Location, Microservice
from gencreds.microbus.record import Record
from gencreds.microbus.views import view_of

# Each round may carry clients one function further.
_MAX_ROUNDS = 16
_MAX_HELPER_DEPTH = 32
_GENERATED = b"DO NOT EDIT"


class ServiceAnalysis:
    """The analysis of one microservice in `directory`, whose manifest says `hostname`."""

    def __init__(self, hostname: str, directory: Directory, apis: Apis) -> None:
        self.hostname = hostname
        self.directory = directory
        self._apis = apis
        self._carriers = Carriers()
        self._record = Record()
        self._functions = FunctionAnalysis(hostname, apis.packages, self._carriers, self._record, self._helper)
        self._helpers: list[tuple[Client, str]] = []
        self._main: list[FileView] = []

    def run(self) -> Microservice:
        """Analyse everything and return what was found."""
        own = self._apis.own(self.directory)
        packages = self._own_packages(own)
        views = [
            view_of(package, file, self._apis, packages)
            for package in packages.values()
            for file in package.files
            if not _is_generated_mock(file.name, file.data)
        ]
        for _ in range(_MAX_ROUNDS):
            self._carriers.changed = False
            self._record.forget()
            for view in views:
                self._functions.file(view)
            if not self._carriers.changed:
                break
        else:
            self._record.blocking(
                "unfollowed-client", "clients travel through too many functions to be followed", self._place(MANIFEST)
            )
        self._own_api(own)
        for package in packages.values():
            self._problems(package)
        return Microservice(self.hostname, self.directory.name, self._record.accesses, self._record.findings)

    def _own_packages(self, own: ApiPackage | None) -> dict[str, Package]:
        """Return the microservice's package and those of its sub-packages that it imports, by import path."""
        packages = self._apis.packages
        path = packages.modules.import_path(self.directory)
        found = {path: packages.load(self.directory, path, keep=False)}
        waiting = [found[path]]
        while waiting:
            package = waiting.pop()
            for imported in sorted({each.path for file in package.files for each in file.imports}):
                if not imported.startswith(path + "/") or imported in found:
                    continue
                directory = packages.modules.resolve(imported)
                if directory is None or self._apis.find(imported) is not None:
                    continue
                if MANIFEST in packages.files.list(directory).files:
                    continue
                found[imported] = packages.load(directory, imported, keep=False)
                waiting.append(found[imported])
        return found

    def _own_api(self, own: ApiPackage | None) -> None:
        if own is None:
            self._record.blocking(
                "no-api-package",
                f"{self.directory.name} has no sub-directory ending in 'api' with a definition.go or endpoints.go",
                self._place(MANIFEST),
            )
            return
        self._problems(own.package)
        place = Location(own.package.files[0].name, 1) if own.package.files else self._place(MANIFEST)
        if own.hostname is None:
            self._record.blocking(
                "no-hostname", f"API package {own.import_path} has no string constant Hostname; declare it", place
            )
            return
        if own.hostname != self.hostname:
            self._record.blocking(
                "hostname-mismatch",
                f"the manifest says {self.hostname!r}, {own.import_path} says {own.hostname!r}; generate the manifest again",
                place,
            )
        record_outbound_events(self._record, own)
        record_inbound_definitions(self._record, own, self._apis)

    def _problems(self, package: Package) -> None:
        for name, problem in package.problems:
            self._record.blocking(
                problem.rule, f"{name}:{problem.line} {problem.message}", Location(name, problem.line)
            )

    def _helper(self, client: Client, name: str, location: Location) -> bool:
        """Analyse the method `name` of an API package's clients as if it were written where it is called."""
        package = client.api.package
        methods = [
            method for method in package.functions(name) if method.receiver_type in ("Client", "MulticastClient")
        ]
        key = (client, name)
        if not methods or key in self._helpers or len(self._helpers) > _MAX_HELPER_DEPTH:
            return bool(methods)
        self._helpers.append(key)
        for problem_name, problem in package.problems:
            self._record.blocking(problem.rule, f"{problem_name}:{problem.line} {problem.message}", location)
        for method in methods:
            view = view_of(package, method.file, self._apis, {}, home=client.api)
            offsets = interesting(view, set())
            inside = [offset for offset in offsets if method.node.start_byte <= offset < method.node.end_byte]
            self._functions.declaration(view, method.node, inside, (client,), location)
        self._helpers.pop()
        return True

    def _place(self, name: str) -> Location:
        return Location(name if self.directory.name == "." else f"{self.directory.name}/{name}", 1)


def _is_generated_mock(name: str, data: bytes) -> bool:
    """Upstream never reads mock.go; one that a person wrote is code like any other."""
    return name.rpartition("/")[2] == "mock.go" and _GENERATED in data[:4096]


__all__ = ["ServiceAnalysis", "word_offsets"]
