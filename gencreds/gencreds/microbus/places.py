"""Places in the source where values stand, and the search for names among a microservice's packages.

`origins` follows values from place to place with it. Every search is by name and on demand, and all of them together
are bounded: a hostile file gets "cannot be told", never minutes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tree_sitter import Node

from gencreds.golang.packages import Function, Package, Packages
from gencreds.golang.scopes import Locals
from gencreds.golang.syntax import GoFile
from gencreds.golang.variables import Part, Variable
from gencreds.golang.words import word_offsets

# What all searches of one microservice may read (bytes) and find (occurrences) before the rest counts as untold.
_MAX_SEARCHED = 512 * 1024 * 1024
_MAX_FOUND = 200_000
# What following values may cost in all (expressions looked at, possibilities weighed).
_MAX_EFFORT = 200_000
_NAMES = frozenset({"identifier", "field_identifier", "type_identifier", "package_identifier"})


class Place(NamedTuple):
    """An expression in the source, and which part of its value is meant."""

    package: Package
    file: GoFile
    node: Node
    part: int = Part.WHOLE

    def at(self, node: Node, part: int = Part.WHOLE) -> Place:
        """Return the place of another node of the same file."""
        return Place(self.package, self.file, node, part)

    @property
    def key(self) -> tuple[str, int, int]:
        """What tells places apart."""
        return self.file.name, self.node.id, self.part

    def text(self, node: Node) -> str:
        """Return the source text of `node`."""
        return self.file.text(node)

    def field(self, name: str) -> Place | None:
        """Return the place of the node's field `name`."""
        node = self.node.child_by_field_name(name)
        return self.at(node) if node is not None else None


