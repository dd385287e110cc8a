"""What the names of one unit mean: packages, types, functions and variables. The ground on which `evaluate` stands."""

from __future__ import annotations

from dataclasses import replace

from gencreds.golang.expressions import Assert, Call, Expr, Index, Name, Select
from gencreds.microbus.abstract import Container, Contents, Object, Parameter, union
from gencreds.microbus.cells import content_key
from gencreds.microbus.flow import Binding
from gencreds.microbus.lowered import Unit
from gencreds.microbus.shapes import Many, Shape
from gencreds.microbus.state import State
from gencreds.microbus.uncompilable import undeclared
from gencreds.microbus.watch import Watch


class Names:
    """Looks names up in one unit, and sees through parameters and containers."""

    def __init__(self, state: State, unit: Unit, watch: Watch | None) -> None:
        self.state = state
        self.unit = unit
        self.flow = unit.flow
        self.watch = watch

    def expanded(self, values: Contents) -> Contents:
        """Return `values` with all that callers pass in place of parameters."""
        if not any(isinstance(value, Parameter) for value in values):
            return values
        return union(*(self.state.passed(value) if isinstance(value, Parameter) else (value,) for value in values))

    def elements(self, values: Contents) -> Contents:
        """Return what is in the containers `values`."""
        found: list[Contents] = []
        for value in values:
            if isinstance(value, Container):
                found.append(self.state.read(content_key(value)))
            elif isinstance(value, Object):
                found.append(self._element_of(value))
            elif isinstance(value, Parameter):
                found.append((replace(value, elements=True),))
            else:
                found.append((value,))
        return union(*found)

    def lose(self, values: Contents, how: str, expr: Expr) -> None:
        """Note that `values` go where they cannot be followed."""
        if self.watch is not None and values:
            kept = tuple(value for value in self.expanded(values) if self.state.cells.carries(value))
            if kept:
                self.watch.lost(kept, how, expr)

    def check(self, expr: Expr) -> None:
        """Note if `expr` begins with a name that nothing declares."""
        if self.watch is not None and (name := undeclared(self.unit, expr)) is not None:
            self.watch.undeclared(name)

    def shape(self, expr: Expr | None) -> Shape:
        """Return what the type expression `expr` stands for here."""
        return self.state.types.shape(expr, self.unit.view, self.flow.local_types)

    def is_type(self, expr: Expr) -> bool:
        """Return whether `expr` names a type here."""
        base = expr.base if isinstance(expr, Select) else expr
        if base is expr and isinstance(base, Name) and self.unit.view.package.functions(base.text):
            return False
        if isinstance(base, Name) and (
            self.flow.binding(base) is not None or (base is expr and base.text in self.unit.view.imported)
        ):
            return False
        if not self.state.types.is_type(expr, self.unit.view, self.flow.local_types):
            return False
        # A variable that is not in sight yet may hide the type.
        name = base.text if isinstance(base, Name) else ""
        hidden = bool(name) and not self.unit.sees(name) and self.unit.may_rebind(name)
        return not (hidden and self.state.want(self.unit, name))

    def alias(self, expr: Expr) -> str:
        """Return the import alias that `expr` is, or an empty string."""
        if not isinstance(expr, Name):
            return ""
        view, name = self.unit.view, expr.text
        if name not in view.apis and name not in view.siblings and name not in view.unresolved:
            return ""
        if self.flow.hides(expr):
            return ""
        if not self.unit.sees(name) and self.unit.may_hide(name) and self.state.want(self.unit, name):
            return ""
        return name

    def is_foreign(self, expr: Expr) -> bool:
        """Return whether `expr` is a local variable that a function from outside the tree makes."""
        binding = self.flow.binding(expr) if isinstance(expr, Name) else None
        for value, _, _ in binding.values if binding is not None else ():
            while isinstance(value, (Call, Select)):
                value = value.function if isinstance(value, Call) else value.base
            others = self.unit.view.imported - self.unit.view.siblings.keys() - self.unit.view.apis.keys()
            if isinstance(value, Name) and value.text in others and self.flow.binding(value) is None:
                return True
        return False

    def comes_to_sight(self, expr: Expr, method: str) -> bool:
        """Have what `expr` begins with looked at, if `method` of it is one that returns clients.

        Returns whether that was still to do.
        """
        while isinstance(expr, (Assert, Index, Select)):
            expr = expr.base
        unit, state = self.unit, self.state
        if not isinstance(expr, Name) or not state.is_word(method) or expr.text in unit.view.imported:
            return False
        if not any(each.receiver_type for near in state.types.near.values() for each in near.functions(method)):
            return False
        if state.want(unit, expr.text):
            return True
        is_package_wide = self.flow.binding(expr) is None and expr.text in unit.view.package.declared_names
        return is_package_wide and state.want_word(expr.text)

    def declared_as(self, method: Select, call: Call) -> Contents:
        """Return what `method`, which `call` calls, may be by what its base is declared as, where no value tells."""
        state = self.state
        named = self.flow.reading.operand_type(call) if state.is_word(method.name) else None
        if named is None:
            return ()
        near = [(package, each) for package in state.types.near.values() for each in package.functions(method.name)]
        methods = [each for each in near if each[1].receiver_type]
        exact = [each for each in methods if named == (each[0].import_path, each[1].receiver_type)]
        return tuple(state.function(*each) for each in exact or methods)

    def functions_named(self, name: str) -> Contents:
        """Return the function `name` of the unit's package, as a value."""
        package = self.unit.view.package
        return tuple(self.state.function(package, each) for each in package.functions(name) if not each.receiver_type)

    def local_key(self, binding: Binding) -> tuple[object, ...]:
        """Return the key of a local variable's cell; one at the top level of a file is its package's."""
        if binding.scope.block < 0:
            return ("variable", self.unit.view.package.import_path, binding.name.text)
        return ("local", self.unit.key, binding.name.text, binding.name.at)

    def _element_of(self, value: Object) -> Contents:
        if isinstance(self.state.types.underlying(value.type), Many):
            return self.state.field(value.type, "")
        return (value,)
