"""The `.creds` files that `inspect` and `verify` are given: found, read within bounds, verified."""

from __future__ import annotations

from pathlib import Path

from gencreds.cli.failing import CommandFailed, os_message
from gencreds.cli.reading import read_bounded
from gencreds.inspection import Inspection, inspected
from gencreds.nats.creds import MAX_CREDS_CHARACTERS, CredsInvalid, parse_creds
from gencreds.nats.jwt import TokenInvalid

MAX_FILES = 1000
_SUFFIX = ".creds"


def creds_files(words: list[str]) -> list[Path]:
    """Return the files that `words` name, sorted within each folder; raises `CommandFailed`."""
    found: list[Path] = []
    for word in words:
        path = Path(word)
        try:
            inside = sorted(path.glob(f"*{_SUFFIX}")) if path.is_dir() else [path]
        except OSError as error:
            raise CommandFailed(os_message("open", error)) from None
        if not inside:
            raise CommandFailed(f"{word}: the folder holds no *{_SUFFIX} file")
        found += inside
    if len(found) > MAX_FILES:
        raise CommandFailed(f"{len(found)} .creds files are given, and {MAX_FILES} are the most that is read at once")
    return list(dict.fromkeys(found))


def read(path: Path) -> Inspection:
    """Read and verify one file; raises `CommandFailed` with one line that holds nothing of the file."""
    try:
        raw = read_bounded(path, MAX_CREDS_CHARACTERS + 1)
    except OSError as error:
        raise CommandFailed(os_message("open", error)) from None
    if len(raw) > MAX_CREDS_CHARACTERS:
        raise CommandFailed(f"{path}: it is larger than any .creds file, {MAX_CREDS_CHARACTERS} bytes at most")
    if not raw.isascii():
        raise CommandFailed(f"{path}: it is no .creds file: those are plain ASCII text")
    try:
        return inspected(parse_creds(raw.decode("ascii")))
    except (CredsInvalid, TokenInvalid) as error:
        raise CommandFailed(f"{path}: {error}") from None
