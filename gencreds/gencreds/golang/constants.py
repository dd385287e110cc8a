"""What constant expressions stand for, across files and packages. Sits beside `packages`, which hands out its answers.

A constant may have several values: files for different systems or build tags may each declare it.
"""

from __future__ import annotations

from collections.abc import Callable

from gencreds.golang.expressions import Concat, Expr, Name, Select, Text
from gencreds.golang.package import Declarations, Package
from gencreds.golang.syntax import GoFile

# Constants may refer to constants; a longer chain than this is a loop.
_MAX_STEPS = 32
# Constants that double one another grow without end; no route or hostname is longer (characters).
_MAX_LENGTH = 65_536
# More values than this are no closed set that anyone would want granted.
_MAX_VALUES = 64

Values = tuple[str, ...]


class Constants:
    """Evaluates constant expressions. `imported` gives the package that a qualifier stands for in a file."""

    def __init__(self, imported: Callable[[GoFile, str], Package | None]) -> None:
        self._imported = imported
        self._known: dict[tuple[str, str], Values | None] = {}

    def values(self, expr: Expr, file: GoFile, package: Package, steps: int = _MAX_STEPS) -> Values | None:
        """Return all strings that `expr`, read in `file` of `package`, may stand for; None when it is no such thing."""
        if steps == 0:
            return None
        if isinstance(expr, Text):
            return (expr.value,)
        if isinstance(expr, Concat):
            found: Values | None = ("",)
            for each in expr.parts:
                part = self.values(each, file, package, steps - 1)
                found = _joined(found, part) if found is not None and part is not None else None
                if found is None:
                    return None
            return found
        if isinstance(expr, Name):
            return self._named(package, expr.text, steps)
        if isinstance(expr, Select) and isinstance(expr.base, Name):
            other = self._imported(file, expr.base.text)
            return self._named(other, expr.name, steps) if other is not None else None
        return None

    def _named(self, package: Package, name: str, steps: int) -> Values | None:
        declared = package.constants.get(name)
        if declared is None:
            return None
        key = (package.directory.path, name)
        if key not in self._known:
            # Set before it is known: a constant that is made of itself has no value.
            self._known[key] = None
            self._known[key] = self._united(declared, package, steps)
        return self._known[key]

    def _united(self, declared: Declarations, package: Package, steps: int) -> Values | None:
        found: set[str] = set()
        for expr, file in declared:
            values = self.values(expr, file, package, steps - 1)
            if values is None:
                return None
            found.update(values)
        return tuple(sorted(found)) if len(found) <= _MAX_VALUES else None


def _joined(left: Values, right: Values) -> Values | None:
    if len(left) * len(right) > _MAX_VALUES or max(map(len, left)) + max(map(len, right)) > _MAX_LENGTH:
        return None
    return tuple(sorted({first + second for first in left for second in right}))
