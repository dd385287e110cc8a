"""Newlines at which Go ends a statement and tree-sitter, which skips white space, reads on.

tree-sitter reads on where its grammar has no room for the end of a statement: in brackets, in headers, and between a
name and its type. So a newline is suspect by what stands around it; the tree then tells which node it is in, and a
node that is no list of statements, fields or declarations has no place for it.
"""

from __future__ import annotations

import re

from tree_sitter import Node

from gencreds.golang.strictness.lexis import QUIET

# Bounded, so that no file is looked at more than a few times over.
_COMMENTS = rb"\s{0,99}+(?://[^\n]*+\s{0,99}+){0,32}+"
# What only a statement begins with, or an assignment.
_STATEMENT = (
    rb"(?:(?:if|return|for|switch|var|defer|go|case|default|break|continue|type|const|select|goto|fallthrough)\b"
    rb"|[\w.\[\]]++(?:, [\w.\[\]]++)*+ [-+*/%&|^<>:]*=)"
)
_TYPE = (
    rb"(?!"
    + _STATEMENT
    + rb")(?:[\"'`/\s]|(?:chan|map|func|struct|interface)\b|\w[\w.\[\]*]*+[ \t]*+(?:[,){\n\"'`|/]|\Z))"
)
_SIGN = rb"(?:[^\w\"'`}]|\}(?!\n| else))"
# One look at each newline: at the line before it and the line after it, or at a line that ends with an open brace and
# does not begin with the keyword of a statement that has a block.
_LINE = re.compile(
    rb"\n(?:(?:(?<=[\w)\]}\"'`\t ]\n)|(?<=\+\+\n)|(?<=--\n))(?=%(c)s%(s)s)|(?<=[\w)\]\t ]\n)(?=%(c)s%(t)s)"
    rb"|(?=[ \t]*+(?!if |for |func |switch |\} else|select |(?:go|defer) func\(|type \w++ (?:struct|interface) \{)"
    rb"[^\n]*+(?<=\{)\n)|func \([^\n]*+(?<=[) \t])(?=\n%(c)s\w))" % {b"c": _COMMENTS, b"s": _SIGN, b"t": _TYPE}
)
# A line of names, which may wait for their type or value.
_NAMES = re.compile(
    rb"\n[ \t]*+(?:(?:var|const|import|type)[ \t]++)?\w[\w.]{0,99}+(?:\[[^\]\n]{0,99}\]|[ \t]*+,[ \t]*+[\w.]++){0,99}+"
    rb"[ \t]*+(?=(?://[^\n]*+)?\n%(c)s[\w\"'`/\s])" % {b"c": _COMMENTS}
)
# A brace that a line leaves open with something after it.
_OPEN_WITHIN = re.compile(
    rb"\{(?!\n)(?:[^\n{}]++|\{(?:[^\n{}]++|\{(?:[^\n{}]++|\{[^\n{}]*+\})*+\})*+\})*+(?<=[\w)\]}\"'`\t ])(?=\n)"
    rb"|\{[ \t]*+(?=//[^\n]*+\n)"
)
_COMMENT_AFTER_CODE = re.compile(
    rb"//(?:(?<=[^\n\t/:,({ ]//)|(?<=[^\n\t,({ ] //)|(?<=  //)|(?<=[^\n\t]\t//))[^\n]*+"
    rb"(?=\n%(c)s(?!\}(?:\n| else)|%(s)s))" % {b"c": _COMMENTS, b"s": _STATEMENT}
)
_ENDS_STATEMENT = re.compile(rb"(?:[\w)\]}\"'`]|\+\+|--)[ \t]*\Z")
_BRACE = b"{"[0]
_LISTS = QUIET | {
    "\n", "source_file", "statement_list", "import_spec_list", "field_declaration_list", "const_declaration",
    "var_spec_list", "type_declaration", "interface_type",
}  # fmt: skip


def reads_on(data: bytes, root: Node) -> bool:
    """Return whether tree-sitter may have read on where Go ends a statement."""
    for match in _LINE.finditer(data):
        start, end = match.span()
        if _is_skipped(data, root, end if end > start + 1 else start):
            return True
        line_end = data.find(b"\n", start + 1)
        if data[line_end - 1] == _BRACE and _lacks_comma(root, line_end - 1):
            return True
    if any(_type_at(root, data.find(b"\n", match.end())) not in _LISTS for match in _NAMES.finditer(data)):
        return True
    if any(_lacks_comma(root, match.start()) for match in _OPEN_WITHIN.finditer(data)):
        return True
    return any(_is_comment_in_bracket(data, root, match) for match in _COMMENT_AFTER_CODE.finditer(data))


def _type_at(root: Node, at: int) -> str:
    node = root.descendant_for_byte_range(at, at + 1)
    return node.type if node is not None else ""


def _is_skipped(data: bytes, root: Node, at: int) -> bool:
    """Whether the newline at `at` ends a statement and is in no list; one after a comment is judged with that."""
    if _type_at(root, at) in _LISTS or not _ENDS_STATEMENT.search(data, max(0, at - 80), at):
        return False
    while data[at - 1] in b" \t":
        at -= 1
    return _type_at(root, at - 1) != "comment"


def _is_comment_in_bracket(data: bytes, root: Node, match: re.Match[bytes]) -> bool:
    if _type_at(root, match.end()) in _LISTS or _type_at(root, match.start()) != "comment":
        return False
    return _ENDS_STATEMENT.search(data, max(0, match.start() - 80), match.start()) is not None


def _lacks_comma(root: Node, at: int) -> bool:
    """Whether the brace at `at` opens a literal whose last element has no comma after it."""
    node = root.descendant_for_byte_range(at, at + 1)
    literal = node.parent if node is not None else None
    if literal is None or literal.type != "literal_value":
        return False
    index = literal.child_count - 2
    while (last := literal.child(index)) is not None and last.type == "comment":
        index -= 1
    return last is None or last.type not in (",", "{")
