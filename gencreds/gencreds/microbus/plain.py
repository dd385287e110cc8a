"""The plainest uses, known by how they are written: `ordersapi.NewClient(svc).Create(…)` as a statement of its own, a
local variable that is made so and only called, and the subscriptions that Microbus generates.

Most functions have no others, and following values through them costs the most of a scan. `solve` asks here first; a
function with one use that is not plain is evaluated as a whole, and both ways find the same, which a test holds over
the whole corpus.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from tree_sitter import Node

from gencreds.golang.packages import Function, function_at
from gencreds.golang.syntax import line_of
from gencreds.golang.words import word_offsets
from gencreds.microbus.clients import CONSTRUCTORS, Client, Role
from gencreds.microbus.fileview import FileView
from gencreds.microbus.interest import may_hide
from gencreds.microbus.options import METHODS

_SUBSCRIBE, _REQUEST = b"Subscribe", b"Request"
_MADE = re.compile(rb"(\w+)\.(New(?:Multicast)?(?:Client|Hook|Trigger))\((\w+)\)")
_MEMBER = re.compile(rb"\.([A-Z]\w*)\(")
_BOUND = re.compile(rb"[ \t]*(\w+) := $")
# What stands around a call whose result nobody takes for a client: it is data.
_STATEMENTS = frozenset(
    {"expression_statement", "short_var_declaration", "assignment_statement", "return_statement", "defer_statement"}
)
_TEXT = rb'"(?:[^"\\\n]|\\.)*"|`[^`]*`'
_SUBSCRIPTION = re.compile(
    rb"Subscribe\([ \t]*(?://[^\n]*)?\s*\"[^\"\\\n]*\",\s*(?P<handler>\w+)\.\w+,"
    rb"\s*(?P<sub>\w+)\.At\((?P<api>\w+)\.(?P<name>\w+)\.Method,\s*(?P=api)\.(?P=name)\.Route\)"
    rb"(?:,\s*(?P=sub)\.(?:Description|Function|Web|Task|Workflow)\((?:[^()\"`]|" + _TEXT + rb")*\))*,?\s*\)"
)
# Options other than the first say neither method nor URL, and have nothing but texts.
_REQUESTED = re.compile(
    rb"Request\(\w+, (?P<pub>\w+)\.(?P<method>%(methods)s)\(\"(?P<url>[^\"\\\n]*)\"\)"
    rb"(?:, (?P=pub)\.(?!(?:%(methods)s|Method|URL)\b)\w+\((?:\"[^\"\\\n]*\"(?:, )?)*\))*\)"
    % {b"methods": "|".join(sorted(METHODS)).encode()}
)
_FOR_HOST = re.compile(rb"\.ForHost\((?:(\w+)\.Hostname|\"([^\"\\\n]+)\")\)")
_BEFORE = re.compile(rb"(?:^|[ \t(])(\w+)\.$")


class Use(NamedTuple):
    """`member` of `client` is used on `line`; for a subscription `client` stands for the microservice's own API."""

    client: Client
    member: str
    line: int
    is_subscription: bool


class Asked(NamedTuple):
    """A raw request on `line`, with `method` and `url` as stated."""

    method: str
    url: str
    line: int


class Plain(NamedTuple):
    """A function whose uses are all plain."""

    view: FileView
    function: Function
    uses: tuple[Use | Asked, ...]


def rebound(view: FileView) -> frozenset[str]:
    """Return the names of API and option packages that something else in the file may have, too."""
    data = view.file.data
    return frozenset(name for name in {*view.apis, *view.sub, *view.pub} if _is_more_than_qualifier(data, name))


def _is_more_than_qualifier(data: bytes, name: str) -> bool:
    word = name.encode("utf-8", "surrogateescape")
    # What only ever stands before a dot, or ends an import's path, is nothing else.
    others = data.count(word) - data.count(word + b".") - data.count(word + b'"')
    return others > 0


def plain(view: FileView, node: Node, offsets: Sequence[int], rebound: frozenset[str]) -> Plain | None:
    """Return the uses in the function `node`, at whose interesting `offsets` nothing but plain ones stands, or None.

    `rebound` is what the function of that name returns for the file.
    """
    function = function_at(view.file, node)
    if function is None or view.home is not None:
        return None
    reader = _Reader(view, node, function, offsets, rebound)
    uses = reader.uses()
    return Plain(view, function, tuple(uses)) if uses is not None and reader.binds_nothing() else None


