"""Local variables and what is written to them, as values. `scopes` collects them, `gencreds.microbus.origins` reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import NamedTuple

from tree_sitter import Node


class Part(IntEnum):
    """Which part of an expression's value is meant; from 0 on it is the result of a call with that index."""

    WHOLE = -1
    ELEMENT = -2
    KEY = -3


class Kind(Enum):
    """What a write does to the variable."""

    SET = "set"
    ADD = "add"  # `+=` and `x = x + …`
    APPEND = "append"  # `x = append(x, …)`; the value is the call
    ELEMENT = "element"
    LOST = "lost"  # its address is taken, or what it gets cannot be read


class Origin(Enum):
    """How a variable comes into being."""

    LOCAL = "local"
    PARAMETER = "parameter"
    RESULT = "result"
    RECEIVER = "receiver"


class Span(NamedTuple):
    """A range of byte offsets."""

    start: int
    end: int

    def holds(self, at: int) -> bool:
        """Return whether `at` lies in the range."""
        return self.start <= at < self.end


class Write(NamedTuple):
    """A value `node` (of it, `part`) that a variable gets at offset `at`, inside `block` and the function `owner`."""

    at: int
    node: Node | None
    part: int
    kind: Kind
    block: Span
    owner: Span


@dataclass
class Variable:
    """A local name. `function` declares it as a parameter, result or receiver, at position `index`."""

    name: str
    at: int
    scope: Span
    block: Span
    owner: Span
    origin: Origin = Origin.LOCAL
    type: Node | None = None
    function: Node | None = None
    index: int = -1
    is_variadic: bool = False
    starts_at_zero: bool = False
    writes: list[Write] = field(default_factory=list)
