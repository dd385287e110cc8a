"""Whether a method is the connector's, told by the type of what it is selected from. `requests` and `routes` ask.

By the names `svc`, `Connector` and the receiver most are known; this is for those who call it something else, and for
packages in which another type has a method of the same name.
"""

from __future__ import annotations

from gencreds.golang.nodes import inner
from gencreds.microbus.framework import is_framework
from gencreds.microbus.places import Place, Space
from gencreds.microbus.types import Named, Types

_MAX_DEPTH = 8
_AROUND = frozenset({"parenthesized_expression", "unary_expression", "pointer_type", "parenthesized_type"})


def operand_of(call: Place) -> Place | None:
    """Return what the method that `call` calls is selected from, None if it is no selector."""
    function = call.field("function")
    while function is not None and function.node.type == "parenthesized_expression" and function.node.named_child_count:
        function = function.at(inner(function.node))
    return function.field("operand") if function is not None else None


class Askers:
    """Tells the connector's methods from others, as far as types say so in plain words."""

    def __init__(self, space: Space, types: Types) -> None:
        self._space = space
        self._types = types

    def is_connectors(self, base: Place, method: str) -> bool | None:
        """Return whether `method` of the expression at `base` is the connector's, None if that cannot be told."""
        named = self._types.named(base) or self.type_of_expression(base)
        return self._has(named, base, method, _MAX_DEPTH) if named is not None else None

    def type_of_expression(self, base: Place) -> Named | None:
        """Return the type that `base` names, from which a method expression `(*T).Method` is selected; or None."""
        while base.node.type in _AROUND and base.node.named_child_count:
            base = base.at(inner(base.node))
        operand, field = base.field("operand"), base.field("field")
        if operand is not None and field is not None and self._space.local(operand) is None:
            path = self._space.import_path(base, base.text(operand.node))
            return (path, base.text(field.node)) if path is not None and is_framework(path) else None
        if base.node.type not in ("identifier", "type_identifier") or self._space.local(base) is not None:
            return None
        name = base.text(base.node)
        return (base.package.import_path, name) if self._space.types(base.package, name) else None

    def _has(self, named: Named, at: Place, method: str, steps: int) -> bool | None:
        path, name = named
        if is_framework(path):
            return True
        home = self._space.package(path, at.package)
        if home is None or not self._space.is_followed(home):
            return False
        specs = self._space.types(home, name)
        if not specs or steps == 0:
            return None
        declared = home.functions(method)
        if any(each.receiver_type == name for each in declared):
            return False
        found: set[bool | None] = set()
        for spec in specs:
            body = spec.field("type")
            if body is not None and body.node.type == "interface_type":
                # An own type may be behind it as well.
                found.add(None if declared else method in body.text(body.node))
            other = self._types.name_of(body) if body is not None else None
            if other is not None:
                found.add(self._has(other, spec, method, steps - 1))
        for field, kind in self._types.fields(named, home) or ():
            embedded = self._types.name_of(kind)
            if embedded is not None and embedded[1] == field:
                found.add(self._has(embedded, kind, method, steps - 1))
        return True if True in found else None if None in found else False