class Space:
    """The packages whose code runs as one microservice, and what their names mean."""

    def __init__(self, packages: Packages) -> None:
        self._packages = packages
        self.clock = packages.files.clock
        self._own: dict[str, Package] = {}
        self._locals: dict[tuple[str, int], Locals] = {}
        self._declaring: dict[tuple[str, int, str], bool] = {}
        self._variables: dict[str, dict[str, list[tuple[GoFile, Node]]]] = {}
        self._constants: dict[str, dict[str, list[tuple[GoFile, Node]]]] = {}
        self._types: dict[str, dict[str, list[tuple[GoFile, Node]]]] = {}
        self._searched = 0
        self._effort = 0
        self._found = 0

    def add(self, packages: Iterable[Package]) -> None:
        """Take `packages` in."""
        for package in packages:
            self._own.setdefault(package.import_path, package)

    def may_spend(self, effort: int) -> bool:
        """Count `effort`; return whether the microservice's budget for following values has room for it."""
        self.clock.check()
        self._effort += effort
        return self._effort <= _MAX_EFFORT

    def locals_of(self, place: Place) -> Locals | None:
        """Return the local variables of the function or declaration around `place`, None at the top of a file."""
        top = place.file.declaration_at(place.node.start_byte)
        if top is None or top.type not in ("function_declaration", "method_declaration", "var_declaration"):
            return None
        key = (place.file.name, top.start_byte)
        if key not in self._locals:
            self._locals[key] = Locals(place.file, top)
        return self._locals[key]

    def local(self, place: Place) -> tuple[Locals, Variable] | None:
        """Return the local variable that the identifier at `place` is, with its function's variables."""
        if place.node.type not in ("identifier", "field_identifier"):
            return None
        name = place.text(place.node)
        top = place.file.declaration_at(place.node.start_byte)
        if top is None or not self._may_declare(place.file, top, name):
            return None
        scopes = self.locals_of(place)
        found = scopes.variable(name, place.node.start_byte) if scopes is not None else None
        return (scopes, found) if scopes is not None and found is not None else None

    def _may_declare(self, file: GoFile, top: Node, name: str) -> bool:
        """Whether `name` may be a local of `top`: cheaply not, where it is only selected from or called."""
        key = (file.name, top.start_byte, name)
        if key not in self._declaring:
            word = name.encode("utf-8", "surrogateescape")
            places = word_offsets(file.data, (word,), top.start_byte, top.end_byte)
            self._searched += top.end_byte - top.start_byte
            self._declaring[key] = any(
                file.data[at + len(word) : at + len(word) + 1] not in (b".", b"(") for at in places
            )
        return self._declaring[key]

    def imported(self, place: Place, alias: str) -> Package | None:
        """Return the package that `alias` stands for in the file of `place`."""
        for each in place.file.imports:
            if each.alias == alias:
                return self._own.get(each.path) or self._packages.find(each.path)
        return None

    def import_path(self, place: Place, alias: str) -> str | None:
        """Return the import path that `alias` stands for in the file of `place`, found or not."""
        return next((each.path for each in place.file.imports if each.alias == alias), None)

    def package(self, import_path: str, near: Package) -> Package | None:
        """Return the package `import_path` if its code is followed; `near` is one that may be it."""
        if near.import_path == import_path:
            return near
        if import_path in self._own:
            return self._own[import_path]
        return self._packages.find(import_path) if self._packages.modules.is_local(import_path) else None

    def is_followed(self, package: Package) -> bool:
        """Return whether the code of `package` is there to be followed: the microservice's own, or of its module."""
        return package.import_path in self._own or self._packages.modules.is_local(package.import_path)

    def occurrences(self, name: str, also: Package) -> tuple[Place, ...] | None:
        """Return every place where the identifier `name` stands in the space and in `also`; None beyond the bounds."""
        word = name.encode("utf-8", "surrogateescape")
        found: list[Place] = []
        packages = self._own if also.import_path in self._own else {**self._own, also.import_path: also}
        for package in packages.values():
            for file in package.files:
                self.clock.check()
                self._searched += len(file.data)
                if self._searched > _MAX_SEARCHED or self._found > _MAX_FOUND:
                    return None
                for at in word_offsets(file.data, (word,)):
                    node = file.root.named_descendant_for_byte_range(at, at + len(word))
                    self._found += 1
                    if node is not None and node.type in _NAMES and node.end_byte - node.start_byte == len(word):
                        found.append(Place(package, file, node))
        return tuple(found)

    def methods(self, name: str, also: Package) -> list[tuple[Package, Function]]:
        """Return every method `name` of the space and of `also`."""
        packages = self._own if also.import_path in self._own else {**self._own, also.import_path: also}
        return [
            (package, each) for package in packages.values() for each in package.functions(name) if each.receiver_type
        ]

    def variables(self, package: Package, name: str) -> list[Place]:
        """Return the `var` specifications that declare the package variable `name`."""
        table = self._variables.get(package.directory.path)
        if table is None:
            table = self._variables[package.directory.path] = _declared(package, "var_declaration", "var_spec")
        return [Place(package, file, node) for file, node in table.get(name, ())]

    def constants(self, package: Package, name: str) -> list[tuple[Place, int]]:
        """Return the specifications that give the constant `name` its value, with its position among their values.

        A specification without values repeats the one before, as Go says.
        """
        return [
            (Place(package, file, spec), position)
            for file, node in self._constant_specs(package).get(name, ())
            for spec, position in _valued(file, node, name)
        ]

    def _constant_specs(self, package: Package) -> dict[str, list[tuple[GoFile, Node]]]:
        table = self._constants.get(package.directory.path)
        if table is None:
            table = self._constants[package.directory.path] = _declared(package, "const_declaration", "const_spec")
        return table

    def types(self, package: Package, name: str) -> list[Place]:
        """Return the specifications that declare the type `name` of `package`."""
        table = self._types.get(package.directory.path)
        if table is None:
            table = self._types[package.directory.path] = _declared(package, "type_declaration", "type_spec")
        return [Place(package, file, node) for file, node in table.get(name, ())]


def _valued(file: GoFile, node: Node, name: str) -> list[tuple[Node, int]]:
    names = [file.text(each) for each in node.children_by_field_name("name") if each.is_named]
    spec: Node | None = node
    while spec is not None and (spec.type != "const_spec" or spec.child_by_field_name("value") is None):
        spec = spec.prev_named_sibling
    return [(spec, names.index(name))] if spec is not None else []


def _declared(package: Package, declaration: str, spec: str) -> dict[str, list[tuple[GoFile, Node]]]:
    keyword = declaration.partition("_")[0].encode()
    found: dict[str, list[tuple[GoFile, Node]]] = {}
    for file in package.files:
        for node in file.declarations if keyword in file.data else ():
            if node.type != declaration:
                continue
            for child in node.named_children:
                for each in child.named_children if child.type == f"{spec}_list" else (child,):
                    if each.type == spec:
                        for name in each.children_by_field_name("name"):
                            if name.is_named:
                                found.setdefault(file.text(name), []).append((file, each))
    return found
