"""Sources from a folder: what `source.discover` reads from images, read from where they are written.

A bundle's image names which `main.go` is meant; its digest is that of what was read. The analysis is the same child
process, which here may read Go's module cache, since nobody's source but the user's own is read.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gencreds.report import Report
from microbus_operator.local.runtime.processes import MARK
from microbus_operator.source.analysis import analyse
from microbus_operator.source.errors import AnalysisFailed, NoSource
from microbus_operator.source.memory import SourceReading
from microbus_operator.source.references import parse_reference
from microbus_operator.source.settings import MIB, ProcessLimits, SourceSettings

DECLARED = "Declared"
MOST_FILES = 50_000
MOST_FILE_BYTES = 16 * MIB
_DEEPEST_MAIN = 4
_MOST_REMEMBERED = 64
# Seconds within which an analysis that failed is tried once more.
_SOON = 10.0
_SKIPPED = {"node_modules", "testdata"}
_REPLACED = re.compile(r"^\s*(?:replace\s+)?\S+(?:\s+v\S+)?\s+=>\s+(\.\.?/\S*)", re.MULTILINE)
_PACKAGE_MAIN = re.compile(rb"^package main\b", re.MULTILINE)
# What tells gencreds where Go keeps modules.
_GO_VARIABLES = ("HOME", "GOPATH", "GOMODCACHE", "GOWORK")


@dataclass(frozen=True)
class Place:
    """Where a bundle's source is: the folder that was given, and its main file relative to that."""

    root: Path
    main: str


class FolderSources:
    """Reads bundles below `root`, remembers what was read, and says where a pinned image's source is.

    `without` is a folder that is not source: the state folder. `cache` is where scans are remembered, `mark`
    that of our processes.
    """

    def __init__(self, root: Path, *, without: Path, cache: Path, mark: str = "") -> None:
        self._root, self._without, self._cache = root, without, cache
        limits, self._mark = SourceSettings().analysis, mark
        self._limits: ProcessLimits = replace(limits, file_bytes=256 * MIB, address_space=2048 * MIB)
        self._hashes: dict[Path, tuple[tuple[int, int, int], bytes]] = {}
        self._readings: dict[str, SourceReading] = {}
        self._places: dict[str, Place] = {}
        self._read_more = asyncio.Condition()
        self._reading = asyncio.Semaphore(2)
        self._locks: dict[str, asyncio.Lock] = {}

    @property
    def root(self) -> Path:
        """The folder."""
        return self._root

    async def read(
        self, image: str, pull_secrets: Sequence[bytes], *, plane: str, main: str | None = None
    ) -> SourceReading:
        """Read the source of an image below the folder. Raises a `SourceError`."""
        reference = parse_reference(image)
        place = Place(self._root, main_of(self._root, reference.repository, main))
        source_digest = await asyncio.to_thread(self._digest, place)
        key = hashlib.sha256(f"{reference.name} {plane} {place.main} {source_digest}".encode()).hexdigest()
        lock = self._locks.setdefault(f"{reference.name} {place.main}", asyncio.Lock())
        async with lock:
            if key not in self._readings:
                async with self._reading:
                    reading = await self._read_anew(f"sha256:{key}", reference.pinned(f"sha256:{key}"), place, plane)
                self._readings[key] = replace(reading, source_digest=source_digest)
            reading = self._readings[key] = self._readings.pop(key)
            # A day of edits is not remembered for ever; the newest of each bundle are among the last.
            while len(self._readings) > _MOST_REMEMBERED:
                del self._readings[next(iter(self._readings))]
        async with self._read_more:
            self._places[reading.reference] = place
            self._read_more.notify_all()
        return reading

    async def place(self, reference: str) -> Place:
        """Where the source of a pinned image is, waited for until that has been read."""
        async with self._read_more:
            await self._read_more.wait_for(lambda: reference in self._places)
            return self._places[reference]

    async def _read_anew(self, digest: str, reference: str, place: Place, plane: str) -> SourceReading:
        self._cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        remembered = self._cache / f"{hashlib.sha256(f'{plane} {place}'.encode()).hexdigest()[:16]}.scan"
        environment = {name: os.environ[name] for name in _GO_VARIABLES if name in os.environ}
        environment[MARK] = self._mark
        flags = ("--quiet", "--jobs", "0", "--cache", str(remembered))
        name = str(place.root / place.main)

        async def scanned() -> Report:
            return await analyse(name, place.root, place.main, plane, self._limits, flags, environment)

        started = time.monotonic()
        try:
            report = await scanned()
        except AnalysisFailed:
            if time.monotonic() - started > _SOON:
                raise
            # Somebody may have killed it; what the source itself brings about comes again.
            report = await scanned()
        return SourceReading(digest, reference, "", DECLARED, report)

    def _digest(self, place: Place) -> str:
        """The digest of all files that Go may read, the modules that `go.mod` finds on disk included."""
        total = hashlib.sha256(place.main.encode())
        for count, path in enumerate(files_of(place.root, self._without), 1):
            if count > MOST_FILES:
                raise NoSource(f"{place.root} has more than {MOST_FILES} files; give the module's own folder")
            total.update(str(path).encode() + b"\0" + self._hash(path))
        return f"sha256:{total.hexdigest()}"

    def _hash(self, path: Path) -> bytes:
        try:
            found = path.stat()
            signature = (found.st_mtime_ns, found.st_size, found.st_ino)
            known = self._hashes.get(path)
            if known is None or known[0] != signature:
                data = path.read_bytes() if found.st_size <= MOST_FILE_BYTES else str(signature).encode()
                known = self._hashes[path] = (signature, hashlib.sha256(data).digest())
        except OSError:
            return b""
        return known[1]


