"""A child that looks through one image layer for `/.microbus/source.tar.gz`; `embedded.py` starts it and feeds it.

    python -I -m microbus_operator.source.layers LIMITS SINK  < layer

It copies the archive to SINK and prints one JSON object. What a layer does to lower ones is the image specification's
(https://github.com/opencontainers/image-spec/blob/main/layer.md): `.wh.<name>` hides a name, `.wh..wh..opq` all of a
folder, both in lower layers only, and of two entries of one name the later counts.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from microbus_operator.source.errors import ArchiveRefused
from microbus_operator.source.settings import ArchiveLimits
from microbus_operator.source.tars import BoundedTar

FOLDER, FILE = "/.microbus", "/.microbus/source.tar.gz"
REFUSED = 65  # EX_DATAERR of sysexits.h: the input is at fault, and stderr's last line says how

_HIDING = frozenset({"/.wh..wh..opq", "/.wh..microbus", "/.microbus/.wh..wh..opq", "/.microbus/.wh.source.tar.gz"})


class Found(StrEnum):
    """What a layer says of the source archive: holds it, hides it from lower layers, or says nothing."""

    HERE = "here"
    HIDDEN = "hidden"
    NOTHING = "nothing"


@dataclass(frozen=True)
class LayerScan:
    """`digest` is that of the archive's bytes as they were copied."""

    found: Found
    digest: str = ""


def scan_layer(layer: BinaryIO, sink: Path, limits: ArchiveLimits) -> LayerScan:
    """Look through one layer, gzip'd or plain, and copy the source archive to `sink` where it is there.

    Raises `ArchiveRefused`; reads `layer` to its end otherwise.
    """
    here, hidden = "", False
    for member, content in BoundedTar(layer, limits).members():
        name = posixpath.normpath("/" + member.name.lstrip("/"))
        hidden |= name in _HIDING
        if name == FOLDER and not member.isdir():
            raise ArchiveRefused(f"has {FOLDER} as {_kind(member)}; it must be a folder")
        if name == FILE:
            if not member.isreg():
                raise ArchiveRefused(f"has {FILE} as {_kind(member)}; it must be a regular file")
            here = _copy(content, member.size, sink, limits.file_bytes)
    if here:
        return LayerScan(Found.HERE, here)
    return LayerScan(Found.HIDDEN if hidden else Found.NOTHING)


def _copy(content: Iterator[bytes], size: int, sink: Path, most: int) -> str:
    if size > most:
        raise ArchiveRefused(f"has {FILE} of {size} bytes, more than {most}; let `gencreds bundle` prune it")
    digest = hashlib.sha256()
    with sink.open("wb") as copy:
        for chunk in content:
            digest.update(chunk)
            copy.write(chunk)
    return f"sha256:{digest.hexdigest()}"


def _kind(member: tarfile.TarInfo) -> str:
    if member.issym() or member.islnk():
        return "a link"
    return "a folder" if member.isdir() else "a regular file" if member.isreg() else "a device or pipe"


def main(arguments: list[str]) -> int:
    """The child's entry: limits as JSON, and the sink's path."""
    limits, sink = arguments
    try:
        scan = scan_layer(sys.stdin.buffer, Path(sink), ArchiveLimits(**json.loads(limits)))
    except ArchiveRefused as refused:
        print(refused, file=sys.stderr)
        return REFUSED
    print(json.dumps(asdict(scan)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
