"""A child that unpacks the source archive into a private folder; `embedded.py` starts it.

    python -I -m microbus_operator.source.archive LIMITS ARCHIVE FOLDER

It creates regular files and folders, nothing else and nowhere else, and prints one JSON object. The archive is
what `gencreds bundle` makes: `source.json` and the tree under `src/`.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from microbus_operator.source.errors import ArchiveRefused, quoted
from microbus_operator.source.layers import REFUSED
from microbus_operator.source.settings import ArchiveLimits
from microbus_operator.source.tars import BoundedTar

DESCRIPTION, TREE = "source.json", "src"
VERSION = 1

_MAIN = re.compile(r"[^/\\][^\\]*\.go")
_LONGEST_DESCRIPTION = 4 << 20


@dataclass(frozen=True)
class Unpacked:
    """`bundle` is the path of the bundle's main file below `src/`, as `source.json` names it."""

    bundle: str


def unpack(archive: BinaryIO, folder: Path, limits: ArchiveLimits) -> Unpacked:
    """Unpack a source archive into `folder`, which must be empty, ours alone, and is left half full on a refusal.

    Raises `ArchiveRefused`, naming the entry.
    """
    folders: set[str] = {""}
    files: set[str] = set()
    for member, content in BoundedTar(archive, limits).members():
        name = _checked_name(member, limits)
        if name in files or (name in folders and not member.isdir()):
            raise ArchiveRefused(f"names {name!r} twice")
        parent = name if member.isdir() else name.rpartition("/")[0]
        _make_folders(folder, parent, folders, files)
        if member.isdir():
            continue
        if member.size > limits.file_bytes:
            raise ArchiveRefused(f"has {name!r} of {member.size} bytes, more than {limits.file_bytes}")
        files.add(name)
        _write(folder / name, content)
    return Unpacked(_bundle(folder, files))


def _checked_name(member: tarfile.TarInfo, limits: ArchiveLimits) -> str:
    name, shown = member.name, quoted(member.name)
    if not (member.isreg() or member.isdir()):
        kind = "a link" if member.issym() or member.islnk() else "a device or pipe"
        raise ArchiveRefused(f"has {kind}, {shown!r}; regular files only")
    if len(os.fsencode(name)) > limits.name_bytes:
        raise ArchiveRefused(f"has a name of more than {limits.name_bytes} bytes, {shown!r}")
    # A surrogate stands for a byte that is not UTF-8, and is not printable either.
    if not name.isprintable() or "\\" in name:
        raise ArchiveRefused(f"has a name with a control character, a backslash or bytes that are not UTF-8, {shown!r}")
    parts = name.split("/")
    if not name or any(part in ("", ".", "..") for part in parts):
        raise ArchiveRefused(f"has a name that is absolute or not in its shortest form, {shown!r}")
    if len(parts) > limits.depth:
        raise ArchiveRefused(f"has a name of more than {limits.depth} folders, {shown!r}")
    return name


def _make_folders(root: Path, name: str, folders: set[str], files: set[str]) -> None:
    missing = []
    while name not in folders:
        if name in files:
            raise ArchiveRefused(f"has {name!r} both as a file and as a folder")
        missing.append(name)
        name = name.rpartition("/")[0]
    for folder in reversed(missing):
        (root / folder).mkdir(mode=0o700)
        folders.add(folder)


def _write(path: Path, content: Iterator[bytes]) -> None:
    # The folder is ours and new: nothing can be in the way, and if something is, it is not overwritten or followed.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.writelines(content)


def _bundle(folder: Path, files: set[str]) -> str:
    if DESCRIPTION not in files:
        raise ArchiveRefused(f"has no {DESCRIPTION}; make it with `gencreds bundle`")
    path = folder / DESCRIPTION
    if path.stat().st_size > _LONGEST_DESCRIPTION:
        raise ArchiveRefused(f"has a {DESCRIPTION} of more than {_LONGEST_DESCRIPTION} bytes")
    try:
        description = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ArchiveRefused(f"has a {DESCRIPTION} that is not JSON ({quoted(str(error))})") from error
    fields = description if isinstance(description, dict) else {}
    version, bundle = fields.get("version"), fields.get("bundle")
    if version != VERSION:
        raise ArchiveRefused(
            f"has a {DESCRIPTION} of version {quoted(str(version))}, and this operator reads {VERSION}; "
            "make it with the `gencreds` of the operator's release"
        )
    if not isinstance(bundle, str) or not _MAIN.fullmatch(bundle) or f"{TREE}/{bundle}" not in files:
        raise ArchiveRefused(f"has a {DESCRIPTION} whose bundle, {quoted(str(bundle))!r}, is no Go file below {TREE}/")
    return bundle


def main(arguments: list[str]) -> int:
    """The child's entry: limits as JSON, the archive's path, and the folder's."""
    limits, archive, folder = arguments
    try:
        with Path(archive).open("rb") as stream:
            unpacked = unpack(stream, Path(folder), ArchiveLimits(**json.loads(limits)))
    except ArchiveRefused as refused:
        print(refused, file=sys.stderr)
        return REFUSED
    print(json.dumps(asdict(unpacked)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
