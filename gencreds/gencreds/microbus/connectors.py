"""Pattern: the connector handed to another module, `elsewhere.Send(ctx, svc)`, which may ask for anything with it.

`libraries` follows such code where its source is at hand, as if it were shared code of the same module; without the
source, nobody knows what is asked, and that is a finding. The framework itself only forwards what it is given.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from gencreds.golang.packages import Package
from gencreds.golang.syntax import assumed_name
from gencreds.microbus.api import Apis
from gencreds.microbus.clients import CONSTRUCTORS
from gencreds.microbus.framework import is_framework
from gencreds.microbus.handing import Handover, handed_over, standing, values_of
from gencreds.microbus.outside import Outside
from gencreds.microbus.places import Place

# Who is a connector: the receiver of a microservice's methods, and what is declared as one.
_NAMED = re.compile(
    rb"\bfunc\s*\(\s*(\w+)\s+\*?(?:Service|Intermediate|Mock)\b|\b(\w+)\s+(?:\*?connector\.Connector|service\.\w+)\b"
)
# What else may be one; its type tells.
_TYPED = re.compile(rb"\b(\w+)(?:\s+|\s*\*\s*)(?:Service|Intermediate|connector\s*\.\s*Connector|service\s*\.\s*\w+)\b")
_OWN_TYPES, _CONNECTORS = ("Service", "Intermediate"), ("/connector", "/service")
_INTERFACE = re.compile(rb"\btype\s+(\w+)\s+interface\b")
_GIVEN = re.compile(rb"\b(\w+)[ \t]+(?:interface[ \t]*\{[^{}]*\}|(\w+))\s*[,)]")
_USUAL = b"svc"
_FIELDS = (b"Connector", b"Intermediate", _USUAL)


def handovers(package: Package, near: Collection[Package], apis: Apis) -> Iterator[Handover]:
    """Yield where the connector that code in `package` has gets to another module, by way of the packages `near`."""
    outside = Outside(package, apis, near)
    for each in handed_over(outside, _connectors_in(package, outside, apis)) if outside.others else ():
        if each.name not in CONSTRUCTORS or not assumed_name(each.path).endswith("api"):
            yield each


def _connectors_in(package: Package, outside: Outside, apis: Apis) -> Iterator[Place]:
    is_local = apis.packages.modules.is_local(package.import_path)
    for file in package.files:
        code = file.code
        made = _constructed(frozenset(outside.imports(file)))
        # Most connectors make clients.
        offsets = (
            offset
            for offset in values_of(code, _connectors(code, is_local=is_local), _FIELDS)
            if not made.search(code, max(0, offset - 256), offset)
        )
        yield from standing(package, file, offsets)
    yield from _by_type(package, outside)


def _by_type(package: Package, outside: Outside) -> Iterator[Place]:
    """Yield what is declared as a microservice or a connector, whatever it is called."""
    names = {match[1] for file in package.files for match in _TYPED.finditer(file.code)} - {_USUAL, b"type"}
    own = {(package.import_path, name) for name in _OWN_TYPES}

    def is_meant(place: Place) -> bool:
        kind = outside.named(place)
        return kind in own or (kind is not None and is_framework(kind[0]) and kind[0].endswith(_CONNECTORS))

    for file in package.files if names else ():
        yield from filter(is_meant, standing(package, file, values_of(file.code, names, names)))


def _connectors(data: bytes, *, is_local: bool) -> frozenset[bytes]:
    names = {_USUAL, *(name for match in _NAMED.finditer(data) for name in (match[1], match[2]) if name)}
    if not is_local:
        # What other modules are given comes in any interface.
        interfaces = {b"any", *(match[1] for match in _INTERFACE.finditer(data))}
        names.update(match[1] for match in _GIVEN.finditer(data) if not match[2] or match[2] in interfaces)
    return frozenset(names)


def _constructed(others: frozenset[str]) -> re.Pattern[bytes]:
    """Return what stands before a connector that is given to the constructor of an API package's client."""
    named = "|".join(f"{re.escape(each)}\\." for each in sorted(others)).encode("utf-8", "surrogateescape")
    return re.compile(
        (rb"(?<!\w)(?!" + named + rb")" if named else b"") + rb"\w+\.New(?:Multicast)?(?:Client|Hook|Trigger)\($"
    )
