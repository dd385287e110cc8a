"""The state folder on disk: private, of one version, held by one process, and written so that a kill tears nothing.

    version     the format; a newer one is refused
    lock        held (flock) for life; the holder's pid
    revision    no resourceVersion above it was ever given
    objects/    kind/namespace/name.yaml
    tmp/        what is being written; emptied at the start

A file is written beside, synced, renamed over the old one, and its folder synced. Several at once share the syncs.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, Self

from microbus_operator.kube.resources import RESOURCES
from microbus_operator.local.documents import MOST_BYTES
from microbus_operator.local.errors import ObjectUnreadable, StateRefused
from microbus_operator.local.holding import content, format_of, locked, make, own, put, sync, write
from microbus_operator.local.places import SUFFIX, Place, is_name

# Seconds for which a file must have stayed as it is: an editor may be writing it.
SETTLED = 0.25
_ROUNDS = 40
_LONGEST_NUMBER = 18


class Signature(NamedTuple):
    """What changes when a file does."""

    modified: int
    changed: int
    size: int
    inode: int


class Folder:
    """A state folder that this process holds, or only reads. Opened by `hold` or `look_into`."""

    def __init__(self, root: Path, lock: int | None) -> None:
        self.root, self._lock = root, lock
        self._objects = root / "objects"
        self._there = _identity(root)

    @classmethod
    def hold(cls, root: Path) -> Self:
        """Open `root`, made where it is missing, for this process alone. Raises `StateRefused`."""
        try:
            is_new = not root.exists()
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            root = root.resolve(strict=True)
            if is_new:
                sync(root.parent)
            own(root)
            lock = locked(root)
        except OSError as error:
            raise _unusable(root, error) from None
        try:
            make(root)
            return cls(root, lock)
        except OSError as error:
            os.close(lock)
            raise _unusable(root, error) from None
        except StateRefused:
            os.close(lock)
            raise

    @classmethod
    def look_into(cls, root: Path) -> Self:
        """Open `root` to read only, beside whoever holds it. Raises `StateRefused` where there is none."""
        try:
            if format_of(root) is None:
                raise StateRefused(f"{root} is no state folder; give the one that the operator runs with")
            return cls(root.resolve(strict=True), None)
        except OSError as error:
            raise _unusable(root, error) from None

    @property
    def is_held(self) -> bool:
        """Whether this process may write."""
        return self._lock is not None

    def close(self) -> None:
        """Let go of the folder."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def revision(self) -> int:
        """The highest resourceVersion that may have been given."""
        try:
            text = content(self.root / "revision", _LONGEST_NUMBER + 1).decode("ascii").strip()
            if not text.isdecimal() or len(text) > _LONGEST_NUMBER:
                raise ValueError(text)
            return int(text)
        except FileNotFoundError:
            return 0
        except (OSError, ValueError):
            message = f"{self.root / 'revision'} holds no number; write one above every resourceVersion into it"
            raise StateRefused(message) from None

    def reserve(self, revision: int) -> None:
        """Let resourceVersions up to `revision` be given."""
        write(self.root, "revision", f"{revision}\n")

    def places(self, kind: str | None = None) -> Iterator[tuple[Place, Signature]]:
        """Every object's file. Whatever else lies there (an editor's backup) is none."""
        for each in [kind] if kind else RESOURCES:
            for folder in self._folders(each):
                try:
                    entries = list(os.scandir(folder))
                except FileNotFoundError:
                    continue
                except OSError as error:
                    raise ObjectUnreadable(f"{folder} cannot be read: {error.strerror}; see its permissions") from None
                for entry in entries:
                    if entry.name.endswith(SUFFIX) and not entry.name.startswith("."):
                        place = self._place(each, folder, entry)
                        signature = self.signature(place)
                        if signature is not None:
                            yield place, signature

    def _folders(self, kind: str) -> list[Path]:
        root = self._objects / kind
        if not RESOURCES[kind].namespaced:
            return [root]
        try:
            return [root / entry.name for entry in os.scandir(root) if entry.is_dir()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise ObjectUnreadable(f"{root} cannot be read: {error.strerror}; see its permissions") from None

    def _place(self, kind: str, folder: Path, entry: os.DirEntry[str]) -> Place:
        stem = entry.name.removesuffix(SUFFIX)
        namespace = folder.name if RESOURCES[kind].namespaced else ""
        if "~" in stem:
            name = next((line[8:].strip() for line in _lines(entry.path) if line.startswith("  name: ")), "")
            place = Place(kind, namespace, name)
            if place.path.endswith(f"/{entry.name}"):
                return place
        if is_name(kind, stem):
            return Place(kind, namespace, stem)
        raise ObjectUnreadable(f"{entry.path}: no {kind} is named so; name the file after metadata.name, or delete it")

    def signature(self, place: Place) -> Signature | None:
        """The file's signature, None where there is provably none. One that is no plain file raises."""
        path = self._objects / place.path
        try:
            found = os.lstat(path)
        except FileNotFoundError:
            self._is_there()
            return None
        except OSError as error:
            raise ObjectUnreadable(f"{path} cannot be read: {error.strerror}; see its permissions") from None
        if not stat.S_ISREG(found.st_mode):
            raise ObjectUnreadable(f"{path} is no plain file; put one there, or delete it")
        return Signature(found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)

    def settled(self, place: Place) -> Signature | None:
        """The signature once it stays: an editor may be halfway through, or between taking away and putting back."""
        before = self.signature(place)
        for _ in range(_ROUNDS):
            if before is not None and time.time() - max(before.modified, before.changed) / 1e9 > SETTLED:
                return before
            time.sleep(SETTLED)
            after = self.signature(place)
            if after == before:
                return after
            before = after
        raise ObjectUnreadable(f"{self._objects / place.path} keeps changing; let one program write it at a time")

    def _is_there(self) -> None:
        """A folder that was moved or unmounted holds no object, and proves of none that it is absent."""
        if _identity(self.root) != self._there:
            raise ObjectUnreadable(f"{self.root} is not the state folder any more; bring it back and start again")

    def text(self, place: Place) -> str | None:
        """What the file holds, None where it is gone by now. Raises `ObjectUnreadable`."""
        path = self._objects / place.path
        try:
            data = content(path, MOST_BYTES + 1)
            if len(data) > MOST_BYTES:
                raise ObjectUnreadable(f"{path} is larger than {MOST_BYTES} bytes, and no object is; restore it")
            return data.decode()
        except FileNotFoundError:
            self._is_there()
            return None
        except UnicodeDecodeError:
            raise ObjectUnreadable(f"{path} is no text; restore it from a backup") from None
        except OSError as error:
            raise ObjectUnreadable(f"{path} cannot be read: {error.strerror}; see its permissions") from None

    def shown(self, place: Place) -> str:
        """The file's path, for a message."""
        return str(self._objects / place.path)

    def commit(self, changes: Mapping[Place, str | None]) -> dict[Place, Signature]:
        """Make `changes` durable, in their order; None deletes. Returns the signatures of what was written.

        Raises OSError, after which some may be there and some not, each whole.
        """
        beside: dict[Place, Path] = {}
        for number, (place, text) in enumerate(changes.items()):
            if text is not None:
                beside[place] = self.root / "tmp" / str(number)
                put(beside[place], text)
        for path in beside.values():
            sync(path)
        signatures: dict[Place, Signature] = {}
        folders: dict[Path, None] = {}
        for place in changes:
            path = self._objects / place.path
            if place in beside:
                _make_folders(self._objects, path.parent)
                beside[place].rename(path)
                found = self.signature(place)
                if found is not None:
                    signatures[place] = found
            else:
                path.unlink(missing_ok=True)
            if path.parent.exists():
                folders[path.parent] = None
        for folder in folders:
            sync(folder)
        return signatures


def _unusable(root: Path, error: OSError) -> StateRefused:
    inside = f" ({error.filename})" if error.filename and str(error.filename) != str(root) else ""
    what = f"{str(root)[:300]} cannot be used as a state folder: {error.strerror}{inside[:300]}"
    return StateRefused(f"{what}; correct that, or give another one")


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _make_folders(root: Path, folder: Path) -> None:
    if folder.exists():
        return
    _make_folders(root, folder.parent)
    folder.mkdir(mode=0o700)
    sync(folder.parent)


def _lines(path: str) -> list[str]:
    try:
        return content(Path(path), 64 * 1024).decode(errors="replace").splitlines()
    except OSError:
        return []
