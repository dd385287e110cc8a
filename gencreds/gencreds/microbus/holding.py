"""What holds a value that is assigned to an expression: a variable, a field, whatever an element or a field is of.

`climbing` and `spreading` ask.
"""

from __future__ import annotations

from gencreds.golang.nodes import inner
from gencreds.microbus.places import Place
from gencreds.microbus.structs import fields_of
from gencreds.microbus.surroundings import Surroundings
from gencreds.microbus.targets import FieldOf, Global, Local, Of, Target

_PARTS = frozenset({"index_expression", "selector_expression", "parenthesized_expression", "unary_expression"})


def held(outside: Surroundings, target: Place) -> list[Target]:
    """Return what has a value that is put into the expression at `target`, as far as others can see it there."""
    found: list[Target] = []
    while True:
        if target.node.type == "selector_expression":
            operand, field = target.field("operand"), target.field("field")
            if operand is None or field is None:
                return found
            name = target.text(field.node)
            if (package := outside.own_package(operand)) is not None:
                return [*found, Global(target._replace(package=package), name)]
            named = outside.named(operand)
            found.append(FieldOf(target, named, name))
            if not name[:1].isupper() and (name, True) not in (fields_of(outside, outside.types.of(operand)) or ()):
                return found
            if named is not None and outside.specs(named, target.package):
                found.append(Of(target, named))
        if target.node.type not in _PARTS or not target.node.named_child_count:
            break
        target = target.at(inner(target.node), target.part)
    if target.node.type not in ("identifier", "field_identifier") or target.text(target.node) == "_":
        return found
    variable = outside.local(target)
    return [*found, Local(target, variable) if variable else Global(target, target.text(target.node))]
