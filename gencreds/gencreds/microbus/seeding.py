"""What is declared as a client, and given none by any code in sight, counts as one: its type says which.

`solve` asks once nothing else grows: for parameters first, then for fields and variables.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from gencreds.microbus.abstract import Container, Func, FunctionKey, Parameter
from gencreds.microbus.cells import CellKey, content_key, result_key
from gencreds.microbus.clients import Client
from gencreds.microbus.known import Known
from gencreds.microbus.shapes import Callback, Declared, Many, Shape
from gencreds.microbus.state import State

# In place of the name of a file that a function is in.
_ASSUMED = "assumed"


def seed(state: State, kinds: Iterable[str]) -> bool:
    """Let the cells of `kinds` that are declared as clients, and that nothing was put into, hold such a client."""
    wanted = frozenset(kinds)
    found = False
    for cell in state.cells.all():
        if cell.shape is not None and cell.key[0] in wanted and state.types.carries(cell.shape):
            seeded = _seed(state, cell.key, cell.shape, 0)
            found = found or seeded
            if seeded and cell.key[0] == "result":
                state.assumed[cast(FunctionKey, cell.key[1])] = None
    return found


def is_assumed(function: Func) -> bool:
    """Return whether nothing but what it returns is known of `function`."""
    return function.key[0] == _ASSUMED


def _seed(state: State, key: CellKey, shape: Shape, depth: int) -> bool:
    cell = state.cells.get(key)
    if isinstance(shape, Client):
        if any(state.cells.carries(value) for value in cell.values):
            return False
        state.put(key, (shape,))
        return True
    if isinstance(shape, Declared):
        shape = state.types.underlying(shape)
    if isinstance(shape, Callback) and depth < 4:
        if any(isinstance(value, (Func, Parameter)) for value in cell.values):
            return False
        made = _assume(state)
        found = [_seed(state, result_key(made.key, at), each, depth + 1) for at, each in enumerate(shape.results)]
        if any(found):
            state.put(key, (made,))
        return any(found)
    if isinstance(shape, Many) and depth < 4:
        if any(map(state.cells.carries, cell.values)):
            return False
        if not any(isinstance(value, Container) for value in cell.values):
            state.put(key, (Container(key, shape.is_channel),))
        inside = (content_key(value) for value in tuple(cell.values) if isinstance(value, Container))
        grown = [_seed(state, each, shape.element, depth + 1) for each in inside]
        return any(grown)
    return False


def _assume(state: State) -> Func:
    """Return a function of which nothing is known but the type of what it returns."""
    key = (_ASSUMED, len(state.functions))
    state.functions[key] = Known((), ())
    return Func(key)
