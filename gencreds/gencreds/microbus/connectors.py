"""Pattern: the connector handed to another module's function, `elsewhere.Send(ctx, svc)`, which may ask for anything.

`libraries` follows such code where its source is at hand, as if it were shared code of the same module; without the
source, nobody knows what is asked, and that is a finding. The framework itself only forwards what it is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from gencreds.golang.packages import Package, function_at
from gencreds.golang.syntax import GoFile, Import
from gencreds.golang.words import word_offsets
from gencreds.microbus.api import Apis
from gencreds.microbus.clients import CONSTRUCTORS
from gencreds.microbus.model import Location

FRAMEWORK = "github.com/microbus-io/fabric"
# Who is a connector: the receiver of a microservice's methods, and what is declared as one.
_NAMED = re.compile(
    rb"\bfunc\s*\(\s*(\w+)\s+\*?(?:Service|Intermediate|Mock)\b|\b(\w+)\s+(?:\*?connector\.Connector|service\.\w+)\b"
)
_USUAL = "svc"
_FIELDS = frozenset({"Connector", "Intermediate", _USUAL})


@dataclass(frozen=True)
class Handover:
    """A call of `name` of the package `path` that is given the connector; `function` is the one around it."""

    path: str
    name: str
    location: Location
    function: str


def handovers(package: Package, apis: Apis) -> Iterator[Handover]:
    """Yield the calls in `package` that give the connector to another module."""
    for file in package.files:
        others = [each for each in file.imports if _is_elsewhere(each, apis)]
        names = _connectors(file) if others else frozenset()
        for imported in others:
            alias = apis.packages.name_of(imported)
            for offset in word_offsets(file.data, (alias.encode("utf-8", "surrogateescape"),)):
                name = _given(file, offset, len(alias.encode("utf-8", "surrogateescape")), names)
                if not name or name in CONSTRUCTORS:
                    continue
                node = file.declaration_at(offset)
                function = function_at(file, node) if node is not None else None
                line = file.data.count(b"\n", 0, offset) + 1
                around = function.name if function is not None else ""
                yield Handover(imported.path, name, Location(file.name, line), around)


def _is_elsewhere(imported: Import, apis: Apis) -> bool:
    path = imported.path
    if imported.alias in ("_", ".") or path == FRAMEWORK or path.startswith(FRAMEWORK + "/"):
        return False
    is_standard = "." not in path.partition("/")[0]
    return not is_standard and not apis.packages.modules.is_local(path) and apis.find(path) is None


def _connectors(file: GoFile) -> frozenset[str]:
    found = {name for match in _NAMED.finditer(file.data) for name in (match[1], match[2]) if name}
    return frozenset({_USUAL, *(name.decode("utf-8", "surrogateescape") for name in found)})


def _given(file: GoFile, offset: int, size: int, names: frozenset[str]) -> str:
    """Return the function of the package named at `offset` that is called with a connector, or an empty string."""
    node = file.root.named_descendant_for_byte_range(offset, offset + size)
    selector = node.parent if node is not None else None
    if node is None or selector is None or selector.start_byte != node.start_byte:
        return ""
    called = selector
    # Around it may be type arguments; with a single argument the call then reads like a conversion.
    while called.parent is not None and called.parent.type in ("index_expression", "generic_type"):
        called = called.parent
    call = called.parent
    field = selector.child_by_field_name("field") or selector.child_by_field_name("name")
    if call is None or field is None or call.start_byte != selector.start_byte:
        return ""
    arguments: list[Node] = []
    if call.type == "call_expression":
        listed = call.child_by_field_name("arguments")
        arguments = listed.named_children if listed is not None else []
    elif call.type == "type_conversion_expression":
        operand = call.child_by_field_name("operand")
        arguments = [operand] if operand is not None else []
    return file.text(field) if any(_is_connector(file, each, names) for each in arguments) else ""


def _is_connector(file: GoFile, node: Node, names: frozenset[str]) -> bool:
    if node.type == "selector_expression":
        field = node.child_by_field_name("field")
        return field is not None and file.text(field) in _FIELDS
    return node.type == "identifier" and file.text(node) in names
