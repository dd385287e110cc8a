"""go.sum: what a module's files must hash to, and the hash itself.

Source: the Go Modules Reference, "go.sum files", and the definition of the `h1:` hash: SHA-256 over one line per file,
sorted by name, each the file's own SHA-256 in hex, two spaces, `module@version/` and its name; in base64.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping

from gencreds.golang.limits import InputRefused, Limits

_CHUNK = 1 << 18

Sums = Mapping[tuple[str, str], frozenset[str]]


def parse_go_sum(texts: Iterable[str]) -> Sums:
    """Read go.sum files: the hashes by (module, version). Lines about go.mod files alone are left out."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    for text in texts:
        for line in text.splitlines():
            words = line.split()
            if len(words) == 3 and words[2].startswith("h1:") and not words[1].endswith("/go.mod"):
                key = (words[0], words[1])
                found[key] = found.get(key, frozenset()) | {words[2]}
    return found


def check_sum(module: str, version: str, sums: Sums, lines: Iterable[tuple[str, str]]) -> None:
    """Compare the hash of a module's files, given as (name, SHA-256), with go.sum.

    Raises `InputRefused` as the go command would refuse: where they differ, and where go.sum does not say.
    """
    known = sums.get((module, version))
    if known is None:
        raise InputRefused(f"go.sum has no sum of {module}@{version}, which is needed; run go mod tidy")
    found = hash_of(lines)
    if found not in known:
        raise InputRefused(
            f"checksum mismatch of module {module}@{version}: go.sum says {' or '.join(sorted(known))}, its files are "
            f"{found}; run go clean -modcache and go mod download"
        )


def hash_of(lines: Iterable[tuple[str, str]]) -> str:
    """Return the `h1:` hash of files given as (name, SHA-256 in hex)."""
    whole = hashlib.sha256()
    # Go sorts names by their bytes.
    for name, digest in sorted(lines, key=lambda line: line[0].encode("utf-8", "surrogateescape")):
        whole.update(f"{digest}  {name}\n".encode("utf-8", "surrogateescape"))
    return "h1:" + base64.b64encode(whole.digest()).decode("ascii")


def tree_lines(root: str, prefix: str, limits: Limits) -> Iterator[tuple[str, str]]:
    """Yield (name, SHA-256) of every file of an extracted module. Raises `InputRefused` for links and for too much."""
    files = size = 0
    waiting = [(root, prefix)]
    while waiting:
        folder, inside = waiting.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                name = f"{inside}/{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((entry.path, name))
                    continue
                if not entry.is_file(follow_symlinks=False) or "\n" in name:
                    raise InputRefused(f"{name!r} in the module cache is no regular file; run go clean -modcache")
                files += 1
                digest, length = _file_digest(entry.path)
                size += length
                if files > limits.files or size > limits.total_bytes:
                    raise InputRefused(f"module {prefix} is larger than is read; vendor what is needed of it")
                yield name, digest


def _file_digest(path: str) -> tuple[str, int]:
    digest = hashlib.sha256()
    size = 0
    with open(path, "rb", buffering=0) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size
