"""Comments and literals, inside which nothing is code: the one place that knows them in plain text.

`nesting` and `strictness` ask before a file is parsed, searches over the text of parsed files through `GoFile.code`.
"""

from __future__ import annotations

import re

# Also those that are not ended, of source that is no Go.
QUIET = re.compile(
    rb'//[^\n]*+|/\*(?:.*?\*/|.*)|"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"|`[^`]*+(?:`|\Z)|\'(?:[^\'\\\n]|\\.){1,12}\'',
    re.DOTALL,
)
_BYTE = re.compile(rb"[^\n]")


def without_comments(data: bytes) -> bytes:
    """Return `data` with blanks in place of comments; no byte and no line moves."""
    return _blanked(data, b"/") if b"//" in data or b"/*" in data else data


def without_block_comments(data: bytes) -> bytes:
    """Return `data` with blanks in place of comments between slash and star; no byte and no line moves."""
    return _blanked(data, b"/*")


def without_texts(data: bytes) -> bytes:
    """Return `data` without comments and literals."""
    return QUIET.sub(b"", data)


def _blanked(data: bytes, start: bytes) -> bytes:
    return QUIET.sub(lambda match: _BYTE.sub(b" ", match[0]) if match[0].startswith(start) else match[0], data)
