"""How long the operator's stories take on a state folder, without an API server: `make folder`, timed."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

Row = dict[str, object]
BAR_SECONDS = 60.0
_ROOT = Path(__file__).parent.parent
# What belongs to it has the marker.
_STORIES = (
    sys.executable,
    "-m",
    "pytest",
    "-q",
    "-p",
    "no:cacheprovider",
    "-m",
    "folder",
    "tests/contract",
    "tests/wiring",
)


def rows() -> dict[str, Row]:
    """Seconds by the clock. Raises `subprocess.CalledProcessError` where a test fails."""
    subprocess.run([str(_ROOT / "e2e" / "cluster" / "tools"), "registry"], check=True)
    begun = time.monotonic()
    subprocess.run(_STORIES, cwd=_ROOT, check=True, stdout=sys.stderr)
    took = time.monotonic() - begun
    ok = took <= BAR_SECONDS
    return {"folder: all stories": {"value": took, "unit": "s", "bar": f"<= {BAR_SECONDS:g}", "ok": ok}}