def main_of(root: Path, repository: str, main: str | None) -> str:
    """The bundle's main file: the one that it names, the only one, or the one that is called like the image.

    Raises `NoSource`.
    """
    if main is not None:
        if ".." in main.split("/") or not (root / main).is_file():
            raise NoSource(f"{root / main} is not there; correct the bundle's `main`, or give another --source")
        return main
    found = sorted(str(path.relative_to(root)) for path in mains(root))
    if not found:
        raise NoSource(f"{root} has no main.go of package main; give the folder of the app's source with --source")
    name = repository.rpartition("/")[2]
    for wanted in (name, f"cmd/{name}", f"{name}app"):
        if f"{wanted}/main.go" in found:
            return f"{wanted}/main.go"
    if len(found) == 1:
        return found[0]
    raise NoSource(
        f"{root} has {', '.join(found[:8])}, and none is called {name} as the image is; name it in the bundle's `main`"
    )


def mains(root: Path) -> Iterator[Path]:
    """The main files of the bundles below a folder, not too deep."""
    for folder, folders, files in os.walk(root):
        depth = len(Path(folder).relative_to(root).parts)
        folders[:] = [] if depth >= _DEEPEST_MAIN else sorted(name for name in folders if _is_read(name))
        main = Path(folder) / "main.go"
        if "main.go" in files and main.is_file() and _PACKAGE_MAIN.search(_read(main)):
            yield main


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_FILE_BYTES)
    except OSError as error:
        raise NoSource(f"{file} cannot be read: {error.strerror}; see its permissions") from None


def _is_read(name: str) -> bool:
    return not name.startswith((".", "_")) and name not in _SKIPPED


def _module_roots(root: Path) -> list[Path]:
    """The folder's module, and those that its `go.mod` and `go.work` replace by folders."""
    module = next((folder for folder in (root, *root.parents) if (folder / "go.mod").is_file()), root)
    roots = [module]
    for name in ("go.mod", "go.work"):
        if not (module / name).is_file():
            continue
        text = _read(module / name).decode(errors="replace")
        for written in _REPLACED.findall(text):
            other = (module / written).resolve()
            if other.is_dir() and not any(other.is_relative_to(known) for known in roots):
                roots.append(other)
    return roots


def files_of(root: Path, without: Path) -> Iterator[Path]:
    """Every file that an analysis of the folder may read, also of modules beside it, but for those below `without`."""
    for module in _module_roots(root):
        yield from _files(module, without)


def _files(root: Path, without: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if _is_read(name) and Path(folder) / name != without)
        for name in sorted(files):
            path = Path(folder) / name
            if not name.startswith(".") and path.is_file():
                yield path
