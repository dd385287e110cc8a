"""Taking hold of a state folder: whose it is, its lock, its version; and files that are whole or not there at all."""

from __future__ import annotations

import fcntl
import os
import stat
from pathlib import Path

from microbus_operator.local.errors import StateRefused

FORMAT = 1
_BEFORE_THE_VERSION = {"lock", "tmp"}


def own(root: Path) -> None:
    """Make the folder private. Raises `StateRefused` for somebody else's, or one that holds other things."""
    found = root.stat()
    if found.st_uid != os.geteuid():
        raise StateRefused(f"{root} belongs to another user, and it will hold keys; give a folder of your own")
    if stat.S_IMODE(found.st_mode) & 0o077:
        if any(root.iterdir()) and not (root / "version").exists():
            raise StateRefused(f"{root} is not empty and no state folder; give another one, or an empty one")
        root.chmod(0o700)


def locked(root: Path) -> int:
    """The open lock, which ends with this process. Raises `StateRefused`, naming the holder."""
    lock = os.open(root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = os.pread(lock, 20, 0).decode(errors="replace").strip() or "unknown"
        os.close(lock)
        raise StateRefused(
            f"{root} is held by another process (pid {pid}); stop that one, or give another folder"
        ) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    return lock


def format_of(root: Path) -> int | None:
    """The format of a state folder, None where it has none yet."""
    try:
        text = (root / "version").read_bytes()[:64].decode(errors="replace").strip()
    except FileNotFoundError:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise StateRefused(
            f"{root / 'version'} holds no format; write {FORMAT} into it if the folder is of this version"
        )
    if int(text) > FORMAT:
        raise StateRefused(
            f"{root} is of format {int(text)} and this microbus-operator knows {FORMAT}; use the newer "
            "microbus-operator, or give another folder"
        )
    return int(text)


def make(root: Path) -> None:
    """What a state folder consists of, the version first; and nothing of what a kill left half-written."""
    if format_of(root) is None:
        others = sorted(path.name for path in root.iterdir() if path.name not in _BEFORE_THE_VERSION)
        if others:
            raise StateRefused(
                f"{root} is not empty ({others[0]}) and its file version is missing; give an empty folder, or write "
                f"{FORMAT} into {root / 'version'} if it is a state folder"
            )
    (root / "tmp").mkdir(mode=0o700, exist_ok=True)
    for left in (root / "tmp").iterdir():
        left.unlink()
    if format_of(root) is None:
        write(root, "version", f"{FORMAT}\n")
    (root / "objects").mkdir(mode=0o700, exist_ok=True)


def write(root: Path, name: str, text: str) -> None:
    """One file of the folder itself, whole or not at all."""
    beside = root / "tmp" / name
    put(beside, text)
    sync(beside)
    beside.rename(root / name)
    sync(root)


def put(path: Path, text: str) -> None:
    """Write a private file, not yet durably."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:
        file.write(text.encode())


def sync(path: Path) -> None:
    """Make a file, or what a folder lists, durable."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
