"""Who is told of uses in the last pass: the seam between `evaluate`, which finds them, and `collect`, which records."""

from __future__ import annotations

from typing import Protocol

from gencreds.golang.expressions import Call, Expr, Name, Select
from gencreds.microbus.abstract import Contents
from gencreds.microbus.clients import Client


class Watch(Protocol):
    """Who is told of uses, in the last pass."""

    def member(self, clients: tuple[Client, ...], name: str, line: int) -> None:
        """Note that `name` of `clients` is called or taken as a value."""

    def lost(self, values: Contents, how: str, expr: Expr) -> None:
        """Note that `values` go where they are not followed."""

    def undeclared(self, name: Name) -> None:
        """Note that a client has to do with `name`, which nothing declares."""

    def call(self, call: Call) -> bool:
        """Note a call that may match a pattern of its own; returns whether it does."""

    def select(self, expr: Select) -> None:
        """Note a selection whose base is none of the tree's."""

    def options(self, call: Call, clients: tuple[Client, ...]) -> None:
        """Note the options that a client is given."""
