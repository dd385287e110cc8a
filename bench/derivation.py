"""How long deriving takes, against the least that reading Go with tree-sitter can take: a bare parse of the same files.

Both run in processes of their own, in turn, and are charged CPU time, so that a busy machine slows both alike.
The scan's time includes the interpreter's start; the bare parse's does not.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.monorepo import go_files, write_monorepo

Row = dict[str, object]
SERVICES = 200
LEAST_LINES = 200_000
RATIO_BAR = 2.5
_ROUNDS = 5

_BARE_PARSE = """
import sys, time
import tree_sitter_go
from tree_sitter import Language, Parser
parser = Parser(Language(tree_sitter_go.language()))
paths = sys.stdin.read().split("\\0")
start = time.process_time()
for path in paths:
    with open(path, "rb") as file:
        parser.parse(file.read())
print(time.process_time() - start)
"""


def rows() -> dict[str, Row]:
    """Return the measured rows: the ratio, and how big the monorepo was that it was measured on."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_monorepo(root, SERVICES)
        files = go_files(root)
        lines = sum(path.read_bytes().count(b"\n") for path in files)
        pairs = [(_scan(root), _bare_parse(files)) for _ in range(_ROUNDS)]
    ratio = statistics.median(scan / parse for scan, parse in pairs)
    scan_time = statistics.median(scan for scan, _ in pairs)
    return {
        "derivation: scan / bare parse": {
            "value": ratio,
            "unit": "x",
            "bar": f"<= {RATIO_BAR}",
            "ok": ratio <= RATIO_BAR,
        },
        f"derivation: scan of {SERVICES} microservices": {
            "value": scan_time,
            "unit": "s of CPU",
            "bar": "-",
            "ok": True,
        },
        "derivation: lines scanned": {
            "value": lines,
            "unit": "lines",
            "bar": f">= {LEAST_LINES}",
            "ok": lines >= LEAST_LINES,
        },
    }


def _scan(root: Path) -> float:
    """Return the CPU seconds of one `gencreds scan`, from start to exit."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "gencreds", "scan", "--bundle", str(root / "main" / "main.go")]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False, env={**os.environ, "GOMODCACHE": str(root)})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 2):
        raise RuntimeError(f"gencreds scan of the monorepo ended with {done.returncode}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _bare_parse(files: list[Path]) -> float:
    """Return the CPU seconds of parsing `files`, without the interpreter's start."""
    paths = "\0".join(str(path) for path in files)
    done = subprocess.run([sys.executable, "-c", _BARE_PARSE], input=paths, capture_output=True, text=True, check=True)
    return float(done.stdout)
