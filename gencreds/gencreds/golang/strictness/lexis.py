"""Encodings, white space, literals and operators that Go and tree-sitter read differently."""

from __future__ import annotations

import re

from tree_sitter import Node

from gencreds.golang.quiet import without_texts

# Nodes inside which nothing is code.
QUIET = frozenset(
    {
        "comment", "raw_string_literal", "raw_string_literal_content", "interpreted_string_literal",
        "interpreted_string_literal_content", "rune_literal", "escape_sequence",
    }
)  # fmt: skip
# White space that is none in Go, and type sets.
_ODD = (b"\0", b"\x0b", b"\x0c", b"\r", b"~")
_ESCAPE = re.compile(
    rb"\\(?:[^\\\"'nrtabfv0-3xuU]|[0-3](?![0-7]{2})|x(?![0-9a-fA-F]{2})|u(?![0-9a-fA-F]{4})|u[dD][89a-fA-F]|U|'(?!')|\"')"
)
_NUMBER = re.compile(rb"0[xXbBoO](?:\w{0,99}+[.\w]|\W)")
# A comma where an element is missing, or one after dots that are not with the last argument.
_COMMA = re.compile(rb",(?<=[\s{(/.],)(?!(?<=\.\.\.,)\s*+\))")
# Behind two ands that a word is before, which begins an expression.
_AFTER_KEYWORD = b"".join(
    rb"|(?<=\b%s &&)" % word.encode() for word in ["case", "defer", "for", "go", "if", "range", "return", "switch"]
)
# Operators that tree-sitter reads as two where one makes no sense: `a--b` is `a - -b` to it.
# Each with its first byte, which few files have.
_OPERATORS = (
    (b"+", re.compile(rb"\+(?=\+)")),
    (b"-", re.compile(rb"-(?=-)")),
    (b"<", re.compile(rb"<(?=-)")),
    (b"&", re.compile(rb"&(?=&(?:(?! )|(?<![\w)\]}\"'`] &&)" + _AFTER_KEYWORD + rb")|\^)")),
)
# Directives, statements of calls, and comments between slash and star, which may end a line early.
_NOTABLE = re.compile(rb"/(?=/(?:line |go:build|[ \t]*+gencreds:)|\*)")


def has_notable_comments(data: bytes) -> bool:
    """Return whether `data` has comments with a meaning, or any between slash and star."""
    return _NOTABLE.search(data) is not None


def has_odd_text(data: bytes, *, is_notable: bool) -> bool:
    """Return whether `data` has bytes that may mean something else to Go; `is_notable`: `has_notable_comments`."""
    return (
        any(odd in data for odd in _ODD)
        or not (data.isascii() or _is_ascii_code(data))
        or (is_notable and (b"//line " in data or _has_comment_beside_code(data)))
        or _ESCAPE.search(data) is not None
        or _NUMBER.search(data) is not None
        or _COMMA.search(data) is not None
    )


def splits_operator(data: bytes, root: Node) -> bool:
    """Return whether Go sees an operator of two characters somewhere, and tree-sitter two of one."""
    for first, pattern in _OPERATORS:
        if first not in data:
            continue
        for match in pattern.finditer(data):
            at = match.start()
            node = root.descendant_for_byte_range(at, at + 2)
            if node is not None and node.type.encode() != data[at : at + 2] and node.type not in QUIET:
                return True
    return False


def _is_ascii_code(data: bytes) -> bool:
    """Whether what is not ASCII is well encoded, and in comments and literals only."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return b"\xef\xbb\xbf" not in data and without_texts(data).isascii()


def _has_comment_beside_code(data: bytes) -> bool:
    """Whether a comment between slash and star does not have its lines for itself: it may end a statement early."""
    at = data.find(b"/*")
    while at >= 0:
        end = data.find(b"*/", at + 2)
        if end < 0 or data[end + 2 : end + 3] != b"\n" or data[max(0, at - 1) : at].strip():
            return True
        if at and data[at - 1] != data[end + 2]:
            return True
        at = data.find(b"/*", end)
    return False
