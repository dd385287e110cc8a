"""What is known of a string in the source: a closed set of texts, or that it is dynamic. Plain values.

`values` computes them, and the patterns turn them into hosts, methods, routes and URLs.
"""

from __future__ import annotations

from dataclasses import dataclass

# A text with gaps: None is a piece that only the running program knows. Never two gaps, nor two texts, in a row.
Pattern = tuple[str | None, ...]
GAP: Pattern = (None,)


@dataclass(frozen=True)
class Texts:
    """All that a string may be: any of `patterns`, and with `may_be_zero` also what Go starts a variable with."""

    patterns: tuple[Pattern, ...]
    may_be_zero: bool = False

    @property
    def known(self) -> tuple[str, ...] | None:
        """Every text that the string may be, or None when any of them has a gap."""
        found = ["" if not pattern else pattern[0] for pattern in self.patterns if len(pattern) < 2]
        complete = [text for text in found if text is not None]
        return tuple(complete) if complete and len(complete) == len(self.patterns) else None


DYNAMIC = Texts((GAP,))


def constant(text: str) -> Texts:
    """Return the set of the one text `text`."""
    return Texts(((text,) if text else (),))
