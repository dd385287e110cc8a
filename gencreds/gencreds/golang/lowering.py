"""From tree-sitter nodes to `expressions`: only where a byte range holds an interesting offset.

The caller finds the offsets of the words that it cares for with one regular expression per file; subtrees without any
are never entered. That is what keeps a scan near the cost of a bare parse.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from collections.abc import Sequence as Offsets

from tree_sitter import Node

from gencreds.golang.expressions import (
    Assert,
    Call,
    Composite,
    Concat,
    Element,
    Expr,
    Index,
    Literal,
    Name,
    Other,
    Scope,
    Select,
    Test,
    Text,
)
from gencreds.golang.literals import string_value
from gencreds.golang.nodes import inner
from gencreds.golang.syntax import GoFile, line_of
from gencreds.golang.typelowering import TypeLowering

# How deep one expression may nest: the lowering and the patterns recurse over it, and Python's stack is finite.
MAX_EXPRESSION_DEPTH = 120

_SMALL = frozenset(
    {
        "identifier",
        "interpreted_string_literal",
        "raw_string_literal",
        "selector_expression",
        "composite_literal",
        "func_literal",
    }
)


class TooDeep(Exception):
    """An expression nests deeper than `MAX_EXPRESSION_DEPTH`; `line` is where."""

    def __init__(self, line: int) -> None:
        super().__init__(f"an expression nests deeper than {MAX_EXPRESSION_DEPTH} levels")
        self.line = line


class Lowering(TypeLowering):
    """Lowers nodes of one file around the sorted byte `offsets`; everything without any (None)."""

    def __init__(self, file: GoFile, offsets: Offsets[int] | None) -> None:
        self._file = file
        self._offsets = offsets
        self._pending: list[tuple[Node, Scope, int]] = []
        self._scope = Scope(0, len(file.data), -1)

    def has_interest(self, node: Node) -> bool:
        """Return whether any of the offsets lies in `node`."""
        if self._offsets is None:
            return True
        index = bisect_left(self._offsets, node.start_byte)
        return index < len(self._offsets) and self._offsets[index] < node.end_byte

    def constant_values(self, node: Node) -> list[tuple[str, Expr]]:
        """Return the names and values of a constant declaration; names without a value of their own are left out."""
        found: list[tuple[str, Expr]] = []
        for spec in node.named_children:
            if spec.type == "const_spec":
                names = [child for child in spec.children_by_field_name("name") if child.is_named]
                values = self._list(spec.child_by_field_name("value"))
                found.extend((self._file.text(name), value) for name, value in zip(names, values, strict=False))
        return found

    def expression(self, node: Node, depth: int = 0) -> Expr:
        """Lower an expression or a type. Raises `TooDeep`."""
        if depth > MAX_EXPRESSION_DEPTH:
            raise TooDeep(line_of(node))
        handler = _EXPRESSIONS.get(node.type)
        return handler(self, node, depth) if handler is not None else self._other(node, depth)

    def _list(self, node: Node | None) -> tuple[Expr, ...]:
        if node is None:
            return ()
        if node.type == "expression_list":
            return tuple(self._argument(child, 0) for child in node.named_children if child.type != "comment")
        return (self._argument(node, 0),)

    def _argument(self, node: Node, depth: int) -> Expr:
        if node.type in _SMALL or self.has_interest(node):
            return self.expression(node, depth)
        if node.type in ("binary_expression", "parenthesized_expression", "call_expression"):
            return self.expression(node, depth)
        return Other((), line_of(node))

    def _name(self, node: Node) -> Name:
        return Name(self._file.text(node), node.start_byte, line_of(node))

    def _identifier(self, node: Node, depth: int) -> Expr:
        return self._name(node)

    def _selector(self, node: Node, depth: int) -> Expr:
        base, name = node.child_by_field_name("operand"), node.child_by_field_name("field")
        return self._select(node, base, name, depth)

    def _qualified(self, node: Node, depth: int) -> Expr:
        return self._select(node, node.child_by_field_name("package"), node.child_by_field_name("name"), depth)

    def _select(self, node: Node, base: Node | None, name: Node | None, depth: int) -> Expr:
        if base is None or name is None:
            return Other((), line_of(node))
        return Select(self.expression(base, depth + 1), self._file.text(name), line_of(name))

    def _call(self, node: Node, depth: int) -> Expr:
        callee, listed = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if callee is None:
            return self._other(node, depth)
        function = self.expression(callee, depth + 1)
        arguments: list[Expr] = []
        spread = False
        for argument in listed.named_children if listed is not None else ():
            if argument.type == "comment":
                continue
            value = argument
            if argument.type == "variadic_argument" and argument.named_child_count:
                spread, value = True, inner(argument)
            arguments.append(self._argument(value, depth + 1))
        line = function.line if isinstance(function, (Select, Name)) else line_of(node)
        return Call(function, tuple(arguments), spread, line, node.start_byte, node.end_byte)

    def _inner(self, node: Node, depth: int) -> Expr:
        children = [child for child in node.named_children if child.type != "comment"]
        return self.expression(children[0], depth + 1) if len(children) == 1 else self._other(node, depth)

    def _unary(self, node: Node, depth: int) -> Expr:
        operator = node.child_by_field_name("operator")
        sign = self._file.text(operator) if operator is not None else ""
        if sign in ("&", "*"):
            return self._inner(node, depth)
        inner = self._other(node, depth)
        if sign == "<-" and inner.parts:
            return Index(inner.parts[0], (), False, line_of(node))
        return Test(inner.parts, inner.line)

    def _string(self, node: Node, depth: int) -> Expr:
        return Text(string_value(self._file.text(node)), line_of(node))

    def _binary(self, node: Node, depth: int) -> Expr:
        operator = node.child_by_field_name("operator")
        if operator is None or operator.type != "+":
            return Test(self._other(node, depth).parts, line_of(node))
        parts: list[Expr] = []
        left: Node | None = node
        while left is not None and left.type == "binary_expression":
            sign, right = left.child_by_field_name("operator"), left.child_by_field_name("right")
            if sign is None or sign.type != "+" or right is None:
                break
            parts.append(self._argument(right, depth + 1))
            left = left.child_by_field_name("left")
        if left is not None:
            parts.append(self._argument(left, depth + 1))
        return Concat(tuple(reversed(parts)), line_of(node))

    def _composite(self, node: Node, depth: int) -> Expr:
        type_node, body = node.child_by_field_name("type"), node.child_by_field_name("body")
        made = self.expression(type_node, depth + 1) if type_node is not None else Other((), line_of(node))
        # Functions are kept also where nothing is of interest yet: a client may be passed to them.
        kept = self.has_interest(node) or b"func" in self._file.data[node.start_byte : node.end_byte]
        return Composite(made, self._elements(body, depth) if kept else (), node.start_byte, line_of(node))

    def _elements(self, body: Node | None, depth: int) -> tuple[Element, ...]:
        elements: list[Element] = []
        if body is not None:
            for child in body.named_children:
                if child.type == "keyed_element":
                    key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
                    if key is not None and value is not None:
                        computed = self._element(key, depth + 1) if self.has_interest(key) else None
                        elements.append(Element(self._file.text(key), self._element(value, depth + 1), computed))
                elif child.type == "literal_element":
                    elements.append(Element("", self._element(child, depth + 1)))
        return tuple(elements)

    def _element(self, node: Node, depth: int) -> Expr:
        children = [child for child in node.named_children if child.type != "comment"]
        if node.type == "literal_element" and len(children) == 1:
            if children[0].type == "literal_value":
                if depth > MAX_EXPRESSION_DEPTH:
                    raise TooDeep(line_of(node))
                inner = children[0]
                return Composite(None, self._elements(inner, depth + 1), inner.start_byte, line_of(inner))
            return self._argument(children[0], depth)
        return self._other(node, depth)

    def _index(self, node: Node, depth: int) -> Expr:
        base = node.child_by_field_name("operand")
        if base is None:
            return self._other(node, depth)
        keys = tuple(
            self._argument(child, depth + 1)
            for child in node.named_children
            if child.start_byte >= base.end_byte and child.type != "comment"
        )
        is_slice = node.type == "slice_expression"
        return Index(self.expression(base, depth + 1), keys, is_slice, line_of(node))

    def _assertion(self, node: Node, depth: int) -> Expr:
        base, type_node = node.child_by_field_name("operand"), node.child_by_field_name("type")
        if base is None or type_node is None:
            return self._other(node, depth)
        return Assert(self.expression(base, depth + 1), self.expression(type_node, depth + 1), line_of(node))

    def _conversion(self, node: Node, depth: int) -> Expr:
        type_node, operand = node.child_by_field_name("type"), node.child_by_field_name("operand")
        if type_node is None or operand is None:
            return self._other(node, depth)
        function = self.expression(type_node, depth + 1)
        return Call(function, (self._argument(operand, depth + 1),), False, line_of(node))

    def _literal(self, node: Node, depth: int) -> Expr:
        self._pending.append((node, self._scope, node.start_byte))
        return Literal(node.start_byte, node.end_byte, line_of(node))

    def _other(self, node: Node, depth: int) -> Other:
        parts = tuple(self.expression(child, depth + 1) for child in node.named_children if self.has_interest(child))
        return Other(parts, line_of(node))


_EXPRESSIONS: dict[str, Callable[[Lowering, Node, int], Expr]] = {
    "identifier": Lowering._identifier,
    "type_identifier": Lowering._identifier,
    "package_identifier": Lowering._identifier,
    "selector_expression": Lowering._selector,
    "qualified_type": Lowering._qualified,
    "call_expression": Lowering._call,
    "parenthesized_expression": Lowering._inner,
    "parenthesized_type": Lowering._inner,
    "pointer_type": Lowering._inner,
    "unary_expression": Lowering._unary,
    "interpreted_string_literal": Lowering._string,
    "raw_string_literal": Lowering._string,
    "binary_expression": Lowering._binary,
    "composite_literal": Lowering._composite,
    "slice_type": Lowering._sequence,
    "array_type": Lowering._sequence,
    "implicit_length_array_type": Lowering._sequence,
    "channel_type": Lowering._sequence,
    "map_type": Lowering._map,
    "generic_type": Lowering._generic,
    "type_instantiation_expression": Lowering._generic,
    "function_type": Lowering._signature,
    "struct_type": Lowering._struct,
    "interface_type": Lowering._interface,
    "index_expression": Lowering._index,
    "slice_expression": Lowering._index,
    "type_assertion_expression": Lowering._assertion,
    "type_conversion_expression": Lowering._conversion,
    "func_literal": Lowering._literal,
}
