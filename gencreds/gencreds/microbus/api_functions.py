"""Pattern: functions that people add to an API package, `ordersapi.PlaceFor(ctx, svc)`, and that ask for their caller.

Methods of the package's clients are followed (`extensions`); a plain function is not. One in which a client, a hook or
a raw request may be made is refused where it is used, since nothing else would tell of what it asks.
"""

from __future__ import annotations

import re

from gencreds.golang.words import word_offsets
from gencreds.microbus.api import ApiPackage
from gencreds.microbus.clients import CONSTRUCTORS, TYPES
from gencreds.microbus.fileview import FileView
from gencreds.microbus.model import Location
from gencreds.microbus.record import Record
from gencreds.microbus.requests import REQUESTS

_WORD = re.compile(r"\w+")
# A subgraph asks for nothing: it travels in an answer.
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


def _asks(api: ApiPackage, name: str) -> bool:
    """Whether something may be asked in the function `name`, or in what it calls by name inside its package."""
    package = api.package
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
