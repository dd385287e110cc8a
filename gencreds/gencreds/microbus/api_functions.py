"""Pattern: functions that people add to an API package, `ordersapi.PlaceFor(ctx, svc)`, and that ask for their caller.

Methods of the package's clients are followed (`extensions`); a plain function is not. One in which a client, a hook or
a raw request may be made, or that returns one, is refused where it is used: nothing else would tell of what it asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from gencreds.golang.packages import Function, Package
from gencreds.golang.syntax import GoFile
from gencreds.golang.words import word_offsets
from gencreds.microbus.api import ApiPackage
from gencreds.microbus.clients import CONSTRUCTORS, TYPES
from gencreds.microbus.fileview import FileView
from gencreds.microbus.model import Location
from gencreds.microbus.record import Record
from gencreds.microbus.requests import REQUESTS

_WORD = re.compile(r"\w+")
# A subgraph asks for nothing: it travels in an answer.
_CLIENTS = frozenset({*CONSTRUCTORS, *TYPES}) - {"NewSubgraph", "Subgraph"}
_ASKING = frozenset({*CONSTRUCTORS, *TYPES, *REQUESTS}) - {"NewSubgraph", "Subgraph"}


def record_api_functions(record: Record, view: FileView) -> None:
    """Note every use of such a function in the file of `view`."""
    for alias, api in view.apis.items():
        for name in api.functions:
            if name in CONSTRUCTORS or not _asks(api, name):
                continue
            for offset in word_offsets(view.file.data, (name.encode(),)):
                node = view.file.root.descendant_for_byte_range(offset, offset)
                parent = node.parent if node is not None and node.type in ("field_identifier", "identifier") else None
                operand = parent.child_by_field_name("operand") if parent is not None else None
                if node is None or operand is None or view.file.text(operand) != alias:
                    continue
                record.blocking(
                    "unfollowed-client",
                    f"{api.import_path}.{name} asks on behalf of who calls it, and functions of API packages are not "
                    "followed; make it a method of Client, or write it in a package that is no API",
                    Location(view.file.name, node.start_point[0] + 1),
                )


def returns_clients(package: Package, function: Function) -> bool:
    """Return whether `function` of the API package `package` returns a client, or what has one or makes some."""
    result = function.node.child_by_field_name("result")
    waiting, seen = list(_names(function.file, result)), set[str]()
    while waiting:
        name = waiting.pop()
        if name in _CLIENTS:
            return True
        if name not in seen and name in package.declared_names:
            seen.add(name)
            waiting += [each for file, node in _parts(package, name) for each in _names(file, node)]
    return False


def _parts(package: Package, name: str) -> Iterator[tuple[GoFile, Node]]:
    """Yield what declares the type `name`, and its methods."""
    for file in package.files:
        for node in file.declarations:
            for spec in node.named_children if node.type == "type_declaration" else ():
                declared, kind = spec.child_by_field_name("name"), spec.child_by_field_name("type")
                if declared is not None and kind is not None and file.text(declared) == name:
                    yield file, kind
    yield from ((each.file, each.node) for each in package.methods(name))


def _names(file: GoFile, top: Node | None) -> Iterator[str]:
    waiting = [top] if top is not None else []
    while waiting:
        node = waiting.pop()
        if node.type in ("identifier", "type_identifier"):
            yield file.text(node)
        waiting.extend(node.named_children)


def _asks(api: ApiPackage, name: str) -> bool:
    """Whether something may be asked in the function `name`, in what it calls by name inside its package, or with what
    it returns."""
    package = api.package
    if any(returns_clients(package, each) for each in package.functions(name)):
        return True
    waiting, seen = [name], {name}
    while waiting:
        for function in package.functions(waiting.pop()):
            body = function.node.child_by_field_name("body")
            words = set(_WORD.findall(function.file.text(body))) if body is not None else set()
            if words & _ASKING:
                return True
            called = {word for word in words - seen if package.functions(word)}
            seen |= called
            waiting.extend(sorted(called))
    return False
