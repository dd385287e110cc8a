"""Source comments that state a call which the code cannot show: `// gencreds:calls orders.shop:443 GET /status/{id}`.

Only the microservice's own source may declare; `service` asks once per analysis. `docs/findings.md` has the grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from gencreds.golang.package import function_at
from gencreds.golang.syntax import GoFile, line_of
from gencreds.microbus.model import Access, AccessKind, Endpoint, Location
from gencreds.microbus.record import Record
from gencreds.subjects import TRUST_ROOT_PORT, RouteInvalid, resolve_route

MARK = b"gencreds:calls"
# More than this in one file is no code that people write.
_MAX_PER_FILE = 1_000
_COMMENT = re.compile(r"//[ \t]*gencreds:calls\b(.*)", re.DOTALL)
_STATEMENT = re.compile(r"[ \t]+([^\s:/]+)(?::(\d{1,5}))?[ \t]+([A-Za-z]+)[ \t]+(/\S*)[ \t]*(?:[ \t]//.*)?")
_HOST = re.compile(r"[0-9A-Za-z_-]+(\.[0-9A-Za-z_-]+)*")
_METHODS = frozenset({"ANY", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE"})
_SEGMENT = re.compile(r"\{[0-9A-Za-z_]*\}|[^{}*]*")
_LAST = re.compile(r"\{[0-9A-Za-z_]*(\.\.\.)?\}|[^{}*]*")
_FORM = "write `// gencreds:calls <host>[:<port>] <METHOD> /<path>`"


class _Invalid(Exception):
    """A comment that states no call that there could be."""


class _TrustRoot(Exception):
    """A comment that would reach a trust root."""


def record_declared(record: Record, files: Iterable[GoFile]) -> None:
    """Note every call that a comment in `files` states, and where; the findings of the code come after."""
    for file in files:
        for node, rest in _comments(file):
            location = Location(file.name, line_of(node))
            try:
                endpoint = _endpoint(rest)
            except _TrustRoot as error:
                record.blocking("declared-trust-root", str(error), location)
                continue
            except _Invalid as error:
                record.blocking("invalid-declaration", str(error), location)
                continue
            record.declare(_access(file, node, endpoint, location))
            record.warning(
                "declared-call",
                f"a comment states that {endpoint.method} {endpoint.host}:{endpoint.port}{endpoint.path} is called, "
                "and the code does not show it: it is granted as stated",
                location,
            )


def _comments(file: GoFile) -> Iterator[tuple[Node, str]]:
    """Yield the comments that begin with the mark, with the text behind it."""
    at = file.data.find(MARK)
    for _ in range(_MAX_PER_FILE):
        if at < 0:
            return
        node = file.root.named_descendant_for_byte_range(at, at + len(MARK))
        if node is not None and node.type == "comment":
            match = _COMMENT.match(file.text(node))
            if match is not None and node.start_byte + match.start(1) == at + len(MARK):
                yield node, match[1].rstrip()
        at = file.data.find(MARK, at + len(MARK))


def _endpoint(text: str) -> Endpoint:
    match = _STATEMENT.fullmatch(text)
    if match is None:
        raise _Invalid(f"{text.strip()[:200]!r} states no call; {_FORM}")
    host, digits, method, path = match.groups()
    port = int(digits) if digits is not None else 443
    if port in (0, TRUST_ROOT_PORT):
        raise _TrustRoot(
            f"a comment cannot grant {'any port' if port == 0 else 'a trust root'} of {host}: "
            "call it through its client, so that the code shows it",
        )
    parts = path.removeprefix("/").split("/")
    is_path = all(map(_SEGMENT.fullmatch, parts[:-1])) and _LAST.fullmatch(parts[-1])
    if method.upper() not in _METHODS or not _HOST.fullmatch(host) or port > 65535 or not is_path:
        raise _Invalid(
            f"{text.strip()[:200]!r} is no host, port, method and path that a call could have; {_FORM}",
        )
    try:
        return resolve_route("", f"https://{host}:{port}{path}", method)
    except RouteInvalid as error:
        raise _Invalid(f"{error}; {_FORM}") from error


def _access(file: GoFile, node: Node, endpoint: Endpoint, location: Location) -> Access:
    top = file.declaration_at(node.start_byte)
    function = function_at(file, top) if top is not None else None
    route = f":{endpoint.port}{endpoint.path}"
    name = "" if function is None else function.name
    if function is not None and function.receiver_type:
        pointer = "*" if b"*" in _receiver(file, function.node) else ""
        name = f"({pointer}{function.receiver_type}).{function.name}"
    return Access(AccessKind.DECLARED, endpoint, location, callee=endpoint.host or "", route=route, function=name)


def _receiver(file: GoFile, function: Node) -> bytes:
    receiver = function.child_by_field_name("receiver")
    return file.data[receiver.start_byte : receiver.end_byte] if receiver is not None else b""
