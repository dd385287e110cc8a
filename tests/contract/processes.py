"""A process of a test whose log is followed: it is waited for by what it says, and stopped by pid."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

STOPPED_WITHIN = 10.0


class ProcessFailed(AssertionError):
    """A process did not do what it was waited for; the message ends with the last lines of its log."""


@dataclass
class FollowedProcess:
    """A running process whose standard error is its log."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    ended: bool = False

    @property
    def log(self) -> str:
        """What it has logged so far."""
        with self.changed:
            return "".join(self.lines)

    def wait_for(self, condition: Callable[[str], bool], within: float, what: str) -> None:
        """Wait until the log fulfils `condition`; raises `ProcessFailed` once it ended or `within` s passed."""
        with self.changed:
            self.changed.wait_for(lambda: self.ended or condition("".join(self.lines)), within)
            log, ended = "".join(self.lines), self.ended
        if not condition(log):
            code = self.process.wait(STOPPED_WITHIN) if ended else None
            raise ProcessFailed(f"no {what} within {within} s (exit code {code}); the log ends\n{log[-3000:]}")

    def stop(self) -> None:
        """Stop it and wait for its end."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(STOPPED_WITHIN)

    def follow(self) -> None:
        """Collect the log until the process ends; a thread's work."""
        assert self.process.stderr is not None
        with self.process.stderr as log:
            for line in log:
                with self.changed:
                    self.lines.append(line)
                    self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()


P = TypeVar("P", bound=FollowedProcess)


@contextmanager
def following(
    kind: Callable[[subprocess.Popen[str]], P],
    command: Sequence[str],
    directory: Path,
    variables: Mapping[str, str] | None = None,
) -> Iterator[P]:
    """Run `command` in `directory`, with further environment `variables`, until the block ends."""
    environment = {**os.environ, **(variables or {})}
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=directory, env=environment
    )
    followed = kind(process)
    follower = threading.Thread(target=followed.follow, daemon=True)
    follower.start()
    try:
        yield followed
    finally:
        followed.stop()
        follower.join(STOPPED_WITHIN)
