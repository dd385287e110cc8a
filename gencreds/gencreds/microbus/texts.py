"""What is known of a string in the source: a closed set of texts, or that it is dynamic. Plain values and their sums.

`values` computes them, and the patterns turn them into hosts, methods, routes and URLs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

# A text with gaps: None is a piece that only the running program knows. Never two gaps, nor two texts, in a row.
Pattern = tuple[str | None, ...]
GAP: Pattern = (None,)
# More values than this are no closed set that anyone would want granted.
MAX_VALUES = 64
# No route or URL is longer (characters); texts that double one another are cut off here.
_MAX_LENGTH = 65_536


@dataclass(frozen=True)
class Texts:
    """All that a string may be: any of `patterns`, and with `may_be_zero` also what Go starts a variable with.

    `is_cut` when there would be more than `MAX_VALUES` of them, and so they count as dynamic.
    """

    patterns: tuple[Pattern, ...]
    may_be_zero: bool = False
    is_cut: bool = False

    @property
    def known(self) -> tuple[str, ...] | None:
        """Every text that the string may be, or None when any of them has a gap."""
        found = [text_of(pattern) for pattern in self.patterns]
        complete = [text for text in found if text is not None]
        return tuple(complete) if complete and len(complete) == len(found) else None


NOTHING = Texts(())
DYNAMIC = Texts((GAP,))
CUT = Texts((GAP,), is_cut=True)


def constant(text: str) -> Texts:
    """Return the set of the one text `text`."""
    return Texts((_pattern((text,)),))


def text_of(pattern: Pattern) -> str | None:
    """Return the text that `pattern` is, None when it has a gap."""
    return "" if not pattern else pattern[0] if len(pattern) == 1 else None


def united(*groups: Texts) -> Texts:
    """Return all that any of `groups` may be."""
    patterns = tuple(dict.fromkeys(pattern for group in groups for pattern in group.patterns))
    if len(patterns) > MAX_VALUES:
        return CUT
    return Texts(patterns, any(group.may_be_zero for group in groups), any(group.is_cut for group in groups))


def joined(*parts: Texts) -> Texts:
    """Return all that the texts one after another may be."""
    found: list[Pattern] = [()]
    for part in parts:
        if len(found) * len(part.patterns) > MAX_VALUES:
            return CUT
        found = list(dict.fromkeys(_pattern((*first, *second)) for first in found for second in part.patterns))
        if any(len(piece or "") > _MAX_LENGTH for pattern in found for piece in pattern):
            return DYNAMIC
    return Texts(tuple(found), is_cut=any(part.is_cut for part in parts))


def mapped(function: Callable[..., str | None], *arguments: Texts) -> Texts:
    """Return what `function` makes of every combination of complete texts; a gap in an argument makes a gap."""
    combinations: list[tuple[Pattern, ...]] = [()]
    for argument in arguments:
        if len(combinations) * len(argument.patterns) > MAX_VALUES:
            return CUT
        combinations = [(*before, each) for before in combinations for each in argument.patterns]
    found: list[Pattern] = []
    for combination in combinations:
        texts = [text_of(pattern) for pattern in combination]
        result = function(*texts) if None not in texts else None
        found.append(GAP if result is None else _pattern((result,)))
    return Texts(tuple(dict.fromkeys(found)), is_cut=any(argument.is_cut for argument in arguments))


def _pattern(pieces: Iterable[str | None]) -> Pattern:
    """Join neighbouring texts and neighbouring gaps."""
    found: list[str | None] = []
    for piece in pieces:
        if piece == "":
            continue
        last = found[-1] if found else ""
        if found and piece is None and last is None:
            continue
        if found and piece is not None and last is not None:
            found[-1] = last + piece
        else:
            found.append(piece)
    return tuple(found)
