"""What a list of `pub` or `sub` options says: the methods and URLs that a request or subscription may end up with.

Options are folded in the order in which they apply, the last URL and method win, wherever they travel: slices,
variables, fields, parameters and results. Where the order cannot be told every possibility is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from gencreds.golang.nodes import inner, is_own_append, literal_elements, spelled
from gencreds.golang.scopes import Locals
from gencreds.golang.variables import Kind, Origin, Part, Variable, Write
from gencreds.microbus.branching import in_order
from gencreds.microbus.origins import call_arguments
from gencreds.microbus.outcomes import (
    AN_OPTION,
    NOTHING,
    UNFOLLOWED,
    Outcome,
    Outcomes,
    State,
    composed,
    either,
)
from gencreds.microbus.places import Place
from gencreds.microbus.texts import GAP
from gencreds.microbus.urls import urls_of
from gencreds.microbus.values import Home, Values

METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_PACKAGE = "github.com/microbus-io/fabric/"
_MAX_DEPTH = 32
# How many expressions one list of options may be made of, all its sources counted.
_MAX_STEPS = 2_000
# What a write to a variable of options, and a list of options, cost of the budget for following values.
_PER_WRITE = 50
_PER_STEP = 20


class Options:
    """Reads options of the package `kind`, `pub` or `sub`, in one call."""

    def __init__(self, values: Values, kind: str, home: Home | None = None) -> None:
        self._values = values
        self._origins = values.origins
        self._kind = kind
        self._home = home
        self._running: set[tuple[str, int, int]] = set()
        self._steps = 0

    def of_arguments(self, arguments: Iterable[Place]) -> Outcomes:
        """Return what the option arguments of a call may amount to, a spread one included."""
        found = NOTHING
        for argument in arguments:
            found = composed(found, self._argument(argument))
        return found

    def name_of(self, place: Place) -> str | None:
        """Return the name of the option that the expression at `place` calls, None if it calls none."""
        function = place.field("function") if place.node.type == "call_expression" else None
        operand = function.field("operand") if function is not None else None
        field = function.field("field") if function is not None else None
        if operand is None or field is None or operand.node.type != "identifier":
            return None
        alias = operand.text(operand.node)
        path = self._values.space.import_path(operand, alias)
        if path is None or self._origins.local(operand) is not None:
            return None
        is_kind = path == _PACKAGE + self._kind or (alias == self._kind and path.endswith(f"/{self._kind}"))
        return place.text(field.node) if is_kind else None

    def _argument(self, argument: Place) -> Outcomes:
        if argument.node.type == "variadic_argument" and argument.node.named_child_count:
            return self._list(argument.at(inner(argument.node)))
        return self._one(argument)

    def _one(self, place: Place) -> Outcomes:
        """Return what one option does."""
        name = self.name_of(place) if place.part == Part.WHOLE else None
        if name is not None:
            return self._option(place, name)
        if place.node.type == "nil":
            return NOTHING
        return self._guarded(place, lambda: self._from(place))

    def _from(self, place: Place) -> Outcomes:
        sources = self._origins.of(place)
        if sources is None or not sources.is_complete or not sources.places:
            return UNFOLLOWED
        return either(*(self._one(each) for each in sources.places))

    def _option(self, place: Place, name: str) -> Outcomes:
        arguments = call_arguments(place)
        if name == "At" and self._kind == "sub":
            return self._at(arguments)
        if name not in METHODS and name not in ("Method", "URL"):
            # Options made of options; any other option says nothing of where a request goes.
            inner = [each for each in arguments if each.node.type == "variadic_argument" or self.name_of(each)]
            return composed(AN_OPTION, self.of_arguments(inner))
        texts = self._values.texts(arguments[0], self._home) if len(arguments) == 1 else None
        patterns = texts.patterns if texts is not None else (GAP,)
        if name == "Method":
            known = texts.known if texts is not None else None
            methods: Iterable[str | State] = [each.upper() for each in known] if known else [State.DYNAMIC]
            return tuple(dict.fromkeys(Outcome(each, State.UNSET, True) for each in methods))
        method = name if name in METHODS else State.UNSET
        return tuple(Outcome(method, each, True) for each in urls_of(patterns))

    def _at(self, arguments: list[Place]) -> Outcomes:
        if len(arguments) != 2:
            return UNFOLLOWED
        methods, routes = (self._values.texts(each, self._home).known for each in arguments)
        if methods is None or routes is None:
            return UNFOLLOWED
        return either(tuple(Outcome(method, (route,), True) for method in methods for route in routes))

    def _list(self, place: Place) -> Outcomes:
        """Return what a slice of options does."""
        node = place.node
        if place.part == Part.WHOLE:
            if node.type == "nil":
                return NOTHING
            if node.type == "parenthesized_expression" and node.named_child_count:
                return self._list(place.at(inner(node)))
            if node.type == "composite_literal":
                body = node.child_by_field_name("body")
                elements = literal_elements(body) if body is not None else []
                return self.of_arguments(place.at(value) for _, value in elements)
            if node.type == "slice_expression":
                return self._slice(place)
            if node.type == "call_expression":
                built_in = self._built_in(place)
                if built_in is not None:
                    return built_in
        return self._guarded(place, lambda: self._list_from(place))

    def _built_in(self, place: Place) -> Outcomes | None:
        function, arguments = place.field("function"), call_arguments(place)
        name = spelled(place.file, function.node) if function is not None else ""
        if name == "append" and arguments:
            return composed(self._list(arguments[0]), self.of_arguments(arguments[1:]))
        if name == "slices.Concat":
            found = NOTHING
            for each in arguments:
                found = composed(found, self._list(each))
            return found
        if name == "slices.Clone" and len(arguments) == 1:
            return self._list(arguments[0])
        return NOTHING if name == "make" else None

    def _slice(self, place: Place) -> Outcomes:
        """A slice of the whole (`o[:]`, `o[:len(o)]`) is the whole; another may leave the last URL out."""
        operand, start, end = place.field("operand"), place.field("start"), place.field("end")
        if operand is None or start is not None:
            return UNFOLLOWED
        whole = end is None or spelled(place.file, end.node) == f"len({spelled(place.file, operand.node)})"
        return self._list(operand) if whole else UNFOLLOWED

    def _list_from(self, place: Place) -> Outcomes:
        local = self._origins.local(place) if place.part == Part.WHOLE else None
        if local is not None:
            return self._variable(place, *local)
        sources = self._origins.of(place)
        if sources is None or not sources.is_complete or not sources.places:
            return UNFOLLOWED
        grown = [each for each in sources.places if _is_grown(each)]
        bases = [self._list(each) for each in sources.places if each not in grown]
        found = either(*bases) if bases else NOTHING
        for each in grown:
            found = either(found, composed(found, self.of_arguments(call_arguments(each)[1:])))
        stored = self._origins.stored_elements(place)
        if stored is None:
            return UNFOLLOWED
        return either(found, *(composed(found, self._one(each)) for each in stored))

    def _variable(self, place: Place, scopes: Locals, variable: Variable) -> Outcomes:
        """Fold all that a variable is given: the values that it may start with, then what is added to them."""
        at = place.node.start_byte
        writes, is_fresh = scopes.writes_at(variable, at)
        if not self._values.space.may_spend(_PER_WRITE * len(writes)):
            return UNFOLLOWED
        if any(write.node is None or write.kind in (Kind.LOST, Kind.ADD) for write in writes):
            return UNFOLLOWED
        bases: list[Outcomes] = [NOTHING] if is_fresh and variable.starts_at_zero else []
        if is_fresh and variable.origin is Origin.PARAMETER:
            bases.append(self._passed(place, variable))

        def applied(found: Outcomes, write: Write) -> Outcomes:
            return self._written(place, found, write)

        if not any(scopes.repeats(variable, write) for write in writes):
            return in_order(scopes.forks, writes, at, either(*bases) if bases else NOTHING, applied)
        bases.extend(applied(NOTHING, write) for write in writes if write.kind is Kind.SET)
        found = either(*bases) if bases else NOTHING
        for write in writes:
            if write.kind is not Kind.SET:
                after = applied(found, write)
                if scopes.repeats(variable, write):
                    after = either(after, composed(after, found))
                found = after if scopes.is_certain(write, at) else either(found, after)
        return found

    def _written(self, place: Place, found: Outcomes, write: Write) -> Outcomes:
        """Return what a variable that is `found` amounts to after `write`."""
        if write.node is None:
            return UNFOLLOWED
        node = place.at(write.node, write.part)
        if write.kind is Kind.SET:
            return self._list(node)
        if write.kind is Kind.APPEND:
            return composed(found, self.of_arguments(call_arguments(node)[1:]))
        # Nobody can tell where in the slice an element goes.
        element = self._one(node)
        return either(composed(found, element), composed(element, found))

    def _passed(self, place: Place, variable: Variable) -> Outcomes:
        """Return what callers pass for a parameter; the options of one call stay together."""
        if variable.function is None:
            return UNFOLLOWED
        groups = self._values.callers.passed(place, variable)
        if not groups:
            return UNFOLLOWED
        found: list[Outcomes] = []
        for group in groups:
            if variable.is_variadic:
                outcomes = NOTHING
                for argument, spread in group:
                    outcomes = composed(outcomes, self._list(argument) if spread else self._one(argument))
                found.append(outcomes)
            else:
                found.extend(self._list(argument) for argument, _ in group)
        return either(*found)

    def _guarded(self, place: Place, read: Callable[[], Outcomes]) -> Outcomes:
        self._steps += 1
        is_deep = len(self._running) > _MAX_DEPTH or self._steps > _MAX_STEPS
        if place.key in self._running or is_deep or not self._values.space.may_spend(_PER_STEP):
            return UNFOLLOWED
        self._running.add(place.key)
        found = read()
        self._running.discard(place.key)
        return found


def _is_grown(place: Place) -> bool:
    """Whether the value at `place` is `append(x, …)` that is assigned to `x`."""
    arguments = call_arguments(place) if place.node.type == "call_expression" else []
    return bool(arguments) and is_own_append(place.file, arguments[0].node)
