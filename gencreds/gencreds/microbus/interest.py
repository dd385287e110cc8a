"""Which places of a file, and which local names of a function, are worth lowering. The prefilter of `units`.

One pass over the bytes finds the words that matter; what has none of them is never looked at.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from gencreds.golang.words import word_offsets
from gencreds.microbus.clients import CONSTRUCTORS, TYPES
from gencreds.microbus.fileview import FileView
from gencreds.microbus.options import METHODS
from gencreds.microbus.requests import REQUESTS

_MEMBERS = tuple(name.encode() for name in sorted({*REQUESTS, *METHODS, "Subscribe"}))
# One of them selected from anything but the standard library's type. It begins with a literal, as `re` likes it.
_MEMBER = re.compile(
    rb"\.(?!(?<=http\.)Request\b(?!\())[ \t\r\n]*+(?://[^\n]*+\s*+)*+(" + b"|".join(_MEMBERS) + rb")\b"
)
# What follows the alias of an API package where more than its data types is used; a comment may hide it.
_OF_INTEREST = re.compile(rb"\w+\s*(?:/|\.\s*(?:/|(?:" + "|".join(sorted({*CONSTRUCTORS, *TYPES})).encode() + rb")\b))")
_SPACE = b" \t\r\n"
_ASSIGNED = re.compile(rb"\s*+(?:,(?:[\w\s,.*\[\]\x80-\xff]|//[^\n]*+\n)*+)?:?=(?!=)")
_DECLARING = re.compile(rb"\b(?:var|const|type)$")
_TYPED = re.compile(rb"\s+(?:[\w*\[<]|\.\.\.)")
# The same for what begins a line: a name in a list of variables.
_LISTED = re.compile(rb"(?:[ \t]*,[ \t]*\w+)*[ \t]+(?:[\w*\[]|<-chan\b)")
_COMMENT = re.compile(rb"//[^\n]*")
# Nobody writes that much space before a name.
_FAR = 256
_SELECTED = re.compile(rb"\s*\.")
_WORD = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*")
# A variable that is bound to nothing but a new client, which is what most of them are.
_BOUND = re.compile(rb"(\w+)[ \t]*:=[ \t]*$")
_MADE = re.compile(rb"\w+\.New\w+\(\w*\)[ \t]*(?:\n|\.(?:ForHost|WithOptions)\()")


def interesting(view: FileView, carried: Collection[bytes]) -> list[int]:
    """Return the sorted byte offsets in a file at which something of interest may stand."""
    data = view.file.data
    found = set(word_offsets(data, view.words.union(carried)))
    found.update(at for at in word_offsets(data, view.api_words) if _OF_INTEREST.match(data, at))
    found.update(match.start(1) for match in _MEMBER.finditer(data))
    return sorted(found)


def words_in(data: bytes, words: Collection[bytes], start: int, end: int) -> list[int]:
    """Return the offsets of `words` between `start` and `end`, in one pass however many words there are."""
    return [match.start() for match in _WORD.finditer(data, start, end) if match[0] in words]


def indexed(data: bytes) -> dict[bytes, list[int]]:
    """Return where each word of `data` stands."""
    found: dict[bytes, list[int]] = {}
    for match in _WORD.finditer(data):
        found.setdefault(match[0], []).append(match.start())
    return found


def bound_names(data: bytes, offsets: Collection[int]) -> set[bytes]:
    """Return the variables that plainly are bound to a client made at one of `offsets`: a guess that saves a look."""
    found: set[bytes] = set()
    for offset in offsets:
        before = data.rfind(b"\n", 0, offset) + 1
        match = _BOUND.search(data, before, offset)
        if match is not None and _MADE.match(data, offset):
            found.add(match[1])
    return found


def may_rebind(data: bytes, name: str, start: int, end: int) -> bool:
    """Return whether `name` may be declared or assigned between `start` and `end`; says yes where it cannot tell."""
    word = name.encode("utf-8", "surrogateescape")
    for offset in word_offsets(data, (word,), start, end):
        after = offset + len(word)
        if _ASSIGNED.match(data, after, end):
            return True
        near = data[max(start, offset - _FAR) : offset]
        if near.rstrip(b" \t")[-1:] in (b"\n", b"") and _LISTED.match(data, after, end):
            return True
        before = (_COMMENT.sub(b"", near) if b"//" in near else near).rstrip(_SPACE)
        if not before or _DECLARING.search(before) or (before[-1:] in (b"(", b",") and _TYPED.match(data, after, end)):
            return True
    return False


def may_hide(data: bytes, package: str, start: int, end: int) -> bool:
    """Return whether the name of a package may be another thing's, too; says yes where it cannot tell.

    Of a package something is selected each time.
    """
    word = package.encode("utf-8", "surrogateescape")
    return any(not _SELECTED.match(data, at + len(word), end) for at in word_offsets(data, (word,), start, end))


def leading(view: FileView, offsets: Collection[int]) -> set[int]:
    """Return those of `offsets` at which a client may come from: not the words of requests and options."""
    asking = {*_MEMBERS, *(name.encode("utf-8", "surrogateescape") for name in (*view.pub, *view.sub))}
    found = set()
    for offset in offsets:
        match = _WORD.match(view.file.data, offset)
        if match is None or match[0] not in asking:
            found.add(offset)
    return found
