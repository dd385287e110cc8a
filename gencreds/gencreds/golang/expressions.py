"""Go expressions and statements as small values: all that the analysis of calls needs, and nothing of tree-sitter.

`lowering` makes them, the patterns in `gencreds.microbus` match on them. They are named tuples rather than frozen
dataclasses because thousands are made per scan and a named tuple costs a third.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias


class Name(NamedTuple):
    """An identifier. `at` is its byte offset, by which scopes are looked up."""

    text: str
    at: int
    line: int


class Select(NamedTuple):
    """`base.name`; `line` is the line of `name`."""

    base: Expr
    name: str
    line: int


class Call(NamedTuple):
    """`function(arguments…)`; `spread` when the last one is followed by `...`. `line` is where the callee's name is.

    `start` and `end` are its byte offsets, by which `gencreds.microbus.values` finds what was not lowered.
    """

    function: Expr
    arguments: tuple[Expr, ...]
    spread: bool
    line: int
    start: int = 0
    end: int = 0


class Text(NamedTuple):
    """A string literal's value."""

    value: str
    line: int


class Concat(NamedTuple):
    """`parts[0] + parts[1] + …`"""

    parts: tuple[Expr, ...]
    line: int


class Element(NamedTuple):
    """An element of a composite literal; `key` is a field's name, or empty."""

    key: str
    value: Expr


class Composite(NamedTuple):
    """`Type{elements…}`, also behind `&`."""

    type: Expr
    elements: tuple[Element, ...]
    line: int


class Sequence(NamedTuple):
    """The type `[]element`, or a variadic parameter's."""

    element: Expr
    line: int


class Literal(NamedTuple):
    """A function literal; its statements are listed with those of the function around it, `start` to `end`."""

    start: int
    end: int
    line: int


class Other(NamedTuple):
    """Any other expression or type, with those parts that are of interest."""

    parts: tuple[Expr, ...]
    line: int


Expr: TypeAlias = Name | Select | Call | Text | Concat | Composite | Sequence | Literal | Other


class Scope(NamedTuple):
    """A range of byte offsets in which a name is visible; `block` is where the innermost block around begins."""

    start: int
    end: int
    block: int


class Declare(NamedTuple):
    """Names that come into being without a value of interest: parameters, results, `var x T`, range variables.

    `position` is a parameter's, -1 for anything else; `source` is what a range goes over.
    """

    names: tuple[Name, ...]
    type: Expr | None
    scope: Scope
    position: int = -1
    of_literal: bool = False
    source: Expr | None = None


class Assign(NamedTuple):
    """`targets = values`; `declares` for `:=`, `var` and `const`, `constant` for `const`."""

    targets: tuple[Expr, ...]
    values: tuple[Expr, ...]
    type: Expr | None
    scope: Scope
    declares: bool
    constant: bool
    line: int


class Return(NamedTuple):
    """`return values`, of the function itself or (`of_literal`) of a function literal in it."""

    values: tuple[Expr, ...]
    of_literal: bool
    line: int


class Evaluate(NamedTuple):
    """Any other place where expressions are evaluated."""

    value: Expr


Statement: TypeAlias = Declare | Assign | Return | Evaluate


def parts_of(expr: Expr) -> tuple[Expr, ...]:
    """Return the expressions that `expr` is made of, in source order."""
    if isinstance(expr, Select):
        return (expr.base,)
    if isinstance(expr, Call):
        return (expr.function, *expr.arguments)
    if isinstance(expr, Composite):
        return (expr.type, *(element.value for element in expr.elements))
    if isinstance(expr, Sequence):
        return (expr.element,)
    return expr.parts if isinstance(expr, (Concat, Other)) else ()


def expressions_of(statement: Statement) -> tuple[Expr, ...]:
    """Return the expressions that `statement` evaluates, targets and types left out."""
    if isinstance(statement, Evaluate):
        return (statement.value,)
    if isinstance(statement, Declare):
        return (statement.source,) if statement.source is not None else ()
    return statement.values
