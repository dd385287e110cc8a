"""A function that the analysis met, with its parameters and results. `state` keeps them, `invoke` passes arguments."""

from __future__ import annotations

from dataclasses import dataclass

from gencreds.golang.expressions import Declare
from gencreds.golang.packages import Function, Package
from gencreds.microbus.lowered import Unit


@dataclass(frozen=True)
class Known:
    """A function that was met: where it is, or in which unit when it is a literal, with its parameters."""

    parameters: tuple[Declare, ...]
    results: tuple[Declare, ...]
    package: Package | None = None
    function: Function | None = None
    unit: Unit | None = None


def position_of(known: Known, argument: int) -> int:
    """Return the parameter that takes the argument at that position; a variadic one takes all that are left."""
    last = known.parameters[-1] if known.parameters else None
    return min(argument, last.position) if last is not None and last.is_variadic else argument
