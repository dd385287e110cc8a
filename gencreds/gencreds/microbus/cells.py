"""Where values rest: local and package variables, fields, parameters, results, the insides of containers.

Values only ever get more. A cell remembers who read it, so that only those look again, and tells once when a client
can be had from it: then its name is a word worth looking for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from gencreds.microbus.abstract import Container, Contents, Func, FunctionKey, Maker, Object, Parameter, Value
from gencreds.microbus.clients import Client
from gencreds.microbus.shapes import Declared, Shape

# A kind ("field", "local", …) and what names one of that kind.
CellKey: TypeAlias = tuple[object, ...]
Reader: TypeAlias = tuple[object, int, int]


class Cell:
    """What one place may hold. `carries` once a client can be had from it."""

    __slots__ = ("carries", "holders", "key", "readers", "shape", "values")

    def __init__(self, key: CellKey) -> None:
        self.key = key
        self.values: dict[Value, None] = {}
        self.readers: dict[Reader, None] = {}
        self.holders: list[Cell] = []
        self.carries = False
        self.shape: Shape | None = None


class Cells:
    """All cells of one analysis. `changed` is told the readers of what grew, `published` a key that now carries."""

    def __init__(self, changed: Callable[[Iterable[Reader]], None], published: Callable[[CellKey], None]) -> None:
        self._changed = changed
        self._published = published
        self._cells: dict[CellKey, Cell] = {}
        self.fields: dict[str, dict[CellKey, None]] = {}

    def get(self, key: CellKey) -> Cell:
        """Return the cell for `key`, made when it is not there."""
        cell = self._cells.get(key)
        if cell is None:
            cell = self._cells[key] = Cell(key)
            if key[0] in ("field", "loose"):
                self.fields.setdefault(str(key[-1]), {})[key] = None
        return cell

    def find(self, key: CellKey) -> Cell | None:
        """Return the cell for `key` if anybody made it."""
        return self._cells.get(key)

    def all(self) -> tuple[Cell, ...]:
        """Return every cell."""
        return tuple(self._cells.values())

    def add(self, key: CellKey, values: Contents) -> None:
        """Put `values` into the cell."""
        if not values:
            return
        cell = self.get(key)
        fresh = [value for value in values if value not in cell.values]
        if not fresh:
            return
        for value in fresh:
            cell.values[value] = None
            if not cell.carries:
                self._watch(cell, value)
        self._changed(cell.readers)

    def carries(self, value: Value) -> bool:
        """Return whether a client can be had from `value`."""
        if isinstance(value, (Client, Maker)):
            return True
        key = _carrier(value)
        if key is None:
            return False
        cell = self._cells.get(key)
        return cell is not None and cell.carries

    def carriers(self, values: Contents) -> list[Cell]:
        """Return the cells that decide whether a client can be had from any of `values`."""
        return [self.get(key) for value in values if (key := _carrier(value)) is not None]

    def mark(self, key: CellKey) -> None:
        """Note that a client can be had from `key`, and so from all that holds it."""
        waiting = [self.get(key)]
        while waiting:
            cell = waiting.pop()
            if not cell.carries:
                cell.carries = True
                self._published(cell.key)
                self._changed(cell.readers)
                waiting.extend(cell.holders)
                cell.holders.clear()
                waiting.extend(self.get(key) for key in _shown_by(cell.key))

    def _watch(self, cell: Cell, value: Value) -> None:
        if isinstance(value, Parameter) and cell.key[:2] == ("result", value.function):
            # What a function merely hands on is its callers' own.
            return
        if self.carries(value):
            self.mark(cell.key)
            return
        key = _carrier(value)
        if key is not None:
            self.get(key).holders.append(cell)


def content_key(container: Container) -> CellKey:
    """Return the key of what is in `container`."""
    return ("content", container.site)


def result_key(function: FunctionKey, index: int) -> CellKey:
    """Return the key of a function's result."""
    return ("result", function, index)


def parameter_key(function: FunctionKey, index: int) -> CellKey:
    """Return the key of what is passed to a function."""
    return ("parameter", function, index)


def needed_key(function: FunctionKey, index: int) -> CellKey:
    """Return the key that is marked once a function calls its parameter with a client."""
    return ("needed", function, index)


def type_key(declared: Declared) -> CellKey:
    """Return the key that carries once clients show through a type."""
    return ("type", declared)


def field_key(declared: Declared, name: str) -> CellKey:
    """Return the key of a field; `""` is what is in a type that is a container or a client."""
    return ("field", declared, name)


def _carrier(value: Value) -> CellKey | None:
    """Return the key of the cell that decides whether `value` carries."""
    if isinstance(value, Container):
        return content_key(value)
    if isinstance(value, Parameter):
        return parameter_key(value.function, value.index)
    if isinstance(value, Object):
        return type_key(value.type)
    return ("results", value.key) if isinstance(value, Func) else None


def _shown_by(key: CellKey) -> tuple[CellKey, ...]:
    """Return the keys that carry because `key` does."""
    if key[0] == "result":
        return (("results", key[1]),)
    if key[0] == "field" and isinstance(key[1], Declared):
        field = key[1].fields.get(str(key[2]))
        if key[2] == "" or (field is not None and field.is_embedded):
            return (type_key(key[1]),)
    return ()
