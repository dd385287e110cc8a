"""Which type an expression has, as far as declarations say so in plain words. Keeps fields and methods apart.

Where a type cannot be told, the callers in `origins` take every field or method of the name.
"""

from __future__ import annotations

from gencreds.golang.nodes import inner, listed
from gencreds.golang.packages import Package
from gencreds.golang.variables import Kind, Origin, Part
from gencreds.microbus.places import Place, Space

Named = tuple[str, str]
_MAX_STEPS = 16
_WRAPPERS = frozenset({"pointer_type", "parenthesized_type"})
_SEQUENCES = {
    "slice_type": "element",
    "array_type": "element",
    "implicit_length_array_type": "element",
    "map_type": "value",
}


class Types:
    """Types of expressions in a space."""

    def __init__(self, space: Space) -> None:
        self._space = space

    def named(self, place: Place) -> Named | None:
        """Return the import path and name of the type of the expression at `place`, without pointers; or None."""
        found = self.of(place)
        return self.name_of(found) if found is not None else None

    def of(self, place: Place) -> Place | None:
        """Return where the type of the expression at `place` is written, None if nowhere that can be told."""
        return self._of(place, _MAX_STEPS)

    def own(self, place: Place) -> Named | None:
        """Return the name of the type of the expression at `place` if a package whose code is followed declares it."""
        named = self.named(place)
        package = self._space.package(named[0], place.package) if named is not None else None
        return named if named is not None and package is not None and self._space.types(package, named[1]) else None

    def name_of(self, kind: Place) -> Named | None:
        """Return the import path and name that the type at `kind` has; None for a type without a name."""
        node = kind.node
        while node.type in _WRAPPERS and node.named_child_count:
            node = inner(node)
        if node.type == "generic_type" and node.named_child_count:
            node = inner(node)
        if node.type == "type_identifier":
            return kind.package.import_path, kind.text(node)
        package, name = node.child_by_field_name("package"), node.child_by_field_name("name")
        if node.type == "qualified_type" and package is not None and name is not None:
            path = self._space.import_path(kind, kind.text(package))
            return (path, kind.text(name)) if path is not None else None
        return None

    def fields(self, kind: Named, package: Package) -> list[tuple[str, Place]] | None:
        """Return the fields of the struct type `kind` with the places of their types, None if it is no such type.

        An embedded field has its type's name; `package` is one that `kind` may be declared in.
        """
        if kind[0] != package.import_path:
            return None
        for spec in self._space.types(package, kind[1]):
            body = spec.node.child_by_field_name("type")
            if body is None or body.type != "struct_type" or not body.named_child_count:
                return None
            found: list[tuple[str, Place]] = []
            for declaration in inner(body).named_children:
                type_node = declaration.child_by_field_name("type")
                if declaration.type != "field_declaration" or type_node is None:
                    continue
                names = declaration.children_by_field_name("name")
                named = self.name_of(spec.at(type_node))
                for name in [spec.text(each) for each in names] or ([named[1]] if named is not None else []):
                    found.append((name, spec.at(type_node)))
            return found
        return None

    def _of(self, place: Place, steps: int) -> Place | None:
        """Return the place of the type of `place`."""
        if steps == 0:
            return None
        if place.part == Part.ELEMENT:
            whole = self._of(place._replace(part=Part.WHOLE), steps - 1)
            return self._element(whole)
        if place.part != Part.WHOLE:
            return self._result(place, place.part, steps) if place.part >= 0 else None
        node = place.node
        if node.type == "parenthesized_expression" and node.named_child_count:
            return self._of(place.at(inner(node)), steps - 1)
        if node.type == "unary_expression":
            operand = place.field("operand")
            return self._of(operand, steps - 1) if operand is not None else None
        if node.type in ("composite_literal", "type_conversion_expression", "type_assertion_expression"):
            return place.field("type")
        if node.type == "index_expression":
            operand = place.field("operand")
            return self._element(self._of(operand, steps - 1)) if operand is not None else None
        if node.type == "identifier":
            return self._variable(place, steps)
        if node.type == "selector_expression":
            return self._selected(place, steps)
        return self._result(place, 0, steps) if node.type == "call_expression" else None

    def _element(self, kind: Place | None) -> Place | None:
        while kind is not None and kind.node.type in _WRAPPERS and kind.node.named_child_count:
            kind = kind.at(inner(kind.node))
        return kind.field(_SEQUENCES[kind.node.type]) if kind is not None and kind.node.type in _SEQUENCES else None

    def _variable(self, place: Place, steps: int) -> Place | None:
        found = self._space.local(place)
        if found is None:
            return self._declared(self._space.variables(place.package, place.text(place.node)), steps)
        variable = found[1]
        if variable.type is not None:
            return place.at(variable.type) if not variable.is_variadic else None
        first = next((write for write in variable.writes if write.kind is Kind.SET), None)
        if first is None or first.node is None or variable.origin is not Origin.LOCAL:
            return None
        return self._of(place.at(first.node, first.part), steps - 1)

    def _declared(self, specs: list[Place], steps: int) -> Place | None:
        for spec in specs:
            kind, value = spec.field("type"), spec.field("value")
            if kind is not None:
                return kind
            if value is not None and len(values := listed(value.node)) == 1:
                return self._of(value.at(values[0]), steps - 1)
        return None

    def _selected(self, place: Place, steps: int) -> Place | None:
        operand, field = place.field("operand"), place.field("field")
        if operand is None or field is None:
            return None
        name = place.text(field.node)
        other = self.package_of(operand)
        if other is not None:
            return self._declared(self._space.variables(other, name), steps)
        base = self._of(operand, steps - 1)
        named = self.name_of(base) if base is not None else None
        return self._field(base, named, name, steps) if base is not None and named is not None else None

    def _field(self, base: Place, named: Named, name: str, steps: int) -> Place | None:
        package = self._package(base, named)
        fields = self.fields(named, package) if package is not None else None
        for each, kind in fields or ():
            if each == name:
                return kind
        return None

    def _package(self, base: Place, named: Named) -> Package | None:
        if named[0] == base.package.import_path:
            return base.package
        node = base.node
        while node.type in _WRAPPERS and node.named_child_count:
            node = inner(node)
        return self._space.imported(base, base.text(inner(node))) if node.named_child_count else None

    def package_of(self, operand: Place) -> Package | None:
        """Return the package that the operand of a selector names, None when it is a value."""
        if operand.node.type != "identifier":
            return None
        name = operand.text(operand.node)
        return self._space.imported(operand, name) if self._space.local(operand) is None else None

    def _result(self, call: Place, index: int, steps: int) -> Place | None:
        """Return the type of a result of a call of a function that the space declares under one name."""
        function = call.field("function")
        if call.node.type != "call_expression" or function is None:
            return None
        name, package = call.text(function.node), call.package
        if name == "new":
            arguments = call.node.child_by_field_name("arguments")
            return call.at(inner(arguments)) if arguments is not None and arguments.named_children else None
        if function.node.type == "selector_expression":
            operand, field = function.field("operand"), function.field("field")
            if operand is None or field is None:
                return None
            other = self.package_of(operand)
            package, name = other or package, call.text(field.node)
        elif function.node.type != "identifier":
            return None
        found = package.functions(name) if self._space.is_followed(package) else ()
        if len(found) != 1:
            return None
        declared = Place(package, found[0].file, found[0].node).field("result")
        if declared is None or declared.node.type != "parameter_list":
            return declared if index == 0 else None
        results = [
            each
            for each in declared.node.named_children
            if each.type != "comment"
            for _ in [name for name in each.children_by_field_name("name") if name.is_named] or (each,)
        ]
        return declared.at(results[index]).field("type") if index < len(results) else None
