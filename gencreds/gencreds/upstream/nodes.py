"""The few shapes of Go syntax that upstream's engine tells apart, on tree-sitter's nodes.

Every scanner of this package asks here. Nothing recurses: a file may hold chains as long as itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from gencreds.golang.syntax import GoFile, line_of

_LITERALS = ("interpreted_string_literal", "raw_string_literal")
_DECLARED = ("function_declaration", "method_declaration")


class Member(NamedTuple):
    """`base.name`, with the line that the name is on."""

    base: Node
    name: str
    line: int


class Chain(NamedTuple):
    """A receiver read from the outside in: what is left without `ForHost` and `WithOptions`, and the outermost host.

    `host` is the argument of the outermost `ForHost`, `hosts` how many there are.
    """

    root: Node
    host: Node | None
    hosts: int


def walk(top: Node) -> Iterator[Node]:
    """Yield `top` and all named nodes below it in source order."""
    stack = [top]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.named_children))


def bodies(file: GoFile) -> Iterator[tuple[Node, Node]]:
    """Yield each declared function or method of `file` with its body; initialisers are none, as upstream has it."""
    for node in file.declarations:
        if node.type in _DECLARED:
            body = node.child_by_field_name("body")
            if body is not None:
                yield node, body


def called(node: Node, file: GoFile) -> Member | None:
    """Return `base.name` of the call `base.name(…)`, or None for any other node."""
    if node.type != "call_expression":
        return None
    function = node.child_by_field_name("function")
    return member(function, file) if function is not None else None


def member(node: Node, file: GoFile) -> Member | None:
    """Return the parts of the selector `node`, or None for any other node."""
    if node.type != "selector_expression":
        return None
    base, name = node.child_by_field_name("operand"), node.child_by_field_name("field")
    if base is None or name is None:
        return None
    return Member(base, file.text(name), line_of(name))


def arguments(call: Node) -> list[Node]:
    """Return the arguments of a call; one that is spread is a `variadic_argument`."""
    listed = call.child_by_field_name("arguments")
    return [child for child in listed.named_children if child.type != "comment"] if listed is not None else []


def identifier(node: Node | None, file: GoFile) -> str:
    """Return the name if `node` is a plain one, else an empty string."""
    return file.text(node) if node is not None and node.type == "identifier" else ""


def literal(node: Node | None, file: GoFile) -> str | None:
    """Return a string literal without its quotes, escapes as written, or None for anything else."""
    return file.text(node)[1:-1] if node is not None and node.type in _LITERALS else None


def chain(receiver: Node, file: GoFile) -> Chain:
    """Step down `receiver` through `ForHost` and `WithOptions`."""
    host: Node | None = None
    hosts = 0
    while (inner := called(receiver, file)) is not None and inner.name in ("ForHost", "WithOptions"):
        if inner.name == "ForHost":
            given = arguments(receiver)
            host = host if hosts else (given[0] if given else None)
            hosts += 1
        receiver = inner.base
    return Chain(receiver, host, hosts)


def assigned(node: Node, file: GoFile) -> Iterator[tuple[str, Node]]:
    """Yield name and value of each plain variable that `node` assigns or declares, where the counts match."""
    if node.type in ("short_var_declaration", "assignment_statement"):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        names = left.named_children if left is not None else []
    elif node.type == "var_spec":
        names, right = node.children_by_field_name("name"), node.child_by_field_name("value")
        names = [name for name in names if name.is_named]
    else:
        return
    values = [child for child in right.named_children if child.type != "comment"] if right is not None else []
    if len(names) == len(values):
        for name, value in zip(names, values, strict=True):
            if identifier(name, file) not in ("", "_"):
                yield file.text(name), value


def qualified(node: Node | None, file: GoFile) -> tuple[str, str]:
    """Return package and name of the type `pkg.Name` or `*pkg.Name`, or two empty strings."""
    while node is not None and node.type == "pointer_type" and node.named_child_count == 1:
        node = node.named_children[0]
    if node is None or node.type != "qualified_type":
        return "", ""
    package, _, name = file.text(node).partition(".")
    return package.strip(), name.strip()


def specs(declaration: Node, kind: str) -> Iterator[Node]:
    """Yield the `var_spec` or `const_spec` nodes of a declaration, grouped or not."""
    for child in declaration.named_children:
        if child.type == kind:
            yield child
        elif child.type == f"{kind}_list":
            yield from (each for each in child.named_children if each.type == kind)
