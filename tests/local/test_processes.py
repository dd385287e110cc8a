"""Processes end with who started them, leftovers are found by their mark, and nobody else's is touched."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from microbus_operator.local.runtime.processes import (
    LAUNCHER,
    MARK,
    Command,
    Process,
    end_leftovers,
    last_line,
    mark_of,
)

from ..contract.waiting import until
from .kills import is_alive

WAITS = (sys.executable, "-c", "import signal; print('here', flush=True); signal.pause()")


def command(folder: Path, *arguments: str) -> Command:
    """A command in a folder, with its log there."""
    return Command(arguments, folder, {"PATH": os.environ["PATH"]}, folder / "log")


def started(environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """A process that waits to be ended."""
    return subprocess.Popen(WAITS, env=environment, stdout=subprocess.DEVNULL, text=True)


async def test_a_process_is_stopped_with_all_that_it_started(tmp_path: Path) -> None:
    mark = mark_of(tmp_path / "mark")
    process = await Process.start(command(tmp_path, "sh", "-c", "sleep 600 & echo $!; wait"), mark)

    async def said() -> str:
        return (tmp_path / "log").read_text()

    child = int(await until(said, lambda text: text.endswith("\n"), "the child's id"))
    await process.stop()
    assert (is_alive(process.pid), is_alive(child)) == (False, False)


async def test_what_a_process_prints_as_soon_as_it_runs_is_among_its_words(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("of another run\n")
    os.mkfifo(tmp_path / "said")
    # Before `start` goes on, the process has printed: opening the pipe waits for that.
    asyncio.get_running_loop().call_soon((tmp_path / "said").read_text)
    process = await Process.start(command(tmp_path, "sh", "-c", "echo no such database; echo > said; exit 3"), "mark")
    assert await process.wait() == 3
    assert process.last_words() == "no such database"


async def test_what_a_killed_run_left_is_ended_by_its_mark_and_nobody_elses_process_is(tmp_path: Path) -> None:
    mark, others = mark_of(tmp_path / "mark"), mark_of(tmp_path / "others")
    left = started({MARK: mark})
    strangers = [started({MARK: others}), started()]
    try:
        assert await asyncio.to_thread(end_leftovers, mark) == [left.pid]
        assert left.wait(10) == -9
        assert [stranger.poll() for stranger in strangers] == [None, None]
    finally:
        for process in (left, *strangers):
            process.kill()
            process.wait(10)


async def test_a_process_ends_when_who_started_it_is_killed() -> None:
    text = f"""
import os, signal, subprocess, sys
child = subprocess.Popen([sys.executable, {LAUNCHER!r}, str(os.getpid()), *{list(WAITS)!r}])
print(child.pid, flush=True)
signal.pause()
"""
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", text, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    assert await parent.stdout.readline() == b"here\n"
    parent.kill()
    await parent.wait()

    async def lives() -> bool:
        return is_alive(child)

    await until(lives, lambda alive: not alive, "the child's end")


def test_a_mark_is_made_once_and_a_torn_one_anew(tmp_path: Path) -> None:
    mark = mark_of(tmp_path / "mark")
    assert mark_of(tmp_path / "mark") == mark
    (tmp_path / "mark").write_text("")
    assert len(mark_of(tmp_path / "mark")) == 32


@pytest.mark.parametrize(
    ("log", "line"),
    [
        ("one\ntwo\n\n", "two"),
        ("panic: no database\n\ngoroutine 1 [running]:\nmain.main()\n", "panic: no database"),
        ("", ""),
        ("x\x1b[31mred\n", "x [31mred"),
    ],
)
def test_the_last_words_are_the_line_that_says_why(tmp_path: Path, log: str, line: str) -> None:
    (tmp_path / "log").write_text(log)
    assert last_line(tmp_path / "log") == line