class _Reader:
    def __init__(
        self, view: FileView, node: Node, function: Function, offsets: Sequence[int], rebound: frozenset[str]
    ) -> None:
        self._view = view
        self._rebound = rebound
        self._data = view.file.data
        self._node = node
        self._offsets = offsets
        self._receiver = function.receiver.encode("utf-8", "surrogateescape")
        self._callers = {b"svc", self._receiver or b"svc"}
        self._named: set[str] = set()

    def uses(self) -> list[Use | Asked] | None:
        """Return the uses at the offsets; None as soon as one is not plain."""
        found: list[Use | Asked] = []
        position = 0
        while position < len(self._offsets):
            offset = self._offsets[position]
            if self._data.startswith(_SUBSCRIBE, offset):
                end, uses = self._subscription(offset)
            elif self._data.startswith(_REQUEST, offset):
                end, uses = self._request(offset)
            else:
                end, uses = self._made(offset, position)
            if not end:
                return None
            found.extend(uses)
            while position < len(self._offsets) and self._offsets[position] < end:
                position += 1
        return found

    def binds_nothing(self) -> bool:
        """Return whether no name that was taken for a package's is another thing's here."""
        return not any(
            name in self._rebound and may_hide(self._data, name, self._node.start_byte, self._node.end_byte)
            for name in self._named
        )

    def _is_of_caller(self, offset: int) -> bool:
        """Return whether what is selected at `offset` is the microservice's."""
        before = _BEFORE.search(self._data, self._data.rfind(b"\n", 0, offset) + 1, offset)
        return before is not None and before[1] in self._callers

    def _request(self, offset: int) -> tuple[int, list[Use | Asked]]:
        match = _REQUESTED.match(self._data, offset, self._node.end_byte)
        if match is None or not self._is_of_caller(offset) or self._view.package.functions(_REQUEST.decode()):
            return 0, []
        pub = match["pub"].decode("ascii", "replace")
        at = self._view.file.root.descendant_for_byte_range(offset, offset + len(_REQUEST))
        if pub not in self._view.pub or at is None or at.type != "field_identifier":
            return 0, []
        self._named.add(pub)
        method, url = match["method"].decode(), match["url"].decode("utf-8", "surrogateescape")
        return match.end(), [Asked(method, url, line_of(at))]

    def _subscription(self, offset: int) -> tuple[int, list[Use | Asked]]:
        nothing: tuple[int, list[Use | Asked]] = (0, [])
        match = _SUBSCRIPTION.match(self._data, offset, self._node.end_byte)
        if match is None or not self._is_of_caller(offset):
            return nothing
        alias, name, sub = (match[each].decode("ascii", "replace") for each in ("api", "name", "sub"))
        api = self._view.apis.get(alias)
        definition = api.definitions.get(name) if api is not None else None
        if api is None or api.known is not None or definition is None or definition.unreadable:
            return nothing
        at = self._view.file.root.descendant_for_byte_range(offset, offset + len(_SUBSCRIBE))
        if sub not in self._view.sub or at is None or at.type != "field_identifier":
            return nothing
        if self._view.package.functions(_SUBSCRIBE.decode()):
            return nothing
        self._named.update((alias, sub))
        return match.end(), [Use(Client(api, Role.CLIENT, "Client"), name, line_of(at), is_subscription=True)]

    def _made(self, offset: int, position: int) -> tuple[int, list[Use | Asked]]:
        nothing: tuple[int, list[Use | Asked]] = (0, [])
        match = _MADE.match(self._data, offset)
        constructor = match[2].decode() if match is not None else ""
        if match is None or constructor not in CONSTRUCTORS:
            return nothing
        alias = match[1].decode("ascii", "replace")
        api = self._view.apis.get(alias)
        if api is None or api.known is not None or not self._is_declared(match[3], offset):
            return nothing
        self._named.add(alias)
        client = Client(api, CONSTRUCTORS[constructor], constructor.removeprefix("New"))
        at = self._view.file.root.descendant_for_byte_range(offset, offset + len(match[1]))
        made = at.parent.parent if at is not None and at.parent is not None else None
        if at is None or at.type != "identifier" or made is None or made.type != "call_expression":
            return nothing
        if made.start_byte != offset or made.end_byte != match.end():
            return nothing
        made, client = self._for_host(made, client)
        bound = _BOUND.match(self._data, self._data.rfind(b"\n", 0, offset) + 1, offset)
        if bound is not None and made.parent is not None and made.parent.type == "expression_list":
            return self._variable(made, client, bound[1], position)
        use = self._call(made, client, position)
        return (use[0], [use[1]]) if use is not None else nothing

    def _for_host(self, made: Node, client: Client) -> tuple[Node, Client]:
        """Return the call of `ForHost` on `made`, and the client that it makes, where its host is stated there."""
        match = _FOR_HOST.match(self._data, made.end_byte, self._node.end_byte)
        call = made.parent.parent if match is not None and made.parent is not None else None
        if match is None or call is None or call.type != "call_expression" or call.end_byte != match.end():
            return made, client
        if match[2] is not None:
            return call, client.for_host(match[2].decode("utf-8", "surrogateescape"))
        alias = match[1].decode("ascii", "replace")
        api = self._view.apis.get(alias)
        if api is None or api.hostname is None:
            return made, client
        self._named.add(alias)
        return call, client.for_host(api.hostname)

    def _is_declared(self, caller: bytes, offset: int) -> bool:
        """Return whether `caller` is plainly a variable at `offset`: the receiver, a parameter, or declared before it.

        Of anything else `evaluate` tells.
        """
        if caller == self._receiver:
            return True
        body = self._node.child_by_field_name("body")
        if body is None or word_offsets(self._data, (caller,), self._node.start_byte, body.start_byte):
            return body is not None
        start = self._data.find(b"\t" + caller + b" := ", body.start_byte, offset) + 1
        name = self._view.file.root.descendant_for_byte_range(start, start + len(caller)) if start else None
        declaration = name.parent.parent if name is not None and name.parent is not None else None
        if declaration is None or declaration.type != "short_var_declaration" or declaration.parent is None:
            return False
        return declaration.start_byte == start and declaration.parent.end_byte > offset

    def _call(self, base: Node, client: Client, position: int) -> tuple[int, Use] | None:
        """Return the end of a call of a member of `base`, which is `client`, if it is one, and plain."""
        match = _MEMBER.match(self._data, base.end_byte)
        selected = base.parent
        call = selected.parent if selected is not None else None
        if match is None or selected is None or call is None or selected.type != "selector_expression":
            return None
        name = match[1].decode("ascii", "replace")
        definition = client.api.definitions.get(name)
        if definition is None or definition.unreadable or call.type != "call_expression":
            return None
        around = call.parent
        if around is not None and around.type == "expression_list":
            around = around.parent
        if around is None or around.type not in _STATEMENTS or call.start_byte != base.start_byte:
            return None
        if not self._are_data(match.end(), call.end_byte, position):
            return None
        field = selected.child_by_field_name("field")
        return call.end_byte, Use(client, name, line_of(field if field is not None else call), is_subscription=False)

    def _are_data(self, start: int, end: int, position: int) -> bool:
        """Return whether the arguments between `start` and `end` hold nothing of interest and no microservice."""
        while position < len(self._offsets) and self._offsets[position] < start:
            position += 1
        if position < len(self._offsets) and self._offsets[position] < end:
            return False
        for caller in self._callers:
            if self._data.find(caller, start, end) < 0:
                continue
            offsets = word_offsets(self._data, (caller,), start, end)
            if not all(self._data.startswith(b".", offset + len(caller)) for offset in offsets):
                return False
        return True

    def _variable(self, made: Node, client: Client, name: bytes, position: int) -> tuple[int, list[Use | Asked]]:
        """Return the calls of the variable `name`, if calling is all that is done with it."""
        nothing: tuple[int, list[Use | Asked]] = (0, [])
        declaration = made.parent.parent if made.parent is not None else None
        block = declaration.parent if declaration is not None else None
        if declaration is None or block is None or declaration.type != "short_var_declaration":
            return nothing
        if declaration.end_byte != made.end_byte or block.type not in ("block", "statement_list"):
            return nothing
        uses: list[Use | Asked] = []
        for offset in word_offsets(self._data, (name,), self._node.start_byte, self._node.end_byte):
            if offset == declaration.start_byte:
                continue
            at = self._view.file.root.descendant_for_byte_range(offset, offset + len(name))
            if offset < declaration.end_byte or offset >= block.end_byte or at is None or at.type != "identifier":
                return nothing
            use = self._call(at, client, position)
            if use is None:
                return nothing
            uses.append(use[1])
        return made.end_byte, uses
