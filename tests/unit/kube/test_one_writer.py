"""Never do two operators write at one time, whatever becomes of requests, clocks and the Lease itself."""

from __future__ import annotations

import asyncio
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microbus_operator.core.lease import Durations
from microbus_operator.kube.lease import Lease, LeaseLost

from .lease_races import Race, SimulatedConnection, SimulatedServer, Weather
from .virtual_time import run

SECONDS = 400.0
FINE = Weather(Random(0), slow=0.0, lost=0.0)


def raced(random: Random, durations: Durations, *, slow: float, lost: float, interfering: bool) -> Race:
    """A race that is over."""
    race = Race(random, durations, Weather(random, slow, lost))
    run(race.run(candidates=2 + random.randrange(2), seconds=SECONDS, interfering=interfering))
    return race


@given(seed=st.integers(0), slow=st.floats(0, 0.4), lost=st.floats(0, 0.4), interfering=st.booleans())
@settings(deadline=None, max_examples=100)
def test_no_two_holders_write_at_one_time(seed: int, slow: float, lost: float, interfering: bool) -> None:
    race = raced(Random(seed), Durations(), slow=slow, lost=lost, interfering=interfering)
    assert race.overlap() is None


def test_somebody_writes_most_of_the_time_in_fine_weather() -> None:
    race = raced(Random(1), Durations(), slow=0.0, lost=0.0, interfering=False)
    assert len({write.who for write in race.writes}) > 3
    assert len({int(write.begun) for write in race.writes}) > SECONDS / 2


def test_figures_that_leave_no_time_for_the_last_write_are_found_out() -> None:
    careless = Durations()
    object.__setattr__(careless, "deadline", careless.lease)
    races = (raced(Random(seed), careless, slow=0.1, lost=0.1, interfering=False) for seed in range(100))
    assert any(race.overlap() for race in races)


@pytest.mark.parametrize("seed", range(20))
def test_another_takes_over_within_20_seconds_of_a_crash(seed: int) -> None:
    random = Random(seed)

    async def story() -> float:
        server, loop = SimulatedServer(), asyncio.get_running_loop()
        first, second = (
            Lease(SimulatedConnection(server, FINE), "n", "l", identity=name, clock=loop.time)
            for name in ("first", "second")
        )
        await first.acquire()
        keeping = asyncio.create_task(first.keep())
        waiting = asyncio.create_task(second.acquire())
        await asyncio.wait({waiting}, timeout=random.uniform(20, 60))
        assert not waiting.done()
        keeping.cancel()
        died = loop.time()
        await waiting
        return loop.time() - died

    assert 13 <= run(story()) <= 20


def test_another_takes_over_at_once_from_one_that_stops_in_good_order() -> None:
    async def story() -> tuple[float, int]:
        server, loop = SimulatedServer(), asyncio.get_running_loop()
        first, second = (
            Lease(SimulatedConnection(server, FINE), "n", "l", identity=name, clock=loop.time)
            for name in ("first", "second")
        )
        await first.acquire()
        keeping = asyncio.create_task(first.keep())
        waiting = asyncio.create_task(second.acquire())
        await asyncio.wait({waiting}, timeout=30)
        keeping.cancel()
        await first.release()
        stopped = loop.time()
        await waiting
        assert server.lease is not None
        return loop.time() - stopped, server.lease["spec"]["leaseTransitions"]

    took, transitions = run(story())
    assert took <= 1.5
    assert transitions == 2


def test_a_holder_that_gets_no_answers_has_lost_when_its_deadline_is_past_and_not_later() -> None:
    async def story() -> float:
        loop = asyncio.get_running_loop()
        weather = Weather(Random(0), slow=0.0, lost=0.0)
        connection = SimulatedConnection(SimulatedServer(), weather)
        lease = Lease(connection, "n", "l", clock=loop.time)
        await lease.acquire()
        weather.lost = 1.0
        began = loop.time()
        with pytest.raises(LeaseLost, match="it was not renewed for 10 s"):
            await lease.keep()
        assert lease.is_lost
        assert not lease.may_write()
        return loop.time() - began

    assert run(story()) == pytest.approx(10.0, abs=0.2)


def test_a_holders_time_counts_from_when_its_renewal_was_sent_not_from_when_it_was_answered() -> None:
    async def story() -> float:
        loop = asyncio.get_running_loop()
        connection = SimulatedConnection(SimulatedServer(), Slow(Random(0), slow=0.0, lost=0.0))
        lease = Lease(connection, "n", "l", clock=loop.time)
        await lease.acquire()
        answered = loop.time()
        connection.is_cut_off = True
        with pytest.raises(LeaseLost):
            await lease.keep()
        return loop.time() - answered

    assert run(story()) == pytest.approx(10.0 - 2 * Slow.EACH, abs=0.1)


class Slow(Weather):
    """Each way takes a second."""

    EACH = 1.0

    def delay(self) -> float:
        return self.EACH
