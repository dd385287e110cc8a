"""What names mean in several packages whose code is followed together: functions, types, variables, parameters.

`outside` tells what is other modules'; `climbing`, `callees` and `spreading` ask here for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from gencreds.golang.clock import Clock
from gencreds.golang.nodes import inner
from gencreds.golang.packages import Function, Package, function_at
from gencreds.golang.variables import Variable
from gencreds.microbus.callers import Callers
from gencreds.microbus.origins import Origins
from gencreds.microbus.outside import Outside
from gencreds.microbus.places import Place
from gencreds.microbus.types import Named, Types

_BASIC = frozenset(
    (
        *("bool", "byte", "complex64", "complex128", "error", "float32", "float64", "int", "int8", "int16", "int32"),
        *("int64", "rune", "string", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr"),
    )
)
_OPEN = frozenset({"any", "comparable"})
_AROUND = frozenset({"parenthesized_expression", "unary_expression", "pointer_type", "parenthesized_type"})
_LITERAL_TYPES = frozenset(
    {
        "array_type", "channel_type", "function_type", "implicit_length_array_type", "interface_type", "map_type",
        "pointer_type", "slice_type", "struct_type",
    }
)  # fmt: skip


class Surroundings(Outside):
    """The packages `near`, of which `package` is one, as code of theirs sees one another and other modules."""

    @property
    def types(self) -> Types:
        """The types of expressions."""
        return self._types

    @property
    def clock(self) -> Clock:
        """What bounds the time that is spent."""
        return self._space.clock

    def origins(self) -> Origins:
        """Return what tells where values come from."""
        return Origins(self._space, Callers(self._space, self._types, lambda name: False))

    def occurrences(self, name: str, also: Package) -> tuple[Place, ...] | None:
        """Return every place where `name` stands, None if these are too many."""
        return self._space.occurrences(name, also)

    def specs(self, named: Named, near: Package) -> list[Place]:
        """Return the specifications that declare the type `named`; none of a type whose code is not followed."""
        package = self._space.package(named[0], near)
        return self._space.types(package, named[1]) if package is not None else []

    def variables(self, name: Place) -> list[Place]:
        """Return the specifications of the package variable that the identifier at `name` is."""
        return self._space.variables(name.package, name.text(name.node))

    def own_package(self, operand: Place) -> Package | None:
        """Return the package that is followed and that `operand` names."""
        package = self._types.package_of(operand)
        return package if package is not None and self._space.is_followed(package) else None

    def is_value(self, operand: Place) -> bool:
        """Return whether `operand` is an expression with a value: no package and no type."""
        if operand.node.type == "identifier" and not self.is_local(operand):
            name = operand.text(operand.node)
            if self._space.import_path(operand, name) is not None:
                return bool(self._space.variables(operand.package, name))
        return not self.is_type(operand)

    def is_standard(self, path: str) -> bool:
        """Return whether `path` is a package of Go's standard library."""
        return "." not in path.partition("/")[0] and not self.apis.packages.modules.is_local(path)

    def is_foreign(self, named: Named) -> bool:
        """Return whether the type `named` is of a package whose code is not followed."""
        return not self.apis.packages.modules.is_local(named[0]) and named[0] != self.package.import_path

    def is_basic(self, kind: Place) -> bool:
        """Return whether the type at `kind` is one of Go's own, of plain values."""
        return kind.node.type == "type_identifier" and kind.text(kind.node) in _BASIC

    def type_named(self, place: Place) -> Named | None:
        """Return the type that the expression at `place` names, None if it names none."""
        node = place.node
        while node.type in _AROUND and node.named_child_count:
            node = inner(node)
        name = place.text(node)
        if node.type in ("index_expression", "generic_type") and node.named_child_count:
            return self.type_named(place.at(inner(node)))
        if node.type in ("identifier", "type_identifier") and not self.is_local(place.at(node)):
            return (place.package.import_path, name) if self._space.types(place.package, name) else None
        operand, field = place.at(node).field("operand"), place.at(node).field("field")
        if operand is None or field is None:
            return None
        package = self.own_package(operand)
        name = place.text(field.node)
        return (package.import_path, name) if package is not None and self._space.types(package, name) else None

    def is_type(self, place: Place) -> bool:
        """Return whether the expression at `place` names a type, to which a value may be converted."""
        node = place.node
        while node.type in _AROUND and node.named_child_count:
            if node.type == "pointer_type":
                return True
            node = inner(node)
        if node.type in _LITERAL_TYPES or self.type_named(place) is not None:
            return True
        is_name = node.type in ("identifier", "type_identifier") and not self.is_local(place.at(node))
        return is_name and place.text(node) in _BASIC | _OPEN

    def library(self, callee: Place) -> str:
        """Return the package of the standard library that the function or method at `callee` is of, or nothing."""
        operand = callee.field("operand")
        if operand is None:
            return ""
        if self.is_value(operand):
            named = self.named(operand)
            path: str | None = named[0] if named is not None else self._maker(operand)
        else:
            path = self._space.import_path(operand, operand.text(operand.node))
        return path if path is not None and self.is_standard(path) else ""

    def _maker(self, operand: Place) -> str | None:
        """Return the package a function of which makes the variable `operand`, None if that is not plain."""
        variable = self.local(operand)
        writes = [each.node for each in variable.writes] if variable is not None else []
        if variable is None and operand.node.type == "identifier":
            writes = [inner(spec.node.child_by_field_name("value") or spec.node) for spec in self.variables(operand)]
        for each in writes:
            function = each.child_by_field_name("function") if each is not None else None
            package = function.child_by_field_name("operand") if function is not None else None
            if package is not None and not self.is_value(operand.at(package)):
                return self._space.import_path(operand, operand.text(package))
        return None

    def functions(self, name: Place) -> list[Place]:
        """Return the declared functions that `name` names, an identifier or one selected from a package."""
        package: Package | None = name.package
        text = name.text(name.node)
        if name.node.type == "selector_expression":
            operand, field = name.field("operand"), name.field("field")
            package = self.own_package(operand) if operand is not None else None
            text = name.text(field.node) if field is not None else ""
        elif name.node.type not in ("identifier", "type_identifier") or self.is_local(name):
            return []
        found = package.functions(text) if package is not None else ()
        return [Place(package, each.file, each.node) for each in found if package and not each.receiver_type]

    def methods(self, name: str, also: Package) -> list[tuple[Place, Named]]:
        """Return every method `name` with the type that it is of."""
        found = self._space.methods(name, also)
        return [(Place(home, each.file, each.node), (home.import_path, each.receiver_type)) for home, each in found]

    def function(self, place: Place) -> Function | None:
        """Return the function that is declared at `place`."""
        return function_at(place.file, place.node)

    def meant(self, each: Place, package: Package) -> Node | None:
        """Return the expression by which the name at `each` means what `package` declares so; None if it does not."""
        node, parent = each.node, each.node.parent
        if parent is not None and parent.type == "selector_expression" and node.type == "field_identifier":
            operand = each.at(parent).field("operand")
            other = self._types.package_of(operand) if operand is not None else None
            return parent if other is not None and other.import_path == package.import_path else None
        if each.package.import_path != package.import_path or node.type not in ("identifier", "type_identifier"):
            return None
        if (
            parent is not None
            and parent.type in ("var_spec", "const_spec")
            and node in parent.children_by_field_name("name")
        ):
            return None
        return node if not self.is_local(each) else None

    def is_named(self, each: Place, named: Named) -> bool:
        """Return whether the name at `each` means the type `named`."""
        parent = each.node.parent
        if parent is not None and parent.type == "qualified_type":
            package = parent.child_by_field_name("package")
            return package is not None and self._space.import_path(each, each.text(package)) == named[0]
        return self.meant(each, self._home(named, each.package)) is not None

    def _home(self, named: Named, near: Package) -> Package:
        return self._space.package(named[0], near) or self.package

    def parameter(self, function: Place, index: int) -> Variable | None:
        """Return the parameter at `index` of the function at `function`; a variadic one stands for all further ones."""
        parameters = function.field("parameters")
        position = 0
        for each in parameters.node.named_children if parameters is not None else ():
            names = [name for name in each.children_by_field_name("name") if name.is_named]
            for name in names:
                if position == index or each.type == "variadic_parameter_declaration":
                    return self._variable(function, name)
                position += 1
            position += 0 if names or each.type == "comment" else 1
        return None

    def receiver(self, function: Place) -> Variable | None:
        """Return the receiver of the method at `function`."""
        receiver = function.field("receiver")
        for each in receiver.node.named_children if receiver is not None else ():
            for name in each.children_by_field_name("name"):
                return self._variable(function, name)
        return None

    def _variable(self, function: Place, name: Node) -> Variable | None:
        return self.local(function.at(name)) if function.text(name) != "_" else None

    def literals(self, package: Package) -> Iterator[Place]:
        """Yield the function literals of `package` that are not called where they stand."""
        for file in package.files:
            waiting = list(file.declarations) if b"func" in file.data else []
            while waiting:
                node = waiting.pop()
                if node.type == "func_literal":
                    around = node.parent
                    if around is None or around.type != "call_expression" or around.start_byte != node.start_byte:
                        yield Place(package, file, node)
                waiting.extend(node.named_children)
