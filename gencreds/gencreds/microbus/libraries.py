"""Packages of the same module that are neither a microservice's own nor an API: code that microservices share.

What a microservice reaches of them is its own doing. Reach is by name: a function counts when its name stands in code
that counts. That may take in one too many, never one too few.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from gencreds.golang.packages import Package
from gencreds.microbus.api import Apis
from gencreds.microbus.connectors import FRAMEWORK, Handover, handovers
from gencreds.microbus.fileview import FileView
from gencreds.microbus.interest import interesting
from gencreds.microbus.views import view_of

# The framework forwards what it is given, also where a fork of it replaces it locally; its core services are code.
_FRAMEWORK, _CORE = "github.com/microbus-io/fabric/", "github.com/microbus-io/fabric/coreservices/"
_WORD = re.compile(rb"[A-Za-z_]\w*")


class Libraries:
    """Shared packages met in a scan; whether one is of interest at all is found out once."""

    def __init__(self, apis: Apis) -> None:
        self.apis = apis
        self._views: dict[str, tuple[FileView, ...]] = {}
        self._handovers: dict[str, tuple[Handover, ...]] = {}

    def reached_from(self, own: Mapping[str, Package]) -> dict[str, Package]:
        """Return the shared packages that the packages `own` import, directly or not, by import path."""
        found: dict[str, Package] = {}
        waiting = list(own.values())
        while waiting:
            package = waiting.pop()
            for each in self._handed_over(package):
                other = self.apis.packages.find(each.path) if each.path not in own else None
                if other is not None and each.path not in found and self._may_ask(other):
                    found[each.path] = other
                    waiting.append(other)
            for path in sorted({each.path for file in package.files for each in file.imports}):
                if path in own or path in found or _is_framework(path) or not self.apis.packages.modules.is_local(path):
                    continue
                if self.apis.find(path) is None and (shared := self.apis.packages.find(path)) is not None:
                    found[path] = shared
                    waiting.append(shared)
        return found

    def unfollowed(self, package: Package) -> Iterator[Handover]:
        """Yield the calls in `package` that give the connector to code that cannot be followed."""
        for each in self._handed_over(package):
            if not self.apis.is_resolved(each.path):
                yield each

    def _handed_over(self, package: Package) -> tuple[Handover, ...]:
        path = package.directory.path
        if path not in self._handovers:
            self._handovers[path] = tuple(handovers(package, self.apis))
        return self._handovers[path]

    def _may_ask(self, package: Package) -> bool:
        """Return whether a package can ask for anything: it needs the framework or an API package for that."""
        paths = {each.path for file in package.files for each in file.imports}
        return any(path.startswith(FRAMEWORK) or self.apis.find(path) is not None for path in paths)

    def views(self, library: Package, all_packages: Mapping[str, Package]) -> tuple[FileView, ...]:
        """Return the files of `library` in which anything of interest stands."""
        if library.import_path not in self._views:
            views = (view_of(library, file, self.apis, all_packages) for file in library.files)
            self._views[library.import_path] = tuple(view for view in views if interesting(view, ()))
        return self._views[library.import_path]


def _is_framework(path: str) -> bool:
    return path.startswith(_FRAMEWORK) and not path.startswith(_CORE)


def reached_words(start: Iterable[bytes], libraries: Iterable[Package]) -> frozenset[bytes]:
    """Return all words in the source texts `start` and in every function of `libraries` that they reach by name."""
    words = {match[0] for text in start for match in _WORD.finditer(text)}
    declared = {
        name: functions
        for library in libraries
        for name in library.function_names
        if (functions := library.functions(name))
    }
    waiting = [name for name in declared if name.encode("utf-8", "surrogateescape") in words]
    seen = set(waiting)
    while waiting:
        for function in declared[waiting.pop()]:
            text = function.file.data[function.node.start_byte : function.node.end_byte]
            for match in _WORD.finditer(text):
                words.add(match[0])
                name = match[0].decode("utf-8", "surrogateescape")
                if name in declared and name not in seen:
                    seen.add(name)
                    waiting.append(name)
    return frozenset(words)
