"""Runs the real command over a hostile tree and says what it cost: the bar is 10 s of processor time and 512 MiB."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

SECONDS, MEBIBYTES = 10, 512
# Prints the command's exit code, peak memory (MiB), processor time (s) and what it wrote to stdout and stderr.
_MEASURE = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
texts = [text.decode("utf-8", "backslashreplace") for text in (done.stdout, done.stderr)]
print(json.dumps([done.returncode, used.ru_maxrss // 1024, used.ru_utime + used.ru_stime, *texts]))
"""


class Measured(NamedTuple):
    """What a command did: exit code, peak memory in MiB, processor time in seconds, and what it wrote."""

    code: int
    mebibytes: int
    seconds: float
    output: str
    complaint: str

    @property
    def services(self) -> list[dict[str, Any]]:
        """The microservices of the report on stdout; none where there is no report."""
        return list(json.loads(self.output)["services"]) if self.output else []

    @property
    def messages(self) -> list[str]:
        """All that is said to be wrong: the complaint's lines and each finding, with its file."""
        findings = [f"{each['file']} {each['message']}" for one in self.services for each in one["findings"]]
        return [*self.complaint.splitlines(), *findings]


def gencreds(*arguments: str, folder: Path | None = None) -> Measured:
    """Run `gencreds` with `arguments`, in `folder`."""
    command = [sys.executable, "-c", _MEASURE, sys.executable, "-m", "gencreds", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, cwd=folder)
    return Measured(*json.loads(done.stdout))


def assert_ended_well(measured: Measured) -> None:
    """Check what holds for every input: bounds kept, no traceback, nothing that a terminal would obey."""
    assert measured.seconds < SECONDS
    assert measured.mebibytes < MEBIBYTES
    assert measured.code in (0, 1, 2)
    assert "Traceback" not in measured.complaint
    assert (measured.code == 1) == (not measured.services or _blocking(measured))
    assert bool(measured.complaint) == (measured.code != 0)
    for text in (measured.output, measured.complaint):
        assert all(char.isprintable() for char in text.replace("\n", ""))


def _blocking(measured: Measured) -> bool:
    return any(each["severity"] == "blocking" for one in measured.services for each in one["findings"])
