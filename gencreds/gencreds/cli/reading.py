"""Reads the small files that commands are given: within bounds, and from a pipe only while somebody writes to it."""

from __future__ import annotations

import errno
import os
import select
import stat
import time
from pathlib import Path

# A shell's `<(…)` is a pipe; one that nobody writes to would be waited for without end (seconds).
_PATIENCE = 5.0
_CHUNK = 1 << 16


def read_bounded(path: Path, most: int) -> bytes:
    """Return up to `most` bytes of a file, a pipe or a device that may have no end.

    Raises `OSError` with the path, also for a folder and for a pipe that nothing comes out of.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        found = bytearray()
        until = time.monotonic() + _PATIENCE
        while len(found) < most:
            if not stat.S_ISREG(mode):
                _await(descriptor, until, path)
            part = file.read(min(_CHUNK, most - len(found)))
            if part == b"":
                break
            found += part or b""
        return bytes(found)


def _await(descriptor: int, until: float, path: Path) -> None:
    """Wait until there is something to read, or the other end is closed."""
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    if not waiting.poll(max(0.0, until - time.monotonic()) * 1000):
        raise TimeoutError(errno.ETIMEDOUT, f"nothing came out of it for {_PATIENCE:g} s", str(path))
