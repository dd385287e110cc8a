"""A module's zip file in the module cache, read in place where the extracted files are missing.

Source: the Go Modules Reference, "Module zip files", whose limits and demands on names hold here too. Nothing is
extracted, every read is bounded, and what zip can do beyond plain files is refused.
"""

from __future__ import annotations

import hashlib
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator

from gencreds.golang.limits import InputRefused, Limits

# The Go Modules Reference's bound on a zip file and on the files in it (bytes).
_MAX_SIZE = 500 << 20
# What the list of names may take (bytes): Python makes objects of some ten times that.
_MAX_LISTED = 8 << 20
_CHUNK = 1 << 18
_END = b"PK\x05\x06"
_END_SIZE = 22
_ZIP64 = b"PK\x06\x07"
_ZIP64_SIZE = 20
_TYPE = 0o170000
_REGULAR = (0, 0o100000)
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, struct.error)


class ModuleZip:
    """The files of one module's zip, by folder. Raises `InputRefused` when it is no module zip that may be read."""

    def __init__(self, path: str, prefix: str, limits: Limits) -> None:
        self._prefix = prefix
        self._limits = limits
        self._folders: dict[str, tuple[set[str], set[str]]] = {"": (set(), set())}
        self._entries: dict[str, zipfile.ZipInfo] = {}
        try:
            _check_end(path, prefix)
            self._zip = zipfile.ZipFile(path)
        except _BROKEN as error:
            raise self._refused("is no zip file") from error
        self._index()

    def listing(self, folder: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        """Return the sorted files and folders in `folder` (empty for the module's root), or None without such one."""
        found = self._folders.get(folder)
        return (tuple(sorted(found[0])), tuple(sorted(found[1]))) if found is not None else None

    def read(self, name: str, limit: int) -> bytes | None:
        """Return at most `limit` bytes of the file `name`, or None without such one."""
        entry = self._entries.get(name)
        if entry is None:
            return None
        try:
            with self._zip.open(entry) as file:
                return file.read(limit)
        except _BROKEN as error:
            raise self._refused(f"holds {name!r}, which cannot be read") from error

    def lines(self) -> Iterator[tuple[str, str]]:
        """Yield (name, SHA-256) of every file, as the hash in go.sum wants them."""
        size = 0
        for name, entry in self._entries.items():
            digest = hashlib.sha256()
            try:
                with self._zip.open(entry) as file:
                    while chunk := file.read(_CHUNK):
                        digest.update(chunk)
                        size += len(chunk)
                        self._check_size(size)
            except _BROKEN as error:
                raise self._refused(f"holds {name!r}, which cannot be read") from error
            yield f"{self._prefix}/{name}", digest.hexdigest()

    def _index(self) -> None:
        seen: dict[str, str] = {}
        size = 0
        for entry in self._zip.infolist():
            name = entry.orig_filename
            if name.endswith("/"):
                continue
            size += entry.file_size
            self._check_size(size)
            inside = self._checked(name, entry)
            # As Go: what one file system keeps apart, another takes for the same file.
            folded = inside.casefold()
            if folded in seen:
                raise self._refused(f"holds {seen[folded]!r} and {inside!r}, which some file systems cannot tell apart")
            seen[folded] = inside
            if len(seen) > self._limits.files:
                raise self._refused(f"holds more than {self._limits.files} files")
            self._entries[inside] = entry
            self._enter(inside)

    def _enter(self, name: str) -> None:
        folder, _, last = name.rpartition("/")
        self._folders.setdefault(folder, (set(), set()))[0].add(last)
        while folder:
            parent, _, last = folder.rpartition("/")
            known = parent in self._folders and last in self._folders[parent][1]
            self._folders.setdefault(parent, (set(), set()))[1].add(last)
            if known:
                return
            folder = parent

    def _checked(self, name: str, entry: zipfile.ZipInfo) -> str:
        start, inside = name[: len(self._prefix) + 1], name[len(self._prefix) + 1 :]
        parts = inside.split("/")
        if start != self._prefix + "/" or len(parts) > 100 or len(name) > 4096:
            raise self._refused(f"holds {name[:200]!r}, which is not inside {self._prefix}/")
        if any(part in ("", ".", "..") for part in parts) or "\\" in inside or not inside.isprintable():
            raise self._refused(f"holds a file with the name {inside!r}")
        if (entry.external_attr >> 16) & _TYPE not in _REGULAR or entry.flag_bits & 0x1:
            raise self._refused(f"holds {inside!r}, which is no regular file")
        return inside

    def _check_size(self, size: int) -> None:
        if size > min(_MAX_SIZE, self._limits.total_bytes):
            raise self._refused("unpacks to more than is read")

    def _refused(self, what: str) -> InputRefused:
        return InputRefused(f"the zip of module {self._prefix} in the module cache {what}; run go clean -modcache")


def _check_end(path: str, prefix: str) -> None:
    """Look at the end of a zip before its list of names is read at all. Raises `InputRefused` and `OSError`."""
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        file.seek(max(0, size - (1 << 16) - _END_SIZE - _ZIP64_SIZE))
        tail = file.read((1 << 16) + _END_SIZE + _ZIP64_SIZE)
    # Where Python looks first: no comment at the end.
    at = len(tail) - _END_SIZE if tail[-_END_SIZE:].startswith(_END) and tail.endswith(b"\0\0") else tail.rfind(_END)
    if at < 0 or len(tail) < at + _END_SIZE:
        raise zipfile.BadZipFile("no end record")
    (listed,) = struct.unpack_from("<I", tail, at + 12)
    if size > _MAX_SIZE or listed > _MAX_LISTED or tail[max(0, at - _ZIP64_SIZE) : at].startswith(_ZIP64):
        raise InputRefused(f"the zip of module {prefix} in the module cache is larger than is read; vendor the module")
