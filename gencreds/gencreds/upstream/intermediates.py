"""Upstream's scanner for `intermediate.go`: own routes and hooks, which it finds in no other file."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tree_sitter import Node

from gencreds.golang.syntax import GoFile
from gencreds.upstream.apis import Api
from gencreds.upstream.clients import wanted
from gencreds.upstream.nodes import arguments, bodies, called, chain, identifier, member, walk
from gencreds.upstream.wanted import NOT_ENDPOINTS, Fact, Origin, Wanted

_POSITIONAL = 2
_HOOK = "NewHook"


def routes(file: GoFile, own_alias: str, own: Api) -> Iterator[Wanted]:
    """Yield the own routes that `file` subscribes to, as `sub.At(ownapi.X.Method, ownapi.X.Route)` and no other way."""
    for node in _calls(file):
        call = called(node, file)
        if call is None or call.name != "Subscribe":
            continue
        for option in arguments(node)[_POSITIONAL:]:
            at = called(option, file)
            given = arguments(option)
            if at is None or (identifier(at.base, file), at.name) != ("sub", "At") or len(given) != _POSITIONAL:
                continue
            method = own.definitions.get(_field(given[0], file, own_alias, "Method"))
            route = own.definitions.get(_field(given[1], file, own_alias, "Route"))
            if method is not None and route is not None and method.method is not None and route.route is not None:
                yield Wanted(
                    Origin.ROUTE, own.hostname or "", route.route, method.method, file.name, call.line, route.name
                )


def hooks(
    file: GoFile, aliases: frozenset[str], own_alias: str, api_of: Callable[[str], Api | None]
) -> Iterator[Wanted]:
    """Yield the inbound events of `file`: chains from another API package's `NewHook`, whatever their `ForHost`."""
    for node in _calls(file):
        call = called(node, file)
        if call is None or call.name in NOT_ENDPOINTS:
            continue
        receiver = chain(call.base, file)
        root = called(receiver.root, file)
        alias = identifier(root.base, file) if root is not None and root.name == _HOOK else ""
        if alias not in aliases or alias == own_alias:
            continue
        api = api_of(alias)
        definition = api.definitions.get(call.name) if api is not None else None
        if api is None or api.hostname is None or definition is None:
            continue
        facts = {Fact.HOST_LOST} if receiver.hosts else set()
        yield wanted(Origin.HOOK, api.hostname, definition, (file.name, call.line), facts=facts)


def _calls(file: GoFile) -> Iterator[Node]:
    for _, body in bodies(file):
        for node in walk(body):
            if node.type == "call_expression":
                yield node


def _field(node: Node, file: GoFile, alias: str, field: str) -> str:
    """Return `X` of `alias.X.field`, or an empty string."""
    outer = member(node, file)
    inner = member(outer.base, file) if outer is not None and outer.name == field else None
    return inner.name if inner is not None and identifier(inner.base, file) == alias else ""
