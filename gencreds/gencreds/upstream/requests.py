"""Upstream's scanner for raw requests: `X.Request(…)` and `X.Publish(…)` with `pub` options, on any receiver.

Options in a variable are folded over the whole function, in source order and for every request alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from gencreds.golang.syntax import GoFile
from gencreds.upstream.nodes import arguments, assigned, called, identifier, literal, walk
from gencreds.upstream.subjects import ANY_ROUTE
from gencreds.upstream.wanted import ANY_HOST, Fact, Origin, Wanted

SENDERS = ("Request", "Publish")
PACKAGE = "pub"
VERBS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_PORTS = {"https://": 443, "http://": 80}


@dataclass
class _Folded:
    """The last literal method and URL seen, if any, and whether any `pub` option was."""

    method: str | None = None
    url: tuple[str, str] | None = None
    is_request: bool = False

    def option(self, node: Node, file: GoFile) -> None:
        """Fold in `node` if it is a call of the package that is literally named `pub`."""
        call = called(node, file)
        if call is None or identifier(call.base, file) != PACKAGE:
            return
        self.is_request = True
        given = arguments(node)
        text = literal(given[0], file) if given else None
        if call.name in VERBS:
            self.method = call.name
        elif call.name == "Method" and text is not None:
            self.method = text.upper()
        if call.name == "URL" or call.name in VERBS:
            self.url = _split(text) or self.url if text is not None else self.url

    def add(self, other: _Folded) -> None:
        """Fold in what a variable amounts to."""
        self.method = other.method or self.method
        self.url = other.url or self.url
        self.is_request = self.is_request or other.is_request


def requests(body: Node, file: GoFile) -> Iterator[Wanted]:
    """Yield what the raw requests in `body` reach."""
    variables: dict[str, _Folded] | None = None
    for node in walk(body):
        call = called(node, file)
        if call is None or call.name not in SENDERS:
            continue
        folded, facts = _Folded(), set()
        for argument in arguments(node):
            if argument.type == "variadic_argument" and argument.named_child_count:
                variables = _variables(body, file) if variables is None else variables
                folded.add(variables.get(identifier(argument.named_children[0], file), _Folded()))
                facts.add(Fact.VARIABLE_OPTIONS)
            else:
                folded.option(argument, file)
        if not folded.is_request:
            continue
        if folded.url is None:
            host, route, override = ANY_HOST, ANY_ROUTE, ANY_HOST
            facts.add(Fact.UNKNOWN_URL)
        else:
            (host, route), override = folded.url, ""
        method = folded.method or "*"
        yield Wanted(Origin.REQUEST, host, route, method, file.name, call.line, call.name, override, frozenset(facts))


def _variables(body: Node, file: GoFile) -> dict[str, _Folded]:
    """Return what each variable of options amounts to: slices of options and `append`, `var` left out as upstream."""
    found: dict[str, _Folded] = {}
    for node in walk(body):
        if node.type == "var_spec":
            continue
        for name, value in assigned(node, file):
            for option in _options(value, file):
                found.setdefault(name, _Folded()).option(option, file)
    return found


def _options(value: Node, file: GoFile) -> Iterator[Node]:
    if value.type == "composite_literal":
        body = value.child_by_field_name("body")
        for element in body.named_children if body is not None else ():
            if element.type == "literal_element" and element.named_child_count:
                yield element.named_children[0]
    elif value.type == "call_expression" and identifier(value.child_by_field_name("function"), file) == "append":
        yield from arguments(value)


def _split(url: str) -> tuple[str, str] | None:
    """Return host and route of a literal URL; None unless it starts with `https://` or `http://`, in lower case."""
    for scheme, default in _PORTS.items():
        if url.startswith(scheme):
            authority, _, path = url.removeprefix(scheme).partition("/")
            host, colon, port = authority.rpartition(":")
            return (host, f":{port}/{path}") if colon else (authority, f":{default}/{path}")
    return None
