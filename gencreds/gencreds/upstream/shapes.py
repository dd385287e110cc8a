"""Why upstream's scanners pass over a place in the source: the shape that stands there, in a stable word.

`gencreds.parity` asks for the places at which our engine found something. Looks at the same nodes as the scanners and
at nothing else; what it cannot tell is `not-seen`.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from gencreds.golang.syntax import GoFile, line_of
from gencreds.upstream.clients import CONSTRUCTORS
from gencreds.upstream.nodes import arguments, bodies, called, chain, identifier, member, walk
from gencreds.upstream.requests import PACKAGE, SENDERS, VERBS
from gencreds.upstream.sources import is_api_alias, own_aliases
from gencreds.upstream.variables import PACKAGE_VARIABLE, variable_shape
from gencreds.upstream.wanted import NOT_ENDPOINTS

NOT_SEEN = "not-seen"
_OPTIONS = {
    "identifier": "options-variable",
    "selector_expression": "options-field",
    "call_expression": "function-result",
    "index_expression": "element",
}
_BY_TYPE = {
    "parenthesized_expression": "parenthesised",
    "selector_expression": "struct-field",
    "index_expression": "element",
    "composite_literal": "client-literal",
    "unary_expression": "client-literal",
    "type_assertion_expression": "type-assertion",
}


def call_shape(file: GoFile, line: int, name: str) -> str:
    """Return why no call of `name` on `line` is a typed client's to upstream."""
    for function, body in _around(file, line):
        for node in _members(body, file, line):
            found = member(node, file)
            if found is not None and found.name == name:
                return "method-value" if not _is_called(node) else _receiver_shape(found.base, function, body, file)
        return _helper_shape(function, body, file, line)
    return "initialiser"


def request_shape(file: GoFile, line: int) -> str:
    """Return why no call on `line` is a raw request to upstream."""
    for function, body in _around(file, line):
        for node in _members(body, file, line):
            found = member(node, file)
            if found is None or found.name not in SENDERS:
                continue
            call = node.parent
            return _options_shape(call, function, body, file) if call and _is_called(node) else "method-value"
        if _calls_a_value(function, body, file, line):
            return "method-value"
        for node in _members(body, file, line):
            found = member(node, file)
            if found is not None and found.name in VERBS and identifier(found.base, file) != PACKAGE:
                return "shorthand" if _is_called(node) else "method-value"
        return _helper_shape(function, body, file, line)
    return "initialiser"


def alias_is_shadowed(file: GoFile, line: int) -> bool:
    """Return whether a variable or type around `line` has the name of an import: upstream takes it for the package."""
    aliases = own_aliases(file)
    return any(
        variable_shape(alias, function, body, file) != PACKAGE_VARIABLE or alias in _local_types(body, file)
        for function, body in _around(file, line)
        for alias in aliases
    )


def _local_types(body: Node, file: GoFile) -> set[str]:
    specs = (node for node in walk(body) if node.type in ("type_spec", "type_alias"))
    return {file.text(name) for spec in specs if (name := spec.child_by_field_name("name")) is not None}


def subscription_shape(file: GoFile, line: int) -> str:
    """Return why upstream takes neither a route nor a hook from `line` of intermediate.go."""
    for _, body in _around(file, line):
        for node in _members(body, file, line):
            found = member(node, file)
            if found is not None and found.name == "Subscribe":
                return "subscription-options"
            if found is not None and identifier(chain(found.base, file).root, file):
                return "hook-in-variable"
    return NOT_SEEN


def _helper_shape(function: Node, body: Node, file: GoFile, line: int) -> str:
    """Return why a helper of a client, called on `line`, does not reach what our engine found behind it."""
    shapes = [
        _receiver_shape(found.base, function, body, file)
        for node in _members(body, file, line)
        if _is_called(node) and (found := member(node, file)) is not None
        if found.name not in NOT_ENDPOINTS and identifier(found.base, file) not in own_aliases(file)
    ]
    # Upstream takes the receiver for a client, so that it is the helper that it reads otherwise.
    return "helper-body" if "unknown-callee" in shapes else next(iter(shapes), NOT_SEEN)


def _calls_a_value(function: Node, body: Node, file: GoFile, line: int) -> bool:
    for node in walk(body):
        if node.type == "call_expression" and line_of(node) == line:
            name = identifier(node.child_by_field_name("function"), file)
            if name and variable_shape(name, function, body, file) != PACKAGE_VARIABLE:
                return True
    return False


def _around(file: GoFile, line: int) -> Iterator[tuple[Node, Node]]:
    for function, body in bodies(file):
        if line_of(body) <= line <= body.end_point.row + 1:
            yield function, body


def _members(body: Node, file: GoFile, line: int) -> Iterator[Node]:
    stack = [body]
    while stack:
        node = stack.pop()
        found = member(node, file)
        if found is not None and found.line == line:
            yield node
        children = (each for each in node.named_children if line_of(each) <= line <= each.end_point.row + 1)
        stack.extend(reversed(list(children)))


def _is_called(node: Node) -> bool:
    parent = node.parent
    return parent is not None and parent.type == "call_expression" and parent.child_by_field_name("function") == node


def _receiver_shape(base: Node, function: Node, body: Node, file: GoFile) -> str:
    root = chain(base, file).root
    name = identifier(root, file)
    if name:
        return variable_shape(name, function, body, file)
    call = called(root, file)
    if call is not None:
        alias = identifier(call.base, file)
        if call.name in CONSTRUCTORS and alias in own_aliases(file):
            return "unknown-callee" if is_api_alias(alias) else "import-alias"
        return "function-result"
    if root.type == "selector_expression":
        found = member(root, file)
        return PACKAGE_VARIABLE if found and identifier(found.base, file) in own_aliases(file) else "struct-field"
    return "function-result" if root.type == "call_expression" else _BY_TYPE.get(root.type, NOT_SEEN)


def _options_shape(call: Node, function: Node, body: Node, file: GoFile) -> str:
    given = arguments(call)[1:]
    for argument in given:
        if argument.type == "variadic_argument" and argument.named_child_count:
            inner = argument.named_children[0]
            name = identifier(inner, file)
            if name:
                shape = variable_shape(name, function, body, file)
                return "passed-options" if shape.endswith("parameter") else "options-variable"
            return {"call_expression": "inline-append", "composite_literal": "inline-slice"}.get(
                inner.type, "options-field"
            )
    for argument in given:
        option = called(argument, file)
        alias = identifier(option.base, file) if option is not None else ""
        if alias and alias != PACKAGE and own_aliases(file).get(alias, "").endswith(f"/{PACKAGE}"):
            return "pub-alias"
        if argument.type == "parenthesized_expression":
            return "parenthesised"
        if argument.type in _OPTIONS and alias != PACKAGE:
            return _OPTIONS[argument.type]
    return NOT_SEEN
