"""Upstream's reading of main.go: which packages its `….Add(…)` calls name. No other file of the package is read."""

from __future__ import annotations

from typing import NamedTuple

from tree_sitter import Node

from gencreds.golang.syntax import GoFile, line_of
from gencreds.upstream.nodes import arguments, called, identifier, walk
from gencreds.upstream.sources import own_aliases


class Added(NamedTuple):
    """The import paths that are added, sorted, and the lines of arguments that are no package's."""

    import_paths: list[str]
    unresolved: list[int]


def read_main(file: GoFile) -> Added:
    """Read every call of a selector named `Add`, whatever its receiver is."""
    aliases = own_aliases(file)
    paths: set[str] = set()
    unresolved: list[int] = []
    for node in walk(file.root):
        call = called(node, file)
        if call is None or call.name != "Add":
            continue
        for argument in arguments(node):
            path = _package(argument, file, aliases)
            if path:
                paths.add(path)
            else:
                unresolved.append(line_of(argument))
    return Added(sorted(paths), unresolved)


def _package(argument: Node, file: GoFile, aliases: dict[str, str]) -> str:
    """Step down a chain of calls such as `pkg.NewService().Init(f)` to the import path of `pkg`."""
    node = argument.named_children[0] if argument.type == "variadic_argument" else argument
    while (call := called(node, file)) is not None:
        alias = identifier(call.base, file)
        if alias in aliases:
            return aliases[alias]
        node = call.base
    return ""
