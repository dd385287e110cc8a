"""What a value may be put into: small values that `climbing` finds, and that `spreading` goes on from."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from gencreds.golang.variables import Variable
from gencreds.microbus.places import Place
from gencreds.microbus.types import Named

# The part of a value that is a function which gives the value to those that it calls: an iterator.
GIVER = -9


class Elsewhere(NamedTuple):
    """Another module's package gets the value, by the name `name`; that stands at the offset `at`."""

    path: str
    name: str
    at: int


class Local(NamedTuple):
    """A local variable, which the identifier at `place` is, or which is declared around there."""

    place: Place
    variable: Variable


class Global(NamedTuple):
    """The package variable `name` of the package of `place`."""

    place: Place
    name: str


class FieldOf(NamedTuple):
    """The field `name` of the type `owner`, which nobody knows if it is None."""

    place: Place
    owner: Named | None
    name: str


class Of(NamedTuple):
    """All values of a type, which show what was put into one of them."""

    place: Place
    owner: Named


class Result(NamedTuple):
    """What the function at `place` returns, at that index: `place.part`."""

    place: Place


class Argument(NamedTuple):
    """The argument at `position` of the call at `place`, of which `callee` is called."""

    place: Place
    callee: Place
    position: int


class Receiver(NamedTuple):
    """The value that the method selected at `place` is called of."""

    place: Place


Target: TypeAlias = Elsewhere | Local | Global | FieldOf | Of | Result | Argument | Receiver


def last_of(name: str) -> str:
    """Return the last name of a dotted one, without what is around it."""
    return name.lstrip("[]*&(").partition("[")[0].rpartition(".")[2]
