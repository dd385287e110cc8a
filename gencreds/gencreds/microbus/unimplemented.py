"""Pattern: methods of own interfaces that return a client and that nothing in sight implements.

What is called with such a client would be lost: there is no body that tells which one it is. `solve` follows the
methods of that name that are there; this asks where there are none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from gencreds.golang.syntax import line_of
from gencreds.golang.words import word_offsets
from gencreds.microbus.clients import TYPES, Role
from gencreds.microbus.fileview import FileView
from gencreds.microbus.model import Location
from gencreds.microbus.record import Record

# A subgraph asks for nothing: it travels in an answer.
_ASKING = frozenset(name for name, role in TYPES.items() if role is not Role.SUBGRAPH)


def record_unimplemented(record: Record, views: Sequence[FileView]) -> None:
    """Note every call of such a method in the files of `views`, which are all that is in sight."""
    declared = {name for view in views if b"interface" in view.file.data and view.apis for name in _methods(view)}
    packages = {view.package.import_path: view.package for view in views}.values()
    for name in sorted(declared):
        if any(function.receiver_type for package in packages for function in package.functions(name)):
            continue
        for view in views:
            for node in _calls(view, name):
                record.blocking(
                    "unfollowed-client",
                    f"{name} is a method of an interface that returns a client, and no type in sight has it, so what "
                    "is called with that client is unknown; implement it in this module, or give the client itself",
                    Location(view.file.name, line_of(node)),
                )


def _methods(view: FileView) -> Iterator[str]:
    """Yield the names of interfaces' methods whose results name a client of an API package."""
    for offset in word_offsets(view.file.data, (b"interface",)):
        node = view.file.root.descendant_for_byte_range(offset, offset)
        body = node.parent if node is not None else None
        for method in body.named_children if body is not None and body.type == "interface_type" else ():
            name, result = method.child_by_field_name("name"), method.child_by_field_name("result")
            results = _qualified_types(result) if result is not None else ()
            if name is not None and any(_is_client(view, each) for each in results):
                yield view.file.text(name)


def _qualified_types(node: Node) -> Iterator[Node]:
    """Yield every `package.Type` in a type, however deep, in the source's order."""
    left = [node]
    while left:
        each = left.pop()
        if each.type == "qualified_type":
            yield each
        left += reversed(each.named_children)


def _is_client(view: FileView, qualified: Node) -> bool:
    package, name = qualified.child_by_field_name("package"), qualified.child_by_field_name("name")
    if package is None or name is None:
        return False
    return view.file.text(package) in view.apis and view.file.text(name) in _ASKING


def _calls(view: FileView, name: str) -> Iterator[Node]:
    for offset in word_offsets(view.file.data, (name.encode(),)):
        node = view.file.root.descendant_for_byte_range(offset, offset)
        selected = node.parent if node is not None and node.type == "field_identifier" else None
        call = selected.parent if selected is not None and selected.type == "selector_expression" else None
        if node is not None and call is not None and call.type == "call_expression":
            yield node
