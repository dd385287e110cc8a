"""Small readings of tree-sitter nodes that several walks share: lists, pairs, composite literals, appends."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from gencreds.golang.syntax import GoFile
from gencreds.golang.variables import Kind, Part


def inner(node: Node) -> Node:
    """Return the first named child of `node`, which has one, that is no comment: what brackets are around."""
    children = node.named_children
    return next((child for child in children if child.type != "comment"), children[0])


def spelled(file: GoFile, node: Node) -> str:
    """Return the text of `node` without white space and comments, by which short expressions compare."""
    if not node.child_count:
        return file.text(node)
    return "".join(spelled(file, child) for child in node.children if child.type != "comment")


def listed(node: Node | None) -> list[Node]:
    """Return the expressions of an expression list, or of one expression."""
    if node is None or node.type == "comment":
        return []
    if node.type == "expression_list":
        return [child for child in node.named_children if child.type != "comment"]
    return [node]


def pairs(node: Node, left: str, right: str) -> Iterator[tuple[Node, Node | None, int]]:
    """Yield each target with its value; one call that gives several values counts its results."""
    if left == "name":
        targets = [child for child in node.children_by_field_name("name") if child.is_named]
    else:
        targets = listed(node.child_by_field_name(left))
    values = listed(node.child_by_field_name(right))
    if len(targets) > 1 and len(values) == 1:
        for position, target in enumerate(targets):
            yield target, values[0], position
    else:
        for position, target in enumerate(targets):
            yield target, values[position] if position < len(values) else None, Part.WHOLE


def returns_of(body: Node) -> list[tuple[Node, list[Node]]]:
    """Return the `return` statements of a function's body with their values, those of function literals left out."""
    found: list[tuple[Node, list[Node]]] = []
    stack = [body]
    while stack:
        node = stack.pop()
        if node.type == "return_statement":
            found.append((node, [value for child in node.named_children for value in listed(child)]))
        elif node.type != "func_literal":
            stack.extend(reversed(node.named_children))
    return found


def literal_elements(body: Node) -> list[tuple[Node | None, Node]]:
    """Return the keys and values of a composite literal's body."""
    found: list[tuple[Node | None, Node]] = []
    for child in body.named_children:
        if child.type == "keyed_element":
            key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
            if key is not None and value is not None:
                found.append((_unwrapped(key), _unwrapped(value)))
        elif child.type == "literal_element":
            found.append((None, _unwrapped(child)))
    return found


def _unwrapped(element: Node) -> Node:
    children = [child for child in element.named_children if child.type != "comment"]
    return children[0] if element.type == "literal_element" and len(children) == 1 else element


def is_own_append(file: GoFile, first: Node) -> bool:
    """Return whether the `append` to `first` is assigned to `first` again."""
    call = first.parent.parent if first.parent is not None else None
    listing = call.parent if call is not None else None
    statement = listing.parent if listing is not None and listing.type == "expression_list" else None
    if (
        statement is None
        or statement.type != "assignment_statement"
        or listing is None
        or listing.named_child_count > 1
    ):
        return False
    target = statement.child_by_field_name("left")
    return target is not None and spelled(file, target) == spelled(file, first)


def changed(file: GoFile, value: Node, name: str) -> tuple[Kind, Node]:
    """Tell `name + b` and `append(name, …)`, which add to what `name` was, from any other value."""
    if value.type == "binary_expression":
        left, operator = value.child_by_field_name("left"), value.child_by_field_name("operator")
        right = value.child_by_field_name("right")
        if left is not None and operator is not None and operator.type == "+" and right is not None:
            return (Kind.ADD, right) if file.text(left) == name else (Kind.SET, value)
    if value.type == "call_expression":
        function, arguments = value.child_by_field_name("function"), value.child_by_field_name("arguments")
        if function is not None and arguments is not None and file.text(function) == "append":
            first = inner(arguments) if arguments.named_children else None
            return (Kind.APPEND if first is not None and file.text(first) == name else Kind.SET), value
    return Kind.SET, value
