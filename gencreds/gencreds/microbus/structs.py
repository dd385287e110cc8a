"""The fields of struct types, also of those without a name, and the types of literals that leave theirs out.

A part of `climbing`; `types` does the same for what has a name in plain words.
"""

from __future__ import annotations

from tree_sitter import Node

from gencreds.golang.nodes import inner
from gencreds.microbus.places import Place
from gencreds.microbus.surroundings import Surroundings

_AROUND = frozenset({"pointer_type", "parenthesized_type", "generic_type"})
_NAMES = frozenset({"type_identifier", "qualified_type"})
_ELEMENTS = {
    "slice_type": "element",
    "array_type": "element",
    "implicit_length_array_type": "element",
    "map_type": "value",
}
_MAX_STEPS = 16


def is_sequence(kind: Place) -> bool:
    """Return whether `kind` is a slice, an array or a map."""
    return kind.node.type in _ELEMENTS


def structure_of(outside: Surroundings, kind: Place | None) -> Place | None:
    """Return the type without a name that the type `kind` is defined as, or points to; None if it cannot be told."""
    steps = _MAX_STEPS
    while kind is not None and (kind.node.type in _AROUND or kind.node.type in _NAMES):
        kind, steps = _underlying(outside, kind) if steps else None, steps - 1
    return kind


def kind_of(outside: Surroundings, body: Place) -> Place | None:
    """Return the type of the literal with `body`, also where a literal around it tells."""
    owner = body.node.parent
    depth = 0
    while owner is not None and owner.type != "composite_literal":
        depth += owner.type == "literal_value"
        owner = owner.parent
    kind = body.at(owner).field("type") if owner is not None else None
    for _ in range(depth):
        kind = structure_of(outside, kind)
        kind = kind.field(_ELEMENTS[kind.node.type]) if kind is not None and is_sequence(kind) else None
    return kind


def fields_of(outside: Surroundings, kind: Place | None) -> list[tuple[str, bool]] | None:
    """Return the fields of the struct type `kind`, and whether each is embedded; None for any other type."""
    kind = structure_of(outside, kind)
    if kind is None or kind.node.type != "struct_type":
        return None
    found: list[tuple[str, bool]] = []
    for each in inner(kind.node).named_children if kind.node.named_child_count else ():
        type_node = each.child_by_field_name("type")
        if each.type == "field_declaration" and type_node is not None:
            names = [kind.text(name) for name in each.children_by_field_name("name")]
            embedded = kind.text(type_node).partition("[")[0].rpartition(".")[2].lstrip("*")
            found += [(name, False) for name in names] or [(embedded, True)]
    return found


def _underlying(outside: Surroundings, kind: Place) -> Place | None:
    node: Node = kind.node
    if node.type in _AROUND and node.named_child_count:
        return kind.at(inner(node))
    named = outside.types.name_of(kind)
    specs = outside.specs(named, kind.package) if named is not None else []
    return specs[0].field("type") if specs else _declared_inside(kind)


def _declared_inside(kind: Place) -> Place | None:
    """Return what the type `kind` is defined as by the function around it."""
    top = kind.file.declaration_at(kind.node.start_byte)
    waiting = [top] if top is not None else []
    while waiting:
        node = waiting.pop()
        name = node.child_by_field_name("name") if node.type == "type_spec" else None
        if name is not None and kind.text(name) == kind.text(kind.node):
            return kind.at(node).field("type")
        waiting.extend(node.named_children)
    return None
