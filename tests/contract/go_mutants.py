"""Go sources with one to three small changes each: the input of the differential with Go's own parser.

The same seed and index always give the same mutant, so that a disagreement has a name that can be looked up again.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

_TOKEN = re.compile(
    rb'//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|`[^`]*`|\'(?:[^\'\\\n]|\\.)+\'|[A-Za-z_]\w*|[0-9][\w.]*'
    rb"|<<=|>>=|&\^=|\.\.\.|[-+*/%&|^=!<>:]=|&&|\|\||<-|\+\+|--|<<|>>|&\^|\n|[ \t]+|.",
    re.DOTALL,
)
_WORDS = (
    "break case chan const continue default defer else fallthrough for func go goto if import interface map package "
    "range return select struct switch type var x _ y.z int T any nil iota 0 1 0x1F 08 1_0 0b1 1.5e3 .5 2i 'a' '\\n' "
    '"s" `r` "\\x41"'
)
_OPERATORS = (
    "+ - * / % & | ^ << >> &^ += -= *= /= %= &= |= ^= <<= >>= &^= && || <- ++ -- == < > = ! ~ != <= >= := ... "
    "( [ { , . ) ] } ; :"
)
_VOCABULARY = tuple(word.encode() for word in f"{_WORDS} {_OPERATORS}".split())
_WHITE = (b"\n", b"\n\n", b" ", b"\t", b" \n", b"// c\n", b"/* c */", b"/* c\n */", b";\n", b"\r\n", b",\n")
# Pieces of Go, one a line, with Python's escapes: what the corpus has little of.
_PIECES = tuple(
    piece.decode("unicode_escape").encode("latin-1")
    for piece in (Path(__file__).parent / "goparse" / "pieces.txt").read_bytes().splitlines()
)


def corpus() -> tuple[tuple[str, bytes], ...]:
    """Return the files that are mutated, by name: the golden corpus and the example."""
    root = Path(__file__).resolve().parents[2]
    paths = sorted((*root.glob("tests/golden/**/*.go"), *root.glob("examples/shop/**/*.go")))
    return tuple((path.relative_to(root).as_posix(), path.read_bytes()) for path in paths)


class Mutants:
    """Makes mutants of `files`. Tokens of each file are found once."""

    def __init__(self, files: Sequence[bytes], seed: int) -> None:
        self._seed = seed
        self._tokens = [_TOKEN.findall(data) for data in files]

    def __call__(self, index: int) -> tuple[int, bytes]:
        """Return the mutant `index`: which file it was made of, and its source."""
        chance = random.Random(f"{self._seed}:{index}")
        which = chance.randrange(len(self._tokens))
        tokens = list(self._tokens[which])
        for _ in range(chance.choice((1, 1, 1, 1, 2, 3))):
            tokens = chance.choice(_CHANGES)(tokens, chance, self._tokens)
        return which, b"".join(tokens)

    def first(self, count: int) -> Iterator[tuple[int, bytes]]:
        """Return the first `count` mutants."""
        return map(self, range(count))


Tokens = list[bytes]


def _place(tokens: Tokens, chance: random.Random) -> int:
    """A place that is no white space, most of the time, and no comment."""
    at = 0
    for _ in range(4):
        at = chance.randrange(len(tokens)) if tokens else 0
        if tokens and not tokens[at].isspace() and not tokens[at].startswith(b"//"):
            break
    return at


def _delete(tokens: Tokens, chance: random.Random, _: Sequence[Tokens]) -> Tokens:
    at = _place(tokens, chance)
    return tokens[:at] + tokens[at + 1 :]


def _double(tokens: Tokens, chance: random.Random, _: Sequence[Tokens]) -> Tokens:
    at = _place(tokens, chance)
    return [*tokens[: at + 1], *chance.choice(((), (b" ",))), *tokens[at:]]


def _swap(tokens: Tokens, chance: random.Random, _: Sequence[Tokens]) -> Tokens:
    if not tokens:
        return tokens
    at, other = _place(tokens, chance), _place(tokens, chance)
    if chance.random() < 0.5:
        other = min(at + chance.choice((1, 2)), len(tokens) - 1)
    changed = list(tokens)
    changed[at], changed[other] = tokens[other], tokens[at]
    return changed


def _replace(tokens: Tokens, chance: random.Random, _: Sequence[Tokens]) -> Tokens:
    at = _place(tokens, chance)
    return [*tokens[:at], chance.choice(_VOCABULARY), *tokens[at + 1 :]]


def _insert(tokens: Tokens, chance: random.Random, _: Sequence[Tokens]) -> Tokens:
    at = _place(tokens, chance)
    return [*tokens[:at], b" ", chance.choice(_VOCABULARY), b" ", *tokens[at:]]


def _insert_piece(tokens: Tokens, chance: random.Random, _: Sequence[Tokens]) -> Tokens:
    at = _place(tokens, chance)
    around = chance.choice((b"", b" ", b"\n"))
    after = at + chance.choice((0, 0, 1))
    return [*tokens[:at], around, chance.choice(_PIECES), around, *tokens[after:]]


def _white(tokens: Tokens, chance: random.Random, _: Sequence[Tokens]) -> Tokens:
    at = _place(tokens, chance) + chance.choice((0, 1))
    return [*tokens[:at], chance.choice(_WHITE), *tokens[at:]]


def _no_white(tokens: Tokens, chance: random.Random, _: Sequence[Tokens]) -> Tokens:
    spaces = [at for at, token in enumerate(tokens) if token.isspace()]
    if not spaces:
        return tokens
    at = chance.choice(spaces)
    return [*tokens[:at], *chance.choice(((), (b" ",))), *tokens[at + 1 :]]


def _truncate(tokens: Tokens, chance: random.Random, _: Sequence[Tokens]) -> Tokens:
    at = _place(tokens, chance)
    return tokens[:at] if chance.random() < 0.5 else tokens[at:]


def _splice(tokens: Tokens, chance: random.Random, everything: Sequence[Tokens]) -> Tokens:
    other = chance.choice(everything)
    start = _place(other, chance)
    at = _place(tokens, chance)
    after = min(at + chance.choice((0, 0, 1, 3, 10)), len(tokens))
    return [*tokens[:at], *other[start : start + chance.choice((1, 3, 6, 12, 40))], *tokens[after:]]


def _cut(tokens: Tokens, chance: random.Random, _: Sequence[Tokens]) -> Tokens:
    at = _place(tokens, chance)
    return tokens[:at] + tokens[at + chance.choice((2, 3, 5, 8, 20)) :]


def _byte(tokens: Tokens, chance: random.Random, _: Sequence[Tokens]) -> Tokens:
    data = bytearray(b"".join(tokens))
    at = chance.randrange(len(data) + 1)
    how = chance.random()
    if how < 0.3:
        del data[at : at + 1]
    elif how < 0.6:
        data[at:at] = bytes((chance.choice(b"abcxyz019_ \t\n(){}[].,;:+-*/&|^<>=!~\"'`\\#\x00\xff\x80\xc3\r"),))
    elif how < 0.9:
        data[at : at + 1] = bytes((chance.choice(b"aex0189_ \n(){}[].,;:+-*/&|<>=!\"'`\\"),))
    else:
        data[at : at + 1] = bytes((chance.randrange(256),))
    return _TOKEN.findall(bytes(data))


def _lines(tokens: Tokens, chance: random.Random, _: Sequence[Tokens]) -> Tokens:
    lines = b"".join(tokens).split(b"\n")
    at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    how = chance.randrange(5)
    if how == 0:
        del lines[at]
    elif how == 1:
        lines.insert(other, lines[at])
    elif how == 2:
        lines[at], lines[other] = lines[other], lines[at]
    elif how == 3 and at + 1 < len(lines):
        lines[at : at + 2] = [lines[at] + chance.choice((b" ", b"", b"; ")) + lines[at + 1].lstrip()]
    else:
        lines.insert(other, lines.pop(at))
    return _TOKEN.findall(b"\n".join(lines))


_CHANGES = (
    _delete, _double, _swap, _replace, _replace, _insert, _insert, _insert_piece, _insert_piece,
    _white, _white, _no_white, _truncate, _splice, _splice, _cut, _byte, _byte, _lines,
)  # fmt: skip
