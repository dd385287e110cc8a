"""What deriving costs, against the least that reading Go with tree-sitter can cost: a bare parse of the same files.

Both run as processes of their own, in turn, and are charged CPU time with the interpreter's start, so that a busy
machine slows both alike. Side by side is measured by the clock, and scanning again inside one process, as a tool that
watches a source does it.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.monorepo import go_files, write_monorepo

Row = dict[str, object]
SERVICES = 200
LEAST_LINES = 200_000
RATIO_BAR = 2.0
MEMORY_BAR = 300.0
AGAIN_BAR = 0.05
JOBS_BAR = 1.6
_ROUNDS = 7

_BARE_PARSE = """
import sys
import tree_sitter_go
from tree_sitter import Language, Parser
parser = Parser(Language(tree_sitter_go.language()))
with open(sys.argv[1]) as listed:
    paths = listed.read().split("\\0")
for path in paths:
    with open(path, "rb") as file:
        parser.parse(file.read())
"""

_AGAIN = """
import sys, time
from pathlib import Path
import gencreds.opened, gencreds.pipeline, gencreds.report
from gencreds.rescan import Request, rescan
main, changed = Path(sys.argv[1]), Path(sys.argv[2])
request = Request(main, (), "prod")
start = time.process_time()
known = rescan(request)
whole = time.process_time() - start
for _ in range(5):
    # What has just been written is not trusted to be settled; a tool that watches waits as long.
    known = rescan(request, known)
    with changed.open("a") as file:
        file.write("// another line\\n")
    time.sleep(0.3)
    start = time.process_time()
    known = rescan(request, known)
    print((time.process_time() - start) / whole)
"""


@dataclass(frozen=True)
class Cost:
    """What a process took: seconds of CPU, seconds by the clock, and megabytes of memory at most."""

    cpu: float
    wall: float
    peak: float


def rows() -> dict[str, Row]:
    """Return the measured rows, and how big the monorepo was that they were measured on."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_monorepo(root, SERVICES)
        files = go_files(root)
        lines = sum(path.read_bytes().count(b"\n") for path in files)
        listed = root / "files"
        listed.write_text("\0".join(str(path) for path in files))
        pairs = [(_scan(root), _cost(root, "-c", _BARE_PARSE, str(listed))) for _ in range(_ROUNDS)]
        beside = [_scan(root, 1).wall / _scan(root, 2).wall for _ in range(_ROUNDS)]
        again = _again(root)
    ratio = statistics.median(scan.cpu / parse.cpu for scan, parse in pairs)
    peak = max(scan.peak for scan, _ in pairs)
    return {
        "derivation: scan / bare parse": _row(ratio, "x", "<=", RATIO_BAR),
        "derivation: peak memory of a scan": _row(peak, "MB", "<=", MEMORY_BAR),
        "derivation: scan again after one change / scan": _row(again, "x", "<=", AGAIN_BAR),
        "derivation: one process / two side by side": _row(statistics.median(beside), "x", ">=", JOBS_BAR),
        f"derivation: scan of {SERVICES} microservices": {
            "value": statistics.median(scan.cpu for scan, _ in pairs),
            "unit": "s of CPU",
            "bar": "-",
            "ok": True,
        },
        "derivation: lines scanned": _row(lines, "lines", ">=", LEAST_LINES),
    }


def _row(value: float, unit: str, relation: str, bar: float) -> Row:
    ok = value <= bar if relation == "<=" else value >= bar
    return {"value": value, "unit": unit, "bar": f"{relation} {bar:g}", "ok": ok}


def _scan(root: Path, jobs: int = 1) -> Cost:
    """Return what one `gencreds scan` costs."""
    return _cost(root, "-m", "gencreds", "scan", "-jobs", str(jobs), "-bundle", str(root / "main" / "main.go"))


def _again(root: Path) -> float:
    """Return the share of a scan that scanning again costs after one file changed, both in one process."""
    changed = next(path for path in sorted(root.glob("*/service.go")))
    command = [sys.executable, "-c", _AGAIN, str(root / "main" / "main.go"), str(changed)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=_environment(root))
    return statistics.median(float(line) for line in done.stdout.split())


def _cost(root: Path, *words: str) -> Cost:
    start = time.monotonic()
    with open(os.devnull, "wb") as nowhere:
        process = subprocess.Popen([sys.executable, *words], stdout=nowhere, env=_environment(root))
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 2):
        raise RuntimeError(f"{words[:3]} of the monorepo ended with {process.returncode}")
    return Cost(used.ru_utime + used.ru_stime, time.monotonic() - start, used.ru_maxrss / 1024)


def _environment(root: Path) -> dict[str, str]:
    return {**os.environ, "GOMODCACHE": str(root)}
