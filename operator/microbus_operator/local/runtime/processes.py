"""Processes of ours: each in a group of its own, ending with us, marked so that a later run can tell them from others.

The mark is a secret word of the state folder in the environment. After a `kill -9` of ours, what of a process' own
children is still there is found by it, and nobody else's process ever has it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import select
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from microbus_operator.local.holding import content

LAUNCHER = str(Path(__file__).with_name("launched.py"))
MARK = "MICROBUS_LOCAL_MARK"
# Seconds between asking a process to end and killing it.
GRACE = 5.0
_TAIL_BYTES = 8192
_ENDED_WITHIN = 5.0


def mark_of(file: Path) -> str:
    """The state folder's mark, made where there is none."""
    with contextlib.suppress(OSError):
        found = content(file, 64).decode(errors="replace").strip()
        if len(found) == 32 and found.isascii():
            return found
    beside = file.with_suffix(".new")
    beside.touch(mode=0o600)
    beside.write_text(secrets.token_hex(16))
    beside.replace(file)
    return file.read_text()


@dataclass(frozen=True)
class Command:
    """What to run, where, with which environment; what it prints is appended to `log`."""

    arguments: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    log: Path


class Process:
    """A running one."""

    def __init__(self, process: asyncio.subprocess.Process, command: Command, mark: str, begins_at: int) -> None:
        self._process, self._log, self._mark, self._begins_at = process, command.log, mark, begins_at

    @classmethod
    async def start(cls, command: Command, mark: str) -> Process:
        """Start it. Raises OSError where its log or folder cannot be used."""
        with command.log.open("ab") as log:
            # Before it starts: what it prints moves our position too.
            begins_at = log.seek(0, os.SEEK_END)
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", "-B", LAUNCHER, str(os.getpid())),
                *command.arguments,
                cwd=command.folder,
                env={**command.environment, MARK: mark},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return cls(process, command, mark, begins_at)

    @property
    def pid(self) -> int:
        """Its id, and that of its group."""
        return self._process.pid

    @property
    def code(self) -> int | None:
        """The exit code (negative: the signal), None while it runs."""
        return self._process.returncode

    async def wait(self) -> int:
        """Until it ends."""
        return await self._process.wait()

    async def stop(self, grace: float = GRACE) -> None:
        """Ask it to end, and after `grace` seconds kill it; what it started is killed with it."""
        if self.code is None:
            _signal_group(self.pid, signal.SIGTERM)
            try:
                async with asyncio.timeout(grace):
                    await self._process.wait()
            except TimeoutError:
                pass
            finally:
                if self.code is None:
                    _signal_group(self.pid, signal.SIGKILL)
            await self._process.wait()
        # Its id may be somebody else's group by now: only what has our mark is ended.
        await asyncio.to_thread(end_leftovers, self._mark, self.pid)

    def last_words(self) -> str:
        """The last line that it printed, for a message."""
        return last_line(self._log, self._begins_at)


def last_line(log: Path, begins_at: int = 0) -> str:
    """The last line of a log that says something, printable and at most 300 characters; empty where there is none."""
    try:
        with log.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(begins_at, end - _TAIL_BYTES))
            lines = file.read(_TAIL_BYTES).decode(errors="replace").splitlines()
    except OSError:
        return ""
    said = [line.strip() for line in lines if any(char.isalnum() for char in line)]
    # A Go program that panics tells why first and then where, line by line.
    panics = [line for line in said if line.startswith(("panic:", "fatal error:"))]
    line = (panics or said or [""])[-1]
    return "".join(char if char.isprintable() else " " for char in line)[:300]


def end_leftovers(mark: str, group: int | None = None) -> list[int]:
    """Kill what has the mark, of one group or of all, and wait for its end; the pids.

    Of all: what an earlier run of this state folder left running.
    """
    mine, ended = os.getpid(), list[int]()
    for entry in os.listdir("/proc"):
        if not entry.isdigit() or int(entry) == mine:
            continue
        with contextlib.suppress(OSError):
            # The descriptor stays that process' while its id may become another's between the look and the kill.
            descriptor = os.pidfd_open(int(entry))
            try:
                if group in (None, os.getpgid(int(entry))) and _is_marked(int(entry), mark):
                    signal.pidfd_send_signal(descriptor, signal.SIGKILL)
                    ended.append(int(entry))
                    _wait_for(descriptor)
            finally:
                os.close(descriptor)
    return ended


def _is_marked(pid: int, mark: str) -> bool:
    environment = Path(f"/proc/{pid}/environ").read_bytes()
    return f"{MARK}={mark}".encode() in environment.split(b"\0")


def _wait_for(descriptor: int) -> None:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    poll.poll(_ENDED_WITHIN * 1000)


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
