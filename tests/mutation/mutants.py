"""Mutants of a Go tree: one call removed or turned to another endpoint, or one host, port, path or method changed.

Where a tree may be changed follows from what the engine finds there: the lines of its accesses, the definitions that
they name, and the literals of the tree's own code that read like a URL, a route, a hostname or a method. Each mutant
is the text of one file; nothing here judges it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import tree_sitter_go
from tree_sitter import Language, Node, Parser

from gencreds.microbus.model import Access, AccessKind, Microservice

_GO = Language(tree_sitter_go.language())
_RAW = re.compile(r"Request|Publish|Subscribe|GET|POST|PUT|DELETE")
_DEFINITION = re.compile(r"\b(\w+)\s*=\s*(?:define\.(\w+)|Def)\{")
_HOSTNAME = re.compile(r'\bHostname\s*=\s*"([^"]+)"')
_METHODS = {"GET": "DELETE", "POST": "DELETE", "PUT": "POST", "PATCH": "PUT", "DELETE": "PUT", "HEAD": "GET"}
_METHODS |= {"OPTIONS": "GET", "ANY": "PUT"}
_ADDRESS = re.compile(r"^(?P<scheme>https?:)?(?P<host>//[^/:]+)?(?P<port>:\d+)?(?P<path>/?[^/:].*|/)?$")
# A piece of a URL that means nothing by itself, or a comment in a string.
_FRAGMENT = re.compile(r"https?:/?/?$|// ")
_HOST = re.compile(r"^[\w-]+(\.[\w-]+)+$")


@dataclass(frozen=True)
class Mutant:
    """The file `path` of a tree with one change: `kind` is what was changed, `before` and `after` how."""

    path: str
    line: int
    kind: str
    before: str
    after: str
    text: bytes

    def __str__(self) -> str:
        return f"{self.path} {self.kind} {self.before!r} -> {self.after!r}"


def mutants_of(tree: Path, services: Iterable[Microservice], own: Iterable[str]) -> Iterator[Mutant]:
    """Return the mutants of `tree`: of its files `own` (relative paths) anywhere, of others in definitions."""
    accesses = [access for service in services for access in service.accesses]
    mine = set(own)
    apis = {api.folder: api for api in _apis(tree)}
    used = {(access.callee, access.name) for access in accesses if access.kind is not AccessKind.ROUTE}
    for path in sorted(tree.rglob("*.go")):
        name = path.relative_to(tree).as_posix()
        if name.endswith("_test.go"):
            continue
        file = _File(name, path.read_bytes())
        if name in mine:
            here = [access for access in accesses if access.location.file == name]
            yield from file.calls(here, {api.hostname: api for api in apis.values()})
        if api := apis.get(path.parent):
            yield from file.definitions({each for hostname, each in used if hostname == api.hostname})
        if name in mine:
            here = [access for access in accesses if access.location.file == name]
            seen = {access.location.line for access in here if _is_literal(access)}
            yield from file.literals({access.location.line for access in here} - seen)


@dataclass(frozen=True)
class _Api:
    """An API package: its hostname, and the names and kinds of what it defines."""

    folder: Path
    hostname: str
    defined: tuple[tuple[str, str], ...]

    def another(self, name: str) -> str | None:
        """The endpoint after `name`, of its kind."""
        kind = next((kind for each, kind in self.defined if each == name), None)
        same = [each for each, each_kind in self.defined if each_kind == kind]
        return same[(same.index(name) + 1) % len(same)] if name in same and len(same) > 1 else None


def _apis(tree: Path) -> Iterator[_Api]:
    for folder in sorted({path.parent for path in tree.rglob("*.go")}):
        text = "".join(file.read_text(errors="replace") for file in sorted(folder.glob("*.go")))
        if hostname := _HOSTNAME.search(text):
            defined = tuple((match[1], match[2] or "Def") for match in _DEFINITION.finditer(text))
            yield _Api(folder, hostname[1], defined)


class _File:
    def __init__(self, path: str, data: bytes) -> None:
        self._path = path
        self._data = data
        self._root = Parser(_GO).parse(data).root_node

    def calls(self, accesses: list[Access], apis: dict[str, _Api]) -> Iterator[Mutant]:
        """Mutants of the calls on the accesses' lines."""
        at: dict[int, list[Access]] = {}
        for access in accesses:
            at.setdefault(access.location.line, []).append(access)
        for line, here in sorted(at.items()):
            selectors = [node for node in _walk(self._root, "selector_expression") if _line(node) == line]
            named = {access.name: access for access in here if access.kind is not AccessKind.ROUTE}
            sites = [node for node in selectors if self._field(node) in named and not self._is_handler(node)]
            if not sites:
                sites = [node for node in selectors if _RAW.fullmatch(self._field(node)) and not self._is_option(node)]
            if not sites:
                # A helper, whatever its name: the outermost call.
                sites = [node for node in selectors if _is_called(node)][:1]
            for node in sites:
                yield self._mutant(node, "call", "nothing", node.parent if _is_called(node) else node)
                api = apis.get(named[self._field(node)].callee) if self._field(node) in named else None
                field = node.child_by_field_name("field")
                if api is not None and field is not None and (other := api.another(self._field(node))):
                    yield self._mutant(field, "endpoint", other, node)

    def _field(self, selector: Node) -> str:
        field = selector.child_by_field_name("field")
        return self._text(field) if field is not None else ""

    def _is_handler(self, selector: Node) -> bool:
        """Whether it is the handler in `hook.OnSaved(svc.OnSaved)`."""
        call = _is_inside(selector.parent, "call_expression") if not _is_called(selector) else None
        function = call.child_by_field_name("function") if call is not None else None
        return (
            function is not None
            and function.type == "selector_expression"
            and (self._field(function) == self._field(selector))
        )

    def _is_option(self, selector: Node) -> bool:
        operand = selector.child_by_field_name("operand")
        return operand is not None and operand.text in (b"pub", b"sub", b"options")

    def definitions(self, called: set[str]) -> Iterator[Mutant]:
        """Mutants of the methods and routes of definitions that something uses."""
        for node in _walk(self._root, "var_spec"):
            name = node.child_by_field_name("name")
            if name is None or self._text(name) not in called or not _DEFINITION.search(self._text(node)):
                continue
            for element in _walk(node, "keyed_element"):
                key, _, _ = self._text(element).partition(":")
                for literal in _strings(element):
                    if key == "Method":
                        yield from self._of_method(literal)
                    if key == "Route":
                        yield from self._of_address(literal)

    def literals(self, unseen: set[int]) -> Iterator[Mutant]:
        """Mutants of literals that read like an address or a method, outside of definitions, imports and `unseen`."""
        for node in _strings(self._root):
            if _is_inside(node, "import_declaration") or self._is_defining(node) or node.start_point[0] + 1 in unseen:
                continue
            text = self._text(node)[1:-1]
            if text.upper() in _METHODS:
                yield from self._of_method(node)
            elif _HOST.match(text) or (text.startswith(("http", ":", "/")) and not _FRAGMENT.match(text)):
                yield from self._of_address(node)

    def _is_defining(self, node: Node) -> bool:
        spec = _is_inside(node, "var_spec")
        return spec is not None and _DEFINITION.search(self._text(spec)) is not None

    def _of_method(self, literal: Node) -> Iterator[Mutant]:
        method = self._text(literal)[1:-1].upper()
        if method in _METHODS:
            yield self._mutant(literal, "method", f'"{_METHODS[method]}"')

    def _of_address(self, literal: Node) -> Iterator[Mutant]:
        text = self._text(literal)[1:-1]
        if _HOST.match(text):
            yield self._mutant(literal, "host", f'"mutant.{text}"')
            return
        parts = _ADDRESS.match(text)
        if parts is None:
            return
        scheme, host, port, path = (parts[each] or "" for each in ("scheme", "host", "port", "path"))
        if host:
            yield self._mutant(literal, "host", f'"{scheme}//mutant.{host[2:]}{port}{path}"')
        if port or not path.startswith("/") or host or scheme:
            yield self._mutant(literal, "port", f'"{scheme}{host}:{4321 if port != ":4321" else 4322}{path}"')
        else:
            yield self._mutant(literal, "port", f'":4321{path}"')
        yield self._mutant(literal, "path", f'"{scheme}{host}{port}/mutant{path}"')

    def _mutant(self, node: Node, kind: str, after: str, shown: Node | None = None) -> Mutant:
        text = self._data[: node.start_byte] + after.encode() + self._data[node.end_byte :]
        before = " ".join(self._text(shown or node).split())[:100]
        return Mutant(self._path, node.start_point[0] + 1, kind, before, after, text)

    def _text(self, node: Node) -> str:
        return self._data[node.start_byte : node.end_byte].decode(errors="replace")


def _is_literal(access: Access) -> bool:
    """Whether the literals of an access show in the report: a wildcard has none, and a route of its own is no grant."""
    endpoint = access.endpoint
    is_own_route = access.kind is AccessKind.ROUTE and endpoint.host == access.callee
    return endpoint.host is not None and endpoint.path is not None and not is_own_route


def _line(selector: Node) -> int:
    field = selector.child_by_field_name("field")
    return field.start_point[0] + 1 if field is not None else 0


def _is_called(node: Node) -> bool:
    parent = node.parent
    return parent is not None and parent.type == "call_expression" and parent.child_by_field_name("function") == node


def _is_inside(node: Node | None, kind: str) -> Node | None:
    found = node
    while found is not None and found.type != kind:
        found = found.parent
    return found


def _strings(node: Node) -> Iterator[Node]:
    yield from _walk(node, "interpreted_string_literal", "raw_string_literal")


def _walk(node: Node, *kinds: str) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if each.type in kinds:
            yield each
        waiting.extend(reversed(each.named_children))
