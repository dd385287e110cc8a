"""Analyses microservices side by side, in processes that start as copies of this one.

Processes, because analysing is Python's own work. What they inherit (the opened source) is not sent to them; what they
find comes back as values. The results are the same whatever their number, in the same order. Not
`multiprocessing.Pool`, whose threads took a quarter of what the second process gained, and which waits for ever for
what a killed process was to bring.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import TypeVar

from gencreds.errors import ScanError

Item = TypeVar("Item")
Result = TypeVar("Result")

MAX_WORKERS = 64
# Bytes of an item's number.
_NUMBER = 8
# Seconds of results that are sent at once: who is woken for each of them takes a processor from those who work.
_TOLD_EVERY = 0.1


def side_by_side(work: Callable[[Item], Result], items: Sequence[Item], workers: int) -> Iterator[Result]:
    """Yield `work(item)` for each of `items`, in order, computed by up to `workers` processes.

    What `work` returns has to be picklable. With one worker, or one item, no process is made. Raises the `ScanError`
    or `MemoryError` that `work` raised, and `ScanError` when a process ended without its result.
    """
    count = min(workers, len(items), MAX_WORKERS)
    if count < 2:
        yield from map(work, items)
        return
    context = multiprocessing.get_context("fork")
    # The number of the next item. Who takes it out of the pipe holds it, and puts the one after it in.
    baton = os.pipe()
    os.write(baton[1], bytes(_NUMBER))
    processes: dict[Connection, ForkProcess] = {}
    try:
        for _ in range(count):
            reader, writer = context.Pipe(duplex=False)
            process = processes[reader] = context.Process(target=_serve, args=(work, items, baton, writer), daemon=True)
            process.start()
            writer.close()
        yield from _in_order(processes)
    finally:
        for reader, process in processes.items():
            process.kill()
            process.join()
            reader.close()
        for end in baton:
            os.close(end)


def _in_order(processes: dict[Connection, ForkProcess]) -> Iterator[Result]:
    waiting, done, following = list(processes), dict[int, Result](), 0
    while waiting:
        for reader in wait(waiting):
            assert isinstance(reader, Connection)
            try:
                results, error = reader.recv()
            except EOFError:
                waiting.remove(reader)
                _check_ended(processes[reader])
                continue
            if error is not None:
                raise error
            done.update(results)
        while following in done:
            yield done.pop(following)
            following += 1


def _check_ended(process: ForkProcess) -> None:
    process.join()
    if process.exitcode:
        raise ScanError(
            f"one of the processes that analyse ended with exit code {process.exitcode}, a negative one being the "
            "signal that ended it; give more memory, or use fewer -jobs"
        )


def _serve(work: Callable[[Item], Result], items: Sequence[Item], baton: tuple[int, int], writer: Connection) -> None:
    """Do what is next until there is nothing left, or something fails."""
    # Who interrupts the command interrupts the process that started this one, and that one ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    results: dict[int, Result] = {}
    told = time.monotonic()
    while True:
        index = int.from_bytes(os.read(baton[0], _NUMBER), "big")
        os.write(baton[1], (index + 1).to_bytes(_NUMBER, "big"))
        if index >= len(items):
            break
        try:
            results[index] = work(items[index])
        except (ScanError, MemoryError) as error:
            writer.send((results, error))
            return
        if time.monotonic() - told > _TOLD_EVERY:
            writer.send((results, None))
            results, told = {}, time.monotonic()
    writer.send((results, None))
