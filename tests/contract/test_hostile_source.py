"""Files made to exhaust the analysis: the real command ends within its time and memory, and says what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.gencreds.golang_trees import caller

_SECONDS, _MEBIBYTES = 10, 512
_HEAD = b"package caller\n\n"
_SIZE = (1 << 20) - 100
# Runs the command and reports its exit code, peak memory (MiB), CPU time (s) and output.
_MEASURE = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([done.returncode, used.ru_maxrss // 1024, used.ru_utime + used.ru_stime, done.stdout]))
"""


def _long(head: bytes, part: bytes, tail: bytes = b"\n") -> bytes:
    return _HEAD + head + part * ((_SIZE - len(head) - len(tail)) // len(part)) + tail


@pytest.mark.parametrize(
    ("source", "finding"),
    [
        (_HEAD + b"func f() {\n\tif x {", "4 is no valid Go: expected }, found the end of the file"),
        (_HEAD + b'var x = "\xff"\n', "3 is no valid Go: illegal UTF-8 encoding"),
        (_HEAD + b"var x = 1\0\n", "3 is no valid Go: illegal character NUL"),
        (_HEAD + b"// x\n" * (10 << 20), "is larger than 1048576 bytes"),
        (_HEAD + b"var x = " + b"(" * 10_000 + b")" * 10_000, "brackets nest deeper than 1000 levels"),
        (_long(b"var x = ", b"a["), "brackets nest deeper than 1000 levels"),
        (_long(b"", b"func ("), "brackets nest deeper than 1000 levels"),
        (_long(b"func f() ", b"{"), "brackets nest deeper than 1000 levels"),
        (_long(b"var x = ", b"map["), "brackets nest deeper than 1000 levels"),
        (_long(b"var x = ", b"<-"), "3 is no valid Go: expected operand"),
        (_long(b"var x ", b"[]"), "3 is no valid Go: expected type"),
        (_long(b"func f() { ", b"if "), "3 is no valid Go: expected operand, found if"),
        (_long(b"", b"`"), "3 is no valid Go"),
        (_long(b"", b'"'), "3 is no valid Go"),
        (_long(b"func f() {", b"a:", b"}\n"), "nests deeper than 150 levels"),
        (_long(b"var x = x", b".x"), ""),
        (_long(b"var x = a", b"+a"), ""),
        (_long(b'const X = "a"', b'+"a"'), ""),
        (_long(b"import (\n", b'\t"a"\n', b")\n"), ""),
        (_long(b"", b"func f(){}\n"), ""),
        (_long(b'var x = "', b"s", b'"\n'), ""),
        (_long(b"/*", b" *", b"*/\n"), ""),
        (_long(b"func f() { if a {}", b"else if a{}", b"}\n"), ""),
    ],
)
def test_a_hostile_file_costs_little_and_is_named(tmp_path: Path, source: bytes, finding: str) -> None:
    directory = caller(tmp_path, "package caller\n")
    (directory / "service.go").write_bytes(source)
    scan = [sys.executable, "-m", "gencreds", "scan", "-quiet", "-manifests", str(directory)]
    done = subprocess.run([sys.executable, "-c", _MEASURE, *scan], capture_output=True, text=True, timeout=120)
    code, mebibytes, seconds, output = json.loads(done.stdout)
    assert seconds < _SECONDS
    assert mebibytes < _MEBIBYTES
    (service,) = json.loads(output)["services"]
    messages = [f"{each['file']} {each['message']}" for each in service["findings"]]
    assert code == bool(finding)
    assert len(messages) == bool(finding)
    assert all("caller/service.go" in message and finding in message for message in messages)
