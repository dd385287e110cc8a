"""Writes out the semicolons that Go inserts at the ends of lines, so that tree-sitter ends statements where Go does.

Under `syntax`, before the parse. tree-sitter reads on over a newline wherever its grammar has no room for the end of a
statement; over a semicolon it does not. The rule is that of the Go specification, "Semicolons". Where the text alone
does not tell, in lines that end in a blank for one, a semicolon too many is written: what it makes an error of, and
what has a comment between slash and star beside its code, `grammar` judges and reads exactly.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from gencreds.golang.quiet import QUIET
from gencreds.golang.strictness.lexis import has_notable_comments

_LINE_END = re.compile(rb"\n(?:(?<=[\w)\]}\"'`\x80-\xff \t\r]\n)|(?<=\+\+\n)|(?<=--\n))")
_COMMENT = re.compile(
    rb"//(?:(?<=[^\n\t:{,( ]//)|(?<=[^\n\t:{,( ] //)|(?<=  //)|(?<=[^\n\t]\t//)|(?<=[^\n\t]\t\t//)"
    rb"|(?<=\t\t\t//)|(?<=[^\n\t]\t //)|(?<=[^\n\t]\t\t //)|(?<=\t\t\t //))[^\n]*+"
)
_ENDS_STATEMENT = re.compile(rb"(?:[\w)\]}\"'`\x80-\xff]|\+\+|--)\Z")
# A line up to its comment.
_CODE = re.compile(
    rb'(?:[^"\'`/]++|"(?:[^"\\]++|\\.)*+"|`[^`]*+`|\'(?:[^\'\\]|\\.){1,12}\'|/(?![/*])|/\*(?:[^*\n]|\*(?!/))*+\*/)*+'
)
# What may hide two slashes, or be hidden by them.
_QUOTE = re.compile(rb"[\"'`/]")
# Two that are both a string's ends or both in quoted strings, since a name follows the first and a quote precedes the
# last.
_TAG = re.compile(rb'`(?:\w+:"[^"`\n\\]*+" ?)++`')
_CLOSED_RAW = re.compile(rb"`[^`\n]*+`")
_QUOTED_TICK = re.compile(rb"`(?<=[\"']`)")
# Comments with a meaning, which stay as they are.
_BUILD, _MARK = b"//go:build", b"gencreds:"


class Written(NamedTuple):
    """A Go file with its semicolons written out, and whether it has notable comments."""

    data: bytes
    is_notable: bool


def with_semicolons(data: bytes) -> Written:
    """Return `data`, a Go file, with a semicolon at the end of each line at which Go inserts one. No line moves."""
    if not data.endswith(b"\n"):
        data += b"\n"
    is_notable = has_notable_comments(data)
    if (is_notable and (_MARK in data or _BUILD in data)) or _has_long_string(data):
        return Written(_carefully_written(data), is_notable)
    return Written(_written(data), is_notable)


def _carefully_written(data: bytes) -> bytes:
    """Write the semicolons, but leave strings of several lines, and comments with a meaning, as they are."""
    parts: list[bytes] = []
    last = 0
    for match in QUIET.finditer(data):
        start, end = match.span()
        if data[start] == _TICK:
            # What is between the backticks: the last one ends a statement.
            start, end = start + 1, end - 1
            if data.find(b"\n", start, end) < 0:
                continue
        elif not data.startswith(b"//", start) or not (_MARK in match[0] or match[0].startswith(_BUILD)):
            continue
        else:
            parts.append(_written(data[last:start] + b"//")[:-2])
            parts.append(data[start : end + 1])
            last = end + 1
            continue
        parts += (_written(data[last:start]), data[start:end])
        last = end
    return b"".join((*parts, _written(data[last:])))


_TICK = b"`"[0]


def _has_long_string(data: bytes) -> bool:
    """Whether there may be a string of several lines, which is not to be changed."""
    if b"`" not in data:
        return False
    data = _TAG.sub(b"", data)
    return b"`" in data and (b"`" in _CLOSED_RAW.sub(b"", data) or _QUOTED_TICK.search(data) is not None)


def _written(data: bytes) -> bytes:
    return _LINE_END.sub(b";\n", _COMMENT.sub(_before_comment, data))


def _before_comment(match: re.Match[bytes]) -> bytes:
    """Return what a line has from two slashes on, with a semicolon before its comment if that ends a statement."""
    data = match.string
    start, end = match.span()
    line = data.rfind(b"\n", 0, start) + 1
    at = start
    if _QUOTE.search(data, line, start):
        code = _CODE.match(data, line, end)
        at = code.end() if code is not None else end
    # The slashes that were found may stand in a string, and none that matter were passed over.
    if start <= at < end and data.startswith(b"//", at) and _ENDS_STATEMENT.search(data[line:at].rstrip(b" \t")):
        return data[start:at] + b";" + data[at:end]
    return match[0]
