"""A bundle's main package: which microservices it adds to its application, and what their `Init` closures hold.

Upstream reads main.go alone, and no calls in it. Here the other files of the package count too, and the packages of the
same source that it hands its application to; a call inside `pkg.NewService().Init(func(svc *pkg.Service) error {…})` is
that microservice's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gencreds.golang.expressions import Call, Expr, Literal, Name, Select
from gencreds.golang.packages import Package, Packages
from gencreds.microbus.additions import INIT, Additions
from gencreds.microbus.assembly import ADDERS, APPLICATION, Assembly
from gencreds.microbus.model import Location
from gencreds.microbus.startup import Span, Startup
from gencreds.microbus.units import Unit


@dataclass(frozen=True)
class Bundle:
    """What main adds: import paths in order, places that add what cannot be told, and closures by import path.

    `beside` are functions of other packages that main runs outside of closures.
    """

    package: Package
    import_paths: tuple[str, ...]
    unfollowed: tuple[Location, ...]
    closures: Mapping[str, tuple[Span, ...]]
    beside: tuple[Span, ...]


def read_bundle(package: Package, packages: Packages) -> Bundle:
    """Read which microservices the main package adds to its application, wherever in it or in its helpers."""
    assembly = Assembly(package, packages)
    additions = Additions(assembly)
    paths: set[str] = set()
    unfollowed: set[Location] = set()
    closures: dict[str, list[Span]] = {}
    for unit in assembly.every_unit():
        if unit.too_deep and _may_add(unit):
            unfollowed.add(Location(unit.file.name, unit.too_deep))
        for call in unit.calls():
            function = call.function
            if isinstance(function, Select) and function.name == INIT:
                for path in additions.services(function.base, unit) or ():
                    spans = closures.setdefault(path, [])
                    spans.extend(span for each in call.arguments for span in _spans(assembly, unit, each))
            added, is_certain = _added(assembly, unit, call)
            for argument in added:
                found = additions.services(argument, unit)
                if found:
                    paths.update(found)
                elif is_certain and (found is None or not call.spread):
                    unfollowed.add(Location(unit.file.name, getattr(argument, "line", call.line)))
            if _hands_over(assembly, unit, call):
                unfollowed.add(Location(unit.file.name, call.line))
    startup = Startup(package, _helpers(assembly, package))
    every = startup.with_helpers(closures)
    return Bundle(package, tuple(sorted(paths)), tuple(sorted(unfollowed)), every, startup.beside(closures, every))


def _helpers(assembly: Assembly, main: Package) -> list[Package]:
    """Return the packages of the same source that help `main`: no microservices, and no APIs."""
    found = {main.import_path: main}
    waiting = [main]
    while waiting:
        for path in sorted({each.path for file in waiting.pop().files for each in file.imports} - found.keys()):
            helper = assembly.helper(path)
            if helper is not None:
                found[path] = helper
                waiting.append(helper)
    return [package for package in found.values() if package is not main]


def _added(assembly: Assembly, unit: Unit, call: Call) -> tuple[tuple[Expr, ...], bool]:
    """Return what `call` adds to an application, and whether it certainly is one."""
    function = call.function
    if isinstance(function, Select) and function.name in ADDERS:
        if assembly.is_type(function.base, unit) and call.arguments:
            return call.arguments[1:], True
        # Whatever a microservice is added to, it is to run; what else is added to it is of no interest.
        return call.arguments, assembly.is_application(function.base, unit)
    return (call.arguments, True) if assembly.is_adder(function, unit) else ((), False)


def _hands_over(assembly: Assembly, unit: Unit, call: Call) -> bool:
    """Return whether `call` gives an application, or its method that adds, to code that is not looked at."""
    function = call.function
    if _is_harmless(assembly, unit, function) or unit.literal(function) or assembly.followed(function, unit):
        return False
    return any(assembly.is_application(each, unit) or assembly.is_adder(each, unit) for each in call.arguments)


def _is_harmless(assembly: Assembly, unit: Unit, function: Expr) -> bool:
    """Return whether `function` adds nothing to an application that is handed to it."""
    if isinstance(function, Name):
        # A builtin or a conversion.
        return unit.binding(function) is None and not assembly.is_variable(unit.package, function.text)
    if not isinstance(function, Select):
        return False
    path = assembly.path_of(function.base, unit)
    if path is None:
        # A method of the application itself; what `Add` adds is looked at elsewhere.
        return assembly.is_application(function.base, unit) or assembly.is_type(function.base, unit)
    is_standard = "." not in path.partition("/")[0] and not assembly.is_local(path)
    return is_standard or path == APPLICATION


def _may_add(unit: Unit) -> bool:
    text = unit.file.data[unit.node.start_byte : unit.node.end_byte]
    return any(name.encode() in text for name in ADDERS) or APPLICATION.encode() in text


def _spans(assembly: Assembly, unit: Unit, argument: Expr) -> Iterator[Span]:
    literal = unit.literal(argument)
    if isinstance(literal, Literal):
        yield Span(unit.package, unit.file, literal.start, literal.end)
    elif isinstance(argument, (Name, Select)):
        for package, function in assembly.followed(argument, unit):
            yield Span(package, function.file, function.node.start_byte, function.node.end_byte)
