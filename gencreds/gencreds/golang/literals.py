"""The value of a Go string literal."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))", re.DOTALL)
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def string_value(literal: str) -> str:
    """Return what the string literal `literal`, with its quotes, stands for (Go specification, "String literals")."""
    body = literal[1:-1]
    if literal.startswith("`"):
        return body.replace("\r", "")
    return _ESCAPE.sub(_unescaped, body) if "\\" in body else body


def _unescaped(match: re.Match[str]) -> str:
    byte, short, long, octal, simple = match.groups()
    if byte or octal:
        value = int(byte, 16) if byte else int(octal, 8)
        return chr(value) if value < 0x80 else chr(0xDC00 + (value & 0xFF))
    if short or long:
        value = int(short or long, 16)
        return chr(value) if value < 0x110000 else "\ufffd"
    return _SIMPLE.get(simple, simple)
