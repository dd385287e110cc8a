"""Composite literals: what they make, and where their elements rest. A part of `evaluate`."""

from __future__ import annotations

from gencreds.golang.expressions import Composite
from gencreds.microbus.abstract import Container, Contents, Object, Unknown
from gencreds.microbus.cells import content_key, field_key
from gencreds.microbus.clients import Client
from gencreds.microbus.evaluate import Evaluator
from gencreds.microbus.shapes import Declared, Many, Opaque, Shape


def composite(evaluator: Evaluator, expr: Composite, expected: Shape | None) -> Contents:
    """Return the value of a composite literal, and put its elements where they belong."""
    shape = evaluator.shape(expr.type) if expr.type is not None else expected
    if isinstance(shape, Client):
        if evaluator.watch is not None:
            evaluator.watch.lost((shape,), "is made without its constructor", expr)
        _elements_lost(evaluator, expr)
        return ()
    if isinstance(shape, Many):
        made = Container((*evaluator.unit.key, expr.at), shape.is_channel)
        _fill(evaluator, expr, content_key(made), shape.element)
        return (made,)
    if not isinstance(shape, Declared):
        _elements_lost(evaluator, expr)
        return (Unknown.FOREIGN,) if shape is Opaque.FOREIGN else ()
    if not shape.fields:
        underlying = evaluator.state.types.underlying(shape)
        owner = evaluator.state.members.owner(shape)
        if isinstance(underlying, Many):
            _fill(evaluator, expr, field_key(shape, ""), underlying.element)
            return (Object(shape),)
        _fields(evaluator, expr, owner)
        return (Object(shape),)
    _fields(evaluator, expr, shape)
    return (Object(shape),)


def _fields(evaluator: Evaluator, expr: Composite, owner: Declared) -> None:
    names = list(owner.fields)
    for position, element in enumerate(expr.elements):
        name = element.key or (names[position] if position < len(names) else "")
        field = owner.fields.get(name)
        kind = evaluator.state.types.field_shape(owner, field) if field is not None else None
        values = evaluator.value(element.value, kind)
        if field is not None:
            evaluator.state.put(field_key(owner, name), evaluator.expanded(values))
        else:
            evaluator.lose(values, "is put into a type that cannot be followed", element.value)


def _fill(evaluator: Evaluator, expr: Composite, key: tuple[object, ...], element: Shape) -> None:
    for each in expr.elements:
        evaluator.state.put(key, evaluator.expanded(evaluator.value(each.value, element)))
        if each.computed is not None:
            evaluator.state.put(key, evaluator.expanded(evaluator.value(each.computed)))


def _elements_lost(evaluator: Evaluator, expr: Composite) -> None:
    for each in expr.elements:
        evaluator.lose(evaluator.value(each.value), "is put into a type from outside this module", each.value)
