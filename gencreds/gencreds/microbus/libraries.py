"""Packages of the same module that are neither a microservice's own nor an API: code that microservices share.

What a microservice reaches of them is its own doing. Reach is by name: a function counts when its name stands in code
that counts. That may take in one too many, never one too few.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from gencreds.golang.packages import Function, Package
from gencreds.golang.standard import CALLED_BY_GO
from gencreds.microbus.api import Apis
from gencreds.microbus.connectors import handovers
from gencreds.microbus.fileview import FileView
from gencreds.microbus.framework import FRAMEWORK
from gencreds.microbus.handing import Handover
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
        self._imported: dict[str, list[str]] = {}

    def reached_from(self, own: Mapping[str, Package]) -> dict[str, Package]:
        """Return the shared packages that the packages `own` import, directly or not, by import path."""
        found: dict[str, Package] = {}
        waiting = list(own.values())
        while waiting:
            while waiting:
                package = waiting.pop()
                for path in self._imports(package):
                    if path not in own and path not in found and (shared := self.apis.packages.find(path)) is not None:
                        found[path] = shared
                        waiting.append(shared)
            near = {**own, **found}
            for each in {each: None for package in near.values() for each in self._handed_over(package, near)}:
                other = self.apis.packages.find(each.path) if each.path not in own else None
                if other is None or each.path in found:
                    continue
                if self._may_ask(other) or self._handed_over(other, {other.import_path: other}):
                    found[each.path] = other
                    waiting.append(other)
        return found

    def unfollowed(self, package: Package) -> tuple[Handover, ...]:
        """Return where code in `package`, which `reached_from` was given or found, gives the connector to code that
        cannot be followed."""
        found = self._handovers[package.directory.path]
        return tuple(each for each in found if not self.apis.is_resolved(each.path))

    def _imports(self, package: Package) -> list[str]:
        """Return the packages of main modules that `package` imports, of those that are followed."""
        if package.directory.path not in self._imported:
            paths = sorted({each.path for file in package.files for each in file.imports})
            is_local = self.apis.packages.modules.is_local
            self._imported[package.directory.path] = [
                path for path in paths if not _is_framework(path) and is_local(path) and self.apis.find(path) is None
            ]
        return self._imported[package.directory.path]

    def _handed_over(self, package: Package, near: Mapping[str, Package]) -> tuple[Handover, ...]:
        path = package.directory.path
        if path not in self._handovers:
            reached = {package.import_path: package}
            waiting = [package]
            while waiting:
                for each in self._imports(waiting.pop()):
                    if each in near and each not in reached:
                        reached[each] = near[each]
                        waiting.append(near[each])
            self._handovers[path] = tuple(handovers(package, reached.values(), self.apis))
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


def reached_words(
    start: Iterable[bytes], libraries: Iterable[Package], given: Collection[tuple[str, str]] = ()
) -> frozenset[bytes]:
    """Return all words in the source texts `start` and in every function of `libraries` that they reach by name.

    Methods that Go's standard library calls through its interfaces are reached with their type, as `Type.Method`, and
    so are all exported ones of the types `given` to other modules.
    """
    words = {match[0] for text in start for match in _WORD.finditer(text)}
    declared: dict[bytes, list[Function]] = {}
    called: dict[bytes, list[Function]] = {}
    for library in libraries:
        for name in library.function_names:
            for function in library.functions(name):
                declared.setdefault(_encoded(name), []).append(function)
                is_given = (library.import_path, function.receiver_type) in given and name[:1].isupper()
                if function.receiver_type and (is_given or name in CALLED_BY_GO):
                    called.setdefault(_encoded(function.receiver_type), []).append(function)
    waiting = [word for word in (declared.keys() | called.keys()) if word in words]
    seen = set(waiting)
    while waiting:
        reached = waiting.pop()
        words.update(b"%s.%s" % (reached, _encoded(each.name)) for each in called.get(reached, ()))
        for function in (*declared.get(reached, ()), *called.get(reached, ())):
            # Its own name would reach every function of that name.
            after = function.node.child_by_field_name("parameters") or function.node
            for match in _WORD.finditer(function.file.data, after.start_byte, function.node.end_byte):
                word = match[0]
                words.add(word)
                if word not in seen and (word in declared or word in called):
                    seen.add(word)
                    waiting.append(word)
    return frozenset(words)


def is_reached(function: Function, words: frozenset[bytes]) -> bool:
    """Return whether `words`, which `reached_words` made, reach `function`."""
    name = _encoded(function.name)
    return name in words or b"%s.%s" % (_encoded(function.receiver_type), name) in words


def _encoded(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")
