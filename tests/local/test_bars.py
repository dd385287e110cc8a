"""How soon the local mode is ready, and in what memory: the bars that `make bench ONLY=local` measures, held.

Other work on the machine can only slow a start down, so the best of three counts. Where both processors are busy all
the while, the clock counts what others compute: then four times the bar will do by the clock, if what our processes
compute fits into two thirds of the bar, and leaves as much for waiting as on a quiet machine.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from bench.installed import Installed, install
from bench.local import (
    MEMORY_BAR,
    SERVICES,
    SERVICES_BAR,
    START_BAR,
    memory_of_the_shop,
    seconds_of_many,
    start_of_the_shop,
)
from bench.monorepo import write_monorepo

_TRIES = 3
_BY_THE_CLOCK, _COMPUTED = 4.0, 2 / 3


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel alone in an environment of its own."""
    return install(tmp_path_factory.mktemp("installed"))


def hold(bar: float, start: Callable[[int], float]) -> None:
    """Start up to three times; one of them has to hold the bar."""
    tried: list[str] = []
    for number in range(_TRIES):
        before = _computed()
        took = start(number)
        computed = _computed() - before
        if took <= bar or (took <= _BY_THE_CLOCK * bar and computed <= _COMPUTED * bar):
            return
        tried.append(f"{took:.1f} s, {computed:.1f} s of them computed")
    raise AssertionError(f"more than {bar:g} s: {tried}")


def _computed() -> float:
    """Processor seconds of all processes that were started here, and by those, and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_the_wheel_alone_has_the_example_ready_in_5_seconds_at_its_first_start_and_at_its_second(
    installed: Installed, tmp_path: Path
) -> None:
    hold(START_BAR, lambda number: start_of_the_shop(installed, tmp_path / f"state-{number}"))
    hold(START_BAR, lambda _: start_of_the_shop(installed, tmp_path / "state-0"))


def test_our_processes_take_no_more_than_200_mb_with_the_example(installed: Installed, tmp_path: Path) -> None:
    memory = memory_of_the_shop(installed, tmp_path / "state")
    # Less than an interpreter with our modules would mean that nothing was measured.
    assert 40 < memory.pss <= memory.rss <= MEMORY_BAR


def test_200_microservices_are_derived_signed_delivered_and_connected_in_15_seconds(tmp_path: Path) -> None:
    source = tmp_path / "many"
    write_monorepo(source, SERVICES)
    command = (sys.executable, "-m", "microbus_operator.cli.main", "local")
    hold(SERVICES_BAR, lambda number: seconds_of_many(command, tmp_path / f"state-{number}", source))
