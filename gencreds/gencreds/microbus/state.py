"""What one analysis knows so far: its cells, its units, its functions, and what is left to look at.

`evaluate`, `invoke` and `effects` read and write here; `solve` works the lists off.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import cast

from gencreds.golang.expressions import Declare
from gencreds.golang.lowering import TooDeep
from gencreds.golang.packages import Function, Package
from gencreds.golang.statements import StatementLowering
from gencreds.microbus.abstract import (
    Container,
    Contents,
    Func,
    FunctionKey,
    Object,
    Parameter,
    Unknown,
    Value,
    union,
    with_host,
    with_options,
)
from gencreds.microbus.cells import CellKey, Cells, Reader, content_key, field_key, parameter_key, result_key
from gencreds.microbus.clients import Client
from gencreds.microbus.known import Known
from gencreds.microbus.lowered import Unit
from gencreds.microbus.members import Members
from gencreds.microbus.shapes import Declared, Many, Opaque, Shape, Types


class State:
    """Everything that grows while `solve` runs. `defaults` once what nobody sets is what it is declared as."""

    def __init__(self, types: Types) -> None:
        self.types = types
        self.members = Members(types)
        self.cells = Cells(self._changed, self._published)
        self.units: dict[object, Unit] = {}
        self.functions: dict[FunctionKey, Known] = {}
        self.defaults = False
        self.current: Reader | None = None
        self.waiting: deque[Reader] = deque()
        self.queued: set[Reader] = set()
        self.stale: dict[Unit, None] = {}
        self.wanted_units: dict[FunctionKey, None] = {}
        self.new_words: dict[str, None] = {}
        # Functions that nothing is seen to be returned from, so that they count by the type of their result.
        self.assumed: dict[FunctionKey, None] = {}
        self.words: set[str] = set()
        self._awaiting: dict[Reader, None] = {}

    def is_word(self, name: str) -> bool:
        """Return whether every occurrence of `name` anywhere is in sight."""
        return name in self.words

    def want(self, unit: Unit, name: str) -> bool:
        """Ask for all of `name` in `unit`; returns False when it is in sight already."""
        if unit.sees(name) or name in self.words:
            return False
        unit.words.add(name.encode("utf-8", "surrogateescape"))
        self.stale[unit] = None
        return True

    def want_word(self, name: str) -> bool:
        """Ask for all of `name` everywhere; returns False when it is in sight already."""
        if not name or name in self.words or name in self.new_words:
            return False
        self.new_words[name] = None
        return True

    def read(self, key: CellKey) -> Contents:
        """Return what is in a cell, and note who looked."""
        cell = self.cells.get(key)
        if self.current is not None:
            cell.readers[self.current] = None
        return tuple(cell.values)

    def is_marked(self, key: CellKey) -> bool:
        """Return whether `key` was marked, and note who asked."""
        cell = self.cells.get(key)
        if self.current is not None:
            cell.readers[self.current] = None
        return cell.carries

    def any_carries(self, values: Contents) -> bool:
        """Return whether a client can be had from any of `values`, and note who asked: it may come to be so."""
        if any(map(self.cells.carries, values)):
            return True
        if self.current is not None:
            for cell in self.cells.carriers(values):
                cell.readers[self.current] = None
        return False

    def put(self, key: CellKey, values: Contents) -> None:
        """Put `values` into a cell."""
        self.cells.add(key, values)

    def declare(self, key: CellKey, shape: Shape) -> None:
        """Note what a cell is declared as: an object of its type, an empty container, or a client unless one is set."""
        cell = self.cells.get(key)
        if cell.shape is None:
            cell.shape = shape
            if not isinstance(shape, Many) or key[0] not in ("parameter", "result"):
                self.put(key, self.declared(shape, key))
            if self.types.carries(shape) and key[0] != "result":
                self.cells.mark(key)

    def declared(self, shape: Shape, site: CellKey) -> Contents:
        """Return what is known of a value from its type alone."""
        if isinstance(shape, Declared):
            return (Object(shape),)
        if isinstance(shape, Many):
            return (Container(site, shape.is_channel),) if site else ()
        if shape is Opaque.OPEN:
            return (Unknown.OPEN,)
        return (Unknown.FOREIGN,) if shape is Opaque.FOREIGN else ()

    def default(self, shape: Client) -> Contents:
        """Return the client `shape` where none came from anywhere, once that is certain."""
        if self.defaults:
            return (shape,)
        if self.current is not None:
            self._awaiting[self.current] = None
        return ()

    def settle(self) -> None:
        """Let what nobody sets be what it is declared as, everywhere."""
        self.defaults = True
        self._changed(self._awaiting)

    def field(self, owner: Declared, name: str) -> Contents:
        """Return what the field `name` of `owner` may hold; `""` is what is in a container type."""
        key = field_key(owner, name)
        if self.cells.get(key).shape is None:
            field = owner.fields.get(name)
            if field is not None:
                self.declare(key, self.types.field_shape(owner, field))
            else:
                underlying = self.types.underlying(owner)
                self.declare(key, underlying.element if isinstance(underlying, Many) else underlying)
        loose = self.read(("loose", name)) if name else ()
        return union(self.read(key), loose)

    def passed(self, parameter: Parameter) -> Contents:
        """Return what all callers pass in place of `parameter`."""
        return self.adapted(parameter, self.read(parameter_key(parameter.function, parameter.index)))

    def adapted(self, parameter: Parameter, values: Contents) -> Contents:
        """Return `values` with what happens to `parameter` on its way done to them."""
        if parameter.elements:
            inner = (self.read(content_key(value)) if isinstance(value, Container) else (value,) for value in values)
            values = union(*inner)
        if parameter.options:
            values = with_options(values, parameter.options)
        return values if parameter.host is None else with_host(values, parameter.host)

    def held_by(self, value: Value) -> Contents:
        """Return what is in the container `value`, or what shows through the object, or what the function returns."""
        if isinstance(value, Container):
            return self.read(content_key(value))
        if isinstance(value, Object):
            owner = self.members.owner(value.type)
            names = [field.name for field in owner.embedded] or [""]
            return union(*(self.field(owner, name) for name in names))
        if isinstance(value, Func):
            return self.read(result_key(value.key, 0))
        return self.passed(value) if isinstance(value, Parameter) else ()

    def function(self, package: Package, function: Function) -> Func:
        """Return a declared function as a value."""
        key = (function.file.name, function.node.start_byte)
        if key not in self.functions:
            try:
                found = StatementLowering(function.file, None).parameters(function.node)
            except TooDeep:
                found = []
            declares = [each for each in found if isinstance(each, Declare)]
            self.functions[key] = Known(
                tuple(each for each in declares if each.position >= 0),
                tuple(each for each in declares if each.result >= 0),
                package,
                function,
            )
        return Func(key)

    def literal(self, unit: Unit, start: int) -> Func:
        """Return a function literal as a value."""
        key = (unit.view.file.name, start)
        if key not in self.functions:
            declares = unit.flow.literals.get(start, ())
            self.functions[key] = Known(
                tuple(each for each in declares if each.position >= 0),
                tuple(each for each in declares if each.result >= 0),
                unit=unit,
            )
        return Func(key)

    def loop(self, function: FunctionKey) -> FunctionKey:
        """Return the key of what an iterator `function` calls for each round of a loop."""
        key = (f"loop over {function[0]}", function[1])
        self.functions.setdefault(key, Known((), ()))
        return key

    def requeue(self, unit: Unit) -> None:
        """Have all statements of `unit` looked at."""
        for index in range(len(unit.statements)):
            if not unit.says_nothing(index):
                self.enqueue((unit, unit.generation, index))

    def enqueue(self, reader: Reader) -> None:
        """Have one statement looked at."""
        if reader not in self.queued:
            self.queued.add(reader)
            self.waiting.append(reader)

    def _changed(self, readers: Iterable[Reader]) -> None:
        for reader in readers:
            self.enqueue(reader)

    def _published(self, key: CellKey) -> None:
        kind = key[0]
        if kind == "local":
            unit = self.units.get(key[1])
            if unit is not None:
                self.want(unit, str(key[2]))
        elif kind in ("field", "loose", "variable"):
            self.want_word(str(key[-1]))
        elif kind == "type" and isinstance(key[1], Declared):
            key[1].promotes = True
            self.want_word(key[1].name)
        elif kind == "parameter":
            self._want_parameter(cast(FunctionKey, key[1]), cast(int, key[2]))
        elif kind == "results":
            known, unit = self.functions.get(cast(FunctionKey, key[1])), self.units.get(key[1])
            function = known.function if known is not None else unit.function if unit is not None else None
            if function is not None:
                self.want_word(function.name)

    def _want_parameter(self, function: FunctionKey, index: int) -> None:
        known = self.functions.get(function)
        if known is None:
            return
        self.wanted_units[function] = None
        unit = known.unit or self.units.get(function)
        for declare in known.parameters:
            if declare.position == index and unit is not None:
                for name in declare.names:
                    self.want(unit, name.text)


def results_of(state: State, function: FunctionKey, index: int) -> Contents:
    """Return what a function returns at `index`, with parameters still in their place."""
    known = state.functions.get(function)
    key = result_key(function, index)
    if known is not None and state.cells.get(key).shape is None:
        declare = next((each for each in known.results if each.result == index), None)
        if declare is not None and known.package is not None and known.function is not None:
            view = state.types.view(known.package, known.function.file.name)
            state.declare(key, state.types.shape(declare.type, view, {}))
    return state.read(key)
