"""Whose an expression is: this source's own, or another module's. `connectors` asks where values leave for others.

Tells by what is written: imports, declared types, and what variables are made by. The standard library, the framework
and API packages are nobody else's: they do nothing with what they are given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from tree_sitter import Node

from gencreds.golang.packages import Package
from gencreds.golang.syntax import GoFile, Import
from gencreds.golang.variables import Kind, Origin, Variable
from gencreds.microbus.api import Apis
from gencreds.microbus.framework import is_framework
from gencreds.microbus.places import Place, Space
from gencreds.microbus.types import Types

# A function or method that is taken as a value.
_SELECTED = re.compile(rb"\.\s*([A-Z]\w*)\b(?!\s*[({.])")
# How many hops it may be from a value to what made it.
_MAX_STEPS = 24
_INNER = frozenset(
    {
        "parenthesized_expression",
        "unary_expression",
        "index_expression",
        "slice_expression",
        "type_assertion_expression",
    }
)
# What a function may come out of, to be called.
_FUNCTIONS = frozenset({"call_expression", "composite_literal", "type_assertion_expression", "unary_expression"})


class Outside:
    """Tells what is other modules' in the files of `package` and of those that are `near` it."""

    def __init__(self, package: Package, apis: Apis, near: Iterable[Package] = ()) -> None:
        self.apis = apis
        self.package = package
        self._space = Space(apis.packages)
        self.near = tuple({each.import_path: each for each in (package, *near)}.values())
        self._space.add(self.near)
        self._types = Types(self._space)
        self._imports: dict[str, Mapping[str, str]] = {}
        self._known: dict[tuple[str, int, int], str] = {}
        self._taken: tuple[tuple[str, str], ...] | None = None

    def imports(self, file: GoFile) -> Mapping[str, str]:
        """Return the import paths of other modules' packages in `file`, by what they are called there."""
        if file.name not in self._imports:
            self._imports[file.name] = {
                self.apis.packages.name_of(each): each.path for each in file.imports if self._is_elsewhere(each)
            }
        return self._imports[file.name]

    @property
    def others(self) -> frozenset[str]:
        """The import paths of all other modules' packages that the packages import."""
        return frozenset(path for each in self.near for file in each.files for path in self.imports(file).values())

    def dotted(self, place: Place, name: str) -> str:
        """Return the other module's package that the plain `name` at `place` is of by a dot import, or nothing."""
        if place.package.functions(name) or self._space.types(place.package, name):
            return ""
        for each in place.file.imports:
            if each.alias == "." and self._is_elsewhere(each):
                found = self.apis.packages.find(each.path)
                if found is None or found.functions(name):
                    return each.path
        return ""

    def of(self, place: Place, steps: int = _MAX_STEPS) -> str:
        """Return the import path of the package that the value or function at `place` is of, or an empty string."""
        if steps == 0:
            # It may be anybody's.
            return min(self.others, default="")
        if place.key not in self._known:
            self._known[place.key] = ""
            self._known[place.key] = self._of(place, steps - 1)
        return self._known[place.key]

    def of_type(self, kind: Place) -> str:
        """Return the package of another module whose type `kind` is, holds or embeds, or an empty string."""
        imports = self.imports(kind.file)
        found = _qualified(kind, imports)
        named = self._types.name_of(kind) if not found else None
        if named is None or named[0] != kind.package.import_path:
            return found
        for spec in self._space.types(kind.package, named[1]):
            body = spec.field("type")
            if body is not None and body.node.type != "struct_type":
                found = found or _qualified(body, self.imports(body.file))
        for name, each in self._types.fields(named, kind.package) or ():
            inner = self._types.name_of(each)
            if inner is not None and inner[1] == name and inner[0] != kind.package.import_path:
                found = found or _qualified(each, self.imports(each.file))
        return found

    def named(self, place: Place) -> tuple[str, str] | None:
        """Return the import path and name of the type of the expression at `place`, None if it cannot be told."""
        return self._types.named(place)

    def is_own_method(self, function: Place) -> bool:
        """Return whether the selector at `function` is a method that this package declares."""
        operand, field = function.field("operand"), function.field("field")
        named = self._types.named(operand) if operand is not None else None
        home = self._space.package(named[0], function.package) if named is not None else None
        if named is None or field is None or home is None:
            return False
        return any(each.receiver_type == named[1] for each in home.functions(function.text(field.node)))

    def is_dynamic(self, function: Place) -> bool:
        """Return whether what `function` calls is a value that may be any function, not one that is declared."""
        node = function.node
        if node.type == "identifier":
            found = self._space.local(function)
            if found is None:
                return bool(self._space.variables(function.package, function.text(node)))
            if found[1].origin is Origin.PARAMETER and not self._is_used(found[1].function, function):
                # As the `initializer` of generated services, which main.go gives.
                return False
            writes = found[1].writes
            return not writes or any(each.node is None or each.node.type != "func_literal" for each in writes)
        if node.type == "selector_expression":
            # A field; what methods are called of is an object.
            return self._types.of(function) is not None
        return node.type in _FUNCTIONS

    def _is_used(self, declared: Node | None, near: Place) -> bool:
        """Return whether code of the package names the function `declared`, whose parameters it then gives."""
        name = declared.child_by_field_name("name") if declared is not None else None
        found = self._space.occurrences(near.text(name), self.package) if name is not None else None
        return found is None or any(not _is_declared_by(each.node) and not self._is_qualified(each) for each in found)

    def _is_qualified(self, name: Place) -> bool:
        """Return whether what `name` names is selected from a package: it is no method then."""
        parent = name.node.parent
        operand = name.at(parent).field("operand") if parent is not None else None
        return operand is not None and bool(self._types.package_of(operand) or self._alias(operand))

    def taken(self) -> tuple[str, str] | None:
        """Return a package that is not found, and a name of it that stands as a value in the package: a function's."""
        if self._taken is None:
            self._taken = tuple(
                found for package in self.near for file in package.files for found in self._values_of(package, file)
            )
        return self._taken[0] if self._taken else None

    def _values_of(self, package: Package, file: GoFile) -> Iterator[tuple[str, str]]:
        if all(map(self.apis.is_resolved, self.others)):
            return
        for match in _SELECTED.finditer(file.data):
            node = file.root.named_descendant_for_byte_range(match.start(1), match.end(1))
            selected = node.parent if node is not None else None
            if selected is None or selected.type != "selector_expression" or selected.parent is None:
                continue
            around, place = selected.parent, selected
            while around.type == "parenthesized_expression" and around.parent is not None:
                around, place = around.parent, around
            is_called = around.type == "call_expression" and around.start_byte == place.start_byte
            is_target = around.parent is not None and around.parent.child_by_field_name("left") == around
            if is_called or is_target or around.type == "selector_expression":
                continue
            path = self.of(Place(package, file, selected))
            if path and not self.apis.is_resolved(path):
                yield path, file.text(selected)

    def local(self, place: Place) -> Variable | None:
        """Return the local variable that the identifier at `place` is."""
        found = self._space.local(place)
        return found[1] if found is not None else None

    def is_local(self, place: Place) -> bool:
        """Return whether the identifier at `place` is a local variable."""
        return self._space.local(place) is not None

    def _is_elsewhere(self, imported: Import) -> bool:
        path = imported.path
        if imported.alias == "_" or is_framework(path) or "." not in path.partition("/")[0]:
            return False
        return not self.apis.packages.modules.is_local(path) and self.apis.find(path) is None

    def _of(self, place: Place, steps: int) -> str:
        node = place.node
        if node.type in _INNER and node.named_child_count:
            kind = place.field("type")
            return (self.of_type(kind) if kind is not None else "") or self.of(place.at(node.named_children[0]), steps)
        if node.type == "composite_literal":
            kind = place.field("type")
            return self.of_type(kind) if kind is not None else ""
        if node.type == "identifier":
            return self._of_name(place, steps)
        if node.type == "selector_expression":
            operand = place.field("operand")
            if operand is None:
                return ""
            path = self._alias(operand)
            return path or self._typed(place) or self.of(operand, steps)
        function = place.field("function") if node.type == "call_expression" else None
        return (self._typed(place) or self.of(function, steps)) if function is not None else ""

    def _alias(self, operand: Place) -> str:
        if operand.node.type != "identifier" or self._space.local(operand) is not None:
            return ""
        return self.imports(operand.file).get(operand.text(operand.node), "")

    def _typed(self, place: Place) -> str:
        kind = self._types.of(place)
        return self.of_type(kind) if kind is not None else ""

    def _of_name(self, place: Place, steps: int) -> str:
        found = self._space.local(place)
        if found is None:
            values = [spec.field("value") for spec in self._space.variables(place.package, place.text(place.node))]
            typed = self._typed(place)
            return typed or next((path for each in values if each for path in self._each(each, steps) if path), "")
        variable = found[1]
        if variable.type is not None:
            return self.of_type(place.at(variable.type))
        for write in variable.writes:
            if write.kind is Kind.SET and write.node is not None and (path := self.of(place.at(write.node), steps)):
                return path
        return ""

    def _each(self, values: Place, steps: int) -> list[str]:
        nodes = values.node.named_children if values.node.type == "expression_list" else [values.node]
        return [self.of(values.at(each), steps) for each in nodes]


def _is_declared_by(name: Node) -> bool:
    parent = name.parent
    is_function = parent is not None and parent.type in ("function_declaration", "method_declaration", "method_elem")
    return parent is not None and is_function and parent.child_by_field_name("name") == name


def _qualified(kind: Place, imports: Mapping[str, str]) -> str:
    """Return the first import path in `imports` whose type stands in the type at `kind`."""
    waiting: list[Node] = [kind.node]
    while waiting and imports:
        node = waiting.pop()
        package = node.child_by_field_name("package") if node.type == "qualified_type" else None
        if package is not None and (path := imports.get(kind.text(package))):
            return path
        waiting.extend(reversed(node.named_children))
    return ""
