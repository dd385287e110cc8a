"""Who may write, as one candidate decides it: by its own clock, and never by what times a Lease states."""

from __future__ import annotations

import pytest

from microbus_operator.core.lease import (
    CLOCKS_APART,
    UNKNOWN,
    Durations,
    Hold,
    Lost,
    Record,
    Restore,
    Sight,
    Take,
    Wait,
    decide,
    may_write,
    sighted,
)

DURATIONS = Durations()
OTHERS = Record("7", "other", 15.0, 3, "2026-01-01T00:00:00.000000Z")
OURS = Record("8", "me", 15.0, 4, "2026-01-01T00:00:00.000000Z")
FREE = Record("9", "", 1.0, 4)


def test_a_standby_takes_over_within_20_seconds_of_a_crash_where_the_api_server_answers_within_one() -> None:
    assert DURATIONS.failover(latency=1.0) <= 20
    assert Durations(lease=18.0).failover(latency=1.0) > 20


def test_a_former_holder_has_written_its_last_before_another_may_take_the_lease() -> None:
    assert (DURATIONS.deadline + DURATIONS.write) * CLOCKS_APART <= DURATIONS.lease
    with pytest.raises(ValueError, match=r"too short for a deadline of 10\.0 s and writes of 4\.0 s"):
        Durations(lease=14.0)


def test_one_renewal_without_an_answer_does_not_cost_the_lease() -> None:
    assert DURATIONS.renew + 2 * (DURATIONS.answer + DURATIONS.pause) < DURATIONS.deadline
    with pytest.raises(ValueError, match="one renewal without an answer would cost the Lease"):
        Durations(deadline=4.0)


def test_a_standby_takes_what_has_not_changed_for_the_whole_lease_and_waits_until_then() -> None:
    sight = Sight(OTHERS, since=100.0)
    assert decide(sight, "me", None, DURATIONS, 100.0) == Wait(DURATIONS.look)
    assert decide(sight, "me", None, DURATIONS, 114.75) == Wait(0.25)
    assert decide(sight, "me", None, DURATIONS, 115.0) == Take(OTHERS)


def test_a_standby_takes_a_released_lease_at_once_and_its_own_whose_answer_was_lost() -> None:
    assert decide(Sight(FREE, since=100.0), "me", None, DURATIONS, 100.0) == Take(FREE)
    assert decide(Sight(OURS, since=100.0), "me", None, DURATIONS, 100.0) == Take(OURS)


def test_one_that_is_not_there_is_made_again_as_somebodys_who_may_still_write() -> None:
    gone = sighted(Sight(OTHERS, since=100.0), None, 105.0)
    assert decide(gone, "me", None, DURATIONS, 1000.0) == Restore()
    assert decide(gone, "other", 104.0, DURATIONS, 105.0) == Restore()
    back = sighted(gone, Record("11", UNKNOWN, 15.0), 106.0)
    assert decide(back, "me", None, DURATIONS, 120.9) == Wait(pytest.approx(0.1))
    assert decide(back, "me", None, DURATIONS, 121.0) == Take(Record("11", UNKNOWN, 15.0))


def test_the_holder_of_one_that_was_deleted_takes_it_back_as_long_as_it_may_write() -> None:
    back = Sight(Record("11", UNKNOWN, 15.0), since=106.0)
    assert decide(back, "other", 105.5, DURATIONS, 106.0) == Take(Record("11", UNKNOWN, 15.0))
    assert isinstance(decide(back, "other", 96.0, DURATIONS, 106.0), Lost)


def test_a_holder_that_promised_a_longer_time_has_it() -> None:
    longer = Sight(Record("7", "other", 60.0), since=100.0)
    assert isinstance(decide(longer, "me", None, DURATIONS, 159.0), Wait)
    assert decide(longer, "me", None, DURATIONS, 160.0) == Take(longer.record)


def test_one_that_promised_a_shorter_time_is_given_ours() -> None:
    shorter = Sight(Record("7", "other", 1.0), since=100.0)
    assert isinstance(decide(shorter, "me", None, DURATIONS, 114.0), Wait)


def test_what_is_unchanged_keeps_the_time_at_which_it_was_first_seen_and_any_write_begins_it_anew() -> None:
    first = sighted(None, OTHERS, 100.0)
    assert sighted(first, OTHERS, 110.0) == Sight(OTHERS, since=100.0)
    renewed = Record("10", "other", 15.0, 3, OTHERS.acquired)
    assert sighted(first, renewed, 110.0) == Sight(renewed, since=110.0)


def test_a_holder_renews_in_time_and_holds_in_between() -> None:
    sight = Sight(OURS, since=100.1)
    assert decide(sight, "me", 100.0, DURATIONS, 100.5) == Hold(1.5)
    assert decide(sight, "me", 100.0, DURATIONS, 102.0) == Take(OURS)


def test_a_holder_that_could_not_renew_for_its_deadline_has_lost_whatever_the_lease_says() -> None:
    assert decide(Sight(OURS, since=100.1), "me", 100.0, DURATIONS, 110.0) == Lost("it was not renewed for 10 s")
    assert may_write(100.0, DURATIONS, 109.9)
    assert not may_write(100.0, DURATIONS, 110.0)
    assert not may_write(None, DURATIONS, 0.0)


@pytest.mark.parametrize(("seen", "why"), [(OTHERS, "other holds it"), (FREE, "somebody released it")])
def test_a_holder_that_sees_another_in_its_place_has_lost(seen: Record, why: str) -> None:
    assert decide(Sight(seen, since=101.0), "me", 100.0, DURATIONS, 101.0) == Lost(why)
