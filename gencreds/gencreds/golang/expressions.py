"""Go expressions and statements as small values: all that the analysis of calls needs, and nothing of tree-sitter.

`lowering` makes them, the patterns in `gencreds.microbus` match on them. They are named tuples rather than frozen
dataclasses where thousands are made per scan: a named tuple costs a third.
"""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a composite literal; `key` is a field's name, or empty. `computed` is a key that is of interest."""

    key: str
    value: Expr
    computed: Expr | None = None


@dataclass(frozen=True, slots=True)
class Composite:
    """`Type{elements…}`, also behind `&`; `at` is its byte offset. An inner literal may leave its type out: None."""

    type: Expr | None
    elements: tuple[Element, ...]
    at: int
    line: int


@dataclass(frozen=True, slots=True)
class Index:
    """`base[keys…]` and `<-base`; with `is_slice` `base[from:to]`, which keeps the container."""

    base: Expr
    keys: tuple[Expr, ...]
    is_slice: bool
    line: int


@dataclass(frozen=True, slots=True)
class Assert:
    """`base.(type)`, and the variable of a type switch in the case `type`."""

    base: Expr
    type: Expr
    line: int


@dataclass(frozen=True, slots=True)
class Test:
    """A comparison or an operation on plain values: looks at its parts and keeps none."""

    parts: tuple[Expr, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """The type `[]element`, an array's or a variadic parameter's; a channel's with `is_channel`."""

    element: Expr
    line: int
    is_channel: bool = False


@dataclass(frozen=True, slots=True)
class MapType:
    """The type `map[key]element`."""

    key: Expr
    element: Expr
    line: int


@dataclass(frozen=True, slots=True)
class Signature:
    """The type of a function."""

    parameters: tuple[Expr, ...]
    results: tuple[Expr, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a struct: an embedded one is named after its type."""

    name: str
    type: Expr
    is_embedded: bool


@dataclass(frozen=True, slots=True)
class Struct:
    """The type `struct{…}`; `at` is its byte offset."""

    fields: tuple[Field, ...]
    at: int
    line: int


@dataclass(frozen=True, slots=True)
class Interface:
    """The type `interface{…}`."""

    line: int


@dataclass(frozen=True, slots=True)
class Generic:
    """`base[arguments…]` where it can only be an instantiation."""

    base: Expr
    arguments: tuple[Expr, ...]
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


Type: TypeAlias = Sequence | MapType | Signature | Struct | Interface | Generic
Expr: TypeAlias = Name | Select | Call | Text | Concat | Composite | Index | Assert | Test | Type | Literal | Other


class Scope(NamedTuple):
    """A range of byte offsets in which a name is visible; `block` is where the innermost block around begins."""

    start: int
    end: int
    block: int


class Declare(NamedTuple):
    """Names that come into being without a value of interest: parameters, results, `var x T`.

    `position` is a parameter's and `result` a result's, -1 for anything else; `owner` is where the function literal
    starts that they belong to, -1 for the function itself.
    """

    names: tuple[Name, ...]
    type: Expr | None
    scope: Scope
    position: int = -1
    result: int = -1
    owner: int = -1
    is_variadic: bool = False


class Range(NamedTuple):
    """`targets = range source`; `declares` for `:=`."""

    targets: tuple[Expr, ...]
    source: Expr
    scope: Scope
    declares: bool
    line: int


class TypeSpec(NamedTuple):
    """`type name type`; `is_alias` with `=`. `parameters` are the names of type parameters; a local one has a scope."""

    name: Name
    type: Expr
    is_alias: bool
    parameters: tuple[str, ...]
    scope: Scope | None = None


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
    """`return values`, of the function itself or of the function literal that starts at `owner`."""

    values: tuple[Expr, ...]
    owner: int
    line: int


class Evaluate(NamedTuple):
    """Any other place where expressions are evaluated."""

    value: Expr


Statement: TypeAlias = Declare | Range | TypeSpec | Assign | Return | Evaluate


def parts_of(expr: Expr) -> tuple[Expr, ...]:
    """Return the expressions that `expr` is made of, in source order; a type has none."""
    if isinstance(expr, (Select, Assert)):
        return (expr.base,)
    if isinstance(expr, Call):
        return (expr.function, *expr.arguments)
    if isinstance(expr, Composite):
        return tuple(element.value for element in expr.elements)
    if isinstance(expr, Index):
        return (expr.base, *expr.keys)
    return expr.parts if isinstance(expr, (Concat, Test, Other)) else ()


def expressions_of(statement: Statement) -> tuple[Expr, ...]:
    """Return the expressions that `statement` evaluates, targets and types left out."""
    if isinstance(statement, Evaluate):
        return (statement.value,)
    if isinstance(statement, Range):
        return (statement.source,)
    return statement.values if isinstance(statement, (Assign, Return)) else ()
