"""Analyses microservices side by side, in processes that start as copies of this one.

Processes, because analysing is Python's own work. What they inherit (the opened source) is not sent to them; what they
find comes back as values. The results are the same whatever their number, in the same order.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

MAX_WORKERS = 64
# Few enough that the last ones end together, enough to be no burden on the pipe.
_CHUNKS_EACH = 8

# Set only while `side_by_side` runs: the workers inherit it, because functions and parsed source cannot be sent.
_inherited: list[tuple[Callable[..., object], Sequence[object]]] = []


def side_by_side(work: Callable[[Item], Result], items: Sequence[Item], workers: int) -> Iterator[Result]:
    """Yield `work(item)` for each of `items`, in order, computed by up to `workers` processes.

    What `work` returns or raises has to be picklable. With one worker, or one item, no process is made.
    """
    count = min(workers, len(items), MAX_WORKERS)
    if count < 2:
        yield from map(work, items)
        return
    _inherited.append((work, items))
    try:
        with multiprocessing.get_context("fork").Pool(count) as pool:
            yield from pool.imap(_one, range(len(items)), max(1, len(items) // (count * _CHUNKS_EACH)))
    finally:
        _inherited.pop()


def _one(index: int) -> object:
    work, items = _inherited[-1]
    return work(items[index])
