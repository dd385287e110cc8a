"""A bundle's main package: which microservices it adds to its application, and what their `Init` closures hold.

Upstream reads main.go alone, and no calls in it. Here the other files of the package count too, and a call inside
`pkg.NewService().Init(func(svc *pkg.Service) error {…})` is that microservice's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gencreds.golang.expressions import Assign, Call, Expr, Literal, Name, Select, Statement, expressions_of, parts_of
from gencreds.golang.lowering import TooDeep
from gencreds.golang.packages import Package
from gencreds.golang.statements import StatementLowering
from gencreds.golang.syntax import GoFile
from gencreds.golang.words import word_offsets
from gencreds.microbus.model import Location

_APPLICATION = "github.com/microbus-io/fabric/application"
_ADDERS = frozenset({"Add", "AddAndStartup"})
_INIT = "Init"
_NEW_SERVICE = "NewService"


@dataclass(frozen=True)
class Span:
    """Bytes of a file that run on behalf of one microservice."""

    file: GoFile
    start: int
    end: int


@dataclass(frozen=True)
class Bundle:
    """What main adds: import paths in order, arguments that are no `pkg.NewService()`, and closures by import path."""

    package: Package
    import_paths: tuple[str, ...]
    unfollowed: tuple[Location, ...]
    closures: Mapping[str, tuple[Span, ...]]


def read_bundle(package: Package) -> Bundle:
    """Read which packages the main package adds through `app.Add(pkg.NewService(), …)`, in any of its files."""
    paths: dict[str, None] = {}
    unfollowed: list[Location] = []
    closures: dict[str, list[Span]] = {}
    for file in package.files:
        reader = _Reader(file)
        for call in reader.calls():
            if isinstance(call.function, Select) and call.function.name == _INIT:
                path = reader.package_of(call)
                for argument in call.arguments if path is not None else ():
                    closures.setdefault(path or "", []).extend(_spans(package, file, argument))
            if not reader.adds(call):
                continue
            for argument in call.arguments:
                path = reader.package_of(argument)
                if path is None or call.spread:
                    unfollowed.append(Location(file.name, getattr(argument, "line", call.line)))
                else:
                    paths[path] = None
    spans = {path: tuple(found) for path, found in closures.items()}
    return Bundle(package, tuple(sorted(paths)), tuple(sorted(set(unfollowed))), spans)


class _Reader:
    """The calls of one file of the main package."""

    def __init__(self, file: GoFile) -> None:
        self._imports = {each.alias: each.path for each in file.imports if each.alias not in ("_", ".")}
        words = {alias.encode("utf-8", "surrogateescape") for alias in self._imports}
        words |= {name.encode() for name in (*_ADDERS, _INIT)}
        self._statements = _statements(file, word_offsets(file.data, words))
        self._assigned = _assigned(self._statements)
        self._applications = {
            name
            for name, value in self._assigned.items()
            if value is not None and self.package_of(value) == _APPLICATION
        }

    def calls(self) -> Iterator[Call]:
        """Return every call in source order of the statements that they stand in."""
        for statement in self._statements:
            stack = list(reversed(expressions_of(statement)))
            while stack:
                expr = stack.pop()
                if isinstance(expr, Call):
                    yield expr
                stack.extend(reversed(parts_of(expr)))

    def adds(self, call: Call) -> bool:
        """Return whether `call` adds microservices: to an application, or `NewService()` to anything at all."""
        function = call.function
        if not isinstance(function, Select) or function.name not in _ADDERS:
            return False
        if self.package_of(function.base) == _APPLICATION or any(map(self._is_new_service, call.arguments)):
            return True
        is_service = any((self.package_of(argument) or "").count("/") for argument in call.arguments)
        return not self._applications and is_service

    def _is_new_service(self, expr: Expr) -> bool:
        """Return whether `pkg.NewService()` stands there: whatever it is added to, it is to run."""
        while isinstance(expr, Call) and isinstance(expr.function, Select):
            if expr.function.name == _NEW_SERVICE:
                return self.package_of(expr) is not None
            expr = expr.function.base
        return False

    def package_of(self, expr: Expr) -> str | None:
        """Step down a chain such as `pkg.NewService().Init(f)` to the import path of `pkg`."""
        seen: set[str] = set()
        while True:
            if isinstance(expr, Call):
                expr = expr.function
            elif isinstance(expr, Select):
                base = expr.base
                if isinstance(base, Name) and base.text in self._imports and base.text not in self._assigned:
                    return self._imports[base.text]
                expr = base
            elif isinstance(expr, Name) and expr.text not in seen:
                seen.add(expr.text)
                value = self._assigned.get(expr.text)
                if value is None:
                    return None
                expr = value
            else:
                return None


def _statements(file: GoFile, offsets: list[int]) -> list[Statement]:
    found: list[Statement] = []
    lowering = StatementLowering(file, offsets)
    for node in file.declarations:
        try:
            if node.type in ("function_declaration", "method_declaration"):
                found.extend(lowering.function(node))
            elif node.type == "var_declaration":
                found.extend(lowering.statement(node))
        except TooDeep:
            # Whatever stands there is looked at again, and reported, with the microservices' own code.
            continue
    return found


def _assigned(statements: list[Statement]) -> dict[str, Expr | None]:
    """Return the value of each name that gets exactly one."""
    found: dict[str, Expr | None] = {}
    for statement in statements:
        if isinstance(statement, Assign):
            for position, target in enumerate(statement.targets):
                if isinstance(target, Name) and target.text != "_":
                    value = statement.values[position] if position < len(statement.values) else None
                    found[target.text] = value if target.text not in found else None
    return found


def _spans(package: Package, file: GoFile, argument: Expr) -> Iterator[Span]:
    if isinstance(argument, Literal):
        yield Span(file, argument.start, argument.end)
    elif isinstance(argument, Name):
        for function in package.functions(argument.text):
            yield Span(function.file, function.node.start_byte, function.node.end_byte)
