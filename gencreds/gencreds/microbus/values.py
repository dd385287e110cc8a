"""Values of one microservice: which strings an expression may stand for. `flow` and the patterns ask here."""

from __future__ import annotations

from gencreds.golang.expressions import Expr
from gencreds.golang.packages import Package, Packages
from gencreds.golang.syntax import GoFile
from gencreds.microbus.texts import DYNAMIC, Texts, constant


class Values:
    """One instance per microservice."""

    def __init__(self, packages: Packages) -> None:
        self._packages = packages

    def texts(self, expr: Expr, file: GoFile, package: Package) -> Texts:
        """Return what the string `expr`, read in `file` of `package`, may be."""
        text = self._packages.string_constant(expr, file, package)
        return DYNAMIC if text is None else constant(text)
