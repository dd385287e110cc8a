"""Lowers types: what is declared of fields, parameters and variables. `lowering` builds on it."""

from __future__ import annotations

from tree_sitter import Node

from gencreds.golang.expressions import (
    Expr,
    Field,
    Generic,
    Interface,
    MapType,
    Name,
    Other,
    Select,
    Sequence,
    Signature,
    Struct,
)
from gencreds.golang.nodes import inner
from gencreds.golang.syntax import GoFile, line_of


class TypeLowering:
    """The part of `Lowering` that knows types. They are small, and lowered whole."""

    _file: GoFile

    def expression(self, node: Node, depth: int = 0) -> Expr:
        """Lower an expression or a type."""
        raise NotImplementedError

    def _other(self, node: Node, depth: int) -> Other:
        raise NotImplementedError

    def _sequence(self, node: Node, depth: int) -> Expr:
        is_channel = node.type == "channel_type"
        element = node.child_by_field_name("value" if is_channel else "element")
        if element is None:
            return self._other(node, depth)
        return Sequence(self.expression(element, depth + 1), line_of(node), is_channel)

    def _map(self, node: Node, depth: int) -> Expr:
        key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
        if key is None or value is None:
            return self._other(node, depth)
        return MapType(self.expression(key, depth + 1), self.expression(value, depth + 1), line_of(node))

    def _generic(self, node: Node, depth: int) -> Expr:
        base = node.child_by_field_name("type")
        if base is None:
            return self._other(node, depth)
        arguments = tuple(
            self.expression(inner(child) if child.type == "type_elem" else child, depth + 1)
            for group in node.children_by_field_name("type_arguments")
            for child in group.named_children
        )
        return Generic(self.expression(base, depth + 1), arguments, line_of(node))

    def _signature(self, node: Node, depth: int) -> Expr:
        result = node.child_by_field_name("result")
        results = self._types(result, depth)
        if result is not None and result.type != "parameter_list":
            results = (self.expression(result, depth + 1),)
        return Signature(self._types(node.child_by_field_name("parameters"), depth), results, line_of(node))

    def _types(self, group: Node | None, depth: int) -> tuple[Expr, ...]:
        found: list[Expr] = []
        if group is not None and group.type == "parameter_list":
            for parameter in group.named_children:
                type_node = parameter.child_by_field_name("type")
                if type_node is not None:
                    names = sum(child.is_named for child in parameter.children_by_field_name("name"))
                    found.extend([self.expression(type_node, depth + 1)] * max(names, 1))
        return tuple(found)

    def _struct(self, node: Node, depth: int) -> Expr:
        fields: list[Field] = []
        for group in node.named_children:
            for field in group.named_children:
                type_node = field.child_by_field_name("type")
                if type_node is None:
                    continue
                kind = self.expression(type_node, depth + 1)
                names = [self._file.text(child) for child in field.children_by_field_name("name")]
                fields.extend(Field(name, kind, False) for name in names)
                if not names:
                    base = kind.base if isinstance(kind, Generic) else kind
                    name = base.name if isinstance(base, Select) else base.text if isinstance(base, Name) else ""
                    fields.append(Field(name, kind, True))
        return Struct(tuple(fields), node.start_byte, line_of(node))

    def _interface(self, node: Node, depth: int) -> Expr:
        return Interface(line_of(node))
