"""Which strings an expression may stand for, over all packages of one microservice. `flow` and the patterns ask here.

Evaluates what Go would compute from constants alone, and follows everything else with `origins`. Demand-driven: only
expressions that decide a host, a method, a route or a URL are ever looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from gencreds.golang.literals import string_value
from gencreds.golang.nodes import literal_elements
from gencreds.golang.packages import Package
from gencreds.golang.scopes import Locals
from gencreds.golang.syntax import GoFile, line_of
from gencreds.golang.variables import Kind, Origin, Part, Variable
from gencreds.microbus.api import Apis, Definition
from gencreds.microbus.askers import Askers
from gencreds.microbus.callers import Callers
from gencreds.microbus.library import HTTPX, library_call, library_constant
from gencreds.microbus.model import Location
from gencreds.microbus.origins import Origins, Sources, call_arguments
from gencreds.microbus.places import Place, Space
from gencreds.microbus.texts import CUT, DYNAMIC, NOTHING, Texts, constant, joined, united
from gencreds.microbus.types import Types

# How deep one evaluation may go, and how many expressions it may look at.
_MAX_DEPTH = 48
_MAX_STEPS = 4_000
# What one more value costs of the budget for following values.
_PER_VALUE = 10


class Home(NamedTuple):
    """Inside a helper of an API package's client: the receiver's name and the hosts that it may talk to."""

    receiver: str
    hosts: tuple[str, ...]


class Values:
    """The strings of one microservice. `handlers` are the names of methods that requests from outside run."""

    def __init__(self, apis: Apis) -> None:
        self._apis = apis
        self._handlers: frozenset[str] = frozenset()
        self.space = Space(apis.packages)
        self.types = types = Types(self.space)
        self.askers = Askers(self.space, types)
        self.callers = Callers(self.space, types, lambda name: name in self._handlers)
        self.origins = Origins(self.space, self.callers)
        # Where more values are possible than are told apart.
        self.cut: set[Location] = set()
        self._known: dict[tuple[str, int, int], Texts] = {}
        self._running: dict[tuple[str, int, int], int] = {}
        self._changes = 0
        self._is_provisional = False
        self._steps = 0
        self._home: Home | None = None

    def within(self, packages: Iterable[Package], handlers: Iterable[str]) -> None:
        """Follow values through `packages`; methods named in `handlers` have unknown parameters."""
        self.space.add(packages)
        self._handlers = self._handlers | frozenset(handlers)

    def place(self, package: Package, file: GoFile, start: int, end: int) -> Place | None:
        """Return the call that stands between the byte offsets `start` and `end` of `file`."""
        node = file.root.named_descendant_for_byte_range(start, end)
        while node is not None and node.type != "call_expression" and node.start_byte == start:
            node = node.parent
        return Place(package, file, node) if node is not None and node.type == "call_expression" else None

    def texts(self, place: Place, home: Home | None = None) -> Texts:
        """Return what the string at `place` may be."""
        self._home, self._steps, self._is_provisional = home, 0, False
        self._running.clear()
        found = self._at(place)
        self._home = None
        # Each value is a grant of its own at each place that asks for it.
        if found.is_cut or not self.space.may_spend(_PER_VALUE * (len(found.patterns) - 1)):
            found = CUT
            self.cut.add(Location(place.file.name, line_of(place.node)))
        return found if found.patterns else DYNAMIC

    def _at(self, place: Place) -> Texts:
        key = place.key
        known = self._known.get(key)
        if known is not None:
            return known
        if key in self._running:
            # A copy of itself adds nothing; anything made of itself could be anything.
            self._is_provisional = True
            return NOTHING if self._running[key] == self._changes else DYNAMIC
        self._steps += 1
        if len(self._running) > _MAX_DEPTH or self._steps > _MAX_STEPS or not self.space.may_spend(1):
            return DYNAMIC
        self._running[key] = self._changes
        found = self._evaluated(place)
        del self._running[key]
        if not self._is_provisional:
            self._known[key] = found
        return found

    def _evaluated(self, place: Place) -> Texts:
        node = place.node
        if place.part == Part.WHOLE:
            if node.type in ("interpreted_string_literal", "raw_string_literal"):
                return constant(string_value(place.text(node)))
            if node.type == "int_literal":
                text = place.text(node)
                return constant(text) if text == "0" or (text.isdigit() and text[0] != "0") else DYNAMIC
            if node.type == "binary_expression":
                return self._sum(place)
            if node.type == "identifier":
                variable = self.origins.local(place)
                if variable is not None and any(write.kind is Kind.ADD for write in variable[1].writes):
                    return self._grown(place, *variable)
                if variable is None and self.space.constants(place.package, place.text(node)):
                    return self._constant(place.package, place.text(node))
            if node.type == "selector_expression":
                stated = self._stated(place)
                if stated is not None:
                    return stated
            if node.type == "type_conversion_expression":
                operand = place.field("operand")
                return self._at(operand) if operand is not None else DYNAMIC
        if node.type == "call_expression" and place.part in (Part.WHOLE, 0):
            called = self._call(place)
            if called is not None:
                return called
        sources = self.origins.of(place)
        return self._of(sources) if sources is not None else DYNAMIC

    def _of(self, sources: Sources) -> Texts:
        if not sources.is_complete:
            return DYNAMIC
        found = united(*(self._at(each) for each in sources.places))
        return Texts(found.patterns, found.may_be_zero or sources.may_be_zero, found.is_cut)

    def _changed(self, *places: Place) -> list[Texts]:
        """Evaluate `places` as parts of something new."""
        self._changes += 1
        found = [self._at(each) for each in places]
        self._changes -= 1
        return [each if each.patterns else DYNAMIC for each in found]

    def _sum(self, place: Place) -> Texts:
        parts: list[Place] = []
        left: Place | None = place
        while left is not None and left.node.type == "binary_expression":
            operator, right = left.node.child_by_field_name("operator"), left.field("right")
            if operator is None or operator.type != "+" or right is None:
                return DYNAMIC
            parts.append(right)
            left = left.field("left")
        return joined(*self._changed(*([left] if left is not None else []), *reversed(parts)))

    def _grown(self, place: Place, scopes: Locals, variable: Variable) -> Texts:
        """Return what a variable is to which `+=` adds: its other values, and those with what may be added."""
        at = place.node.start_byte
        writes, _ = scopes.writes_at(variable, at)
        if variable.origin is not Origin.LOCAL or any(
            write.kind not in (Kind.SET, Kind.ADD) or write.node is None for write in writes
        ):
            return DYNAMIC
        sets = [
            place.at(write.node, write.part) for write in writes if write.kind is Kind.SET and write.node is not None
        ]
        found = united(*self._changed(*sets)) if sets else constant("")
        for write in writes:
            if write.kind is Kind.ADD and write.node is not None:
                more = joined(found, self._changed(place.at(write.node))[0])
                if scopes.repeats(variable, write):
                    more = joined(found, DYNAMIC)
                found = more if scopes.is_certain(write, at) else united(found, more)
        return found

    def _constant(self, package: Package, name: str) -> Texts:
        """Return the values of a constant: several where files for different builds declare it."""
        found: list[Texts] = []
        for spec, position in self.space.constants(package, name):
            value = spec.field("value")
            values = [each for each in value.node.named_children if each.type != "comment"] if value is not None else []
            if value is None or position >= len(values):
                return DYNAMIC
            found.append(self._at(spec.at(values[position])))
        return united(*found) if found else DYNAMIC

    def _stated(self, place: Place) -> Texts | None:
        """Return the value of a constant of another package, or of a definition's field; None for anything else."""
        operand, field = place.field("operand"), place.field("field")
        if operand is None or field is None:
            return None
        name = place.text(field.node)
        if self._home is not None and name == "host" and operand.node.type == "identifier":
            variable = self.origins.local(operand)
            if variable is not None and variable[1].origin is Origin.RECEIVER:
                self._is_provisional = True
                return united(*(constant(host) for host in self._home.hosts))
        package = self.origins.types.package_of(operand)
        if package is not None:
            api = self._apis.find(package.import_path) if name == "Hostname" else None
            if api is not None and api.hostname is not None:
                return constant(api.hostname)
            if self.space.constants(package, name):
                return self._constant(package, name)
        definition = self._definition(operand)
        if definition is not None and name in ("Method", "Route"):
            text = definition[1].method if name == "Method" else definition[1].route
            return constant(text) if not definition[1].unreadable else DYNAMIC
        if operand.node.type == "identifier" and self.origins.local(operand) is None:
            path = self.space.import_path(operand, operand.text(operand.node))
            return library_constant(path, name) if path is not None else None
        return None

    def _definition(self, place: Place) -> tuple[str | None, Definition] | None:
        """Return the API package's hostname and the definition that the expression at `place` names."""
        name, package = place.text(place.node), place.package
        operand, field = place.field("operand"), place.field("field")
        if place.node.type == "selector_expression" and operand is not None and field is not None:
            found = self.origins.types.package_of(operand)
            if found is None:
                return None
            name, package = place.text(field.node), found
        elif place.node.type != "identifier" or self.origins.local(place) is not None:
            return None
        api = self._apis.find(package.import_path)
        definition = api.definitions.get(name) if api is not None else None
        return (api.hostname, definition) if api is not None and definition is not None else None

    def _call(self, place: Place) -> Texts | None:
        """Return what a call of a library's function or a conversion makes, None for other calls."""
        function = place.field("function")
        arguments = call_arguments(place)
        if function is None or (arguments and arguments[-1].node.type == "variadic_argument"):
            return None
        name = place.text(function.node)
        if function.node.type == "identifier" and self.origins.local(function) is None and len(arguments) == 1:
            is_conversion = name == "string" or self.space.types(place.package, name)
            return self._at(arguments[0]) if is_conversion else None
        operand, field = function.field("operand"), function.field("field")
        if function.node.type != "selector_expression" or operand is None or field is None:
            return None
        name = place.text(field.node)
        if name == "URL" and not arguments:
            definition = self._definition(operand)
            if definition is not None and definition[0] is not None and not definition[1].unreadable:
                parts = [constant(definition[0]), constant(definition[1].route)]
                return library_call(HTTPX, "JoinHostAndPath", parts)
        if operand.node.type != "identifier" or self.origins.local(operand) is not None:
            return None
        path = self.space.import_path(operand, operand.text(operand.node))
        if path is None:
            return None
        if (path, name) == ("strings", "Join") and len(arguments) == 2:
            return self._joined(*arguments)
        package = self.origins.types.package_of(operand)
        if package is not None and len(arguments) == 1 and self.space.types(package, name):
            return self._at(arguments[0])
        return library_call(path, name, self._changed(*arguments)) if arguments else None

    def _joined(self, elements: Place, separator: Place) -> Texts:
        body = elements.node.child_by_field_name("body")
        if elements.node.type != "composite_literal" or body is None:
            return DYNAMIC
        between = self._changed(separator)[0]
        parts: list[Texts] = []
        for key, value in literal_elements(body):
            if key is not None:
                return DYNAMIC
            parts.extend([between, *self._changed(elements.at(value))] if parts else self._changed(elements.at(value)))
        return joined(*parts)
