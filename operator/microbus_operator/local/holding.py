"""Taking hold of a state folder: whose it is, its lock, its version; and files that are whole or not there at all."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from pathlib import Path

from microbus_operator.local.errors import StateHeld, StateRefused

FORMAT = 1
_BEFORE_THE_VERSION = {"lock", "tmp"}
_SMALL_BYTES = 64


def own(root: Path) -> None:
    """Make the folder private. Raises `StateRefused`, with nothing written into it, for somebody else's, one that holds
    other things, or one of a newer version.
    """
    found = root.stat()
    if found.st_uid != os.geteuid():
        raise StateRefused(f"{root} belongs to another user, and it will hold keys; give a folder of your own")
    is_private = stat.S_IMODE(found.st_mode) & 0o077 == 0
    if format_of(root) is None:
        others = sorted(path.name for path in root.iterdir() if not (is_private and path.name in _BEFORE_THE_VERSION))
        if others:
            raise StateRefused(
                f"{root} is not empty and no state folder: {others[0]} is in it, and the file version is missing; give "
                f"another folder, or write {FORMAT} into {root / 'version'} if it is one"
            )
    if not is_private:
        root.chmod(0o700)


def locked(root: Path) -> int:
    """The open lock, which ends with this process. Raises `StateRefused`, naming the holder."""
    lock = os.open(root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
    if not stat.S_ISREG(os.fstat(lock).st_mode):
        os.close(lock)
        raise StateRefused(f"{root / 'lock'} is no plain file; delete it")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = os.pread(lock, 20, 0).decode(errors="replace").strip() or "unknown"
        os.close(lock)
        raise StateHeld(
            f"{root} is held by another process (pid {pid}); stop that one, or give another folder"
        ) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    return lock


def format_of(root: Path) -> int | None:
    """The format of a state folder, None where it has none yet."""
    try:
        text = content(root / "version", _SMALL_BYTES).decode(errors="replace").strip()
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
    (root / "tmp").mkdir(mode=0o700, exist_ok=True)
    for left in (root / "tmp").iterdir():
        left.unlink() if left.is_symlink() or not left.is_dir() else left.rmdir()
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


def content(path: Path, most: int) -> bytes:
    """What a plain file holds, at most so many bytes of it. Raises OSError, also for what is no plain file, such as a
    pipe, whose other end nobody waits for.
    """
    opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
    with os.fdopen(opened, "rb") as file:
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            raise OSError(errno.EINVAL, "it is no plain file", str(path))
        return file.read(most)


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
