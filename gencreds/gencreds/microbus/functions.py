"""Finds the functions of a file that are worth a look, lowers them and walks them. The work horse of `service`."""

from __future__ import annotations

import re
from collections.abc import Callable

from tree_sitter import Node

from gencreds.golang.expressions import Statement
from gencreds.golang.lowering import TooDeep
from gencreds.golang.packages import Function, Package, function_at
from gencreds.golang.statements import StatementLowering
from gencreds.golang.words import word_offsets
from gencreds.microbus.carriers import Carriers
from gencreds.microbus.clients import CONSTRUCTORS, TYPES, Client, Clients
from gencreds.microbus.fileview import FileView
from gencreds.microbus.flow import Flow
from gencreds.microbus.model import Location
from gencreds.microbus.options import METHODS
from gencreds.microbus.record import Record
from gencreds.microbus.requests import REQUESTS
from gencreds.microbus.site import Site
from gencreds.microbus.values import Values
from gencreds.microbus.walk import Walk

# Each round of lowering a function may bring to light one more name; more than this is no code that people write.
_MAX_ROUNDS = 12
_MEMBERS = tuple(name.encode() for name in sorted({*REQUESTS, *METHODS, "Subscribe"}))
# What follows the alias of an API package where more than its data types is used; a comment may hide it.
_OF_INTEREST = re.compile(rb"\w+\s*(?:/|\.\s*(?:/|(?:" + "|".join(sorted({*CONSTRUCTORS, *TYPES})).encode() + rb")\b))")
_SPACE = b" \t\r\n"


class FunctionAnalysis:
    """Analyses single functions and declarations for one microservice."""

    def __init__(
        self,
        hostname: str,
        values: Values,
        carriers: Carriers,
        record: Record,
        helper: Callable[[Client, str, Location], bool],
    ) -> None:
        self._hostname = hostname
        self._values = values
        self._carriers = carriers
        self._record = record
        self._helper = helper
        self.visited: set[tuple[str, int]] = set()

    def file(self, view: FileView, reached: frozenset[bytes] | None = None) -> None:
        """Analyse what is of interest in the file; with `reached`, of functions only those named in it."""
        offsets = interesting(view, self._carriers.words)
        end = -1
        for offset in offsets:
            if offset < end:
                continue
            node = view.file.declaration_at(offset)
            if node is None:
                continue
            end = node.end_byte
            if node.type in ("import_declaration", "package_clause", "comment"):
                continue
            if reached is not None and node.type in ("function_declaration", "method_declaration"):
                function = function_at(view.file, node)
                if function is None or function.name.encode("utf-8", "surrogateescape") not in reached:
                    continue
            self.declaration(view, node, offsets)

    def declaration(
        self,
        view: FileView,
        node: Node,
        offsets: list[int],
        receiver: Clients = (),
        called_from: Location | None = None,
    ) -> None:
        """Analyse one top-level declaration around `offsets`."""
        try:
            self._declaration(view, node, offsets, receiver, called_from)
        except TooDeep as error:
            location = called_from or Location(view.file.name, error.line)
            self._record.blocking("nesting-too-deep", f"{error}; split it up", location)

    def _declaration(
        self, view: FileView, node: Node, offsets: list[int], receiver: Clients, called_from: Location | None
    ) -> None:
        self.visited.add((view.file.name, node.start_byte))
        function = function_at(view.file, node)
        words: set[bytes] = {function.receiver.encode()} if receiver and function is not None else set()
        for _ in range(_MAX_ROUNDS):
            local = word_offsets(view.file.data, words, node.start_byte, node.end_byte) if words else []
            lowering = StatementLowering(view.file, sorted({*offsets, *local}) if local else offsets)
            if node.type == "type_declaration":
                statements = lowering.fields(node)
            else:
                statements = lowering.function(node) if function is not None else lowering.statement(node)
            flow = Flow(view, function, statements, self._carriers, self._values, receiver)
            more = _words_of_interest(flow) - words
            if not more:
                break
            words |= more
        self._walk(view, flow, statements, called_from, is_type=node.type == "type_declaration")

    def _walk(
        self,
        view: FileView,
        flow: Flow,
        statements: tuple[Statement, ...],
        called_from: Location | None,
        *,
        is_type: bool,
    ) -> None:
        site = Site(self._hostname, view, flow, self._carriers, self._record, self._helper, called_from)
        function = flow.function
        if function is not None:
            _declare_results(view.package, function, flow, self._carriers)
        walk = Walk(site)
        if is_type:
            walk.fields(statements)
        else:
            walk.run(statements)


def interesting(view: FileView, carried: set[bytes]) -> list[int]:
    """Return the sorted byte offsets in a file at which something of interest may stand."""
    data = view.file.data
    found = set(word_offsets(data, view.words | carried))
    found.update(at for at in word_offsets(data, view.api_words) if _OF_INTEREST.match(data, at))
    for offset in word_offsets(data, _MEMBERS):
        before = data[max(0, offset - 64) : offset].rstrip(_SPACE)
        if before.endswith(b".") and not before.endswith(b"http."):
            found.add(offset)
    return sorted(found)


def _words_of_interest(flow: Flow) -> set[bytes]:
    """Return the local names that hold clients; strings and options are followed on demand, by `values`."""
    names = (name for name in flow.names if any(flow.may_hold_clients(each) for each in flow.bindings(name)))
    return {name.encode("utf-8", "surrogateescape") for name in names}


def _declare_results(package: Package, function: Function, flow: Flow, carriers: Carriers) -> None:
    """Note which results of `function` are declared as clients."""
    result = function.node.child_by_field_name("result")
    if result is None:
        return
    nodes = [result]
    named: list[str] = []
    if result.type == "parameter_list":
        nodes = []
        for parameter in result.named_children:
            names = [function.file.text(child) for child in parameter.children_by_field_name("name") if child.is_named]
            kind = parameter.child_by_field_name("type")
            nodes.extend([kind] * (len(names) or 1) if kind is not None else [])
            named.extend(names)
    for index, node in enumerate(nodes):
        declared = (
            flow.role_of_type(StatementLowering(function.file, ()).expression(node)) if node is not None else None
        )
        if declared is not None:
            carriers.put_result(package, function.name, index, (declared,), declared=True)
        if declared is not None and named:
            carriers.put_result(package, function.name, index, flow.assigned(named[index]))
