"""Refuses deeply nested source before the parser sees it: 1 MB of `a[a[a[` costs tree-sitter 1.4 GB."""

from __future__ import annotations

import re

_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"()[]{}")
_PAIRS = (b"()", b"[]", b"{}")
# Comments, strings and runes, inside which a bracket nests nothing.
_QUIET = re.compile(
    rb'//[^\n]*|/\*(?:.*?\*/|.*)|"(?:[^"\\\n]|\\.)*"|`[^`]*(?:`|\Z)|\'(?:[^\'\\\n]|\\.){1,12}\'',
    re.DOTALL,
)


def is_nested_deeper(data: bytes, limit: int) -> bool:
    """Return whether brackets in the Go source `data` nest deeper than `limit`.

    May overstate for unbalanced brackets, which are no valid Go anyway.
    """
    return _is_deeper(data, limit) and _is_deeper(_QUIET.sub(b"", data), limit)


def _is_deeper(data: bytes, limit: int) -> bool:
    """Strip the innermost pairs until none is left: as many rounds as levels, each at the speed of `bytes.replace`."""
    brackets = data.translate(None, _NOT_BRACKETS)
    rounds = 0
    while len(brackets) > limit:
        before = len(brackets)
        for pair in _PAIRS:
            brackets = brackets.replace(pair, b"")
        rounds += 1
        if len(brackets) == before or rounds > limit:
            return True
    return False
