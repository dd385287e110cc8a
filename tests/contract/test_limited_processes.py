"""A child over hostile input is held to its limits, and its end is put in words; `timeit` does what a parser might."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from microbus_operator.source.processes import Finished, run_limited
from microbus_operator.source.settings import MIB, ProcessLimits

LIMITS = ProcessLimits(cpu_seconds=5, wall_seconds=30.0)


async def python(statement: str, folder: Path, limits: ProcessLimits = LIMITS) -> Finished:
    """Run a statement once; `timeit` is the standard library's module that does so and can be named with -m."""
    return await run_limited("timeit", ["-n", "1", "-r", "1", statement], limits, folder)


async def test_output_and_exit_code_are_returned(tmp_path: Path) -> None:
    finished = await python("print('hello')", tmp_path)
    assert (finished.code, finished.stopped, finished.complaint) == (0, "", "")
    assert finished.output.startswith(b"hello\n")


async def test_a_failure_ends_with_its_last_line_printable_and_short(tmp_path: Path) -> None:
    finished = await python(r"import sys; sys.exit('first\nlast \x1b[31m' + 'x' * 100_000)", tmp_path)
    assert finished.code == 1
    assert finished.stopped == ""
    assert finished.complaint.isprintable()
    assert len(finished.complaint) == 300


async def test_nothing_of_the_environment_reaches_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MICROBUS_TEST_TOKEN", "secret")
    finished = await python("import os; print(sorted(os.environ))", tmp_path)
    assert b"MICROBUS" not in finished.output
    assert b"PATH" not in finished.output


async def test_no_module_of_the_current_folder_is_imported(tmp_path: Path) -> None:
    """The folder is a stranger's source tree."""
    for name in ("argparse", "json", "resource", "sitecustomize", "usercustomize", "microbus_operator"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('taken over')")

    async def feed() -> AsyncIterator[bytes]:
        yield b'{"mine": true}'

    # Not `timeit`, which puts the current folder first itself.
    finished = await run_limited("json.tool", ["--compact"], LIMITS, tmp_path, feed())
    assert finished == Finished(0, b'{"mine":true}\n', "")


async def test_memory_is_bounded(tmp_path: Path) -> None:
    finished = await python("bytearray(600 << 20)", tmp_path)
    assert finished.stopped == "needed more than 512 MiB of memory"


async def test_processor_time_is_bounded(tmp_path: Path) -> None:
    finished = await python("while True: pass", tmp_path, replace(LIMITS, cpu_seconds=1))
    assert "1 s of processor time" in finished.stopped


async def test_time_is_bounded(tmp_path: Path) -> None:
    finished = await python("import signal; signal.pause()", tmp_path, replace(LIMITS, wall_seconds=1.0))
    assert finished.stopped == "took longer than 1 s"
    assert finished.code < 0


async def test_what_it_started_ends_with_it(tmp_path: Path) -> None:
    """Were the grandchild alive, it would hold the FIFO open, and reading it would not end."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    reading = asyncio.create_task(asyncio.to_thread(fifo.read_bytes))
    child = f"open({str(fifo)!r}, 'wb', buffering=0).write(b'here'); import signal; signal.pause()"
    statement = f"import subprocess, sys; subprocess.run([sys.executable, '-I', '-c', {child!r}])"
    finished = await python(statement, tmp_path, replace(LIMITS, wall_seconds=3.0, file_bytes=MIB))
    assert finished.stopped == "took longer than 3 s"
    assert await asyncio.wait_for(reading, timeout=10) == b"here"


async def test_output_is_bounded(tmp_path: Path) -> None:
    statement = "while True: print('x' * 65536)"
    finished = await python(statement, tmp_path, replace(LIMITS, output_bytes=100_000))
    assert finished.stopped == "printed more than 100000 bytes"
    assert len(finished.output) == 100_001


async def test_a_flood_of_complaints_is_read_and_dropped(tmp_path: Path) -> None:
    statement = "import sys\nfor _ in range(1000): sys.stderr.write('x' * 65535 + '\\n')\nsys.exit('the last')"
    finished = await python(statement, tmp_path)
    assert (finished.code, finished.complaint) == (1, "SystemExit: the last")


async def test_it_writes_no_files_unless_it_may(tmp_path: Path) -> None:
    statement = "open('file', 'wb', buffering=0).write(bytes(2048))"
    assert "File too large" in (await python(statement, tmp_path)).complaint
    assert (await python(statement, tmp_path, replace(LIMITS, file_bytes=4096))).code == 0


async def test_a_crash_is_named_by_its_signal(tmp_path: Path) -> None:
    finished = await python("import os; os.kill(os.getpid(), 11)", tmp_path)
    assert finished.stopped.startswith("was ended by SIGSEGV, as parsers are when 512 MiB of memory")


async def test_a_child_that_stops_listening_leaves_the_rest(tmp_path: Path) -> None:
    taken = 0

    async def feed() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(1000):
            taken += 1
            yield bytes(65536)

    finished = await run_limited("timeit", ["-n", "1", "-r", "1", "pass"], LIMITS, tmp_path, feed())
    assert finished.code == 0
    assert taken < 1000


async def test_an_error_of_what_it_is_fed_ends_it(tmp_path: Path) -> None:
    async def feed() -> AsyncIterator[bytes]:
        yield b"begun"
        raise ValueError("broke off")

    statement = "import sys; sys.stdin.buffer.read()"
    with pytest.raises(ValueError, match="broke off"):
        await run_limited("timeit", ["-n", "1", "-r", "1", statement], LIMITS, tmp_path, feed())


async def test_cancelling_ends_it(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    # Opening a FIFO waits for the other side: the child is known to run when this returns.
    opening = asyncio.create_task(asyncio.to_thread(fifo.open, "rb"))
    statement = f"import signal; file = open({str(fifo)!r}, 'wb'); signal.pause()"
    running = asyncio.create_task(python(statement, tmp_path, replace(LIMITS, file_bytes=MIB)))
    with await asyncio.wait_for(opening, timeout=20) as reading:
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert await asyncio.wait_for(asyncio.to_thread(reading.read), timeout=10) == b""
