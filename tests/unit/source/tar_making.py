"""Tars of any shape for the tests of `source`: what a builder makes, and what nobody honest would."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass

MAIN_GO = b"package main\n\nfunc main() {}\n"


@dataclass(frozen=True)
class Entry:
    """One member: a regular file unless `kind` says otherwise."""

    name: str
    content: bytes = b""
    kind: bytes = tarfile.REGTYPE
    link: str = ""


def make_tar(entries: Iterable[Entry], form: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar of the entries, names as given: nothing is normalised."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=form) as tar:
        for entry in entries:
            info = tarfile.TarInfo(entry.name)
            info.type, info.linkname, info.size = entry.kind, entry.link, len(entry.content)
            tar.addfile(info, io.BytesIO(entry.content))
    return stream.getvalue()


def make_archive(*entries: Entry, bundle: str = "main/main.go", main: bytes = MAIN_GO) -> bytes:
    """A source archive as `gencreds bundle` makes one, with further entries at its end."""
    description = json.dumps({"version": 1, "bundle": bundle, "modules": {}}).encode()
    return gzip.compress(make_tar([Entry("source.json", description), Entry(f"src/{bundle}", main), *entries]), mtime=0)
