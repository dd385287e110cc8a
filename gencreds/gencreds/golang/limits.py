"""How much input an analysis reads before it refuses. Every reader of this package takes one `Limits`."""

from __future__ import annotations

import resource
from dataclasses import dataclass, field

# What one microservice's analysis may take; an ordinary one takes 0.05.
SECONDS = 6


class InputRefused(Exception):
    """The input as a whole is beyond the limits: nothing of it is analysed."""


def _allowed_seconds() -> float:
    """Return most of what the process may use before the kernel ends it without a word, as the operator's may."""
    soft, _ = resource.getrlimit(resource.RLIMIT_CPU)
    return float("inf") if soft == resource.RLIM_INFINITY else soft * 0.8


@dataclass(frozen=True)
class Limits:
    """Bounds on hostile input.

    `file_bytes` and `total_bytes` are bytes, `files` counts files, `nesting` is how deep brackets may nest in one file
    (Go's own parser gives up at 100,000; hand-written code stays below 50). With `confined` nothing outside the source
    root is read: no local `replace` leads out of it, and there is no module cache.

    `seconds` is the processor time that one microservice's analysis may take, and a scan
    `further_seconds` more for each one after the first, but never more than `total_seconds`.
    """

    file_bytes: int = 1 << 20
    total_bytes: int = 1 << 30
    files: int = 100_000
    nesting: int = 1000
    confined: bool = False
    seconds: float = SECONDS
    further_seconds: float = 0.25
    total_seconds: float = field(default_factory=_allowed_seconds)
