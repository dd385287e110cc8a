"""API packages: a microservice's hostname and the endpoints that its clients, hooks and triggers stand for.

Reads both generations of source: `definition.go` with `define.Function{…}` and its like, and `endpoints.go` with
`Def{…}`. Everything that looks for an endpoint's method and route asks here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from gencreds.golang.expressions import Expr, Name, Select
from gencreds.golang.files import Directory
from gencreds.golang.literals import string_value
from gencreds.golang.lowering import Lowering
from gencreds.golang.nodes import inner
from gencreds.golang.package import COMMENTS
from gencreds.golang.packages import Package, Packages
from gencreds.golang.syntax import GoFile, assumed_name, line_of
from gencreds.microbus.core_services import CoreService, core_service, source_of
from gencreds.microbus.library import library_constant
from gencreds.microbus.model import Location

DEFINE_PACKAGE = "github.com/microbus-io/fabric/define"
API_FILES = ("definition.go", "endpoints.go")
OUTBOUND = "OutboundEvent"
INBOUND = "InboundEvent"
# Generation A's endpoints.go has one type for all, named `Def`.
PLAIN = "Def"
# It begins with a literal, for which `re` searches fastest.
_EXPORTED = re.compile(rb"func(?<=^func)%(c)s([A-Z]\w*)%(c)s[(\[]" % {b"c": COMMENTS}, re.MULTILINE)
_KINDS = frozenset({"Function", "Web", "Task", "Workflow", OUTBOUND, INBOUND})
# The fields of a definition that matter.
_READ = (b"Method", b"Route", b"Source")
_IGNORED_KINDS = frozenset({"Config", "Metric", "Ticker"})


@dataclass(frozen=True)
class Definition:
    """A feature as its API package defines it.

    `method` and `route` are as written (an absent one is empty, as in Go). `unreadable` names a field that is no string
    literal or constant, or is empty. `source` is an inbound event's source, as an expression to resolve in `file`.
    """

    name: str
    kind: str
    method: str
    route: str
    unreadable: str
    source: Expr | None
    file: GoFile
    location: Location


class ApiPackage:
    """One API package.

    `known` is set where its source is missing, and what it offers is taken from a table.
    """

    def __init__(self, package: Package, packages: Packages, known: CoreService | None = None) -> None:
        self.package = package
        self.known = known
        self._packages = packages

    @property
    def import_path(self) -> str:
        """The package's import path."""
        return self.package.import_path

    @cached_property
    def hostname(self) -> str | None:
        """The package's `Hostname` constant, or None without one."""
        stated = self.package.constants.get("Hostname", ())
        values = {self._packages.string_constant(expr, file, self.package) for expr, file in stated}
        return values.pop() if len(values) == 1 else None

    @cached_property
    def functions(self) -> tuple[str, ...]:
        """The names of the package's exported functions, its methods left out."""
        names = (match[1].decode() for file in self.package.files for match in _EXPORTED.finditer(file.data))
        return tuple(dict.fromkeys(names))

    @cached_property
    def definitions(self) -> Mapping[str, Definition]:
        """The definitions of all files of the package, by name."""
        return {
            definition.name: definition
            for file in self.package.files
            for definition in _definitions(file, self.package, self._packages)
        }

    def settle(self) -> None:
        """Find out all that is asked of most API packages, and give the trees back."""
        _ = self.hostname, self.definitions
        for file in self.package.files:
            file.release()


class Apis:
    """The API packages that a scan met, each read once.

    With `knows_core` those of core services are taken from a table where their source is missing.
    """

    def __init__(self, packages: Packages, *, knows_core: bool = False) -> None:
        self.packages = packages
        self._knows_core = knows_core
        self._by_path: dict[str, ApiPackage | None] = {}

    def find(self, import_path: str) -> ApiPackage | None:
        """Return the API package `import_path`; None when it is unresolved or no API package."""
        directory = self.packages.modules.resolve(import_path)
        if import_path not in self._by_path:
            self._by_path[import_path] = (
                self._read(directory, import_path) if directory is not None else self._core(import_path)
            )
        found = self._by_path[import_path]
        if found is not None and found.known is None:
            self.packages.files.consult(found.package.directory)
        return found

    def own(self, directory: Directory) -> ApiPackage | None:
        """Return the API package of the microservice in `directory`.

        As upstream: of the sub-directories whose names end in `api`, the first in order of name that has an API file.
        """
        for name in self.packages.files.list(directory).directories:
            if name.endswith("api") and name != "api":
                child = directory.child(name)
                if has_api_file(self.packages, child):
                    return self.find(self.packages.modules.import_path(child)) or self._read(
                        child, self.packages.modules.import_path(child)
                    )
        return None

    def is_resolved(self, import_path: str) -> bool:
        """Return whether the package `import_path` was found at all."""
        return self.packages.modules.resolve(import_path) is not None

    def _core(self, import_path: str) -> ApiPackage | None:
        known = core_service(import_path, self.packages.modules.version(import_path)) if self._knows_core else None
        if known is None:
            return None
        source = source_of(known, assumed_name(import_path))
        return ApiPackage(self.packages.provide(import_path, API_FILES[0], source.encode()), self.packages, known)

    def _read(self, directory: Directory, import_path: str) -> ApiPackage | None:
        if not has_api_file(self.packages, directory):
            return None
        api = ApiPackage(self.packages.load(directory, import_path), self.packages)
        api.settle()
        return api


