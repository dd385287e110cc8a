"""Where clients travel inside a microservice: fields, package variables, parameters and results.

One instance per microservice, filled by `walk` and read by `flow`. The analysis repeats until nothing is added.
"""

from __future__ import annotations

from gencreds.golang.packages import Function, Package
from gencreds.microbus.clients import Clients, merged

Key = tuple[str, str, int]


class Carriers:
    """Clients by field name, by package variable, by function and parameter, by function and result."""

    def __init__(self) -> None:
        self._clients: dict[tuple[str, *Key], Clients] = {}
        self._declared: dict[tuple[str, *Key], Clients] = {}
        self.words: set[bytes] = set()
        self.has_results = False
        self.changed = False
        self.called: dict[tuple[str, int], tuple[Package, Function]] = {}

    def field(self, name: str) -> Clients:
        """Return what the field `name` of any of the microservice's structs may hold."""
        return self._get("field", ("", name, 0))

    def variable(self, package: Package, name: str) -> Clients:
        """Return what the package variable `name` may hold."""
        return self._get("variable", (package.import_path, name, 0))

    def parameter(self, package: Package, function: str, index: int) -> Clients:
        """Return what callers pass to `function` at position `index`."""
        return self._get("parameter", (package.import_path, function, index))

    def result(self, package: Package, function: str, index: int) -> Clients:
        """Return what `function` returns at position `index`."""
        return self._get("result", (package.import_path, function, index))

    def put_field(self, name: str, clients: Clients, *, declared: bool = False) -> None:
        """Note that a field holds `clients`; `declared` ones stand in only while no assignment is seen."""
        self._put("field", ("", name, 0), clients, declared)

    def put_variable(self, package: Package, name: str, clients: Clients, *, declared: bool = False) -> None:
        """Note that a package variable holds `clients`."""
        self._put("variable", (package.import_path, name, 0), clients, declared)

    def put_parameter(self, package: Package, function: Function, index: int, clients: Clients) -> None:
        """Note that `function` is called with `clients`."""
        key = (function.file.name, function.node.start_byte)
        if key not in self.called:
            self.called[key] = (package, function)
            self.changed = True
        self._put("parameter", (package.import_path, function.name, index), clients, declared=False, word=False)

    def put_result(
        self, package: Package, function: str, index: int, clients: Clients, *, declared: bool = False
    ) -> None:
        """Note that `function` returns `clients`."""
        self.has_results = True
        self._put("result", (package.import_path, function, index), clients, declared)

    def _get(self, kind: str, key: Key) -> Clients:
        return self._clients.get((kind, *key)) or self._declared.get((kind, *key), ())

    def _put(self, kind: str, key: Key, clients: Clients, declared: bool, *, word: bool = True) -> None:
        table = self._declared if declared else self._clients
        before = table.get((kind, *key), ())
        after = merged(before, clients)
        if after != before:
            table[(kind, *key)] = after
            self.changed = True
            if word:
                self.words.add(key[1].encode("utf-8", "surrogateescape"))
