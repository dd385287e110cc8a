"""What tree-sitter accepts in places where Go has no room for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

_DECLARATIONS = frozenset(
    {"function_declaration", "method_declaration", "type_declaration", "var_declaration", "const_declaration"}
)
# Types and names without brackets of their own, and parameters that are all named or all unnamed.
# A function type among them is looked at where its own keyword is found.
_TYPE = (
    rb"(?:func\([^()\n]*+\)(?: [*\w.\[\]]++| \([^()\n]*+\))?+"
    rb"|(?!func\b)(?:\*|\[\w*+\]|map\[\w++\])*+\w[\w.]*+(?:\[\*?[\w.]++\]|\{\})?+)"
)
_NAMED = rb"(?!chan\b|func\b|map\b|struct\b|interface\b)\w++(?:, \w++)*+ " + _TYPE
_LIST = rb"\((?:%(n)s(?:, %(n)s)*+|(?:%(t)s(?:, %(t)s)*+)?)\)" % {b"n": _NAMED, b"t": _TYPE}
_PARAMETERS = (
    rb"\((?:%(n)s(?:, %(n)s)*+(?:, \w++ \.\.\.%(t)s)?+|\w++ \.\.\.%(t)s"
    rb"|%(t)s(?:, %(t)s)*+(?:, \.\.\.%(t)s)?+|(?:\.\.\.%(t)s)?+)\)" % {b"n": _NAMED, b"t": _TYPE}
)
_RESULT = rb"(?: %(l)s| %(t)s)?+" % {b"l": _LIST, b"t": _TYPE}
# The words with an f in one search, which looks at no other byte twice: functions whose signature is not plain, what is
# deferred, clauses that begin in the line of the statement before, interfaces, and a `for` at the end of its line or
# with three variables before its `range`.
_WORD = re.compile(
    rb"f(?:unc\b(?<=\bfunc)(?!( (?:\(\w++ [*\w\[\]]++\) )?\w++)?%(p)s%(r)s(?(1)(?:;?\n| \{)|(?: \{|[,)}\n\];])))"
    rb"|(?<=\bdef)er\b|(?<=\binterf)ace\b(?!\{\})"
    rb"|or\b(?<=\bfor)(?:[ \t]*+;(?:\n|//)|[^{;,]*+,[^{;,]*+,[^{;]*?\brange\b)"
    rb"|(?<=def)ault\b(?:(?<=[^\n\t]default)|(?<=[^\n\t]\tdefault)|(?<=\t\tdefault)))"
    % {b"p": _PARAMETERS, b"r": _RESULT}
)
# A semicolon that was written at the end of a line where Go has none: after one, or after nothing.
_NEEDLESS = re.compile(rb"[;\n][ \t]++(?=;\n)")
_GO = re.compile(rb"go\b(?<=\bgo)")
_CASE = re.compile(rb"case\b(?:(?<=[^\n\t]case)|(?<=[^\n\t]\tcase)|(?<=[^\n\t]\t\tcase)|(?<=\t\t\tcase))")
# The end of a literal with a block after it: on its line, where the line goes on, or behind the semicolon of its line's
# end, where no statement begins with a word of its own.
_LITERAL = re.compile(
    rb"\}(?:,\n\t*+[^\n{}\t][^\n{}]*+(?<=[ \t])\{\n"
    rb"|;\n(?:[ \t\n]|//[^\n]*+\n)*+"
    rb"(?!(?:if|for|func|switch|select|type|go|defer|return|var|const|case|default)\b|\})[^\n]*\{"
    rb"|(?![\n)\]\w\"'`]|[,;]\n| else\b|, (?:\w++: )?+[&*\[\]\w.]++\{)[^\n{}]*+(?:\{|(?<=[-+*/%&|^<>=!(\[.,])\n))"
)
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
        or any(_is_odd(data, root, match.start()) for match in _WORD.finditer(data))
        or any(_is_odd(data, root, match.start()) for match in _GO.finditer(data))
        or any(_is_odd(data, root, match.start()) for match in _CASE.finditer(data))
        or any(_is_in_loop_header(root, at) for at in _needless_semicolons(data))
        or any(_has_literal_in_header(root, match.start()) for match in _LITERAL.finditer(data))
    )


def _is_odd(data: bytes, root: Node, at: int) -> bool:
    """Whether the keyword around `at` begins what Go does not allow there."""
    if data.startswith(b"default", at - 2) and _begins_line(data, at - 2):
        return False
    node = root.descendant_for_byte_range(at, at + 1)
    if node is None:
        return False
    if node.type == "for":
        return True
    if node.type in ("case", "default"):
        return not _begins_line(data, node.start_byte)
    if node.type in ("go", "defer"):
        called = node.next_named_sibling
        return called is None or called.type != "call_expression"
    whole = node.parent
    if whole is None or node.type not in ("func", "interface"):
        return False
    if node.type == "func":
        return _is_wrong(whole)
    return any(_is_wrong(method) for method in whole.named_children if method.type == "method_elem")


def _is_file(data: bytes, root: Node) -> bool:
    """Whether there is a package clause, then imports, then other declarations, each on a line of its own."""
    stage = 0
    for child in root.named_children:
        kind = child.type
        if kind in _DECLARATIONS:
            allowed = stage > 0
            stage = 2
        elif kind == "comment":
            continue
        elif kind == "import_declaration":
            allowed = stage == 1
        else:
            allowed = stage == 0 and kind == "package_clause"
            stage = 1
        if not allowed or (child.start_byte and data[child.start_byte - 1] != 10):
            return False
    return stage > 0


def _begins_line(data: bytes, at: int) -> bool:
    while data[at - 1 : at] in (b" ", b"\t"):
        at -= 1
    return data[at - 1 : at] == b"\n"


def _is_wrong(function: Node) -> bool:
    """Whether named and unnamed parameters are in one list, or dots before any but the last parameter."""
    parameters = function.child_by_field_name("parameters")
    for each in function.named_children:
        if each.type != "parameter_list":
            continue
        listed = [parameter for parameter in each.named_children if parameter.type != "comment"]
        if len({parameter.child_by_field_name("name") is not None for parameter in listed}) > 1:
            return True
        with_dots = [parameter for parameter in listed if parameter.type == "variadic_parameter_declaration"]
        if with_dots and (each != parameters or with_dots != listed[-1:]):
            return True
    return False


def _needless_semicolons(data: bytes) -> Iterator[int]:
    if b" ;\n" in data or b"\t;\n" in data:
        yield from (match.end() for match in _NEEDLESS.finditer(data))


def _is_in_loop_header(root: Node, at: int) -> bool:
    """Whether the semicolon at `at` counts for the header of a `for`; everywhere else one too many means nothing."""
    semicolon = root.descendant_for_byte_range(at, at + 1)
    return semicolon is not None and semicolon.parent is not None and semicolon.parent.type == "for_clause"


def _has_literal_in_header(root: Node, at: int) -> bool:
    """Whether a literal, whose last brace is at `at`, stands where Go sees the block of an `if`, `for` or `switch`."""
    brace = root.descendant_for_byte_range(at, at + 1)
    value = brace.parent if brace is not None else None
    literal = value.parent if value is not None and value.type == "literal_value" else None
    if literal is None or literal.type != "composite_literal":
        return False
    kind = literal.child_by_field_name("type")
    if kind is None or kind.type not in _NAMES_TYPE:
        return False
    inner, parent = literal, literal.parent
    while parent is not None and (parent.type not in _SHIELDS or _is_operand(inner, parent)):
        if parent.type in _HEADED:
            return True
        inner, parent = parent, parent.parent
    return False


def _is_operand(inner: Node, around: Node) -> bool:
    """Whether `inner` stands before the brackets of `around`, not in them."""
    return around.type in ("index_expression", "slice_expression") and around.child_by_field_name("operand") == inner
