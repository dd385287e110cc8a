"""What an expression may be: the heart of the points-to analysis.

Every subexpression is looked at once, and what it does on the way (passing a client on, storing one) is done there and
then. While `solve` still learns, nothing is reported; in the last pass `watch` is told of every use.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gencreds.golang.expressions import (
    Assert,
    Call,
    Composite,
    Concat,
    Expr,
    Index,
    Literal,
    Name,
    Other,
    Select,
    Test,
)
from gencreds.microbus.abstract import Contents, Func, Maker, Object, Parameter, union
from gencreds.microbus.api import ApiPackage
from gencreds.microbus.cells import field_key
from gencreds.microbus.clients import CONSTRUCTORS, Client
from gencreds.microbus.lowered import Unit
from gencreds.microbus.members import Member
from gencreds.microbus.names import Names
from gencreds.microbus.shapes import Declared, Shape
from gencreds.microbus.state import State
from gencreds.microbus.watch import Watch


class Evaluator(Names):
    """Evaluates the expressions of one unit. `calls` handles those that call something, `composites` literals."""

    def __init__(
        self,
        state: State,
        unit: Unit,
        watch: Watch | None,
        calls: Callable[[Evaluator, Call], Contents],
        composites: Callable[[Evaluator, Composite, Shape | None], Contents],
    ) -> None:
        super().__init__(state, unit, watch)
        # Whether the type of what is evaluated matters, though no client is in sight.
        self.typed = False
        self._calls = calls
        self._composites = composites

    def value(self, expr: Expr, expected: Shape | None = None) -> Contents:
        """Return what `expr` may be; `expected` is the type of a composite literal that leaves its own out."""
        if isinstance(expr, Composite):
            return self._composites(self, expr, expected)
        handler: Any = _HANDLERS.get(type(expr))
        return handler(self, expr) if handler is not None else ()

    def _name(self, expr: Name) -> Contents:
        unit, function = self.unit, self.unit.function
        if function is not None and expr.text == function.receiver:
            if unit.receiver:
                return unit.receiver
            if not unit.sees(expr.text) and not unit.may_rebind(expr.text):
                return self.state.declared(self.state.types.receiver(function, unit.view), ())
        binding = self.flow.binding(expr)
        if unit.view.home is not None and expr.text in CONSTRUCTORS and binding is None:
            return (self._maker(unit.view.home, expr.text),)
        if not unit.sees(expr.text) and not self.state.is_word(expr.text):
            known = self.functions_named(expr.text) if self.typed and binding is None else ()
            return known if known and not unit.may_rebind(expr.text) else ()
        if binding is not None:
            return self.state.read(self.local_key(binding))
        found = self.state.read(("variable", unit.view.package.import_path, expr.text))
        return found or self.functions_named(expr.text)

    def callee(self, expr: Name) -> Contents:
        """Return what a call of the plain name `expr` calls."""
        if self.flow.binding(expr) is None and not self.unit.sees(expr.text):
            found = self.functions_named(expr.text)
            if found and not (self.unit.may_rebind(expr.text) and self.state.want(self.unit, expr.text)):
                return found
        return self._name(expr)

    def _select(self, expr: Select) -> Contents:
        alias = self.alias(expr.base)
        if alias:
            return self._qualified(alias, expr)
        if self.is_plain(expr):
            if self.watch is not None:
                self.watch.select(expr)
            return ()
        if self.is_type(expr.base):
            return self._method_expression(expr)
        values = self.expanded(self.base(expr.base, typed=self.typed or self.is_wanted(expr.name)))
        if not values and self.comes_to_sight(expr.base, expr.name):
            return ()
        return self.selected(values, expr)

    def base(self, expr: Expr, *, typed: bool) -> Contents:
        """Return what `expr` may be; with `typed` its type matters."""
        before, self.typed = self.typed, typed
        values = self.value(expr)
        self.typed = before
        return values

    def is_wanted(self, name: str) -> bool:
        """Return whether a field or method of that name may give a client."""
        return name in self.state.words or name in self.state.cells.fields

    def is_plain(self, expr: Select) -> bool:
        """Return whether `expr` plainly selects something of no interest from the receiver: no field with clients."""
        unit = self.unit
        return (
            isinstance(expr.base, Name)
            and unit.function is not None
            and expr.base.text == unit.function.receiver
            and not self.typed
            and not unit.receiver
            and not unit.sees(expr.base.text)
            and not unit.may_rebind(expr.base.text)
            and not self.is_wanted(expr.name)
        )

    def selected(self, values: Contents, expr: Select, *, is_called: bool = False, steps: int = 8) -> Contents:
        """Return the field or method `expr` of the expanded `values`; a client's member counts as a call."""
        clients = tuple(value for value in values if isinstance(value, Client))
        found: list[Contents] = []
        for value in values:
            if isinstance(value, Object):
                for member in self.state.members.of(value.type, expr.name):
                    if member.is_promoted:
                        kept = self.expanded(self.state.read(field_key(member.owner, member.field)))
                        clients += tuple(each for each in kept if isinstance(each, Client))
                        objects = tuple(each for each in kept if isinstance(each, Object))
                        if objects and steps:
                            found.append(self.selected(objects, expr, is_called=is_called, steps=steps - 1))
                    else:
                        found.append(self.member(member))
        if clients:
            self.use_member(clients, expr)
        if not values:
            found.append(self._by_name(expr))
        if self.watch is not None and not is_called:
            self.watch.select(expr)
        return union(*found)

    def member(self, member: Member) -> Contents:
        """Return the field or method `member` as a value."""
        if member.function is not None:
            return (self.state.function(member.owner.view.package, member.function),)
        return self.state.field(member.owner, member.field)

    def use_member(self, clients: tuple[Client, ...], expr: Select) -> None:
        """Note the use of a client's member, unless it is a field that only its own package sees."""
        home = self.unit.view.home
        own = home is not None and not expr.name[:1].isupper() and not home.package.functions(expr.name)
        if self.watch is not None and not own:
            self.watch.member(clients, expr.name, expr.line)

    def _by_name(self, expr: Select) -> Contents:
        """Where nothing is known of the base, all fields of that name count, once the base is in sight."""
        if expr.name not in self.state.cells.fields:
            return ()
        if isinstance(expr.base, Name) and self.state.want(self.unit, expr.base.text):
            return ()
        return union(*(self.state.read(key) for key in tuple(self.state.cells.fields[expr.name])))

    def _qualified(self, alias: str, expr: Select) -> Contents:
        view = self.unit.view
        api = view.apis.get(alias)
        if api is not None:
            if expr.name in CONSTRUCTORS:
                return (self._maker(api, expr.name),)
            return ()
        package = view.siblings.get(alias)
        if package is None:
            if self.watch is not None:
                self.watch.select(expr)
            return ()
        found = self.state.read(("variable", package.import_path, expr.name))
        return found or tuple(
            self.state.function(package, each) for each in package.functions(expr.name) if not each.receiver_type
        )

    def _maker(self, api: ApiPackage, name: str) -> Maker:
        return Maker(Client(api, CONSTRUCTORS[name], name.removeprefix("New")))

    def _method_expression(self, expr: Select) -> Contents:
        shape = self.shape(expr.base)
        if isinstance(shape, Client):
            self.use_member((shape,), expr)
        if isinstance(shape, Declared):
            members = self.state.members.of(shape, expr.name)
            methods = [each for each in members if each.function is not None]
            found = (self.member(each) for each in methods)
            return tuple(Func(value.key, 1) for group in found for value in group if isinstance(value, Func))
        return ()

    def _call(self, call: Call) -> Contents:
        return self._calls(self, call)

    def _index(self, expr: Index) -> Contents:
        values = self.value(expr.base)
        for key in expr.keys:
            if not self.is_type(key):
                self.value(key)
        return values if expr.is_slice else self.elements(values)

    def _assert(self, expr: Assert) -> Contents:
        return self.narrowed(self.value(expr.base), self.shape(expr.type))

    def narrowed(self, values: Contents, shape: Shape) -> Contents:
        """Return those of `values` that are of the type `shape`, or one that comes from nowhere known."""
        if isinstance(shape, Client):
            wanted = (shape.api, shape.type)
            kept = tuple(
                value
                for value in values
                if isinstance(value, (Parameter, Client))
                and (isinstance(value, Parameter) or (value.api, value.type) == wanted)
            )
            return kept or self.state.default(shape)
        if isinstance(shape, Declared):
            return (Object(shape),)
        return values

    def _literal(self, expr: Literal) -> Contents:
        return (self.state.literal(self.unit, expr.start),)

    def _parts(self, expr: Concat | Other) -> Contents:
        for part in expr.parts:
            self.lose(self.value(part), "is used where it cannot be followed", part)
        return ()

    def _test(self, expr: Test) -> Contents:
        for part in expr.parts:
            self.value(part)
        return ()


_HANDLERS: dict[type, Any] = {
    Name: Evaluator._name,
    Select: Evaluator._select,
    Call: Evaluator._call,
    Index: Evaluator._index,
    Assert: Evaluator._assert,
    Literal: Evaluator._literal,
    Concat: Evaluator._parts,
    Other: Evaluator._parts,
    Test: Evaluator._test,
}
