"""What `gencreds scan -cache FILE` remembers from one scan to the next, for `rescan`.

Each microservice's report with the directories that its analysis looked into, and the signatures of these.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gencreds.golang.consulted import signature

MAX_CACHE_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True)
class Kept:
    """A microservice's report as JSON text, its `key` in the source, and the directories that it was made from.

    `blocking` counts findings, `connect_bytes` is the report's: a verdict needs no more.
    """

    key: str
    hostname: str
    consulted: frozenset[str]
    report: str
    blocking: int
    connect_bytes: int


@dataclass(frozen=True)
class Memory:
    """What a cache file holds. `request` tells what was asked, and of which gencreds; `opened` what the bundle itself
    said; `signatures` are by directory; `base` are the directories that concern every microservice."""

    request: str
    opened: str
    signatures: Mapping[str, str]
    base: frozenset[str]
    services: list[Kept]

    def changed(self) -> set[str]:
        """Return the directories that are not as they were."""
        return {path for path, before in self.signatures.items() if signature(path) != before}


def request_of(bundle: Path | None, manifests: Sequence[Path], *words: str) -> str:
    """Return what tells requests apart: what is scanned, how (`words`), where modules are found, and our own code."""
    environment = [os.environ.get(name, "") for name in ("GOMODCACHE", "GOPATH", "GOWORK", "HOME")]
    source = [os.path.realpath(path) for path in (*manifests, *([bundle] if bundle is not None else []))]
    parts = [*source, *words, *environment, *_own_code()]
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def recall(file: Path, request: str) -> Memory | None:
    """Return what `file` remembers of `request`; None when it is of another one, damaged, or open to others."""
    try:
        state = file.stat()
        if state.st_size > MAX_CACHE_BYTES or state.st_uid != os.geteuid() or state.st_mode & 0o022:
            return None
        head, _, text = file.read_bytes().partition(b"\n")
        if head != _head(request, text):
            return None
        parts = json.loads(text)
        paths = list(parts["signatures"])
        services = [
            Kept(key, hostname, frozenset(map(paths.__getitem__, consulted)), report, blocking, connect_bytes)
            for key, hostname, consulted, report, blocking, connect_bytes in parts["services"]
        ]
        return Memory(request, parts["opened"], parts["signatures"], frozenset(parts["base"]), services)
    except (OSError, ValueError, TypeError, KeyError, IndexError, RecursionError):
        return None


def remember(file: Path, memory: Memory) -> None:
    """Write `memory` to `file`, for its owner alone, so that a reader sees the old one or the new. Raises `OSError`."""
    index = {path: at for at, path in enumerate(memory.signatures)}
    services = [
        (
            kept.key,
            kept.hostname,
            [index[path] for path in kept.consulted],
            kept.report,
            kept.blocking,
            kept.connect_bytes,
        )
        for kept in memory.services
    ]
    parts = {
        "opened": memory.opened,
        "signatures": dict(memory.signatures),
        "base": sorted(memory.base),
        "services": services,
    }
    text = json.dumps(parts).encode()
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(_head(memory.request, text) + b"\n" + text)
        fresh.replace(file)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def _head(request: str, text: bytes) -> bytes:
    """Return the file's first line: what was asked, and a checksum, so that damage costs time and nothing else."""
    return f"{request} {hashlib.blake2b(text, digest_size=16).hexdigest()}".encode()


def _own_code() -> list[str]:
    """Return the state of this package's own files: another version, or an edited one, remembers nothing."""
    found: list[str] = []
    for folder, folders, files in os.walk(os.path.dirname(__file__)):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in files:
            if name.endswith(".py"):
                state = os.stat(os.path.join(folder, name))
                found.append(f"{name} {state.st_size} {state.st_mtime_ns}")
    return sorted(found)
