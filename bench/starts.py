"""`local up` in a process of its own: how long until it says that everything is ready, and what memory that takes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

READY_WITHIN = 120.0
_SAMPLED_EVERY = 0.01
_KIB = 1024


class NotReady(RuntimeError):
    """It ended, or took too long; the message is what it said last."""


@dataclass
class Started:
    """One that is ready. `seconds` from the start of the process to the line that says so."""

    process: subprocess.Popen[str]
    state: Path
    seconds: float

    def connected(self, suffix: str) -> int:
        """How many clients nats-server has whose names end with `suffix`, as it says itself."""
        ports = json.loads((self.state / "run" / "ports.json").read_text())
        (monitor,) = (port for key, port in ports.items() if key.endswith("-0 monitor"))
        with urllib.request.urlopen(f"http://127.0.0.1:{monitor}/connz?limit=4096", timeout=10) as answer:
            return sum(item.get("name", "").endswith(suffix) for item in json.load(answer)["connections"])


@contextmanager
def started(command: Sequence[str], state: Path, **environment: str) -> Iterator[Started]:
    """Run `command up…` on a state folder; what comes out is ready, and is stopped as by Ctrl-C. Raises `NotReady`."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MICROBUS_", "PYTHON"))}
    words = [*command, "--state", str(state)]
    begun = time.monotonic()
    process = subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**inherited, **environment}
    )
    late = threading.Timer(READY_WITHIN, process.kill)
    late.start()
    said: list[str] = []
    try:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            if line.startswith("ready in "):
                break
        else:
            raise NotReady(f"{' '.join(words)} is not ready: " + "".join(said[-5:]))
        yield Started(process, state, time.monotonic() - begun)
    finally:
        late.cancel()
        process.send_signal(signal.SIGINT)
        process.communicate()


@dataclass
class Memory:
    """The sum over this process' Python descendants, in MB: nats-server and the bundles' own programs are not ours.

    `rss` counts pages that two of them share twice, `pss` once. Sampled each 10 ms; each peak is the highest level that
    two samples in a row have seen, since between vfork and exec a child shows its parent's memory as its own.
    """

    rss: float = 0.0
    pss: float = 0.0
    _last: tuple[float, float] = (0.0, 0.0)
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def measured(self) -> Iterator[Memory]:
        """Sample until the block ends."""
        thread = threading.Thread(target=self._sample)
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join()

    def _sample(self) -> None:
        while not self._stop.wait(_SAMPLED_EVERY):
            found = [_memory_of(pid) for pid in _children(os.getpid()) if _is_python(pid)]
            rss, pss = sum(item[0] for item in found), sum(item[1] for item in found)
            self.rss, self.pss = max(self.rss, min(rss, self._last[0])), max(self.pss, min(pss, self._last[1]))
            self._last = rss, pss


def _children(pid: int) -> list[int]:
    result = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(word) for word in task.read_text().split()]
        except OSError:
            continue
        for child in children:
            result += [child, *_children(child)]
    return result


def _is_python(pid: int) -> bool:
    try:
        return "python" in os.path.basename(os.readlink(f"/proc/{pid}/exe"))
    except OSError:
        return False


def _memory_of(pid: int) -> tuple[float, float]:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0, 0.0
    found = {line.split()[0]: int(line.split()[1]) / _KIB for line in text.splitlines()[1:]}
    return found.get("Rss:", 0.0), found.get("Pss:", 0.0)
