"""What a terminal takes: printable text, colours where they are wanted, columns that line up.

Every text for people uses it. Names and messages come from hostile sources, so all of it passes `printable`.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TextIO

COLOURS = ("auto", "always", "never")

_PLAIN = "\x1b[0m"
_WIDEST = 10_000


class Paint(StrEnum):
    """What a text is marked with; empty where it is not."""

    NONE = ""
    RED = "\x1b[31m"
    GREEN = "\x1b[32m"
    YELLOW = "\x1b[33m"
    BOLD = "\x1b[1m"


def printable(text: str, *, lines: bool = False) -> str:
    """Return `text` with what a terminal would obey replaced; with `lines`, lines stay lines."""
    return "".join(
        character if character.isprintable() or (lines and character == "\n") else "\N{REPLACEMENT CHARACTER}"
        for character in text
    )


def painted(text: str, paint: Paint, colour: bool) -> str:
    """Return `text`, printable, in `paint` where `colour` is wanted."""
    return f"{paint}{printable(text)}{_PLAIN}" if colour and paint else printable(text)


def wants_colour(stream: TextIO, environment: Mapping[str, str], choice: str = "auto") -> bool:
    """Return whether to colour: as `choice` says, or on a terminal that can, without `NO_COLOR` (https://no-color.org)."""
    if choice != "auto":
        return choice == "always"
    return stream.isatty() and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def width_of(stream: TextIO, environment: Mapping[str, str]) -> int | None:
    """Return how many columns `stream` has: what `COLUMNS` says, or the terminal; None where nothing bounds a line."""
    if not stream.isatty():
        return None
    said = environment.get("COLUMNS", "")
    if said.isascii() and said.isdigit() and 0 < int(said[:6]) <= _WIDEST:
        return int(said)
    try:
        return os.get_terminal_size(stream.fileno()).columns or None
    except (OSError, ValueError):
        return None


def columns(text: str) -> int:
    """Return how many columns a printable `text` takes: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def padded(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Return printable `cells` as one line, each padded to its width and two spaces more, the last one as it is."""
    spaced = [cell + " " * (width - columns(cell) + 2) for cell, width in zip(cells, widths, strict=False)]
    return "".join(spaced).rstrip()


def widths_of(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the width of each column of `rows`, which are all as long."""
    return [max(columns(cell) for cell in column) for column in zip(*rows, strict=True)]


def counted(count: int, singular: str, plural: str = "") -> str:
    """Return `1 finding`, `2 findings`."""
    return f"{count} {singular if count == 1 else plural or singular + 's'}"
