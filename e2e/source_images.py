"""Images that hold nothing but a source archive: what a bundle's image would bring along, whatever is wrong with it."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import tarfile
from pathlib import Path

from .kind import Cluster

REGISTRY = "registry.microbus.test:5000"


def push_source(cluster: Cluster, name: str, tree: Path) -> str:
    """Pushes an image with `tree` (a Go module with `main/main.go`) in its source archive; its reference by digest.

    The archive is made here and not by `gencreds bundle`, which would say what is wrong before anybody deploys it.
    """
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as image:
        _add(image, ".microbus/source.tar.gz", source_archive(tree))
    local = f"{cluster.registry_push}/{name}:test"
    _docker("import", "-", local, stdin=layer.getvalue())
    pushed = _docker("push", local)
    digest = next(word for line in pushed.splitlines() for word in line.split() if word.startswith("sha256:"))
    return f"{REGISTRY}/{name}@{digest}"


def source_archive(tree: Path) -> bytes:
    """`source.json` and the files of `tree` below `src/`, as `gencreds bundle` lays them out."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        _add(archive, "source.json", json.dumps({"version": 1, "bundle": "main/main.go"}).encode())
        for file in sorted(path for path in tree.rglob("*") if path.is_file()):
            # Broken Go is kept under another ending, so that the toolchain and editors leave it alone.
            _add(archive, f"src/{file.relative_to(tree)}".removesuffix(".txt"), file.read_bytes())
    return gzip.compress(plain.getvalue(), mtime=0)


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), 0o644
    archive.addfile(info, io.BytesIO(data))


def _docker(*arguments: str, stdin: bytes = b"") -> str:
    done = subprocess.run(["docker", *arguments], input=stdin, capture_output=True, timeout=120, check=False)
    if done.returncode != 0:
        raise AssertionError(
            f"docker {' '.join(arguments)} ended with {done.returncode}: {done.stderr.decode().strip()}"
        )
    return done.stdout.decode()
