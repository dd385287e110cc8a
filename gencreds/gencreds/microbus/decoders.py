"""Which structs may be filled by reflection: those that are decoded into, and all that they are made of.

Only exported fields can be. Used by `stores`: nobody can tell what a decoder writes.
"""

from __future__ import annotations

from tree_sitter import Node

from gencreds.golang.nodes import inner, spelled
from gencreds.golang.packages import Package
from gencreds.microbus.places import Place, Space
from gencreds.microbus.types import Named, Types

# What decoders of JSON, YAML, TOML, environments and flags are called.
_NAMES = ("Unmarshal", "UnmarshalStrict", "Decode", "DecodeElement", "Process", "Parse", "Bind", "Load", "Populate")
_MAX_TYPES = 1_000


class Decoders:
    """The structs of a space that are decoded into."""

    def __init__(self, space: Space, types: Types) -> None:
        self._space = space
        self._types = types
        self._known: dict[str, tuple[frozenset[Named], bool]] = {}

    def may_fill(self, kind: Named, package: Package) -> bool:
        """Return whether a decoder may write to exported fields of the struct `kind`, declared in `package`."""
        if package.import_path not in self._known:
            self._known[package.import_path] = self._filled(package)
        filled, is_open = self._known[package.import_path]
        return is_open or kind in filled

    def _filled(self, package: Package) -> tuple[frozenset[Named], bool]:
        """Return what is decoded into, and whether something is that nobody can name."""
        waiting: list[tuple[Named, Package]] = []
        for name in _NAMES:
            found = self._space.occurrences(name, package)
            if found is None:
                return frozenset(), True
            for place in found:
                for target in _targets(place):
                    written = self._types.of(target)
                    if written is not None and spelled(written.file, written.node) in ("any", "interface{}"):
                        # A helper that decodes into whatever it is given.
                        return frozenset(), True
                    if written is not None:
                        waiting.extend((each, written.package) for each in self._named_in(written))
        filled: set[Named] = set()
        while waiting:
            kind, near = waiting.pop()
            home = self._space.package(kind[0], near)
            if kind in filled or home is None:
                continue
            filled.add(kind)
            if len(filled) > _MAX_TYPES:
                return frozenset(), True
            for spec in self._space.types(home, kind[1]):
                waiting.extend((each, home) for each in self._named_in(spec))
        return frozenset(filled), False

    def _named_in(self, spec: Place) -> list[Named]:
        """Return the names of the types that the declaration of a type mentions."""
        found: list[Named] = []
        stack: list[Node] = [spec.node]
        while stack:
            node = stack.pop()
            if node.type in ("type_identifier", "qualified_type"):
                named = self._types.name_of(spec.at(node))
                if named is not None:
                    found.append(named)
                continue
            stack.extend(node.named_children)
        return found


def _targets(name: Place) -> list[Place]:
    """Return what the call of the function or method whose name stands at `name` is given to write to."""
    selector = name.node.parent
    call = selector.parent if selector is not None and selector.type == "selector_expression" else None
    if call is None or call.type != "call_expression" or call.child_by_field_name("function") != selector:
        return []
    arguments = call.child_by_field_name("arguments")
    found: list[Place] = []
    for argument in arguments.named_children if arguments is not None else ():
        if argument.type == "unary_expression" and name.text(argument).startswith("&"):
            found.append(name.at(inner(argument)))
        elif argument.type in ("identifier", "selector_expression"):
            found.append(name.at(argument))
    return found
