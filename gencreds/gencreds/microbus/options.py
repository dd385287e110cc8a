"""What a list of `pub` options says: the methods and URLs that a raw request may end up with.

A list is folded in source order. Where the order cannot be told (branches, loops, a variable assigned twice) every
possibility is kept, so a request gets all the grants it may need. Used by `requests` alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from gencreds.golang.expressions import Assign, Call, Composite, Expr, Name, Select, Sequence
from gencreds.microbus.flow import Binding, Flow
from gencreds.microbus.site import Site

METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
# More combinations than this are not kept apart.
_MAX_OUTCOMES = 64
_MAX_STEPS = 12


class State(Enum):
    """What is known of a part that has no literal value."""

    UNSET = "unset"
    DYNAMIC = "dynamic"
    UNFOLLOWED = "unfollowed"


@dataclass(frozen=True)
class Outcome:
    """One possible request. Each part is its literal text or a `State`; `is_pub` once any `pub` option was seen."""

    method: str | State = State.UNSET
    url: str | State = State.UNSET
    is_pub: bool = False


Outcomes = tuple[Outcome, ...]
NOTHING: Outcomes = (Outcome(),)


def outcomes(site: Site, arguments: tuple[Expr, ...]) -> Outcomes:
    """Return what the option arguments of a request, its context left out, may amount to."""
    found = NOTHING
    for argument in arguments:
        found = _apply(site, argument, found, _MAX_STEPS)
    return found


def option_name(flow: Flow, expr: Expr) -> str | None:
    """Return the name of the `pub` option that `expr` calls, or None."""
    if isinstance(expr, Call) and isinstance(expr.function, Select) and isinstance(expr.function.base, Name):
        base = expr.function.base
        if base.text in flow.view.pub and flow.binding(base) is None:
            return expr.function.name
    return None


def _apply(site: Site, expr: Expr, before: Outcomes, steps: int) -> Outcomes:
    if steps == 0:
        return _unfollowed(before)
    name = option_name(site.flow, expr)
    if name is not None and isinstance(expr, Call) and expr.spread:
        # An option made of options that are passed on.
        for argument in expr.arguments:
            before = _apply(site, argument, before, steps - 1)
        return tuple(replace(outcome, is_pub=True) for outcome in before)
    if name is not None and isinstance(expr, Call):
        return tuple(dict.fromkeys(each for outcome in before for each in _set(site, name, expr, outcome)))
    if isinstance(expr, Call) and isinstance(expr.function, Name) and expr.function.text == "append":
        for argument in expr.arguments:
            before = _apply(site, argument, before, steps - 1)
        return before
    if isinstance(expr, Composite) and isinstance(expr.type, Sequence):
        for element in expr.elements:
            before = _apply(site, element.value, before, steps - 1)
        return before
    if isinstance(expr, Name):
        if expr.text == "nil":
            return before
        binding = site.flow.binding(expr)
        if binding is not None and binding.index < 0 and binding.source is None:
            return _variable(site, expr, binding, before, steps)
    return _unfollowed(before)


def _variable(site: Site, name: Name, binding: Binding, before: Outcomes, steps: int) -> Outcomes:
    """Fold in all that is assigned to a variable: first what it starts with, then each `append` to itself."""
    bases: Outcomes = ()
    after: Outcomes = before
    seen = False
    for value, index, assign in binding.values:
        if index >= 0:
            return _unfollowed(before)
        added = _self_append(value, name.text)
        if added is None:
            bases = _joined(bases, _apply(site, value, before, steps - 1))
            after, seen = (bases, True) if not seen else (_joined(after, bases), True)
            continue
        more = after
        for argument in added:
            more = _apply(site, argument, more, steps - 1)
        after = more if _is_certain(assign, binding) else _joined(after, more)
    if len(after) > _MAX_OUTCOMES:
        return _unfollowed(before)
    return after


def _self_append(value: Expr, name: str) -> tuple[Expr, ...] | None:
    if isinstance(value, Call) and isinstance(value.function, Name) and value.function.text == "append":
        first = value.arguments[0] if value.arguments else None
        if isinstance(first, Name) and first.text == name:
            return value.arguments[1:]
    return None


def _is_certain(assign: Assign, binding: Binding) -> bool:
    return assign.scope.block == binding.scope.block


def _set(site: Site, name: str, call: Call, outcome: Outcome) -> Outcomes:
    outcome = replace(outcome, is_pub=True)
    if name not in METHODS and name not in ("Method", "URL"):
        return (outcome,)
    first: tuple[str | State, ...] = site.flow.texts(call, 0).known or (State.DYNAMIC,)
    if name == "Method":
        return tuple(replace(outcome, method=each if isinstance(each, State) else each.upper()) for each in first)
    if name == "URL":
        return tuple(replace(outcome, url=each) for each in first)
    return tuple(replace(outcome, method=name, url=each) for each in first)


def _unfollowed(before: Outcomes) -> Outcomes:
    return tuple(dict.fromkeys(replace(each, method=State.UNFOLLOWED, url=State.UNFOLLOWED) for each in before))


def _joined(first: Outcomes, second: Outcomes) -> Outcomes:
    return tuple(dict.fromkeys((*first, *second)))