def has_api_file(packages: Packages, directory: Directory) -> bool:
    """Return whether `directory` holds definition.go or endpoints.go."""
    files = packages.files.list(directory).files
    return any(name in files for name in API_FILES)


def _definitions(file: GoFile, package: Package, packages: Packages) -> Iterator[Definition]:
    is_named = os.path.basename(file.name) in API_FILES
    if not is_named and DEFINE_PACKAGE.encode() not in file.data and b"Def{" not in file.data:
        return
    define = next((imported.alias for imported in file.imports if imported.path == DEFINE_PACKAGE), None)
    if define is None and b"Def{" not in file.data and not is_named:
        return
    for node in file.declarations:
        if node.type != "var_declaration":
            continue
        for spec in _specs(node):
            names = [child for child in spec.children_by_field_name("name") if child.is_named]
            values = spec.child_by_field_name("value")
            for name, value in zip(names, values.named_children if values is not None else (), strict=False):
                definition = _definition(file, package, packages, define, name, value)
                if definition is not None:
                    yield definition


def _specs(declaration: Node) -> Iterator[Node]:
    for child in declaration.named_children:
        if child.type == "var_spec":
            yield child
        elif child.type == "var_spec_list":
            yield from (spec for spec in child.named_children if spec.type == "var_spec")


def _of_library(expr: Expr, file: GoFile) -> str | None:
    """Return the string of a constant of the standard library, such as `http.MethodPut`."""
    if not isinstance(expr, Select) or not isinstance(expr.base, Name):
        return None
    for imported in file.imports:
        texts = library_constant(imported.path, expr.name) if imported.alias == expr.base.text else None
        if texts is not None and texts.known is not None:
            return texts.known[0]
    return None


def _definition(
    file: GoFile, package: Package, packages: Packages, define: str | None, name: Node, value: Node
) -> Definition | None:
    while value.type in ("parenthesized_expression", "unary_expression") and value.named_child_count:
        value = inner(value)
    if value.type != "composite_literal":
        return None
    type_node, body = value.child_by_field_name("type"), value.child_by_field_name("body")
    if type_node is None or body is None:
        return None
    qualifier, own = type_node.child_by_field_name("package"), type_node.child_by_field_name("name")
    dot, kind = qualifier is not None, file.text(own if own is not None else type_node)
    prefix = file.text(qualifier) if qualifier is not None else ""
    if dot and (prefix != define or kind in _IGNORED_KINDS or kind not in _KINDS):
        return None
    if not dot and kind != PLAIN:
        return None
    fields: dict[str, str] = {}
    unreadable = ""
    source: Expr | None = None
    for element in body.named_children:
        if element.type == "keyed_element" and not file.data.startswith(_READ, element.start_byte):
            continue
        key, field_value = element.child_by_field_name("key"), element.child_by_field_name("value")
        if key is None or field_value is None:
            if element.type != "comment":
                unreadable = "an element without a key"
            continue
        field = file.text(key)
        if field.encode() not in _READ:
            continue
        text, stated = None, inner(field_value)
        if stated.type == "interpreted_string_literal" and field != "Source":
            text = string_value(file.text(stated))
        else:
            expr = Lowering(file, (field_value.start_byte,)).expression(stated)
            if field == "Source":
                source = expr
                continue
            text = packages.string_constant(expr, file, package)
            if text is None:
                text = _of_library(expr, file)
        if text is None:
            unreadable = field
        else:
            fields[field] = text
    if kind == INBOUND and not isinstance(source, Select):
        unreadable = "Source"
    method, route = fields.get("Method", ""), fields.get("Route", "")
    location = Location(file.name, line_of(name))
    return Definition(file.text(name), kind, method, route, unreadable, source, file, location)
