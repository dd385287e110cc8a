"""Reads source files and lists directories, bounded and without leaving the tree they belong to.

Every other reader gets its bytes here. A `Tree` is one source root: the main module, or a module that it requires.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import FileIO
from typing import TYPE_CHECKING

from gencreds.golang.clock import Clock
from gencreds.golang.consulted import Consulted, names_of
from gencreds.golang.limits import InputRefused, Limits

if TYPE_CHECKING:
    from gencreds.golang.zips import ModuleZip


class FileRefused(Exception):
    """One file or directory will not be read; `rule` is the finding that this is worth."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


@dataclass(frozen=True)
class Tree:
    """A directory that source is read from: `root` is its real path, `label` what stands for it in locations.

    The main tree's label is empty, so its files are named relative to it; a required module's label is its module path.
    Names never show where on the machine a tree is. With `archive` the tree is in a module's zip, whose path `root` is.
    `guard` is called before anything is read from the tree and raises `InputRefused` when it is not to be trusted.
    """

    root: str
    label: str = ""
    archive: ModuleZip | None = field(default=None, compare=False, repr=False)
    guard: Callable[[], None] | None = field(default=None, compare=False, repr=False)

    def name(self, path: str) -> str:
        """Return how `path`, inside this tree, is named in locations."""
        relative = os.path.relpath(path, self.root).replace(os.sep, "/")
        if relative == ".":
            return self.label or "."
        return f"{self.label}/{relative}" if self.label else relative


@dataclass(frozen=True)
class Directory:
    """A directory inside a tree."""

    tree: Tree
    path: str

    @property
    def name(self) -> str:
        """How locations name this directory."""
        return self.tree.name(self.path)

    def child(self, name: str) -> Directory:
        """Return the sub-directory `name`, whether it exists or not."""
        return Directory(self.tree, os.path.join(self.path, name))


@dataclass(frozen=True)
class Listing:
    """A directory's entries, each kind sorted by name. `refused` are links that lead out of the tree."""

    files: tuple[str, ...]
    directories: tuple[str, ...]
    refused: tuple[str, ...]

    def has_file(self, name: str) -> bool:
        """Return whether the file `name` is there."""
        return _holds(self.files, name)

    def has_directory(self, name: str) -> bool:
        """Return whether the directory `name` is there."""
        return _holds(self.directories, name)


_NOTHING = Listing((), (), ())


class Files:
    """The one reader. Counts what it read; raises `InputRefused` once the whole is too much.

    With `signing` it keeps the signatures of all directories that it looks into, for a later scan to compare.
    """

    def __init__(self, limits: Limits, *, signing: bool = False) -> None:
        self.limits = limits
        self.clock = Clock(limits)
        self.consulted = Consulted()
        self._signing = signing
        self._bytes = 0
        self._files = 0
        self._listings: dict[str, Listing] = {}

    def list(self, directory: Directory) -> Listing:
        """Return what is in `directory`; nothing if it does not exist or is reached through a link out of its tree."""
        self._note(names_of(directory.path) if directory.tree.archive is None else directory.tree.root)
        listing = self._listings.get(directory.path)
        if listing is None:
            listing = self._listings[directory.path] = self._listing(directory)
        return listing

    def consult(self, directory: Directory) -> None:
        """Note that something made of the files in `directory` is used, be it read now or before."""
        self._note(directory.path if directory.tree.archive is None else directory.tree.root)

    def _note(self, noted: str) -> None:
        self.consulted.note((noted,))
        if self._signing:
            self.consulted.sign(noted)

    def read(self, directory: Directory, name: str) -> bytes:
        """Return the bytes of the file `name` in `directory`. Raises `FileRefused` when it is missing or too large."""
        return self.probe(directory, name)

    def probe(self, directory: Directory, name: str) -> bytes:
        """Read as `read` does what decides where to look but is no part of the source itself, such as go.sum."""
        self.consult(directory)
        if directory.tree.guard is not None:
            directory.tree.guard()
        self._files += 1
        self.clock.look()
        data = self._bounded(directory, name)
        if len(data) > self.limits.file_bytes:
            raise FileRefused("too-large", f"is larger than {self.limits.file_bytes} bytes")
        self._bytes += len(data)
        if self._bytes > self.limits.total_bytes or self._files > self.limits.files:
            raise InputRefused(
                f"the source is more than {self.limits.files} files or {self.limits.total_bytes} bytes; "
                "scan fewer microservices at a time"
            )
        return data

    def _bounded(self, directory: Directory, name: str) -> bytes:
        """Return the file's bytes, one more than allowed at most."""
        archive = directory.tree.archive
        if archive is not None:
            inside = os.path.relpath(os.path.join(directory.path, name), directory.tree.root)
            found = archive.read(inside, self.limits.file_bytes + 1)
            if found is None:
                raise FileRefused("unreadable-file", "cannot be read: it is not in its module's zip")
            return found
        path = os.path.join(directory.path, name)
        # Not what leads out of the tree, nor what is no file: a pipe would be waited for, a device has no end.
        if not self.list(directory).has_file(name) and os.path.lexists(path):
            raise FileRefused("unreadable-file", "is no regular file inside the source root")
        try:
            # Without a buffer, which would be as large as what is asked for.
            with open(path, "rb", buffering=0) as file:
                return _read(file, self.limits.file_bytes + 1)
        except OSError as error:
            raise FileRefused("unreadable-file", f"cannot be read: {error.strerror}") from error

    def descend(self, directory: Directory, parts: Sequence[str], barrier: str = "") -> Directory | None:
        """Return the directory reached from `directory` by the names `parts`, or None when there is none.

        Nor is one behind a directory that holds a file called `barrier`. Each directory is listed once, so that names
        which lead nowhere cost nothing.
        """
        for part in parts:
            if not self.list(directory).has_directory(part):
                return None
            directory = directory.child(part)
            if barrier and self.list(directory).has_file(barrier):
                return None
        return directory

    def _listing(self, directory: Directory) -> Listing:
        if directory.tree.archive is not None:
            inside = os.path.relpath(directory.path, directory.tree.root)
            found = directory.tree.archive.listing("" if inside == "." else inside)
            return Listing(*found, ()) if found is not None else _NOTHING
        if not _is_inside(os.path.realpath(directory.path), directory.tree.root):
            return _NOTHING
        files: list[str] = []
        directories: list[str] = []
        refused: list[str] = []
        try:
            with os.scandir(directory.path) as entries:
                for entry in entries:
                    if entry.is_symlink() and not _is_inside(os.path.realpath(entry.path), directory.tree.root):
                        refused.append(entry.name)
                        continue
                    try:
                        kind = files if entry.is_file() else directories if entry.is_dir() else None
                    except OSError:
                        # A link that leads to itself.
                        kind = refused
                    if kind is not None:
                        kind.append(entry.name)
        except OSError:
            return _NOTHING
        return Listing(tuple(sorted(files)), tuple(sorted(directories)), tuple(sorted(refused)))


def _read(file: FileIO, most: int) -> bytes:
    """Return what is in `file`, `most` bytes of it at most."""
    data = file.read(min(os.fstat(file.fileno()).st_size + 1, most))
    while more := file.read(most - len(data)):
        data += more
    return data


def _is_inside(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def _holds(names: tuple[str, ...], name: str) -> bool:
    at = bisect_left(names, name)
    return at < len(names) and names[at] == name
