"""Small Go programs that tests hold our code against: built once into a cache outside of the tree."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path


def cache_directory() -> Path:
    """Where tests keep what is dear to make: `$MICROBUS_CACHE`, or `microbus-operator` in the user's cache."""
    given = os.environ.get("MICROBUS_CACHE")
    return Path(given) if given else Path.home() / ".cache" / "microbus-operator"


def built(source: Path) -> Path:
    """Build the Go module in `source` (needs `go`) and return its program; the same source is built once."""
    files = [path for path in sorted(source.iterdir()) if path.suffix in (".go", ".mod", ".sum")]
    digest = hashlib.sha256(b"\0".join(path.name.encode() + b"\0" + path.read_bytes() for path in files)).hexdigest()
    program = cache_directory() / "go" / f"{source.name}-{digest[:16]}"
    if not program.exists():
        program.parent.mkdir(parents=True, exist_ok=True)
        fresh = program.with_suffix(f".{os.getpid()}")
        done = subprocess.run(
            ["go", "build", "-mod=readonly", "-trimpath", "-o", str(fresh), "."],
            cwd=source,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, f"go build in {source.name} failed:\n{done.stderr[-3000:]}"
        fresh.rename(program)
    return program


def output(program: Path, *arguments: str, given: str = "") -> str:
    """Run `program` and return its standard output."""
    done = subprocess.run([str(program), *arguments], input=given, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{program.name} {' '.join(arguments)}: {done.stderr[-3000:]}"
    return done.stdout
