"""What a type expression stands for: a client, a type that the tree declares, a container of such, or none of them.

Nothing here looks at values. `evaluate` asks what a field, parameter or variable is declared as.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TypeAlias

from gencreds.golang.expressions import (
    Expr,
    Field,
    Generic,
    Interface,
    MapType,
    Name,
    Select,
    Sequence,
    Signature,
    Struct,
    TypeSpec,
)
from gencreds.golang.lowering import TooDeep
from gencreds.golang.packages import Function, Package
from gencreds.golang.statements import StatementLowering
from gencreds.golang.words import word_offsets
from gencreds.microbus.api import Apis
from gencreds.microbus.clients import TYPES, Client
from gencreds.microbus.fileview import FileView
from gencreds.microbus.views import view_of

# Types may be named after one another; a longer chain than this is a circle.
_MAX_STEPS = 24
_BASIC = frozenset(
    (
        *("any", "bool", "byte", "comparable", "complex64", "complex128", "error", "float32", "float64", "int", "int8"),
        *("int16", "int32", "int64", "rune", "string", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr"),
    )
)
LocalTypes: TypeAlias = Mapping[str, TypeSpec]


@dataclass(frozen=True)
class Many:
    """A container of `element`."""

    element: Shape
    is_channel: bool


@dataclass(frozen=True)
class Callback:
    """A function type with what it returns."""

    results: tuple[Shape, ...]


class Opaque(Enum):
    """A type with no meaning of its own here."""

    OPEN = "open"  # an interface or a type parameter
    PLAIN = "plain"  # a basic type
    FOREIGN = "foreign"  # declared outside the tree


@dataclass(eq=False)
class Declared:
    """A type that the tree declares, or a struct type without a name. `promotes` once clients show through it."""

    name: str
    view: FileView
    type: Expr
    local_types: LocalTypes
    promotes: bool = False

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """The fields of a struct type, by name."""
        fields = self.type.fields if isinstance(self.type, Struct) else ()
        return {field.name: field for field in fields}

    @cached_property
    def embedded(self) -> tuple[Field, ...]:
        """The fields that are embedded."""
        return tuple(field for field in self.fields.values() if field.is_embedded)


Shape: TypeAlias = Client | Declared | Many | Callback | Opaque


class Types:
    """The types of the packages `near`, which are one microservice's own and those that it shares with others."""

    def __init__(self, apis: Apis, near: Mapping[str, Package]) -> None:
        self.apis = apis
        self.near = near
        self._views: dict[str, FileView] = {}
        self._specs: dict[tuple[str, str], tuple[FileView, TypeSpec] | None] = {}
        self._declared: dict[tuple[str, int], Declared] = {}
        self._promoting: dict[Declared, bool] = {}

    def view(self, package: Package, name: str) -> FileView:
        """Return the view of the file `name` of `package`."""
        if name not in self._views:
            file = next(each for each in package.files if each.name == name)
            home = self.apis.find(package.import_path)
            self._views[name] = view_of(package, file, self.apis, self.near, home=home)
        return self._views[name]

    def keep(self, view: FileView) -> None:
        """Use `view` whenever its file is asked for."""
        self._views[view.file.name] = view

    def shape(self, expr: Expr | None, view: FileView, local: LocalTypes, steps: int = _MAX_STEPS) -> Shape:
        """Return what the type expression `expr` stands for in a file."""
        if expr is None or steps == 0:
            return Opaque.PLAIN
        if isinstance(expr, Generic):
            return self.shape(expr.base, view, local, steps - 1)
        if isinstance(expr, Sequence):
            return Many(self.shape(expr.element, view, local, steps - 1), expr.is_channel)
        if isinstance(expr, MapType):
            element = self.shape(expr.element, view, local, steps - 1)
            return Many(self.shape(expr.key, view, local, steps - 1) if element is Opaque.PLAIN else element, False)
        if isinstance(expr, Signature):
            return Callback(tuple(self.shape(each, view, local, steps - 1) for each in expr.results))
        if isinstance(expr, Struct):
            return self._of_spec(view, expr.at, "", expr, local)
        if isinstance(expr, Name):
            return self._named(expr.text, view, local, steps)
        if isinstance(expr, Select) and isinstance(expr.base, Name):
            return self._qualified(expr.base.text, expr.name, view, steps)
        return Opaque.OPEN if isinstance(expr, Interface) else Opaque.PLAIN

    def is_type(self, expr: Expr, view: FileView, local: LocalTypes) -> bool:
        """Return whether `expr` is a type that a value may be converted to."""
        if isinstance(expr, (Sequence, MapType, Signature, Struct, Interface)):
            return True
        if isinstance(expr, Generic):
            return self.is_type(expr.base, view, local)
        if isinstance(expr, Name):
            if expr.text in local or expr.text in _BASIC or (view.home is not None and expr.text in TYPES):
                return True
            return self._spec(view.package, expr.text) is not None
        if isinstance(expr, Select) and isinstance(expr.base, Name):
            package = view.siblings.get(expr.base.text)
            if package is not None:
                return self._spec(package, expr.name) is not None
            return expr.base.text in view.apis and expr.name in TYPES
        return False

    def receiver(self, function: Function, view: FileView) -> Shape:
        """Return the type that `function` is a method of."""
        return self._named(function.receiver_type, view, {}, _MAX_STEPS)

    def carries(self, shape: Shape) -> bool:
        """Return whether a value of the type has a client in it, or is one, by its declaration alone."""
        return any(isinstance(each, Client) or self.promotes(each) for each in _parts(shape))

    def promotes(self, declared: Declared) -> bool:
        """Return whether clients show through the type: it embeds one, or is defined as one or as many."""
        if declared.promotes:
            return True
        if declared not in self._promoting:
            self._search(declared)
        return self._promoting[declared]

    def _search(self, declared: Declared) -> None:
        """Find out whether clients show through `declared`: types may embed each other in circles and long chains."""
        clock = self.apis.packages.files.clock
        came_from: dict[Declared, Declared | None] = {declared: None}
        waiting = [declared]
        while waiting:
            clock.check()
            owner = waiting.pop()
            for part in self._shown(owner):
                if isinstance(part, Client) or part.promotes or self._promoting.get(part):
                    step: Declared | None = owner
                    while step is not None:
                        self._promoting[step] = True
                        step = came_from[step]
                    return
                if part not in came_from and part not in self._promoting:
                    came_from[part] = owner
                    waiting.append(part)
        self._promoting.update(dict.fromkeys(came_from, False))

    def _shown(self, declared: Declared) -> list[Client | Declared]:
        """Return what shows through a type: what it embeds, or what it is defined as."""
        if not isinstance(declared.type, Struct):
            return _parts(self.underlying(declared))
        return [part for field in declared.embedded for part in _parts(self.field_shape(declared, field))]

    def field_shape(self, declared: Declared, field: Field) -> Shape:
        """Return the type of a field of `declared`."""
        return self.shape(field.type, declared.view, declared.local_types)

    def underlying(self, declared: Declared) -> Shape:
        """Return what a type that is no struct is defined as."""
        if isinstance(declared.type, Struct):
            return declared
        return self.shape(declared.type, declared.view, declared.local_types)

    def _named(self, name: str, view: FileView, local: LocalTypes, steps: int) -> Shape:
        if view.home is not None and name in TYPES:
            return Client(view.home, TYPES[name], name)
        if name in local:
            spec = local[name]
            return self._resolved(view, spec, local, steps)
        if name in _BASIC:
            return Opaque.OPEN if name in ("any", "error") else Opaque.PLAIN
        found = self._spec(view.package, name)
        return self._resolved(*found, {}, steps) if found is not None else Opaque.OPEN

    def _qualified(self, alias: str, name: str, view: FileView, steps: int) -> Shape:
        if alias in view.apis and name in TYPES:
            return Client(view.apis[alias], TYPES[name], name)
        package = view.siblings.get(alias)
        found = self._spec(package, name) if package is not None else None
        return self._resolved(*found, {}, steps) if found is not None else Opaque.FOREIGN

    def _resolved(self, view: FileView, spec: TypeSpec, local: LocalTypes, steps: int) -> Shape:
        if spec.is_alias or isinstance(spec.type, Interface):
            return self.shape(spec.type, view, local, steps - 1)
        return self._of_spec(view, spec.name.at, spec.name.text, spec.type, local)

    def _of_spec(self, view: FileView, at: int, name: str, kind: Expr, local: LocalTypes) -> Declared:
        key = (view.file.name, at)
        if key not in self._declared:
            self._declared[key] = Declared(name, view, kind, local)
        return self._declared[key]

    def _spec(self, package: Package, name: str) -> tuple[FileView, TypeSpec] | None:
        key = (package.import_path, name)
        if key not in self._specs:
            self._specs[key] = self._find(package, name)
        return self._specs[key]

    def _find(self, package: Package, name: str) -> tuple[FileView, TypeSpec] | None:
        word = name.encode("utf-8", "surrogateescape")
        for file in package.files:
            for offset in word_offsets(file.data, (word,)):
                line = file.data[file.data.rfind(b"\n", 0, offset) + 1 : offset].strip()
                if line not in (b"", b"type") and not line.endswith((b";", b"(", b"/")):
                    continue
                node = file.declaration_at(offset)
                if node is None or node.type != "type_declaration":
                    continue
                try:
                    specs = StatementLowering(file, None).types(node)
                except TooDeep:
                    continue
                for spec in specs:
                    if spec.name.text == name and spec.name.at == offset:
                        return self.view(package, file.name), spec
        return None


def _parts(shape: Shape) -> list[Client | Declared]:
    """Return the clients and declared types that can be had from a value of the type."""
    found: list[Client | Declared] = []
    waiting = [shape]
    while waiting:
        each = waiting.pop()
        if isinstance(each, (Client, Declared)):
            found.append(each)
        elif isinstance(each, Many):
            waiting.append(each.element)
        elif isinstance(each, Callback):
            waiting.extend(each.results)
    return found
