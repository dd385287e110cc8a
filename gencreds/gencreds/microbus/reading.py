"""Reads the arguments of calls in one function: strings, options, and calls of method values. A part of `flow`."""

from __future__ import annotations

from collections.abc import Iterable

from gencreds.golang.expressions import Call, Name, Select
from gencreds.golang.packages import Function
from gencreds.microbus.askers import operand_of
from gencreds.microbus.clients import ANY_HOST, Clients
from gencreds.microbus.fileview import FileView
from gencreds.microbus.options import Options
from gencreds.microbus.origins import call_arguments
from gencreds.microbus.outcomes import UNFOLLOWED, Outcomes
from gencreds.microbus.places import Place
from gencreds.microbus.texts import DYNAMIC, Texts
from gencreds.microbus.types import Named
from gencreds.microbus.values import Home, Values


class Reading:
    """What calls in `function` are given. `receiver` are the clients that its receiver is, in an API package."""

    def __init__(self, values: Values, view: FileView, function: Function | None, receiver: Clients) -> None:
        self._values = values
        self._view = view
        self._home: Home | None = None
        self._options: dict[tuple[int, int], Outcomes] = {}
        if receiver and function is not None:
            hosts = tuple(client.host or client.api.hostname or "" for client in receiver)
            self._home = Home(function.receiver, hosts) if ANY_HOST not in hosts else None

    def place(self, call: Call) -> Place | None:
        """Return where `call` stands."""
        return self._values.place(self._view.package, self._view.file, call.start, call.end)

    def texts(self, call: Call, position: int) -> Texts:
        """Return what the string argument of `call` at `position` may be."""
        place = self.place(call)
        arguments = call_arguments(place) if place is not None else []
        return self.texts_at(arguments[position]) if position < len(arguments) else DYNAMIC

    def texts_at(self, place: Place) -> Texts:
        """Return what the string at `place` may be."""
        return self._values.texts(place, self._home)

    def options(self, call: Call) -> Outcomes:
        """Return what the `pub` options that `call` is given may amount to."""
        key = (call.start, call.end)
        if key not in self._options:
            place = self.place(call)
            self._options[key] = self.pub(call_arguments(place)) if place is not None else UNFOLLOWED
        return self._options[key]

    def pub(self, arguments: Iterable[Place]) -> Outcomes:
        """Return what the `pub` options `arguments` may amount to."""
        return Options(self._values, "pub", self._home).of_arguments(arguments)

    def sub(self, arguments: Iterable[Place]) -> Outcomes:
        """Return what the `sub` options `arguments` may amount to."""
        return Options(self._values, "sub", self._home).of_arguments(arguments)

    def is_sub_option(self, place: Place) -> bool:
        """Return whether the expression at `place` is a call of a `sub` option."""
        return Options(self._values, "sub").name_of(place) is not None

    def is_connectors(self, method: Select, call: Place | None = None) -> bool | None:
        """Return whether `method`, which `call` calls, is the connector's, None if the types do not tell."""
        base = operand_of(call) if call is not None else None
        if call is None and isinstance(method.base, Name):
            node = self._view.file.root.named_descendant_for_byte_range(method.base.at, method.base.at)
            base = Place(self._view.package, self._view.file, node) if node is not None else None
        return self._values.askers.is_connectors(base, method.name) if base is not None else None

    def is_method_expression(self, call: Place) -> bool:
        """Return whether `call` calls a method expression, whose first argument is the receiver."""
        base = operand_of(call)
        return base is not None and self._values.askers.type_of_expression(base) is not None

    def operand_type(self, call: Call) -> Named | None:
        """Return the import path and name of the type, declared in sight, whose method `call` plainly calls."""
        place = self.place(call)
        base = operand_of(place) if place is not None else None
        return self._values.types.own(base) if base is not None else None

    def calls_of_value(self, method: Select) -> list[Place] | None:
        """Return the calls of the local variable that the method value `method` is kept in; None if it goes further."""
        if not isinstance(method.base, Name):
            return None
        return self._values.callers.of_value(self._view.package, self._view.file, method.base.at)
