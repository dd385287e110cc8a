"""What Go's compiler refuses, and the analysis would see nothing in: then it would miss what narrows a grant.

`evaluate` asks of names where a client is made for one, stored under it, or bound to a host through it; `collect` of
functions that are taken to return any client of their type because nothing shows which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from gencreds.golang.expressions import Assert, Expr, Index, Name, Select
from gencreds.golang.scopes import FUNCTIONS
from gencreds.golang.syntax import GoFile, Import, line_of
from gencreds.microbus.lowered import Unit

_PREDECLARED = frozenset({"_", "false", "iota", "nil", "true"})
_WORD = re.compile(r"\w+")


def undeclared(unit: Unit, expr: Expr) -> Name | None:
    """Return the name that `expr`, an expression of `unit`, begins with if nothing declares it where it stands.

    A package that is imported without a name may be called by any word of its path.
    """
    while isinstance(expr, (Assert, Index, Select)):
        expr = expr.base
    if not isinstance(expr, Name) or expr.text in _PREDECLARED or unit.flow.binding(expr) is not None:
        return None
    view = unit.view
    if expr.text in view.package.declared_names or unit.locals.variable(expr.text, expr.at) is not None:
        return None
    return None if any(expr.text in _names(each) for each in view.file.imports) else expr


def empty_returns(file: GoFile, start: int) -> Iterator[int]:
    """Yield the lines on which the function or function literal that starts at `start`, with results that have no
    names, returns without any."""
    function: Node | None = file.root.descendant_for_byte_range(start, start + 1)
    while function is not None and function.type not in FUNCTIONS:
        function = function.parent
    result = function.child_by_field_name("result") if function is not None else None
    body = function.child_by_field_name("body") if function is not None else None
    if result is None or body is None or any(each.child_by_field_name("name") for each in result.named_children):
        return
    waiting = [body]
    while waiting:
        node = waiting.pop()
        if node.type == "return_statement" and all(child.type == "comment" for child in node.named_children):
            yield line_of(node)
        waiting.extend(child for child in reversed(node.named_children) if child.type != "func_literal")


def _names(imported: Import) -> list[str]:
    return [imported.alias, *([] if imported.is_named else _WORD.findall(imported.path))]
