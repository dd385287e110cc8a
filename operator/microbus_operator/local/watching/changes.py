"""Which files of a source changed: looked at every fraction of a second, and told once they are left alone.

Looking costs one `stat` a file; what a look costs decides when the next one is, so that a large tree keeps nobody busy.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

from microbus_operator.local.runtime.sources import files_of

_LOOKS_EVERY = 0.25
# A look may take this part of the time.
_SHARE = 0.1
_READ = {".go", ".mod", ".sum", ".work", ".yaml", ".yml"}

Signatures = dict[Path, tuple[int, int, int]]


def signatures(root: Path, without: Path) -> Signatures:
    """Modification time, size and inode of every file that an analysis of `root` may read."""
    found: Signatures = {}
    for path in files_of(root, without):
        if path.suffix in _READ:
            try:
                status = path.stat()
            except OSError:
                continue
            found[path] = (status.st_mtime_ns, status.st_size, status.st_ino)
    return found


async def changes(root: Path, without: Path, known: Signatures | None = None) -> AsyncIterator[list[Path]]:
    """The files that changed, came or went since `known` (now, where it is left out), sorted; for ever.

    An editor that saves many files at once, or a `git checkout`, is one change: told when two looks saw the same.
    """
    told = known if known is not None else await asyncio.to_thread(signatures, root, without)
    before = told
    while True:
        started = time.monotonic()
        now = await asyncio.to_thread(signatures, root, without)
        if now == before and now != told:
            told, changed = now, {path for path, _ in now.items() ^ told.items()}
            yield sorted(changed)
        before = now
        await asyncio.sleep(max(_LOOKS_EVERY, (time.monotonic() - started) / _SHARE))
