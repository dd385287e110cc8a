"""Runs a program of ours over hostile input: limited, in an empty environment, watched, and killed with all it started.

`embedded.py` and `analysis.py` use it. The event loop only moves bytes; whatever the input does to a parser, it does to
the child.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from microbus_operator.source.errors import quoted
from microbus_operator.source.settings import MIB, ProcessLimits

_CHUNK = 1 << 16
_COMPLAINT_BYTES = 16 << 10
_LAST_WORDS_SECONDS = 1.0
_OUT_OF_MEMORY = ("MemoryError", "failed to allocate", "Cannot allocate memory", "out of memory")


@dataclass(frozen=True)
class Finished:
    """How a child ended: its exit code (negative: the signal), its stdout, and its last line on stderr, printable.

    `stopped` says what it exceeded, empty where it ended by itself.
    """

    code: int
    output: bytes
    complaint: str
    stopped: str = ""


async def run_limited(
    module: str,
    arguments: Sequence[str],
    limits: ProcessLimits,
    folder: Path,
    feed: AsyncIterator[bytes] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Finished:
    """Run `python -I -m module arguments` in `folder` until it ends, `feed` being its stdin, by default without any
    environment.

    A child that ends early leaves the rest of `feed` unread. An error of `feed` kills the child and is raised.
    """
    child = await asyncio.create_subprocess_exec(
        *_python("microbus_operator.source.limited"),
        json.dumps(_rlimits(limits)),
        *_python(module),
        *arguments,
        cwd=folder,
        env=dict(environment or {}),
        stdin=asyncio.subprocess.PIPE if feed else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        limit=_CHUNK,
    )
    assert child.stdout is not None
    assert child.stderr is not None
    output = asyncio.create_task(_head(child.stdout, limits.output_bytes, partial(_kill, child)))
    complaint = asyncio.create_task(_tail(child.stderr))
    stopped = ""
    try:
        async with asyncio.timeout(limits.wall_seconds):
            if feed:
                await _feed(child, feed)
            if len(await output) > limits.output_bytes:
                stopped = f"printed more than {limits.output_bytes} bytes"
            await child.wait()
    except TimeoutError:
        stopped = f"took longer than {limits.wall_seconds:g} s"
    finally:
        _kill(child)
        await child.wait()
        # Whoever holds the pipes open beyond the child's end is not waited for.
        await asyncio.wait({output, complaint}, timeout=_LAST_WORDS_SECONDS)
        output.cancel()
        complaint.cancel()
        ended = await asyncio.gather(output, complaint, return_exceptions=True)
    text, last_words = (item if isinstance(item, bytes) else b"" for item in ended)
    code = child.returncode if child.returncode is not None else 0
    complaints = last_words.decode(errors="replace")
    lines = complaints.strip().splitlines()
    return Finished(code, text, quoted(lines[-1]) if lines else "", stopped or _exceeded(code, complaints, limits))


def _python(module: str) -> tuple[str, ...]:
    # -I: neither the environment nor the current folder, which is a stranger's, has a say in what is imported.
    return sys.executable, "-I", "-B", "-m", module


def _rlimits(limits: ProcessLimits) -> dict[str, int]:
    return {
        "RLIMIT_AS": limits.address_space,
        "RLIMIT_CPU": limits.cpu_seconds,
        "RLIMIT_NOFILE": limits.open_files,
        "RLIMIT_FSIZE": limits.file_bytes,
        "RLIMIT_CORE": 0,
    }


async def _feed(child: asyncio.subprocess.Process, feed: AsyncIterator[bytes]) -> None:
    assert child.stdin is not None
    try:
        async for chunk in feed:
            child.stdin.write(chunk)
            await child.stdin.drain()
    except (BrokenPipeError, ConnectionResetError):
        return
    finally:
        child.stdin.close()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            await child.stdin.wait_closed()


async def _head(stream: asyncio.StreamReader, most: int, stop: Callable[[], None]) -> bytes:
    """All of a stream; where it is more than `most` bytes, those and one more, and `stop` is called."""
    data = bytearray()
    while chunk := await stream.read(_CHUNK):
        data += chunk[: most + 1 - len(data)]
        if len(data) > most:
            stop()
    return bytes(data)


async def _tail(stream: asyncio.StreamReader) -> bytes:
    data = b""
    while chunk := await stream.read(_CHUNK):
        data = (data + chunk)[-_COMPLAINT_BYTES:]
    return data


def _kill(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def _exceeded(code: int, complaint: str, limits: ProcessLimits) -> str:
    if code == -signal.SIGXCPU:
        return f"used more than {limits.cpu_seconds} s of processor time"
    if code != 0 and any(word in complaint for word in _OUT_OF_MEMORY):
        return f"needed more than {limits.address_space // MIB} MiB of memory"
    if code == -signal.SIGKILL:
        # Soft and hard CPU limit are one, and then the kernel may kill outright; so does its out-of-memory killer.
        return f"was killed: it used more than {limits.cpu_seconds} s of processor time, or the pod is short of memory"
    if code < 0:
        # tree-sitter does not check all its allocations.
        memory = f"{limits.address_space // MIB} MiB of memory"
        return f"was ended by {signal.Signals(-code).name}, as parsers are when {memory} or the stack run out"
    return ""
