"""Go source to tokens, semicolons inserted: the first step of `grammar`, under `types`, `expressions`, `statements`.

Follows the lexical part of the Go specification ("Tokens", "Semicolons", "Identifiers" to "String literals"), and Go's
scanner where that is stricter or laxer (`//line` directives, digits of an imaginary literal).
"""

from __future__ import annotations

import re
import unicodedata

_KEYWORDS = frozenset(
    b"break case chan const continue default defer else fallthrough for func go goto if import interface map package "
    b"range return select struct switch type var".split()
)
_HEX = rb"[0-9a-fA-F]"
_CODE_POINT = rb"(?:[0-9a-cA-CeEfF]%(h)s{3}|[dD][0-7]%(h)s{2})" % {b"h": _HEX}
_ESCAPE = rb"\\(?:[abfnrtv\\%(q)s]|[0-3][0-7]{2}|x%(h)s{2}|u%(c)s|U0000%(c)s|U(?:000[1-9a-fA-F]|0010)%(h)s{4})"
_PARTS = {b"h": _HEX, b"c": _CODE_POINT}
_TOKEN = re.compile(
    rb"(?P<white>[ \t\r]+)|(?P<newline>\n)"
    rb"|(?P<word>[A-Za-z_\x80-\xff][\w\x80-\xff]*)"
    rb"|(?P<comment>//[^\n]*|/\*(?s:.)*?\*/)"
    rb'|(?P<string>"(?:[^"\\\n]++|' + _ESCAPE % {**_PARTS, b"q": b'"'} + rb')*+"|`[^`]*`)'
    rb"|(?P<rune>'(?:[^'\\\n\x80-\xff]|[\xc0-\xff][\x80-\xbf]+|" + _ESCAPE % {**_PARTS, b"q": b"'"} + rb")')"
    rb"|(?P<number>\.?[0-9](?:[eEpP][+-]|[\w.])*)"
    rb"|(?!/\*)(?P<operator><<=|>>=|&\^=|\.\.\.|&&|\|\||<-|\+\+|--|<<|>>|&\^|[-+*/%&|^=!<>:]=|[-+*/%&|^<>=!()\[\]{},;.:~])"
)
# How much of what looks like a number Go's scanner takes for it, and which of that it accepts.
_NUMBER = re.compile(
    rb"(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?|0[bBoO][0-9_]*(?:\.[0-9_]*)?|[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)"
    rb"(?:[eEpP][+-]?[0-9_]*)?i?"
)
_D, _H = rb"[0-9](?:_?[0-9])*", rb"[0-9a-fA-F](?:_?[0-9a-fA-F])*"
_VALID_NUMBER = re.compile(
    rb"0(?:_?[0-7])*|[1-9](?:_?[0-9])*|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[0-9a-fA-F])+i?"
    rb"|(?:%(d)s|0[bBoO](?:_?[0-9])+)i"
    rb"|(?:%(d)s\.(?:%(d)s)?|\.%(d)s)(?:[eE][+-]?%(d)s)?i?|%(d)s[eE][+-]?%(d)si?"
    rb"|0[xX](?:_?%(h)s(?:\.(?:%(h)s)?)?|\.%(h)s)[pP][+-]?%(d)si?" % {b"d": _D, b"h": _H}
)
_ENDS_STATEMENT = frozenset(
    {"name", "literal", "string", "break", "continue", "fallthrough", "return", "++", "--", ")", "]", "}"}
)
_UNFINISHED = {
    b"/*": "comment not terminated",
    b'"': "string literal not terminated, or an invalid escape sequence in it",
    b"'": "illegal rune literal",
    b"`": "raw string literal not terminated",
}
_MAX_LINE = 1 << 30
_STAR, _NEWLINE = b"*\n"


