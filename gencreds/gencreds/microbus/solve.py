"""Works out where clients go: lowers what is of interest, carries its statements out, and looks again only at those
that depend on what grew. Nothing is reported; `collect` does that once nothing grows any more.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable

from tree_sitter import Node

from gencreds.golang.packages import function_at
from gencreds.golang.words import word_offsets
from gencreds.microbus.abstract import Contents, FunctionKey
from gencreds.microbus.composites import composite
from gencreds.microbus.effects import Effects
from gencreds.microbus.evaluate import Evaluator
from gencreds.microbus.fileview import FileView
from gencreds.microbus.flow import Flow
from gencreds.microbus.interest import indexed, interesting, words_in
from gencreds.microbus.invoke import first_result
from gencreds.microbus.libraries import is_reached
from gencreds.microbus.lowered import Unit
from gencreds.microbus.plain import Plain, plain, rebound
from gencreds.microbus.seeding import seed
from gencreds.microbus.shapes import Types
from gencreds.microbus.state import State
from gencreds.microbus.values import Values

# More words than this are not searched for one by one.
_MANY = 32
_SKIPPED = frozenset({"import_declaration", "package_clause", "comment"})
# What is seeded together, in this order: a field that nobody sets may get what a parameter that nobody passes is.
_SEEDED = (("parameter",), ("field", "variable"), ("local", "result", "content"))


class Solver:
    """The analysis of one microservice, or of a helper of an API package."""

    def __init__(self, types: Types, values: Values) -> None:
        self.state = State(types)
        self._values = values
        self.clock = values.space.clock
        self._views: dict[str, tuple[FileView, frozenset[bytes] | None]] = {}
        self._offsets: dict[str, list[int]] = {}
        self._words: set[bytes] = set()
        self._searches: dict[str, int] = {}
        self._indices: dict[str, dict[bytes, list[int]]] = {}
        # Units of files that are not looked through as a whole.
        self._apart: list[Unit] = []
        self._evaluators: dict[Unit, tuple[int, Effects]] = {}
        self._plain: dict[tuple[str, int], Plain] = {}
        self._rebound: dict[str, frozenset[str]] = {}

    def add_view(self, view: FileView, reached: frozenset[bytes] | None = None) -> None:
        """Take in what is of interest in a file; with `reached`, of its functions only those named in it."""
        self._views[view.file.name] = (view, reached)
        self.state.types.keep(view)
        self._add_offsets(view, self._interesting(view), is_new=False)

    def add_unit(
        self,
        view: FileView,
        node: Node,
        offsets: Iterable[int],
        span: tuple[int, int] | None = None,
        receiver: Contents = (),
        leads: Collection[int] = (),
    ) -> Unit:
        """Take in one declaration, or the part `span` of it."""
        unit = Unit(view, node, tuple(offsets), self._values, span, receiver, leads)
        key: object = unit.key if span is None else (*unit.key, span)
        self.state.units[key] = unit
        if view.file.name not in self._views:
            self._apart.append(unit)
        self.state.stale[unit] = None
        return unit

    def solve(self) -> None:
        """Work until nothing grows."""
        state, clock = self.state, self.clock
        seeds = list(_SEEDED)
        while True:
            clock.check()
            if state.stale:
                self._lower(next(iter(state.stale)))
            elif state.wanted_units:
                function = next(iter(state.wanted_units))
                del state.wanted_units[function]
                self._want_unit(function)
            elif state.new_words:
                self._search()
            elif state.waiting:
                self._step()
            elif not state.defaults and seeds:
                seed(state, seeds.pop(0))
            elif not state.defaults:
                state.settle()
            else:
                return

    def effects(self, unit: Unit, make: Callable[[], Effects]) -> Effects:
        """Return what carries out the statements of `unit` as it is lowered now."""
        known = self._evaluators.get(unit)
        if known is None or known[0] != unit.generation:
            known = self._evaluators[unit] = (unit.generation, make())
        return known[1]

    def _step(self) -> None:
        state = self.state
        reader = state.waiting.popleft()
        state.queued.discard(reader)
        unit, generation, index = reader
        if not isinstance(unit, Unit) or generation != unit.generation:
            return
        effects = self.effects(unit, lambda: Effects(Evaluator(state, unit, None, first_result, composite)))
        state.current = reader
        effects.run(unit.statements[index])
        state.current = None

    def _lower(self, unit: Unit) -> None:
        del self.state.stale[unit]
        unit.lower()
        self.state.requeue(unit)

    def _want_unit(self, function: FunctionKey) -> None:
        state = self.state
        known = state.functions[function]
        if known.function is None or known.package is None or function in state.units:
            return
        view = state.types.view(known.package, known.function.file.name)
        node = known.function.node
        unit = self._new_unit(view, node)
        for declare in known.parameters:
            if state.cells.get(("parameter", function, declare.position)).carries:
                unit.words.update(name.text.encode("utf-8", "surrogateescape") for name in declare.names)

    def _search(self) -> None:
        """Look for the new words in every file."""
        state = self.state
        names = list(state.new_words)
        state.new_words.clear()
        state.words.update(names)
        words = {name.encode("utf-8", "surrogateescape") for name in names}
        self._words |= words
        for view, _ in tuple(self._views.values()):
            self._add_offsets(view, self._found(view, words), is_new=True)
        for unit in self._apart:
            if unit.view.file.name not in self._views:
                self._widen(unit, words_in(unit.view.file.data, words, unit.start, unit.end))

    def _found(self, view: FileView, words: set[bytes]) -> list[int]:
        """Return where `words` stand in a file; one that was searched often gets an index of its words."""
        name, data = view.file.name, view.file.data
        if len(words) > _MANY:
            return words_in(data, words, 0, len(data))
        self._searches[name] = self._searches.get(name, 0) + len(words)
        if self._searches[name] <= _MANY:
            return word_offsets(data, words)
        if name not in self._indices:
            self._indices[name] = indexed(data)
        index = self._indices[name]
        return sorted(offset for word in words for offset in index.get(word, ()))

    def _widen(self, unit: Unit, offsets: Iterable[int]) -> None:
        more = set(offsets) - unit.leads
        if more:
            unit.offsets |= more
            unit.leads |= more
            if not unit.is_whole:
                self.state.stale[unit] = None

    def _add_offsets(self, view: FileView, offsets: list[int], *, is_new: bool) -> None:
        units, reached = self.state.units, self._views[view.file.name][1]
        position = 0
        while position < len(offsets):
            node = view.file.declaration_at(offsets[position])
            start = position
            if node is None:
                position += 1
                continue
            while position < len(offsets) and offsets[position] < node.end_byte:
                position += 1
            inside = offsets[start:position]
            unit = units.get((view.file.name, node.start_byte))
            if unit is not None:
                self._widen(unit, inside)
            elif node.type not in _SKIPPED and self._is_reached(view, node, reached):
                if is_new:
                    self._new_unit(view, node)
                elif not self._is_plain(view, node, inside):
                    self.add_unit(view, node, inside)

    def _new_unit(self, view: FileView, node: Node) -> Unit:
        known = self._interesting(view)
        inside = known[bisect_left(known, node.start_byte) : bisect_left(known, node.end_byte)]
        leads = words_in(view.file.data, self._words, node.start_byte, node.end_byte) if self._words else []
        return self.add_unit(view, node, [*inside, *leads], leads=leads)

    def _is_plain(self, view: FileView, node: Node, offsets: list[int]) -> bool:
        """Keep the uses of a function that has plain ones alone: it is looked at again only if a word leads there."""
        name = view.file.name
        if name not in self._rebound:
            self._rebound[name] = rebound(view)
        found = plain(view, node, offsets, self._rebound[name])
        if found is not None:
            self._plain[(view.file.name, node.start_byte)] = found
        return found is not None

    def empty_flow(self, view: FileView) -> Flow:
        """Return the flow of a function without names of its own."""
        return Flow(view, None, (), self._values)

    def plain(self) -> list[Plain]:
        """Return the functions whose uses are plain, and that nothing else led to."""
        return [found for key, found in self._plain.items() if key not in self.state.units]

    def _is_reached(self, view: FileView, node: Node, reached: frozenset[bytes] | None) -> bool:
        if reached is None or node.type not in ("function_declaration", "method_declaration"):
            return True
        function = function_at(view.file, node)
        return function is not None and is_reached(function, reached)

    def _interesting(self, view: FileView) -> list[int]:
        name = view.file.name
        if name not in self._offsets:
            self._offsets[name] = interesting(view, ())
        return self._offsets[name]
