"""A bundle's main.go: which microservices it adds to its application, and what their `Init` closures hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gencreds.golang.expressions import Assign, Call, Declare, Evaluate, Expr, Name, Return, Select, Statement
from gencreds.golang.lowering import Lowering
from gencreds.golang.syntax import GoFile
from gencreds.golang.words import word_offsets

_APPLICATION = "github.com/microbus-io/fabric/application"
_ADDERS = frozenset({"Add", "AddAndStartup"})


@dataclass(frozen=True)
class Added:
    """What a bundle adds: import paths in order, and arguments (by line) that are no `pkg.NewService()`."""

    import_paths: tuple[str, ...]
    unfollowed: tuple[int, ...]


def read_bundle(file: GoFile) -> Added:
    """Read which packages main.go adds through `app.Add(pkg.NewService(), …)`."""
    imports = {each.alias: each.path for each in file.imports if each.alias not in ("_", ".")}
    words = {alias.encode("utf-8", "surrogateescape") for alias in imports} | {b"Add", b"AddAndStartup"}
    offsets = word_offsets(file.data, words)
    statements: list[Statement] = []
    for node in file.declarations:
        if node.type == "function_declaration" or node.type == "method_declaration":
            statements.extend(Lowering(file, offsets).function(node))
        elif node.type == "var_declaration":
            statements.extend(Lowering(file, offsets).statement(node))
    assigned = _assigned(statements)
    applications = {
        name
        for name, value in assigned.items()
        if value is not None and _package_of(value, imports, assigned) == _APPLICATION
    }
    paths: dict[str, None] = {}
    unfollowed: list[int] = []
    for call in _calls(statements):
        function = call.function
        if not isinstance(function, Select) or function.name not in _ADDERS:
            continue
        if applications and not (isinstance(function.base, Name) and function.base.text in applications):
            continue
        for argument in call.arguments:
            path = _package_of(argument, imports, assigned)
            if path is None or call.spread:
                unfollowed.append(getattr(argument, "line", call.line))
            else:
                paths[path] = None
    return Added(tuple(sorted(paths)), tuple(unfollowed))


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


def _package_of(expr: Expr, imports: Mapping[str, str], assigned: Mapping[str, Expr | None]) -> str | None:
    """Step down a chain such as `pkg.NewService().Init(f)` to the import path of `pkg`."""
    seen: set[str] = set()
    while True:
        if isinstance(expr, Call):
            expr = expr.function
        elif isinstance(expr, Select):
            if isinstance(expr.base, Name) and expr.base.text in imports and expr.base.text not in assigned:
                return imports[expr.base.text]
            expr = expr.base
        elif isinstance(expr, Name) and expr.text not in seen:
            seen.add(expr.text)
            value = assigned.get(expr.text)
            if value is None:
                return None
            expr = value
        else:
            return None


def _calls(statements: list[Statement]) -> list[Call]:
    found: list[Call] = []
    stack: list[Expr] = []
    for statement in statements:
        if isinstance(statement, Evaluate):
            stack.append(statement.value)
        elif isinstance(statement, (Assign, Return)):
            stack.extend(reversed(statement.values))
        elif isinstance(statement, Declare) and statement.source is not None:
            stack.append(statement.source)
        while stack:
            expr = stack.pop()
            if isinstance(expr, Call):
                found.append(expr)
                stack.extend((expr.function, *expr.arguments))
            elif isinstance(expr, Select):
                stack.append(expr.base)
            else:
                stack.extend(getattr(expr, "parts", ()))
    return found
