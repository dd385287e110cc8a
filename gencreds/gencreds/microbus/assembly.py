"""How a main package puts its application together: which expressions are applications, and which microservices.

Follows both through variables, fields, slices, function literals, parameters and results, in the main package and in
packages of the same source that an application is handed to. `bundle` reads off what is added.
"""

from __future__ import annotations

from collections.abc import Iterator

from gencreds.golang.expressions import (
    Assign,
    Call,
    Composite,
    Expr,
    Name,
    Select,
    Sequence,
)
from gencreds.golang.packages import Function, Package, Packages
from gencreds.golang.syntax import GoFile
from gencreds.microbus.api import has_api_file
from gencreds.microbus.manifest import MANIFEST
from gencreds.microbus.units import Binding, Unit, looked_into, struct_fields, unit_of, units_of

APPLICATION = "github.com/microbus-io/fabric/application"
ADDERS = frozenset({"Add", "AddAndStartup"})

_TYPE = "Application"
_APPEND = "append"
# How often what was learnt is used to learn more.
_MAX_ROUNDS = 12
# More functions than this are no main package that anyone wrote.
_MAX_UNITS = 5000
_MAX_ARGUMENTS = 64

Place = tuple[Expr, Unit]


class Assembly:
    """The main package and its helpers, with everything that flows between their functions."""

    def __init__(self, main: Package, packages: Packages) -> None:
        self._packages = packages
        self.units: dict[tuple[str, int], Unit] = {}
        self.fields: dict[str, dict[tuple[int, int], Place]] = {}
        self._entered: dict[str, Package] = {}
        self._types: set[tuple[str, str]] = set()
        self._variables: dict[tuple[str, str], list[tuple[Binding, Unit]]] = {}
        self._application_fields = {_TYPE}
        self._edges = 0
        self._enter(main)
        for _ in range(_MAX_ROUNDS):
            before = (self._edges, len(self.units), len(self._application_fields))
            for unit in tuple(self.units.values()):
                self._link(unit)
            if before == (self._edges, len(self.units), len(self._application_fields)):
                break

    def every_unit(self) -> Iterator[Unit]:
        """Return every unit, also those that come to light meanwhile."""
        seen: set[tuple[str, int]] = set()
        while fresh := [key for key in self.units if key not in seen]:
            seen.update(fresh)
            yield from (self.units[key] for key in fresh)

    def is_application(self, expr: Expr, unit: Unit) -> bool:
        """Return whether `expr` is an application, or may hold one."""
        waiting: list[Place] = [(expr, unit)]
        seen: set[tuple[int, int]] = set()
        while waiting:
            value, where = waiting.pop()
            if (id(where), id(value)) in seen:
                continue
            seen.add((id(where), id(value)))
            if self._is_made_here(value, where):
                return True
            waiting.extend(self._may_hold(value, where))
        return False

    def is_adder(self, expr: Expr, unit: Unit) -> bool:
        """Return whether `expr` is the method of an application, not called, that adds microservices."""
        waiting: list[Place] = [(expr, unit)]
        seen: set[tuple[int, int]] = set()
        while waiting:
            value, where = waiting.pop()
            if isinstance(value, Select) and value.name in ADDERS and self.is_application(value.base, where):
                return True
            if isinstance(value, Name) and (id(where), id(value)) not in seen:
                seen.add((id(where), id(value)))
                waiting.extend(self.values(value, where))
        return False

    def is_type(self, expr: Expr | None, unit: Unit) -> bool:
        """Return whether `expr` is the application's type, or one that embeds it."""
        if isinstance(expr, Sequence):
            return self.is_type(expr.element, unit)
        if isinstance(expr, Select):
            path = self.path_of(expr.base, unit)
            return (path == APPLICATION and expr.name == _TYPE) or (path or "", expr.name) in self._types
        if isinstance(expr, Name):
            return (unit.package.import_path, expr.text) in self._types
        parts = looked_into(expr) if expr is not None else None
        return any(self.is_type(part, unit) for part in parts or ())

    def followed(self, expr: Expr, unit: Unit) -> tuple[tuple[Package, Function], ...]:
        """Return the functions of the main package and its helpers that a call of `expr` may reach, by name."""
        if isinstance(expr, Name):
            found = unit.package.functions(expr.text) if unit.binding(expr) is None else ()
            return tuple((unit.package, function) for function in found if not function.receiver_type)
        if isinstance(expr, Select):
            path = self.path_of(expr.base, unit)
            if path is not None:
                helper = self.helper(path)
                named = helper.functions(expr.name) if helper is not None else ()
                return tuple((helper, function) for function in named if helper and not function.receiver_type)
            return tuple(
                (package, function)
                for package in self._entered.values()
                for function in package.functions(expr.name)
                if function.receiver_type
            )
        return ()

    def path_of(self, expr: Expr, unit: Unit) -> str | None:
        """Return the import path that `expr` names, if it is the name of a package."""
        if not isinstance(expr, Name) or unit.binding(expr) is not None:
            return None
        found = self._packages.import_named(unit.file, expr.text)
        return found.path if found is not None else None

    def is_local(self, path: str) -> bool:
        """Return whether `path` is a package of the source itself."""
        return self._packages.modules.is_local(path)

    def helper(self, path: str) -> Package | None:
        """Return the package `path` if it is the source's own, and neither a microservice nor an API."""
        if not self.is_local(path):
            return None
        directory = self._packages.modules.resolve(path)
        if directory is None or self.is_service(path) or has_api_file(self._packages, directory):
            return None
        return self._packages.load(directory, path)

    def is_variable(self, package: Package, name: str) -> bool:
        """Return whether `package` declares the variable `name`."""
        return bool(self._variables_of(package, name))

    def is_service(self, path: str) -> bool:
        """Return whether `path` is the package of a microservice."""
        directory = self._packages.modules.resolve(path)
        return directory is not None and self._packages.files.list(directory).has_file(MANIFEST)

    def _is_made_here(self, expr: Expr, unit: Unit) -> bool:
        """Return whether `expr` is an application by what is written there, or by its type."""
        if isinstance(expr, Name):
            bound = unit.binding(expr)
            known = [bound] if bound is not None else [each for each, _ in self._variables_of(unit.package, expr.text)]
            return any(self.is_type(each.type, unit) for each in known)
        if isinstance(expr, Composite):
            return self.is_type(expr.type, unit)
        if isinstance(expr, Select):
            return expr.name in self._application_fields and self.path_of(expr.base, unit) is None
        function = expr.function if isinstance(expr, Call) else None
        return (
            isinstance(function, Select)
            and function.name.startswith("New")
            and self.path_of(function.base, unit) == APPLICATION
        )

    def _may_hold(self, expr: Expr, unit: Unit) -> Iterator[Place]:
        """Yield what else is an application if `expr` is one."""
        if isinstance(expr, Name) or (isinstance(expr, Select) and self.path_of(expr.base, unit) is not None):
            yield from self.values(expr, unit)
        elif isinstance(expr, Composite):
            yield from ((element.value, unit) for element in expr.elements)
        elif (parts := looked_into(expr)) is not None:
            yield from ((part, unit) for part in parts)
        elif isinstance(expr, Call):
            if isinstance(expr.function, Name) and expr.function.text == _APPEND:
                yield from ((argument, unit) for argument in expr.arguments)
            for found in self.followed(expr.function, unit):
                callee = self.unit(*found)
                yield from ((value, callee) for value in callee.returned(of_literal=False))

    def _variables_of(self, package: Package, name: str) -> list[tuple[Binding, Unit]]:
        return self._variables.get((package.directory.path, name), [])

    def values(self, expr: Expr, unit: Unit) -> Iterator[Place]:
        """Yield everything that a name, or a variable of another package, may hold, and where that is written."""
        package, name = unit.package, ""
        if isinstance(expr, Name):
            bound = unit.binding(expr)
            if bound is not None:
                yield from ((value, unit) for value in bound.values)
                if bound.source is not None:
                    yield bound.source, unit
                if bound.position >= 0:
                    start = bound.scope.start if bound.of_literal else -1
                    yield from unit.arguments.get((start, bound.position), {}).values()
                return
            name = expr.text
        elif isinstance(expr, Select):
            helper = self.helper(self.path_of(expr.base, unit) or "")
            if helper is None:
                return
            self._enter(helper)
            package, name = helper, expr.name
        for each, where in self._variables_of(package, name):
            yield from ((value, where) for value in each.values)

    def unit(self, package: Package, function: Function) -> Unit:
        """Return a function of the main package or its helpers as a whole."""
        found = self.units.get((function.file.name, function.node.start_byte))
        return found if found is not None else self._add(unit_of(package, function.file, function.node))

    def _add(self, unit: Unit) -> Unit:
        known = self.units.setdefault((unit.file.name, unit.node.start_byte), unit)
        if known is unit:
            for name, bindings in unit.names.items():
                for each in bindings:
                    if unit.function is None or each.scope.start < 0:
                        self._variables.setdefault((unit.package.directory.path, name), []).append((each, unit))
        return known

    def _enter(self, package: Package) -> None:
        """Look at all of a package from now on."""
        if package.directory.path in self._entered or len(self.units) > _MAX_UNITS:
            return
        self._entered[package.directory.path] = package
        for unit in units_of(package, package.files):
            self._add(unit)
        # Twice: a type may embed one that is declared further down.
        for file in (*package.files, *package.files):
            self._declared_types(package, file)

    def _declared_types(self, package: Package, file: GoFile) -> None:
        for node in file.declarations:
            if node.type != "type_declaration":
                continue
            unit = Unit(package, file, node, None, ())
            for name, declared in struct_fields(file, node):
                if not self.is_type(declared.type, unit):
                    continue
                if declared.names:
                    self._application_fields.update(each.text for each in declared.names)
                else:
                    self._types.add((package.import_path, name))

    def _link(self, unit: Unit) -> None:
        """Note what `unit` passes to other functions and keeps in fields."""
        for expr in unit.expressions():
            if isinstance(expr, Composite):
                for element in expr.elements:
                    if element.key:
                        self._keep(element.key, element.value, unit)
            elif isinstance(expr, Call):
                self._pass_on(expr, unit)
        for statement in unit.statements:
            if isinstance(statement, Assign):
                for target, value in zip(statement.targets, statement.values, strict=False):
                    if isinstance(target, Select):
                        self._keep(target.name, value, unit)

    def _pass_on(self, call: Call, unit: Unit) -> None:
        literal = unit.literal(call.function)
        if literal is not None:
            self.hand_over(call, unit, unit, literal.start)
            return
        if isinstance(call.function, Select):
            helper = self.helper(self.path_of(call.function.base, unit) or "")
            if helper is not None and any(
                self.is_application(each, unit) or self.is_adder(each, unit) for each in call.arguments
            ):
                self._enter(helper)
        for package, function in self.followed(call.function, unit):
            if package.directory.path in self._entered:
                self.hand_over(call, unit, self.unit(package, function), -1)

    def hand_over(self, call: Call, caller: Unit, callee: Unit, start: int) -> None:
        """Note what `call` passes to `callee`, or to the function literal in it that starts at `start`."""
        callee.called.add(start)
        last = callee.last_parameter(start)
        for position, argument in enumerate(call.arguments[:_MAX_ARGUMENTS] if last >= 0 else ()):
            # What a variadic parameter gets is in its last position.
            place = callee.arguments.setdefault((start, min(position, last)), {})
            if (id(caller), id(argument)) not in place:
                place[id(caller), id(argument)] = (argument, caller)
                self._edges += 1

    def _keep(self, name: str, value: Expr, unit: Unit) -> None:
        """Note that a field `name` may hold `value`."""
        kept = self.fields.setdefault(name, {})
        if (id(unit), id(value)) not in kept:
            kept[id(unit), id(value)] = (value, unit)
            self._edges += 1
        if name not in self._application_fields and self.is_application(value, unit):
            self._application_fields.add(name)
