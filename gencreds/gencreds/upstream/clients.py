"""Upstream's scanner for calls through typed clients: per function body, by names alone.

A variable is a client when anything in the same function binds its name to one, whatever the scope and the order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from tree_sitter import Node

from gencreds.golang.syntax import GoFile
from gencreds.upstream.apis import Api, Definition
from gencreds.upstream.nodes import assigned, called, chain, identifier, literal, qualified, walk
from gencreds.upstream.wanted import ANY_HOST, NOT_ENDPOINTS, Fact, Origin, Wanted

CONSTRUCTORS = ("NewClient", "NewMulticastClient")
_TYPES = ("Client", "MulticastClient")


class Binding(NamedTuple):
    """A client variable: of which import alias, and whether a `ForHost` was forgotten with the binding."""

    alias: str
    loses_host: bool


def bindings(function: Node, body: Node, file: GoFile, aliases: frozenset[str]) -> dict[str, Binding]:
    """Return the names that are clients somewhere in `function`."""
    found: dict[str, Binding] = {}
    for field in ("parameters", "result"):
        listed = function.child_by_field_name(field)
        for parameter in listed.named_children if listed is not None else ():
            if parameter.type == "parameter_declaration":
                found.update(_typed(parameter, file, aliases))
    for node in walk(body):
        if node.type == "var_spec":
            found.update(_typed(node, file, aliases))
        for name, value in assigned(node, file):
            receiver = chain(value, file)
            alias = constructed(receiver.root, file, aliases)
            if alias:
                found[name] = Binding(alias, receiver.hosts > 0)
    return found


def constructed(node: Node, file: GoFile, aliases: frozenset[str]) -> str:
    """Return the alias of `alias.NewClient(…)` or `alias.NewMulticastClient(…)`, or an empty string."""
    call = called(node, file)
    alias = identifier(call.base, file) if call is not None and call.name in CONSTRUCTORS else ""
    return alias if alias in aliases else ""


def calls(
    function: Node, body: Node, file: GoFile, aliases: frozenset[str], api_of: Callable[[str], tuple[Api | None, bool]]
) -> Iterator[Wanted]:
    """Yield what the calls in `body` reach; `api_of` gives an alias' API package and whether it is the file's own."""
    bound = bindings(function, body, file, aliases)
    for node in walk(body):
        call = called(node, file)
        if call is None or call.name in NOT_ENDPOINTS:
            continue
        receiver = chain(call.base, file)
        facts = set()
        alias = constructed(receiver.root, file, aliases)
        if not alias:
            binding = bound.get(identifier(receiver.root, file))
            if binding is None:
                continue
            alias = binding.alias
            facts |= {Fact.BOUND, Fact.HOST_LOST} if binding.loses_host else {Fact.BOUND}
        api, is_own_import = api_of(alias)
        if api is None or api.hostname is None:
            continue
        given = literal(receiver.host, file)
        override = "" if not receiver.hosts else ANY_HOST if given is None else given
        facts |= {Fact.DYNAMIC_HOST} if override == ANY_HOST else set()
        facts |= set() if is_own_import else {Fact.COLLISION}
        facts |= {Fact.HELPER} if api.is_helper(call.name) else set()
        for definition in api.reached(call.name):
            yield wanted(Origin.CALL, api.hostname, definition, (file.name, call.line), override, facts)


def wanted(
    origin: Origin,
    bucket: str,
    definition: Definition,
    place: tuple[str, int],
    override: str = "",
    facts: set[Fact] | frozenset[Fact] = frozenset(),
) -> Wanted:
    """Return what `definition` of the hostname `bucket` is wanted for, with what of it could not be read."""
    absent = {Fact.NO_METHOD} if definition.method is None else set()
    absent |= {Fact.NO_ROUTE} if definition.route is None else set()
    return Wanted(
        origin,
        bucket,
        definition.route,
        definition.method,
        *place,
        definition.name,
        override,
        frozenset(facts | absent),
    )


def _typed(node: Node, file: GoFile, aliases: frozenset[str]) -> dict[str, Binding]:
    alias, name = qualified(node.child_by_field_name("type"), file)
    if alias not in aliases or name not in _TYPES:
        return {}
    names = (identifier(each, file) for each in node.children_by_field_name("name"))
    return {each: Binding(alias, False) for each in names if each not in ("", "_")}