class NotGo(Exception):
    """The source is no valid Go: `line`, from 1, is where."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


class Tokens:
    """The tokens of one file, as two lists: what each is, and the byte that it starts at.

    A kind is the operator or keyword itself, "name", "literal" (numbers and runes), "string", ";" (also where Go
    inserts one) or "" at the end. Raises `NotGo`.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.kinds: list[str] = []
        self.starts: list[int] = []
        # Where Go inserts a semicolon: the end of the token before.
        self.semicolons: list[int] = []
        self._scan()

    def error(self, message: str, offset: int) -> NotGo:
        """Return the error that `message` is at the byte `offset`; what is missing at the end, in the last line."""
        return NotGo(message, self.data.count(b"\n", 0, min(offset, len(self.data.rstrip()))) + 1)

    def _scan(self) -> None:
        data = self.data
        if not data.isascii():
            self._check_encoding()
        if (nul := data.find(b"\0")) >= 0:
            raise self.error("illegal character NUL", nul)
        kinds, starts, match = self.kinds, self.starts, _TOKEN.match
        at, end, ended, last = 3 if data.startswith(b"\xef\xbb\xbf") else 0, len(data), False, 0
        while at < end:
            found = match(data, at)
            if found is None:
                raise self._illegal(at)
            group, after = found.lastgroup, found.end()
            if group == "white":
                at = after
                continue
            if group == "newline":
                if ended:
                    kinds.append(";")
                    starts.append(at)
                    self.semicolons.append(last)
                    ended = False
                at = after
                continue
            if group == "comment":
                if ended and data.startswith(b"/*", at) and b"\n" in found.group():
                    kinds.append(";")
                    starts.append(at)
                    self.semicolons.append(last)
                    ended = False
                if data.startswith(b"line ", at + 2) and (data[at + 1] == _STAR or at == 0 or data[at - 1] == _NEWLINE):
                    self._check_directive(found.group(), at)
                at = after
                continue
            if group == "word":
                kind = self._word(found.group(), at)
            elif group == "operator":
                kind = found.group().decode()
            elif group == "number":
                kind, after = "literal", self._number_end(at)
            else:
                kind = "string" if group == "string" else "literal"
            kinds.append(kind)
            starts.append(at)
            ended = kind in _ENDS_STATEMENT
            at = last = after
        if ended:
            self.semicolons.append(last)
        kinds.extend((";", "") if ended else ("",))
        starts.extend((end, end))

    def _check_encoding(self) -> None:
        try:
            self.data.decode()
        except UnicodeDecodeError as error:
            raise self.error("illegal UTF-8 encoding", error.start) from error
        if (mark := self.data.find(b"\xef\xbb\xbf", 1)) >= 0:
            raise self.error("illegal byte order mark", mark)

    def _word(self, word: bytes, at: int) -> str:
        if word in _KEYWORDS:
            return word.decode()
        if not word.isascii():
            for index, character in enumerate(word.decode()):
                category = unicodedata.category(character)
                if not (category[0] == "L" or character == "_" or (category == "Nd" and index)):
                    raise self.error(f"illegal character U+{ord(character):04X}", at)
        return "name"

    def _number_end(self, at: int) -> int:
        taken = _NUMBER.match(self.data, at)
        if taken is None or not _VALID_NUMBER.fullmatch(taken.group()):
            raise self.error("invalid number", at)
        return taken.end()

    def _illegal(self, at: int) -> NotGo:
        for opening, message in _UNFINISHED.items():
            if self.data.startswith(opening, at):
                return self.error(message, at)
        return self.error(f"illegal character {chr(self.data[at])!r}", at)

    def _check_directive(self, comment: bytes, at: int) -> None:
        """Refuse a `//line` directive without a valid number, as Go's scanner does."""
        text = comment[7:-2] if comment.startswith(b"/*") else comment[7:].removesuffix(b"\r")
        before, colon, number = text.rpartition(b":")
        if not colon:
            return
        numbers = [_number(number)]
        _, colon, number = before.rpartition(b":")
        if colon and _number(number) >= 0:
            numbers.append(_number(number))
        if not all(0 < each <= _MAX_LINE for each in numbers):
            raise self.error("invalid line number in a line directive", at)


def _number(digits: bytes) -> int:
    """Return the number that `digits` are; -1 if they are none, or too large for any use."""
    return int(digits) if digits.isdigit() and len(digits) < 20 else -1
