"""What a statement does to the cells: declarations, assignments, returns. Between `solve` and `evaluate`."""

from __future__ import annotations

from gencreds.golang.expressions import (
    Assert,
    Assign,
    Call,
    Declare,
    Evaluate,
    Expr,
    Index,
    Name,
    Range,
    Return,
    Select,
    Statement,
    TypeSpec,
)
from gencreds.microbus.abstract import Container, Contents, Func, FunctionKey, Object, Parameter, Unknown, Value
from gencreds.microbus.cells import content_key, field_key, parameter_key, result_key, type_key
from gencreds.microbus.evaluate import Evaluator
from gencreds.microbus.invoke import invoke
from gencreds.microbus.shapes import Declared


class Effects:
    """Carries out the statements of one unit."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._state = evaluator.state
        self._unit = evaluator.unit
        self._flow = evaluator.flow

    def run(self, statement: Statement) -> None:
        """Carry out one statement."""
        if isinstance(statement, Evaluate):
            self._evaluator.value(statement.value)
        elif isinstance(statement, Assign):
            self._assign(statement)
        elif isinstance(statement, Return):
            self._return(statement)
        elif isinstance(statement, Declare):
            self._declare(statement)
        elif isinstance(statement, Range):
            self._range(statement)
        else:
            self._type(statement)

    def _function(self, owner: int) -> FunctionKey:
        return (self._unit.view.file.name, owner) if owner >= 0 else self._unit.key

    def _declare(self, statement: Declare) -> None:
        state, function = self._state, self._function(statement.owner)
        shape = self._evaluator.shape(statement.type) if statement.type is not None else None
        if statement.result >= 0 and shape is not None:
            state.declare(result_key(function, statement.result), shape)
        if statement.position >= 0 and shape is not None:
            if statement.owner >= 0:
                # Who passes something to a function literal is not always in the same unit.
                state.literal(self._unit, statement.owner)
            state.declare(parameter_key(function, statement.position), shape)
        for name in statement.names:
            binding = self._flow.binding(name)
            if binding is None:
                continue
            key = self._evaluator.local_key(binding)
            if statement.position >= 0:
                state.put(key, (Parameter(function, statement.position),))
            elif statement.result >= 0 and shape is not None:
                state.put(key, state.declared(shape, key))
            elif shape is not None:
                state.declare(key, shape)
            if statement.result >= 0:
                state.put(result_key(function, statement.result), state.read(key))

    def _assign(self, statement: Assign) -> None:
        count = len(statement.targets)
        values: list[Contents]
        names = (target.text for target in statement.targets if isinstance(target, Name))
        self._evaluator.typed = any(self._unit.sees(name) for name in names)
        self._ask_for(statement)
        if count > 1 and len(statement.values) == 1:
            values = self._several(statement.values[0], count)
        else:
            values = [self._evaluator.value(value) for value in statement.values]
        self._evaluator.typed = False
        if statement.type is not None:
            shape = self._evaluator.shape(statement.type)
            for target in statement.targets:
                binding = self._flow.binding(target) if isinstance(target, Name) else None
                if binding is not None:
                    self._state.declare(self._evaluator.local_key(binding), shape)
        for position, target in enumerate(statement.targets):
            self._store(target, values[position] if position < len(values) else ())

    def _ask_for(self, statement: Assign) -> None:
        """Have in sight what is put where clients, or functions that take them, are looked for."""
        for target, value in zip(statement.targets, statement.values, strict=False):
            is_sought = (isinstance(target, Name) and self._unit.sees(target.text)) or (
                isinstance(target, Select) and self._evaluator.is_wanted(target.name)
            )
            if is_sought and isinstance(value, Name) and self._flow.binding(value) is not None:
                self._state.want(self._unit, value.text)
            self._evaluator.typed = self._evaluator.typed or is_sought

    def _several(self, value: Expr, count: int) -> list[Contents]:
        if isinstance(value, Call):
            return list(invoke(self._evaluator, value, count))
        if isinstance(value, (Index, Assert)):
            return [self._evaluator.value(value), *[()] * (count - 1)]
        # The variable of a type switch, which is one value with several names in sight.
        return [self._evaluator.value(value)] * count

    def _return(self, statement: Return) -> None:
        state, function = self._state, self._function(statement.owner)
        if self._unit.function is None and statement.owner < 0:
            return
        values = [self._evaluator.value(value) for value in statement.values[1:]]
        if statement.values:
            first = statement.values[0]
            if len(statement.values) == 1 and isinstance(first, Call):
                known = state.functions.get(function)
                count = max(len(known.results), 1) if known is not None else 4
                values = list(invoke(self._evaluator, first, count))
            else:
                values.insert(0, self._evaluator.value(first))
        for index, each in enumerate(values):
            state.put(result_key(function, index), each)

    def _range(self, statement: Range) -> None:
        evaluator = self._evaluator
        source = evaluator.expanded(evaluator.value(statement.source))
        elements = evaluator.expanded(evaluator.elements(source))
        is_channel = any(isinstance(value, Container) and value.is_channel for value in source)
        yielded = [value for value in source if isinstance(value, Func)]
        for position, target in enumerate(statement.targets):
            if yielded:
                self._store(target, self._yielded(yielded, position))
            elif position == 1 or is_channel or not any(isinstance(value, Container) for value in source):
                self._store(target, elements)
            else:
                self._store(target, ())

    def _yielded(self, functions: list[Func], position: int) -> Contents:
        """Return what an iterator passes to the loop: what its own parameter, a function, is called with."""
        found: dict[Value, None] = {}
        for function in functions:
            loop = self._state.loop(function.key)
            self._state.put(parameter_key(function.key, 0), (Func(loop),))
            for value in self._state.read(parameter_key(loop, position)):
                found[value] = None
        return tuple(found)

    def _type(self, spec: TypeSpec) -> None:
        """Note a type declaration: the fields in which clients may be, and whether they show through the type."""
        state = self._state
        local = self._flow.local_types if not self._unit.is_type else {}
        shape = state.types.shape(spec.name, self._unit.view, local)
        if isinstance(shape, Declared):
            for field in shape.fields.values():
                kind = state.types.field_shape(shape, field)
                if state.types.carries(kind):
                    state.field(shape, field.name)
            if state.types.promotes(shape):
                state.field(shape, "") if not shape.fields else None
                state.cells.mark(type_key(shape))
        elif state.types.carries(shape):
            state.want_word(spec.name.text)

    def _store(self, target: Expr, values: Contents) -> None:
        evaluator, state, unit = self._evaluator, self._state, self._unit
        if isinstance(target, Name):
            if target.text == "_":
                return
            binding = self._flow.binding(target)
            is_global = binding is not None and binding.scope.block < 0
            if not is_global and not unit.sees(target.text) and not state.is_word(target.text):
                if state.any_carries(values):
                    state.want(unit, target.text)
                return
            if binding is not None and not is_global:
                state.put(evaluator.local_key(binding), values)
            else:
                if state.any_carries(values):
                    evaluator.check(target)
                key = ("variable", unit.view.package.import_path, target.text)
                state.put(key, evaluator.expanded(values))
        elif isinstance(target, Select):
            self._store_field(target, evaluator.expanded(values))
        elif isinstance(target, Index):
            self._store_element(target, evaluator.expanded(values))
        elif values:
            evaluator.lose(values, "is put where it cannot be followed", target)

    def _store_field(self, target: Select, values: Contents) -> None:
        evaluator, state = self._evaluator, self._state
        alias = evaluator.alias(target.base)
        if alias:
            package = self._unit.view.siblings.get(alias)
            if package is not None:
                state.put(("variable", package.import_path, target.name), values)
            return
        bases = evaluator.expanded(evaluator.value(target.base))
        found = False
        for base in bases:
            if isinstance(base, Object):
                for member in state.members.of(base.type, target.name):
                    if member.field and not member.is_promoted:
                        state.put(field_key(member.owner, member.field), values)
                        found = True
        if not found and state.any_carries(values):
            if isinstance(target.base, Name) and state.want(self._unit, target.base.text):
                return
            evaluator.check(target.base)
            if Unknown.FOREIGN in bases or evaluator.is_foreign(target.base):
                evaluator.lose(values, "is put into a type from outside this module", target)
            state.put(("loose", target.name), values)

    def _store_element(self, target: Index, values: Contents) -> None:
        evaluator, state = self._evaluator, self._state
        bases = evaluator.expanded(evaluator.value(target.base))
        for key in target.keys:
            values = (*values, *evaluator.expanded(evaluator.value(key)))
        found = False
        for base in bases:
            if isinstance(base, Container):
                state.put(content_key(base), values)
                found = True
            elif isinstance(base, Object):
                state.put(field_key(base.type, ""), values)
                found = True
        if not found and state.any_carries(values):
            base_name = target.base
            if isinstance(base_name, Name) and state.want(self._unit, base_name.text):
                return
            if isinstance(base_name, Select) and state.want_word(base_name.name):
                return
            self._store(target.base, values)
