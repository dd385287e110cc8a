"""Conversions, and the builtin functions that make, fill and copy containers. A part of `invoke`."""

from __future__ import annotations

from gencreds.golang.expressions import Call, Expr, Name
from gencreds.microbus.abstract import Container, Contents, Object, union
from gencreds.microbus.cells import content_key, field_key
from gencreds.microbus.clients import Client
from gencreds.microbus.evaluate import Evaluator
from gencreds.microbus.shapes import Declared, Many

BUILTINS = frozenset(
    {"append", "cap", "clear", "close", "complex", "copy", "delete", "imag", "len", "make", "max", "min", "new", "real"}
)


def converted(evaluator: Evaluator, function: Expr, arguments: list[Contents]) -> Contents:
    """Return the value of a conversion: of a type over a client or a container it is what it holds."""
    state = evaluator.state
    values = arguments[0] if arguments else ()
    shape = evaluator.shape(function)
    if isinstance(shape, Declared):
        if not shape.fields and not isinstance(state.members.owner(shape).type, type(None)):
            inner = evaluator.expanded(values)
            is_container = isinstance(state.types.underlying(shape), Many)
            state.put(field_key(shape, ""), evaluator.elements(inner) if is_container else inner)
        return (Object(shape),)
    if isinstance(shape, (Client, Many)):
        inside = (
            state.field(value.type, "") if isinstance(value, Object) and not value.type.fields else (value,)
            for value in evaluator.expanded(values)
        )
        return evaluator.narrowed(union(*inside), shape)
    return values


def builtin(evaluator: Evaluator, call: Call, function: Name) -> Contents:
    """Return what the builtin `function` gives back, and put elements where it puts them."""
    state = evaluator.state
    site = (*evaluator.unit.key, function.at)
    arguments = call.arguments
    if function.text == "new" and arguments and (made := evaluator.value(arguments[0])):
        # Of a value it is a variable that holds it.
        return made
    if function.text in ("make", "new") and arguments:
        shape = evaluator.shape(arguments[0])
        for argument in arguments[1:]:
            evaluator.value(argument)
        return state.declared(shape, site)
    values = [evaluator.value(argument) for argument in arguments]
    if function.text == "append" and values:
        return _appended(evaluator, call, values, site)
    if function.text == "copy" and len(values) == 2:
        if isinstance(arguments[0], Name) and state.any_carries(evaluator.expanded(values[1])):
            state.want(evaluator.unit, arguments[0].text)
        inner = evaluator.expanded(evaluator.elements(values[1]))
        for container in evaluator.expanded(values[0]):
            if isinstance(container, Container):
                state.put(content_key(container), inner)
            elif isinstance(container, Object):
                state.put(field_key(container.type, ""), inner)
    return ()


def _appended(evaluator: Evaluator, call: Call, values: list[Contents], site: tuple[object, ...]) -> Contents:
    state = evaluator.state
    added = evaluator.expanded(union(*values[1:]))
    if call.spread:
        added = evaluator.expanded(evaluator.elements(added))
    into = evaluator.expanded(values[0])
    found = [value for value in into if isinstance(value, (Container, Object))]
    if not found:
        made = Container(site)
        state.put(content_key(made), tuple(value for value in into if state.cells.carries(value)))
        found.append(made)
    for value in found:
        state.put(content_key(value) if isinstance(value, Container) else field_key(value.type, ""), added)
    return tuple(found)
