"""The source as a git revision has it, in a private folder that is gone afterwards; `gencreds diff` compares it.

Objects are read as they are stored (`ls-tree`, `cat-file`): no checkout is touched, and no attribute of the tree
(export-ignore, filters) can hide a call site or run a program, as it could with `git archive`. Only what an analysis
reads is written.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from gencreds.cli.failing import CommandFailed
from gencreds.golang.limits import Limits

WITHIN = 120.0
_MAX_NAME = 256
_MAX_LISTING = 64 * 1024 * 1024
_MAX_LINK = 4096
_CHUNK = 1 << 20
_SUFFIXES = (".go", ".yaml", "go.mod", "go.sum", "go.work", "go.work.sum", "modules.txt")
_LINK, _MODULE = "120", "160"


@dataclass(frozen=True)
class _Entry:
    link: bool
    object_id: str
    size: int
    path: str


def commit_of(revision: str) -> str | None:
    """Return the commit that `revision` names in the repository around the working directory; None if it names none."""
    plain = revision and len(revision) <= _MAX_NAME and revision.isprintable() and not revision.startswith("-")
    if not plain:
        return None
    done = _git(["rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"])
    return done.strip().decode("ascii", "replace") if done else None


def here() -> str:
    """Return where the working directory is inside its repository: empty at the top, otherwise with a final slash."""
    return os.fsdecode((_git(["rev-parse", "--show-prefix"]) or b"").removesuffix(b"\n"))


@contextmanager
def unpacked(commit: str, label: str, limits: Limits) -> Iterator[Path]:
    """Yield a private folder with the source files of `commit` in it; raises `CommandFailed`, naming `label`."""
    with tempfile.TemporaryDirectory(prefix="gencreds-") as folder:
        root = Path(os.path.realpath(folder))
        listing = _git(["ls-tree", "-r", "-z", "-l", "--full-tree", commit])
        if listing is None:
            raise CommandFailed(f"{label}: git cannot list the revision")
        entries = _entries(listing, label, limits)
        _write(root, entries, label, limits)
        yield root


def _git(arguments: Sequence[str]) -> bytes | None:
    """Return what git prints, or None where it fails; raises `CommandFailed` if there is no git."""
    try:
        with tempfile.TemporaryFile() as out:
            done = subprocess.run(  # noqa: S603 - no shell, and the words are ours, a checked name or a commit's hash
                ["git", *arguments],  # noqa: S607 - the user's own git
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                timeout=WITHIN,
                check=False,
            )
            out.seek(0)
            said = out.read(_MAX_LISTING + 1)
    except FileNotFoundError:
        raise CommandFailed("git is not installed; give trees or reports instead of revisions") from None
    except subprocess.TimeoutExpired:
        raise CommandFailed(f"git {arguments[0]} did not end within {WITHIN:.0f} s") from None
    return said if done.returncode == 0 and len(said) <= _MAX_LISTING else None


def _environment() -> dict[str, str]:
    """Nothing is asked, locked or fetched."""
    return {
        **os.environ,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "LC_ALL": "C",
    }


def _entries(listing: bytes, label: str, limits: Limits) -> list[_Entry]:
    found: list[_Entry] = []
    total = 0
    for line in listing.split(b"\0"):
        head, tab, name = line.partition(b"\t")
        fields = head.decode("ascii", "replace").split()
        if not tab or len(fields) != 4:
            continue
        mode, _, object_id, size = fields
        path = os.fsdecode(name)
        if mode.startswith(_MODULE) or not (path.endswith(_SUFFIXES) or mode.startswith(_LINK)):
            continue
        _refuse_hostile(path, label)
        found.append(_Entry(mode.startswith(_LINK), object_id, int(size) if size.isdigit() else 0, path))
        total += min(found[-1].size, limits.file_bytes)
    if len(found) > limits.files or total > limits.total_bytes:
        raise CommandFailed(
            f"{label}: its source is more than {limits.files} files or {limits.total_bytes} bytes; compare reports"
        )
    return found


def _refuse_hostile(path: str, label: str) -> None:
    parts = path.split("/")
    if any(part in ("", ".", "..") or part.lower() == ".git" for part in parts) or "\\" in path:
        raise CommandFailed(f"{label}: the tree has an entry {path!r}, which leads out of it")


def _write(root: Path, entries: Sequence[_Entry], label: str, limits: Limits) -> None:
    """Write files first and links last, so that nothing is written through a link."""
    ordered = sorted(entries, key=lambda entry: entry.link)
    with tempfile.TemporaryFile() as names:
        names.write(b"".join(f"{entry.object_id}\n".encode() for entry in ordered))
        names.seek(0)
        process = subprocess.Popen(
            ["git", "cat-file", "--batch"],  # noqa: S607 - the user's own git
            stdin=names,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        )
        ended = threading.Timer(WITHIN, process.kill)
        ended.start()
        try:
            if process.stdout is None:
                raise CommandFailed(f"{label}: git cannot be read from")
            with process.stdout as objects:
                for entry in ordered:
                    _place(root / entry.path, entry, _object(objects, label, limits))
        except (OSError, ValueError) as error:
            # Two entries of one name, a name that is too long, a link to nothing that can be named.
            said = error.strerror if isinstance(error, OSError) else error
            raise CommandFailed(f"{label}: an entry of the tree cannot be written: {said}") from None
        finally:
            ended.cancel()
            process.kill()
            process.wait()


def _object(objects: IO[bytes], label: str, limits: Limits) -> bytes:
    """Return the next object's content, cut off behind what an analysis reads of a file."""
    head = objects.readline(_MAX_NAME).split()
    if len(head) != 3 or not head[2].isdigit():
        raise CommandFailed(f"{label}: git has no content of one of its files; fetch the revision whole")
    size = int(head[2])
    content = objects.read(min(size, limits.file_bytes + 1))
    left = size - len(content) + 1
    while left > 0 and (skipped := objects.read(min(left, _CHUNK))):
        left -= len(skipped)
    if left:
        raise CommandFailed(f"{label}: git ended before it had given all files")
    return content


def _place(path: Path, entry: _Entry, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if entry.link:
        path.symlink_to(os.fsdecode(content[:_MAX_LINK]))
    else:
        with path.open("xb") as file:
            file.write(content)
