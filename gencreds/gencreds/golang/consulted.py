"""Which directories a piece of the analysis looked into, and what they held at that time.

`files` notes a directory's names when it is listed, and the directory itself when something in it is read; what is kept
between microservices notes it again for the next one. A later scan repeats only what rests on what changed.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

# What changed this shortly before it was read may change again without its times showing it (nanoseconds); file
# systems' clocks tick every 1 to 10 ms.
_UNSETTLED = 100_000_000
# No real path ends so.
_NAMES = "//"


class Consulted:
    """Notes directories for whoever listens; `signatures` are by what is noted, made before it is read."""

    def __init__(self) -> None:
        self.signatures: dict[str, str] = {}
        self._listeners: list[set[str]] = []

    @contextmanager
    def noted(self) -> Iterator[set[str]]:
        """Collect the directories noted inside the context, without telling a context around it."""
        seen: set[str] = set()
        self._listeners.append(seen)
        try:
            yield seen
        finally:
            self._listeners.pop()

    def note(self, paths: Iterable[str]) -> None:
        """Note that the directories `paths` were looked into."""
        if self._listeners:
            self._listeners[-1].update(paths)

    def sign(self, path: str) -> None:
        """Keep the signature of what is about to be read for the first time."""
        if path not in self.signatures:
            self.signatures[path] = signature(path)


def names_of(path: str) -> str:
    """Return what is noted of a directory whose names alone matter."""
    return path + _NAMES


def signature(noted: str) -> str:
    """Return what tells whether a directory, its names alone, or a module's zip is as it was.

    For a directory: names, sizes, times and inodes. ctime is among them, so that a change that puts the modification
    time back shows as well. What was touched within the last tenth of a second gets a signature that equals no other.
    """
    now = time.time_ns()
    path = noted.removesuffix(_NAMES)
    found: list[tuple[str | int, ...]] = []
    newest = 0
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                kind = os.readlink(entry.path) if entry.is_symlink() else entry.is_dir()
                if path is not noted or entry.is_dir(follow_symlinks=False):
                    found.append((entry.name, kind))
                    continue
                state = entry.stat()
                newest = max(newest, state.st_mtime_ns, state.st_ctime_ns)
                found.append((entry.name, kind, *_state(state)))
    except NotADirectoryError:
        found.append(("", *_state(os.stat(path))))
    except OSError:
        # It is not there, or a link in it leads nowhere: that, too, may change.
        found.append(("",))
    if newest > now - _UNSETTLED:
        return f"unsettled {now}"
    found.sort(key=lambda each: each[0])
    return hashlib.blake2b(repr(found).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _state(state: os.stat_result) -> tuple[int, ...]:
    return state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino, state.st_mode
