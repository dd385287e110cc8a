"""Upstream's reading of main.go: which packages its `….Add(…)` calls name, and whether `go list` would find them.

No other file of the main package is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tree_sitter import Node

from gencreds.golang.builds import constraint, is_never_built, is_source
from gencreds.golang.files import Directory
from gencreds.golang.syntax import GoFile, line_of
from gencreds.upstream.nodes import arguments, called, identifier, walk
from gencreds.upstream.sources import Fatal, Sources, own_aliases


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


def missing_import(directories: Iterable[Directory], sources: Sources) -> str:
    """Return an import path that `go list` would end the whole bundle for, or an empty string.

    Followed through the packages of the tree itself. A module that go.mod requires counts as present: upstream runs
    where modules can be downloaded. Files that do not parse are left to the scan.
    """
    waiting, seen = list(directories), set[str]()
    while waiting:
        directory = waiting.pop()
        for path in sorted({path for name in sources.names(directory) for path in _imports(directory, name, sources)}):
            if path in seen or "." not in path.partition("/")[0]:
                continue
            seen.add(path)
            found = sources.modules.resolve(path)
            if found is None and not sources.modules.version(path):
                return path
            if found is not None and sources.modules.is_local(path):
                waiting.append(found)
    return ""


def _imports(directory: Directory, name: str, sources: Sources) -> list[str]:
    try:
        file = sources.parse(directory, name)
    except Fatal:
        return []
    expression = constraint(file.data)
    if not is_source(name) or (expression is not None and is_never_built(expression)):
        return []
    return [each.path for each in file.imports]


def _package(argument: Node, file: GoFile, aliases: dict[str, str]) -> str:
    """Step down a chain of calls such as `pkg.NewService().Init(f)` to the import path of `pkg`."""
    node = argument.named_children[0] if argument.type == "variadic_argument" else argument
    while (call := called(node, file)) is not None:
        alias = identifier(call.base, file)
        if alias in aliases:
            return aliases[alias]
        node = call.base
    return ""
