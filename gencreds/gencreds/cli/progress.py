"""How far a scan is: one line on a terminal's standard error that is written over, and gone at the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

_EVERY = 0.1
_ERASED = "\r\x1b[K"


@contextmanager
def shown_on(stream: TextIO, *, quiet: bool = False) -> Iterator[Callable[[int, int], None] | None]:
    """Yield what `pipeline.scan` tells how far it is; None, and nothing is shown, where `stream` is no terminal."""
    if quiet or not stream.isatty():
        yield None
        return
    last = time.monotonic()

    def told(done: int, of: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _EVERY:
            last = now
            stream.write(f"{_ERASED}gencreds: {done}/{of} microservices")
            stream.flush()

    try:
        yield told
    finally:
        stream.write(_ERASED)
        stream.flush()
