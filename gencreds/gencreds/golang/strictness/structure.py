"""What tree-sitter accepts in places where Go has no room for it."""

from __future__ import annotations

import re

from tree_sitter import Node

_DECLARATIONS = frozenset(
    {"function_declaration", "method_declaration", "type_declaration", "var_declaration", "const_declaration"}
)
_CALLED = tuple(re.compile(word) for word in (rb"go\b(?<=\bgo)", rb"defer\b"))
# A clause that begins in the line of the statement before it.
_CLAUSES = tuple(re.compile(word + rb"\b(?<=[^\s{:;][ \t]" + word + rb")") for word in (rb"case", rb"default"))
# Types and names without brackets of their own, and parameters that are all named or all unnamed.
# A function type among them is looked at where its own keyword is found.
_TYPE = rb"(?:func\([^()\n]*+\)(?: [*\w.\[\]]++| \([^()\n]*+\))?+|(?:\.\.\.)?(?!func\b)[*\[\]\w][*\[\]\w.]*+(?:\{\})?+)"
_NAMED = rb"(?!chan\b|func\b|map\b|struct\b|interface\b)\w++(?:, \w++)*+ " + _TYPE
_LIST = rb"\((?:%(n)s(?:, %(n)s)*+|(?:%(t)s(?:, %(t)s)*+)?)\)" % {b"n": _NAMED, b"t": _TYPE}
_RESULT = rb"(?: %(l)s| %(t)s)?+" % {b"l": _LIST, b"t": _TYPE}
_SIGNATURE = re.compile(
    rb"func\b(?<=\bfunc)(?! (?:\(\w++ [*\w\[\]]++\) )?\w++%(l)s%(r)s(?: \{)?\n|%(l)s%(r)s(?: \{|[,)}\n\]]))"
    % {b"l": _LIST, b"r": _RESULT}
)
_DOTS = re.compile(rb"\.\.\.")
_INTERFACE = re.compile(rb"interface\b(?!\{\})")
# A literal and a brace after it on one line, or a block that begins where a literal ends.
_HEADER = re.compile(rb"\b(?:if|for|switch)\b")
_LITERAL = re.compile(
    rb"\{(?<=\w\{)[^\n}]{0,299}+\}[^\n]{0,299}?(?<!\w)\{|\}[ \t]*+(?!else\b)[^\s{}][^\n{}]*+\{(?=\n)|\}[ \t]*+\{"
)
_OPENING = b"{"[0]
_HEADED = frozenset({"if_statement", "for_statement", "expression_switch_statement", "type_switch_statement"})
_SHIELDS = frozenset(
    {
        "parenthesized_expression", "argument_list", "block", "literal_value", "index_expression", "slice_expression",
        "type_arguments", "source_file", "special_argument_list",
    }
)  # fmt: skip
_NAMES_TYPE = frozenset({"type_identifier", "qualified_type", "generic_type"})


def has_odd_structure(data: bytes, root: Node) -> bool:
    """Return whether something may stand where Go does not allow it."""
    return (
        not _is_file(data, root)
        or any(_is_called_wrongly(root, match) for word in _CALLED for match in word.finditer(data))
        or any(_has_mixed_parameters(root, match.start()) for match in _SIGNATURE.finditer(data))
        or any(_is_keyword(root, match) for word in _CLAUSES for match in word.finditer(data))
        or any(_has_wrong_dots(root, match.start()) for match in _DOTS.finditer(data))
        or any(_has_mixed_methods(root, match.start()) for match in _INTERFACE.finditer(data))
        or any(_has_literal_in_header(data, root, match.start()) for match in _LITERAL.finditer(data))
    )


def _is_file(data: bytes, root: Node) -> bool:
    """Whether there is a package clause, then imports, then other declarations, each on a line of its own."""
    stage = 0
    for child in root.children:
        kind = child.type
        if kind in _DECLARATIONS:
            allowed = stage > 0
            stage = 2
        elif kind in ("comment", "\n"):
            continue
        elif kind == "import_declaration":
            allowed = stage == 1
        else:
            allowed = stage == 0 and kind == "package_clause"
            stage = 1
        if not allowed or (child.start_byte and data[child.start_byte - 1] != 10):
            return False
    return stage > 0


def _is_keyword(root: Node, match: re.Match[bytes]) -> bool:
    node = root.descendant_for_byte_range(match.start(), match.end())
    return node is not None and node.type.encode() == match.group()


def _is_called_wrongly(root: Node, match: re.Match[bytes]) -> bool:
    """Whether a `go` or `defer` has anything but a call."""
    node = root.descendant_for_byte_range(match.start(), match.end())
    if node is None or node.type not in ("go", "defer"):
        return False
    called = node.next_named_sibling
    return called is None or called.type != "call_expression"


def _has_mixed_parameters(root: Node, at: int) -> bool:
    """Whether the function whose keyword is at `at` has named and unnamed parameters, or results, in one list."""
    keyword = root.descendant_for_byte_range(at, at + 4)
    function = keyword.parent if keyword is not None and keyword.type == "func" else None
    return function is not None and any(map(_is_mixed, function.children))


def _is_mixed(node: Node) -> bool:
    if node.type != "parameter_list":
        return False
    named = {
        parameter.child_by_field_name("name") is not None
        for parameter in node.named_children
        if parameter.type != "comment"
    }
    return len(named) > 1


def _has_wrong_dots(root: Node, at: int) -> bool:
    """Whether dots at `at` belong to a result, or to a parameter that is not the last."""
    dots = root.descendant_for_byte_range(at, at + 3)
    parameter = dots.parent if dots is not None and dots.type == "..." else None
    if parameter is None or parameter.type != "variadic_parameter_declaration":
        return False
    parameters = parameter.parent
    function = parameters.parent if parameters is not None else None
    return (
        parameters is None
        or function is None
        or parameters.named_children[-1] != parameter
        or function.child_by_field_name("parameters") != parameters
        or _is_mixed(parameters)
    )


def _has_mixed_methods(root: Node, at: int) -> bool:
    keyword = root.descendant_for_byte_range(at, at + 9)
    interface = keyword.parent if keyword is not None and keyword.type == "interface" else None
    return interface is not None and any(
        _is_mixed(part)
        for method in interface.named_children
        if method.type == "method_elem"
        for part in method.children
    )


def _has_literal_in_header(data: bytes, root: Node, at: int) -> bool:
    """Whether a literal's brace stands where Go sees the block of an `if`, `for` or `switch`."""
    end = data.find(b"\n", at, at + 999)
    if data[end - 1] != _OPENING and not _HEADER.search(data, max(0, at - 300), at):
        return False
    brace = root.descendant_for_byte_range(at, at + 1)
    value = brace.parent if brace is not None else None
    literal = value.parent if value is not None and value.type == "literal_value" else None
    if literal is None or literal.type != "composite_literal":
        return False
    kind = literal.child_by_field_name("type")
    if kind is None or kind.type not in _NAMES_TYPE:
        return False
    parent = literal.parent
    while parent is not None and parent.type not in _SHIELDS:
        if parent.type in _HEADED:
            return True
        parent = parent.parent
    return False
