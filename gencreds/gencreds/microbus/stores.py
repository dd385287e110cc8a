"""Everything that is written to a package variable or to a field of the microservice's structs. Used by `origins`.

Found by name, on demand; types keep fields of the same name apart where declarations tell them.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from tree_sitter import Node

from gencreds.golang.nodes import inner, listed, spelled
from gencreds.golang.packages import Package
from gencreds.microbus.decoders import Decoders
from gencreds.microbus.places import Place, Space
from gencreds.microbus.types import Named, Types


class Stored(NamedTuple):
    """The values that are written to a name, and to its elements; not `is_complete` when some cannot be told."""

    values: tuple[Place, ...]
    elements: tuple[Place, ...]
    is_complete: bool


_LOST = Stored((), (), False)


class Stores:
    """Writes to package variables and fields in `space`."""

    def __init__(self, space: Space, types: Types) -> None:
        self._space = space
        self._types = types
        self._decoders = Decoders(space, types)
        self._known: dict[tuple[str, ...], Stored] = {}

    def variable(self, package: Package, name: str) -> tuple[Place, ...] | None:
        """Return all values assigned to the package variable `name`, None when they cannot be told."""
        stored = self._variable(package, name)
        return stored.values if stored.is_complete else None

    def field(self, place: Place, operand: Place, name: str) -> tuple[Place, ...] | None:
        """Return all values of the field `name`, read at `place` from `operand`; None when they cannot be told."""
        stored = self._field(place.package, self._types.own(operand), name)
        return stored.values if stored.is_complete and stored.values else None

    def elements(self, place: Place) -> tuple[Place, ...] | None:
        """Return all values assigned to elements of the field or package variable at `place`, None if unknown."""
        if place.node.type == "identifier":
            stored = self._variable(place.package, place.text(place.node))
        elif place.node.type == "selector_expression":
            operand, field = place.field("operand"), place.field("field")
            if operand is None or field is None:
                return None
            other = self._types.package_of(operand)
            if other is not None:
                stored = self._variable(other, place.text(field.node))
            else:
                stored = self._field(place.package, self._types.own(operand), place.text(field.node))
        else:
            return ()
        return stored.elements if stored.is_complete else None

    def _variable(self, package: Package, name: str) -> Stored:
        key = ("variable", package.import_path, name)
        if key not in self._known:
            self._known[key] = _LOST
            found = self._space.occurrences(name, package)
            writes = [] if found is None else [_write(each) for each in found if self._is_variable(each, package)]
            self._known[key] = _LOST if found is None else _collected(writes)
        return self._known[key]

    def _is_variable(self, place: Place, package: Package) -> bool:
        parent = place.node.parent
        if place.node.type == "identifier" and place.package.import_path == package.import_path:
            return self._space.local(place) is None
        if parent is None or parent.type != "selector_expression" or place.node.type != "field_identifier":
            return False
        operand = place.at(parent).field("operand")
        other = self._types.package_of(operand) if operand is not None else None
        return other is not None and other.import_path == package.import_path

    def _field(self, package: Package, base: Named | None, name: str) -> Stored:
        if base is None:
            # It may be the field of another module's type.
            return _LOST
        key = ("field", package.import_path, *base, name)
        if key not in self._known:
            self._known[key] = _LOST
            self._known[key] = self._field_writes(package, base, name)
        return self._known[key]

    def _field_writes(self, package: Package, base: Named, name: str) -> Stored:
        found = self._space.occurrences(name, package)
        if found is None:
            return _LOST
        owners: dict[Named, Place] = {}
        for each in found:
            owner = _struct_of(each)
            if owner is not None:
                owners[(each.package.import_path, each.text(owner))] = each
        if base in owners:
            owners = {kind: place for kind, place in owners.items() if kind == base}
        if not owners or any(self._is_decoded(kind, place, name) for kind, place in owners.items()):
            return _LOST
        writes: list[tuple[str, Place | None]] = []
        for each in found:
            if each.node.type == "field_identifier":
                operand = each.at(each.node.parent).field("operand") if each.node.parent is not None else None
                if operand is not None and self._may_be(self._types.named(operand), owners, name, each.package):
                    writes.append(_write(each))
            keyed = _keyed_value(each)
            if keyed is not None and self._may_be(self._literal_type(each.at(keyed)), owners, name, each.package):
                writes.append(("set", each.at(keyed)))
        for kind, place in owners.items():
            writes.extend(self._positional(kind, place, name))
        return _collected(writes)

    def _may_be(self, kind: Named | None, owners: Collection[Named], name: str, near: Package) -> bool:
        """Whether the field `name` of a value of type `kind` may be that of one of `owners`: not if it has its own.

        Another struct of the followed packages may embed one of them, or be another name for it.
        """
        if kind is None or kind in owners:
            return True
        home = self._space.package(kind[0], near)
        fields = self._types.fields(kind, home) if home is not None else []
        return home is not None and all(each != name for each, _ in fields or ())

    def _literal_type(self, value: Place) -> Named | None:
        """Return the type of the composite literal around `value`; `map` when it is a map with names for keys."""
        node: Node | None = value.node
        depth = 0
        while node is not None and node.type != "composite_literal":
            depth += node.type == "literal_value"
            node = node.parent
        kind = value.at(node).field("type") if node is not None else None
        if kind is None or depth > 2:
            return None
        if depth == 2:
            element = kind.field("element") or kind.field("value")
            return self._types.name_of(element) if element is not None else None
        return ("", "map") if kind.node.type == "map_type" else self._types.name_of(kind)

    def _is_decoded(self, kind: Named, place: Place, name: str) -> bool:
        """Whether reflection may write the field: only to exported ones, where something is decoded."""
        if not name[:1].isupper():
            return False
        declaration = place.node.parent
        if declaration is not None and declaration.child_by_field_name("tag") is not None:
            return True
        return self._decoders.may_fill(kind, place.package)

    def _positional(self, kind: Named, place: Place, name: str) -> list[tuple[str, Place | None]]:
        """Return what literals of the struct `kind` without field names give the field `name`."""
        fields = self._types.fields(kind, place.package) or []
        index = next((position for position, (each, _) in enumerate(fields) if each == name), -1)
        found = self._space.occurrences(kind[1], place.package)
        if found is None or index < 0:
            return [("lost", None)]
        writes: list[tuple[str, Place | None]] = []
        for each in found:
            for body in _bodies(each.node):
                values = [child for child in body.named_children if child.type == "literal_element"]
                if len(values) == len(fields) and values[index].named_child_count:
                    writes.append(("set", each.at(values[index].named_children[0])))
        return writes


def _bodies(name: Node) -> list[Node]:
    """Return the bodies of struct literals whose type is `name`, or whose slice's or map's elements are."""
    node, nested = name, False
    while node.parent is not None and node.parent.type in ("pointer_type", "qualified_type"):
        node = node.parent
    parent = node.parent
    if parent is not None and parent.type in ("slice_type", "array_type", "implicit_length_array_type", "map_type"):
        node, nested = parent, True
        parent = node.parent
    if parent is None or parent.type != "composite_literal" or parent.child_by_field_name("type") != node:
        return []
    body = parent.child_by_field_name("body")
    if body is None or not nested:
        return [body] if body is not None else []
    found: list[Node] = []
    for element in body.named_children:
        value = element.child_by_field_name("value") if element.type == "keyed_element" else element
        found.extend(
            child for child in (value.named_children if value is not None else ()) if child.type == "literal_value"
        )
    return found


def _struct_of(place: Place) -> Node | None:
    """Return the name of the struct type that declares the field whose name stands at `place`."""
    declaration = place.node.parent
    if declaration is None or declaration.type != "field_declaration" or place.node.type != "field_identifier":
        return None
    listing = declaration.parent
    struct = listing.parent if listing is not None else None
    spec = struct.parent if struct is not None else None
    return spec.child_by_field_name("name") if spec is not None and spec.type == "type_spec" else None


def _keyed_value(place: Place) -> Node | None:
    """Return the value that a composite literal gives to the key at `place`."""
    key = (
        place.node.parent
        if place.node.parent is not None and place.node.parent.type == "literal_element"
        else place.node
    )
    element = key.parent
    if element is None or element.type != "keyed_element" or element.child_by_field_name("key") != key:
        return None
    value = element.child_by_field_name("value")
    if value is not None and value.type == "literal_element" and value.named_child_count:
        return inner(value)
    return value


def _write(place: Place) -> tuple[str, Place | None]:
    """Tell what the statement around the name at `place` does to it: `set`, `element`, `lost`, or `` for a read."""
    node, kind = place.node, "set"
    if node.parent is not None and node.parent.type == "selector_expression" and node.type == "field_identifier":
        node = node.parent
    parent = node.parent
    while parent is not None and parent.type in ("index_expression", "parenthesized_expression", "slice_expression"):
        if inner(parent) != node:
            return "", None
        kind = "element" if parent.type != "parenthesized_expression" else kind
        node, parent = parent, parent.parent
    if parent is None:
        return "", None
    if parent.type in ("inc_statement", "dec_statement"):
        return "lost", None
    if parent.type == "unary_expression":
        return ("lost", None) if place.text(parent).startswith("&") else ("", None)
    if parent.type == "argument_list" and parent.parent is not None:
        function = parent.parent.child_by_field_name("function")
        is_copy = function is not None and spelled(place.file, function) in ("copy", "maps.Copy", "clear", "delete")
        return ("lost", None) if is_copy and inner(parent) == node else ("", None)
    if parent.type != "expression_list" or parent.parent is None:
        return "", None
    statement = parent.parent
    if statement.child_by_field_name("left") != parent:
        return "", None
    operator = statement.child_by_field_name("operator")
    if statement.type != "assignment_statement" or operator is None or operator.type != "=":
        return ("lost", None) if statement.type in ("assignment_statement", "range_clause") else ("", None)
    targets, values = listed(parent), listed(statement.child_by_field_name("right"))
    position = targets.index(node)
    if len(values) == len(targets):
        return kind, place.at(values[position])
    return kind, place.at(values[0], position)


def _collected(writes: list[tuple[str, Place | None]]) -> Stored:
    values = {place.key: place for kind, place in writes if kind == "set" and place is not None}
    elements = {place.key: place for kind, place in writes if kind == "element" and place is not None}
    complete = all(kind != "lost" for kind, _ in writes)
    return Stored(tuple(values.values()), tuple(elements.values()), complete)
