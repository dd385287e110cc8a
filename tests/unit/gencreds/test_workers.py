"""Work side by side: in order, with what failed raised, and never waiting for what a dead process was to bring."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from gencreds.errors import ScanError
from gencreds.workers import side_by_side


def test_results_come_in_order_whoever_is_done_first() -> None:
    assert list(side_by_side(lambda item: (item, item * "x"), range(500), 3)) == [(n, n * "x") for n in range(500)]


def test_results_larger_than_a_pipe_come_whole() -> None:
    assert [len(each) for each in side_by_side(lambda size: b"x" * size, [3_000_000, 1, 2_000_000], 2)] == [
        3_000_000,
        1,
        2_000_000,
    ]


def test_one_item_or_one_worker_makes_no_process() -> None:
    assert list(side_by_side(lambda item: os.getpid(), [1, 2, 3], 1)) == [os.getpid()] * 3
    assert list(side_by_side(lambda item: os.getpid(), [1], 8)) == [os.getpid()]


def _raise(error: Exception) -> None:
    raise error


@pytest.mark.parametrize(
    ("fail", "expected", "message"),
    [
        (lambda: _raise(ScanError("no manifest")), ScanError, "no manifest"),
        (lambda: _raise(MemoryError()), MemoryError, "^$"),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), ScanError, "exit code -9.*fewer -jobs"),
        (lambda: os._exit(7), ScanError, "exit code 7"),
    ],
)
def test_what_fails_in_a_process_fails_here(fail: Callable[[], None], expected: type[Exception], message: str) -> None:
    def work(item: int) -> int:
        if item == 30:
            fail()
        return item

    with pytest.raises(expected, match=message):
        list(side_by_side(work, range(60), 2))


def test_who_stops_listening_leaves_no_process_behind() -> None:
    pids = side_by_side(lambda item: os.getpid(), range(10_000), 2)
    first = next(pids)
    pids.close()
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
