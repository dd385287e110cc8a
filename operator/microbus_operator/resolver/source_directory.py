"""Accounts from folders: for the local mode and for tests, by the same rules as from ConfigMaps.

A folder holds `operator.jwt` and `<account public key>.jwt`; each folder directly below it is a publication of its own.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from gencreds.nats.jwt import MAX_TOKEN_BYTES
from microbus_operator.resolver.intake import Intake
from microbus_operator.resolver.store import MOST_ENTRIES, SUFFIX, Publication

logger = logging.getLogger(__name__)

LOOK_EVERY = 0.25
"""Seconds between two looks; the standard library has no notification of changed files."""
MOST_FOLDERS = 256

_Seen = dict[Path, tuple[int, int, int]]


class DirectorySource:
    """Reads a folder again and again, and hands over what changed. Write files by renaming them into place."""

    def __init__(self, directory: Path, intake: Intake) -> None:
        self._directory = directory
        self._intake = intake
        self._seen: dict[Path, _Seen] = {}

    async def run(self) -> None:
        """For ever. A folder that cannot be read is logged and tried again; what was read stays served."""
        is_read, problem = False, ""
        while True:
            try:
                await self._look()
                problem = ""
                if not is_read:
                    is_read = True
                    self._intake.source_was_read()
            except OSError as error:
                if problem != str(error):
                    problem = str(error)
                    logger.error("folder %s cannot be read: %s", self._directory, error)
            await asyncio.sleep(LOOK_EVERY)

    async def _look(self) -> None:
        below = sorted(path for path in self._directory.iterdir() if path.is_dir())[:MOST_FOLDERS]
        for folder in (self._directory, *below):
            seen = _signature(folder)
            if self._seen.get(folder) != seen:
                await self._intake.take(Publication(f"folder {folder}", _entries(seen)))
                self._seen[folder] = seen
        for folder in [folder for folder in self._seen if folder not in (self._directory, *below)]:
            await self._intake.take(Publication(f"folder {folder}", {}))
            del self._seen[folder]


def _signature(folder: Path) -> _Seen:
    paths = sorted(folder.glob(f"?*{SUFFIX}"))[: MOST_ENTRIES + 1]
    return {path: (found.st_mtime_ns, found.st_size, found.st_ino) for path in paths for found in (path.stat(),)}


def _entries(seen: _Seen) -> dict[str, str]:
    # One byte more than a JWT may have is enough to have it refused.
    return {path.name: _read(path) for path in seen}


def _read(path: Path) -> str:
    with path.open(encoding="ascii", errors="replace") as file:
        return file.read(MAX_TOKEN_BYTES + 2)
