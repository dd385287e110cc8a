"""What a call does: which functions it may reach, what it passes to them, and what they give back.

A part of `evaluate`. A function that only hands a parameter on gives each of its callers its own value back.
"""

from __future__ import annotations

from gencreds.golang.expressions import Call, Expr, Generic, Index, Name, Select
from gencreds.microbus.abstract import (
    Contents,
    Func,
    Maker,
    Object,
    Parameter,
    Unknown,
    union,
    with_host,
    with_options,
)
from gencreds.microbus.cells import needed_key, parameter_key
from gencreds.microbus.clients import CHAIN, FOR_HOST, Client
from gencreds.microbus.conversions import BUILTINS, builtin, converted
from gencreds.microbus.evaluate import Evaluator
from gencreds.microbus.known import position_of
from gencreds.microbus.seeding import is_assumed
from gencreds.microbus.state import results_of

_PASSED = "is passed to code that cannot be followed"
# More results than this are not told apart.
_MAX_RESULTS = 8


def invoke(evaluator: Evaluator, call: Call, count: int = 1) -> tuple[Contents, ...]:
    """Return what the first `count` results of `call` may be."""
    return _Invocation(evaluator, call, count).results()


def first_result(evaluator: Evaluator, call: Call) -> Contents:
    """Return what the result of `call` may be."""
    return invoke(evaluator, call)[0]


