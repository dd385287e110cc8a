"""How much input an analysis reads before it refuses. Every reader of this package takes one `Limits`."""

from __future__ import annotations

from dataclasses import dataclass


class InputRefused(Exception):
    """The input as a whole is beyond the limits: nothing of it is analysed."""


@dataclass(frozen=True)
class Limits:
    """Bounds on hostile input.

    `file_bytes` and `total_bytes` are bytes, `files` counts files, `nesting` is how deep brackets may nest in one file
    (Go's own parser gives up at 100,000; hand-written code stays below 50). With `confined` nothing outside the source
    root is read: no local `replace` leads out of it, and there is no module cache.
    """

    file_bytes: int = 1 << 20
    total_bytes: int = 1 << 30
    files: int = 100_000
    nesting: int = 1000
    confined: bool = False
