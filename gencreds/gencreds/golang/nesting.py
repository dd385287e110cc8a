"""Refuses deeply nested source before the parser sees it: 1 MB of `a[a[a[` costs tree-sitter 1.4 GB."""

from __future__ import annotations

from gencreds.golang.quiet import without_texts

_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"()[]{}")
_PAIRS = (b"()", b"[]", b"{}")


def is_nested_deeper(data: bytes, limit: int) -> bool:
    """Return whether brackets in the Go source `data` nest deeper than `limit`.

    May overstate for unbalanced brackets, which are no valid Go anyway.
    """
    return _is_deeper(data, limit) and _is_deeper(without_texts(data), limit)


def _is_deeper(data: bytes, limit: int) -> bool:
    """Strip the innermost pairs until what is left cannot be deep: as many steps as levels, each a fast replace."""
    brackets = data.translate(None, _NOT_BRACKETS)
    levels = 0
    while levels + len(brackets) > limit:
        before = len(brackets)
        for pair in _PAIRS:
            stripped = brackets.replace(pair, b"")
            levels += len(stripped) < len(brackets)
            brackets = stripped
        if levels > limit:
            return True
        if len(brackets) == before:
            return before > 0
    return False