class _Invocation:
    def __init__(self, evaluator: Evaluator, call: Call, count: int) -> None:
        self._evaluator = evaluator
        self._state = evaluator.state
        self._call = call
        self._count = count
        self._nothing: tuple[Contents, ...] = ((),) * count

    def results(self) -> tuple[Contents, ...]:
        evaluator, call = self._evaluator, self._call
        function = call.function
        while isinstance(function, Generic):
            function = function.base
        if evaluator.watch is not None and evaluator.watch.call(call):
            if isinstance(function, Select) and not evaluator.alias(function.base):
                evaluator.value(function.base)
            self._lose(self._arguments())
            return self._nothing
        if isinstance(function, Name) and function.text in BUILTINS and evaluator.flow.binding(function) is None:
            return self._one(builtin(evaluator, call, function))
        arguments = self._arguments()
        if isinstance(function, Select):
            return self._selected(function, arguments)
        if any(arguments) and evaluator.is_type(function):
            return self._one(converted(evaluator, function, arguments))
        callee = evaluator.callee(function) if isinstance(function, Name) else evaluator.value(function)
        return self._reached(callee, function, arguments)

    def _one(self, values: Contents) -> tuple[Contents, ...]:
        return (values, *self._nothing[1:])

    def _arguments(self) -> list[Contents]:
        evaluator, arguments = self._evaluator, self._call.arguments
        if len(arguments) == 1 and isinstance(arguments[0], Call):
            several = invoke(evaluator, arguments[0], _MAX_RESULTS)
            last = max((position for position, values in enumerate(several) if values), default=0)
            return list(several[: last + 1])
        return [evaluator.value(argument) for argument in arguments]

    def _selected(self, function: Select, arguments: list[Contents]) -> tuple[Contents, ...]:
        evaluator = self._evaluator
        alias = evaluator.alias(function.base)
        if alias:
            if any(arguments) and evaluator.is_type(function):
                return self._one(converted(evaluator, function, arguments))
            return self._reached(evaluator.value(function), function, arguments)
        if isinstance(function.base, (Name, Select)) and self._is_type(function.base):
            return self._method_expression(function, arguments)
        carries = any(self._state.any_carries(evaluator.expanded(each)) for each in arguments)
        if not carries and evaluator.is_plain(function):
            return self._nothing
        typed = evaluator.typed or carries or evaluator.is_wanted(function.name)
        raw = evaluator.base(function.base, typed=typed)
        if not raw:
            if evaluator.comes_to_sight(function.base, function.name):
                return self._nothing
            if function.name in CHAIN:
                evaluator.check(function.base)
            methods = evaluator.selected((), function, is_called=True) or evaluator.declared_as(function, self._call)
            return self._reached(methods, function, arguments)
        if function.name in CHAIN and all(isinstance(value, (Client, Parameter)) for value in raw):
            return self._one(self._chained(raw, function, arguments))
        bases = evaluator.expanded(raw)
        clients = tuple(value for value in bases if isinstance(value, Client))
        others = tuple(value for value in bases if not isinstance(value, Client))
        kept = self._promoted(others, function)
        found: Contents = ()
        if clients or kept:
            if function.name in CHAIN:
                found = self._chained(clients + kept, function, arguments)
            else:
                evaluator.use_member(clients + kept, function)
                self._lose(arguments)
            if not others or kept:
                return self._one(found)
        methods = evaluator.selected(others, function, is_called=True) or evaluator.declared_as(function, self._call)
        reached = self._reached(methods, function, arguments, others)
        return (union(found, reached[0]), *reached[1:])

    def _promoted(self, values: Contents, function: Select) -> tuple[Client, ...]:
        """Return the clients through which `function` is promoted to objects."""
        found: list[Contents] = []
        for value in values:
            if isinstance(value, Object):
                for member in self._state.members.of(value.type, function.name):
                    if member.is_promoted:
                        found.append(self._evaluator.expanded(self._state.field(member.owner, member.field)))
        return tuple(value for value in union(*found) if isinstance(value, Client))

    def _is_type(self, base: Expr) -> bool:
        if isinstance(base, Name) and base.text in self._evaluator.unit.view.imported:
            return False
        return self._evaluator.is_type(base)

    def _chained(self, values: Contents, function: Select, arguments: list[Contents]) -> Contents:
        evaluator = self._evaluator
        self._lose(arguments)
        if function.name == FOR_HOST:
            return union(*(with_host(values, host) for host in evaluator.flow.hosts(self._call)))
        if evaluator.watch is not None:
            clients = evaluator.expanded(values)
            evaluator.watch.options(self._call, tuple(each for each in clients if isinstance(each, Client)))
        return with_options(values, evaluator.flow.reading.options(self._call))

    def _method_expression(self, function: Select, arguments: list[Contents]) -> tuple[Contents, ...]:
        evaluator = self._evaluator
        shape = evaluator.shape(function.base)
        if isinstance(shape, Client) and arguments:
            clients = evaluator.narrowed(evaluator.expanded(arguments[0]), shape)
            evaluator.use_member(tuple(each for each in clients if isinstance(each, Client)), function)
            self._lose([(), *arguments[1:]])
            return self._nothing
        return self._reached(evaluator.value(function), function, arguments)

    def _reached(
        self, values: Contents, function: Expr, arguments: list[Contents], bases: Contents = ()
    ) -> tuple[Contents, ...]:
        """Pass the arguments to the functions among `values`, and return what they return."""
        evaluator, state = self._evaluator, self._state
        known = evaluator.expanded(values)
        made = tuple(value.client for value in known if isinstance(value, Maker))
        called = [value for value in known if isinstance(value, Func)]
        carried = [state.any_carries(evaluator.expanded(each)) for each in arguments]
        known_types = any(isinstance(value, Object) for value in bases)
        if any(carried) and not made:
            if not called and self._asks_for(function):
                return self._nothing
            is_foreign = Unknown.FOREIGN in bases
            if Unknown.OPEN in bases or (not called and not known_types and not is_foreign):
                called.extend(each for each in self._of_that_name(function) if each not in called)
            for value in values:
                if isinstance(value, Parameter):
                    # A function that is given one: whoever gives it gets what is passed here.
                    state.cells.mark(("results", value.function))
                    state.cells.mark(needed_key(value.function, value.index))
        if any(carried) and not made and all(map(is_assumed, called)):
            is_init = any(isinstance(value, Parameter) and self._is_init(value) for value in values)
            self._lose([_without_service(each) for each in arguments] if is_init else arguments)
        if made:
            for argument in self._call.arguments:
                evaluator.check(argument)
        results = [made, *self._nothing[1:]]
        for each in called:
            self._pass(each, arguments)
            for index in range(self._count):
                results[index] = union(results[index], self._returned(each, index, arguments))
        return tuple(results)

    def _is_init(self, parameter: Parameter) -> bool:
        """Return whether `parameter` is what `Init` is given: closures in main, which `closures` takes in."""
        unit = self._evaluator.unit
        function = unit.function
        is_init = function is not None and (function.receiver_type, function.name) == ("Service", "Init")
        return is_init and parameter.function == unit.key

    def _asks_for(self, function: Expr) -> bool:
        """Have what `function` is assigned brought into sight; returns whether that was still to do."""
        evaluator, state = self._evaluator, self._state
        if isinstance(function, Index):
            function = function.base
        if isinstance(function, Name):
            if evaluator.flow.binding(function) is None and evaluator.functions_named(function.text):
                return False
            wanted = state.want(evaluator.unit, function.text)
            return wanted or state.want_word(function.text if evaluator.flow.binding(function) is None else "")
        if isinstance(function, Select):
            if isinstance(function.base, Name) and not evaluator.alias(function.base):
                if function.base.text in evaluator.unit.view.imported:
                    return False
                receiver = evaluator.unit.function.receiver if evaluator.unit.function is not None else ""
                if function.base.text != receiver and state.want(evaluator.unit, function.base.text):
                    return True
            return self._is_field(function.name) and state.want_word(function.name)
        return False

    def _is_field(self, name: str) -> bool:
        return not any(package.functions(name) for package in self._state.types.near.values())

    def _of_that_name(self, function: Expr) -> list[Func]:
        """Return every method called so: any of them may stand behind an interface."""
        if not isinstance(function, Select) or (
            isinstance(function.base, Name) and function.base.text in self._evaluator.unit.view.imported
        ):
            return []
        return [
            self._state.function(package, each)
            for package in self._state.types.near.values()
            for each in package.functions(function.name)
            if each.receiver_type
        ]

    def _pass(self, function: Func, arguments: list[Contents]) -> None:
        known = self._state.functions[function.key]
        for position, values in enumerate(arguments):
            index = position_of(known, position - function.shift)
            if position >= function.shift and self._state.is_marked(needed_key(function.key, index)):
                values = self._asked_for(position) or values
            if values and position >= function.shift:
                self._state.put(parameter_key(function.key, index), self._evaluator.expanded(values))

    def _asked_for(self, position: int) -> Contents:
        """Return the argument at `position`, a function that the callee calls: its type matters."""
        if position >= len(self._call.arguments):
            return ()
        argument = self._call.arguments[position]
        if isinstance(argument, Name) and self._evaluator.flow.binding(argument) is not None:
            self._state.want(self._evaluator.unit, argument.text)
        values = self._evaluator.base(argument, typed=True)
        for value in values:
            if isinstance(value, Parameter):
                self._state.cells.mark(needed_key(value.function, value.index))
        return values

    def _returned(self, function: Func, index: int, arguments: list[Contents]) -> Contents:
        """Return a result with this call's arguments in place of the function's parameters."""
        known = self._state.functions[function.key]
        found: list[Contents] = []
        for value in results_of(self._state, function.key, index):
            if not isinstance(value, Parameter):
                found.append((value,))
            elif value.function != function.key:
                found.append((value,) if self._is_own(value) else self._state.passed(value))
            else:
                for position, values in enumerate(arguments):
                    if position >= function.shift and position_of(known, position - function.shift) == value.index:
                        # What our own callers pass stays theirs, unless it is taken apart here.
                        passed = self._evaluator.expanded(values) if value.elements else values
                        found.append(self._state.adapted(value, passed))
        return union(*found)

    def _is_own(self, parameter: Parameter) -> bool:
        file, start = parameter.function
        unit = self._evaluator.unit
        return file == unit.view.file.name and unit.node.start_byte <= start < unit.node.end_byte

    def _lose(self, arguments: list[Contents]) -> None:
        for position, values in enumerate(arguments):
            if values:
                argument = self._call.arguments[min(position, len(self._call.arguments) - 1)]
                self._evaluator.lose(values, _PASSED, argument)


def _without_service(values: Contents) -> Contents:
    return tuple(value for value in values if not (isinstance(value, Object) and value.type.name == "Service"))
