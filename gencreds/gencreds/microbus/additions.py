"""Which microservices an expression of the main package is or holds: `bundle` asks for every argument of `app.Add`.

Follows values through the functions that `assembly` laid open; where one cannot be followed the answer is None, which
the caller reports.
"""

from __future__ import annotations

from gencreds.golang.expressions import (
    Call,
    Composite,
    Concat,
    Expr,
    Literal,
    Name,
    Select,
    Text,
)
from gencreds.microbus.assembly import APPLICATION, Assembly, Place
from gencreds.microbus.units import Unit, looked_into

INIT = "Init"
_NEW = "new"
_NEW_SERVICE = "NewService"

Paths = frozenset[str]


class Additions:
    """Follows microservices through a main package."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly

    def services(self, expr: Expr, unit: Unit) -> Paths | None:
        """Return the packages of the microservices that `expr` is or holds; None when some cannot be told."""
        found: set[str] = set()
        waiting: list[Place] = [(expr, unit)]
        seen: set[tuple[int, int]] = set()
        while waiting:
            value, where = waiting.pop()
            if (id(where), id(value)) in seen:
                continue
            seen.add((id(where), id(value)))
            path = self._made(value, where)
            if path:
                found.add(path)
                continue
            held = self._held(value, where)
            if held is None:
                return None
            waiting.extend(held)
        return frozenset(found)

    def _made(self, expr: Expr, unit: Unit) -> str:
        """Return the package of the microservice that `expr` makes, or an empty string."""
        kind = expr.type if isinstance(expr, Composite) else expr.function if isinstance(expr, Call) else None
        if isinstance(expr, Call) and isinstance(kind, Name) and kind.text == _NEW and len(expr.arguments) == 1:
            kind = expr.arguments[0]
        path = self._assembly.path_of(kind.base, unit) if isinstance(kind, Select) else None
        if path is None or not isinstance(kind, Select):
            return ""
        is_new = isinstance(expr, Call) and kind.name == _NEW_SERVICE and "." in path.partition("/")[0]
        return path if self._assembly.is_service(path) or (is_new and self._assembly.helper(path) is None) else ""

    def _held(self, expr: Expr, unit: Unit) -> list[Place] | None:
        """Return what stands for a microservice if `expr` does; None when that cannot be told."""
        if isinstance(expr, (Text, Concat)):
            return []
        if isinstance(expr, Literal):
            return None
        if isinstance(expr, Call):
            return self._returned(expr, unit)
        if isinstance(expr, Composite):
            return [(element.value, unit) for element in expr.elements]
        parts = looked_into(expr)
        if parts is not None:
            return [(part, unit) for part in parts]
        if isinstance(expr, Name):
            return self._named(expr, unit)
        if not isinstance(expr, Select):
            return None
        path = self._assembly.path_of(expr.base, unit)
        if path == APPLICATION:
            # A type, in a conversion or an assertion.
            return []
        kept = self._assembly.fields.get(expr.name, {})
        return list(self._assembly.values(expr, unit) if path is not None else kept.values()) or None

    def _named(self, name: Name, unit: Unit) -> list[Place] | None:
        bound = unit.binding(name)
        values = list(self._assembly.values(name, unit))
        if values:
            return values
        if bound is not None:
            # Nothing at all may be passed to the last parameter, where the function is called in sight.
            return None if bound.position >= 0 and not unit.is_called(bound) else []
        is_declared = bool(unit.package.functions(name.text)) or self._assembly.is_variable(unit.package, name.text)
        return None if is_declared else []

    def _returned(self, call: Call, unit: Unit) -> list[Place] | None:
        function = call.function
        arguments: list[Place] = [(argument, unit) for argument in call.arguments]
        if unit.literal(function) is not None:
            return [(value, unit) for value in unit.returned(of_literal=True)] or None
        if isinstance(function, Select):
            path = self._assembly.path_of(function.base, unit)
            if path == APPLICATION:
                return arguments
            if path is None and function.name == INIT:
                return [(function.base, unit)]
        callees = [self._assembly.unit(*found) for found in self._assembly.followed(function, unit)]
        for callee in callees:
            self._assembly.hand_over(call, unit, callee, -1)
        if callees:
            return [(value, callee) for callee in callees for value in callee.returned(of_literal=False)] or None
        if isinstance(function, Select):
            # A method of a microservice that gives itself back; other packages' functions are not followed.
            return [(function.base, unit)] if self._assembly.path_of(function.base, unit) is None else None
        # A builtin or a conversion: `append`, `make`, `new`.
        is_builtin = isinstance(function, Name) and unit.binding(function) is None
        return arguments if is_builtin or looked_into(function) is not None else None
