"""A unit of analysis: one top-level declaration of one file, lowered as far as it is of interest.

Names that turn out to matter are wanted later on; then the unit is lowered again with more of it in sight. A name is
only read once all of its occurrences are in sight, so that an inner one of the same name is never mistaken for it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection
from functools import cached_property
from itertools import compress

from tree_sitter import Node

from gencreds.golang.expressions import Declare, Statement
from gencreds.golang.lowering import TooDeep
from gencreds.golang.packages import Function, function_at
from gencreds.golang.scopes import Locals
from gencreds.golang.statements import StatementLowering
from gencreds.golang.words import word_offsets
from gencreds.microbus.abstract import Contents, FunctionKey
from gencreds.microbus.clients import Client
from gencreds.microbus.fileview import FileView
from gencreds.microbus.flow import Flow
from gencreds.microbus.interest import bound_names, leading, may_hide, may_rebind
from gencreds.microbus.model import Location
from gencreds.microbus.values import Values

# After so many looks at parts of a function all of it is lowered.
_MAX_LOOKS = 5


class Unit:
    """One declaration. `span` limits it to a part of its bytes, `receiver` is what its receiver stands for."""

    def __init__(
        self,
        view: FileView,
        node: Node,
        offsets: Collection[int],
        values: Values,
        span: tuple[int, int] | None = None,
        receiver: Contents = (),
        leads: Collection[int] = (),
    ) -> None:
        self.view = view
        self.node = node
        self._is_part = span is not None
        self.start, self.end = span or (node.start_byte, node.end_byte)
        self.is_type = node.type == "type_declaration"
        self.function: Function | None = function_at(view.file, node)
        self.key: FunctionKey = (view.file.name, node.start_byte)
        self.receiver = receiver
        self._clients = tuple(value for value in receiver if isinstance(value, Client))
        self.offsets = {offset for offset in offsets if self.start <= offset < self.end}
        # Those offsets that a client may come from: not those of requests, subscriptions and their options.
        self.leads = leading(view, self.offsets).union(leads)
        self.words = bound_names(view.file.data, self.leads)
        if receiver and self.function is not None:
            self.words.add(self.function.receiver.encode("utf-8", "surrogateescape"))
        self.statements: tuple[Statement, ...] = ()
        self.too_deep: TooDeep | None = None
        self.flow: Flow
        self.generation = 0
        self._values = values
        self._looks = 0
        self._quiet: frozenset[int] = frozenset()
        self._rebound: dict[str, bool] = {}
        self._hidden: dict[str, bool] = {}

    @property
    def is_whole(self) -> bool:
        """Whether all of the unit is in sight."""
        return self._looks >= _MAX_LOOKS

    @cached_property
    def locals(self) -> Locals:
        """Every local variable of the declaration, also those out of sight."""
        return Locals(self.view.file, self.view.file.declaration_at(self.node.start_byte) or self.node)

    def sees(self, name: str) -> bool:
        """Return whether every occurrence of `name` is in sight."""
        return self.is_whole or name.encode("utf-8", "surrogateescape") in self.words

    def may_rebind(self, name: str) -> bool:
        """Return whether the unit may declare or assign `name`."""
        if name not in self._rebound:
            body = self.node.child_by_field_name("body")
            start = body.start_byte if body is not None else self.start
            self._rebound[name] = may_rebind(self.view.file.data, name, max(start, self.start), self.end)
        return self._rebound[name]

    def may_hide(self, package: str) -> bool:
        """Return whether the unit may declare the name of `package` as something else."""
        if package not in self._hidden:
            start, end = max(self.node.start_byte, self.start), self.end
            self._hidden[package] = may_hide(self.view.file.data, package, start, end)
        return self._hidden[package]

    def lower(self) -> None:
        """Lower what is of interest; `too_deep` says when an expression nests deeper than can be."""
        self.generation += 1
        data = self.view.file.data
        self._looks += 1
        offsets: list[int] | None = None
        local: list[int] = []
        if self.is_whole and self._is_part:
            offsets = list(range(self.start, self.end))
        elif not self.is_whole:
            local = word_offsets(data, self.words, self.start, self.end) if self.words else []
            offsets = sorted(self.offsets.union(local))
        lowering = StatementLowering(self.view.file, offsets)
        try:
            if self.is_type:
                self.statements = lowering.types(self.node)
            elif self.function is not None:
                self.statements = lowering.function(self.node)
            else:
                self.statements = lowering.statement(self.node)
        except TooDeep as error:
            self.statements, self.too_deep = (), error
        if self._is_part:
            # The statement around the part is somebody else's.
            kept = [start >= self.start and end <= self.end for start, end in lowering.extents]
            self.statements = tuple(compress(self.statements, kept))
            lowering.extents = list(compress(lowering.extents, kept))
        self._quiet = self._without(lowering.extents, sorted(self.leads.union(local)))
        self.flow = Flow(self.view, self.function, self.statements, self._values, self._clients)

    def _without(self, extents: list[tuple[int, int]], leads: list[int]) -> frozenset[int]:
        """Return the statements in whose extents none of `leads` lies."""
        if self.is_whole or self.is_type:
            return frozenset()
        return frozenset(
            index for index, (start, end) in enumerate(extents) if bisect_left(leads, start) == bisect_left(leads, end)
        )

    def says_nothing(self, index: int) -> bool:
        """Return whether a statement has nothing to do with clients, or declares what nobody asked for."""
        statement = self.statements[index]
        return index in self._quiet or (
            isinstance(statement, Declare)
            and statement.type is None
            and not any(self.sees(name.text) for name in statement.names)
        )

    def location(self, line: int) -> Location:
        """Return a place in the unit's file."""
        return Location(self.view.file.name, line)
