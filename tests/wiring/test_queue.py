"""Who is looked at, and when: nothing is missed, nothing is looked at twice at once, and no error ends the looking."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from microbus_operator.handlers.outcome import Failure, Guard
from microbus_operator.handlers.queue import Key, Look, LookQueue, Outcome
from microbus_operator.kube.errors import ApiRefused, ApiUnavailable, Conflict

from ..contract.waiting import until

A, B = Key("Plane", "infra", "a"), Key("MicrobusApp", "shop", "b")


@dataclass
class Looks:
    """Looks that begin at once and end when the test lets them, with the outcome that it gives."""

    begun: list[Key] = field(default_factory=list)
    running: list[Key] = field(default_factory=list)
    most_at_once: int = 0
    outcomes: asyncio.Queue[Outcome | Exception] = field(default_factory=asyncio.Queue)

    async def look(self, key: Key) -> Outcome:
        self.begun.append(key)
        self.running.append(key)
        self.most_at_once = max(self.most_at_once, len(self.running))
        assert len(set(self.running)) == len(self.running), "one key is looked at twice at once"
        try:
            outcome = await self.outcomes.get()
        finally:
            self.running.remove(key)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def until_begun(self, count: int) -> None:
        """Wait until so many looks have begun."""
        await self.until(lambda: len(self.begun) >= count, f"{count} looks")

    async def until(self, true: Callable[[], bool], what: str) -> None:
        """Wait until something holds."""

        async def seen() -> bool:
            return true()

        await until(seen, bool, what)

    def end(self, outcome: Outcome | Exception | None = None) -> None:
        """End the look that began first."""
        self.outcomes.put_nowait(outcome or Outcome())


@asynccontextmanager
async def queue_of(look: Look, at_once: int = 8) -> AsyncIterator[LookQueue]:
    """A queue that is closed in the end."""
    queue = LookQueue(look, at_once, after_an_error=0.01)
    try:
        yield queue
    finally:
        await queue.close()


async def test_a_wake_is_a_look_and_many_before_it_are_one() -> None:
    looks = Looks()
    async with queue_of(looks.look) as queue:
        for _ in range(10):
            queue.wake(A)
        await looks.until_begun(1)
        looks.end()
        await looks.until(lambda: queue.looks == 1, "the look's end")
        assert looks.begun == [A]


async def test_a_wake_during_a_look_is_another_look_after_it_p5() -> None:
    looks = Looks()
    async with queue_of(looks.look) as queue:
        queue.wake(A)
        await looks.until_begun(1)
        queue.wake(A)
        queue.wake(A)
        assert looks.begun == [A]
        looks.end()
        await looks.until_begun(2)
        looks.end()
        await looks.until(lambda: queue.looks == 2, "the second look's end")
        assert looks.begun == [A, A]


async def test_a_look_is_followed_by_another_when_it_asked_for_one() -> None:
    looks = Looks()
    async with queue_of(looks.look) as queue:
        queue.wake(A)
        for count in range(1, 4):
            await looks.until_begun(count)
            looks.end(Outcome(look_again=0.0))


async def test_what_is_gone_is_not_looked_at_again_until_it_is_woken() -> None:
    looks = Looks()
    async with queue_of(looks.look) as queue:
        queue.wake(A)
        await looks.until_begun(1)
        looks.end(Outcome(gone=True))
        await looks.until(lambda: not queue._tasks, "the end of its task")
        queue.wake(A)
        await looks.until_begun(2)
        looks.end(Outcome(gone=True))


async def test_what_comes_back_while_it_is_found_gone_is_looked_at() -> None:
    looks = Looks()
    async with queue_of(looks.look) as queue:
        queue.wake(A)
        await looks.until_begun(1)
        queue.wake(A)
        looks.end(Outcome(gone=True))
        await looks.until_begun(2)


async def test_objects_are_looked_at_side_by_side_but_not_more_than_so_many() -> None:
    looks = Looks()
    keys = [Key("MicrobusApp", "shop", str(number)) for number in range(5)]
    async with queue_of(looks.look, at_once=2) as queue:
        for key in keys:
            queue.wake(key)
        for count in range(2, 6):
            await looks.until_begun(count)
            looks.end(Outcome(gone=True))
        looks.end(Outcome(gone=True))
        await looks.until(lambda: not queue._tasks, "the end of all")
        assert sorted(looks.begun) == keys
        assert looks.most_at_once == 2


async def test_a_look_that_raises_is_followed_by_another_and_disturbs_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    looks = Looks()
    async with queue_of(looks.look) as queue:
        queue.wake(A)
        await looks.until_begun(1)
        looks.end(ValueError("nothing expected this"))
        await looks.until_begun(2)
        queue.wake(B)
        await looks.until_begun(3)
        looks.end()
        looks.end()
        await looks.until(lambda: queue.looks == 2, "both looks' end")
    assert "nothing expected" in caplog.text


async def test_a_closed_queue_looks_at_nothing() -> None:
    looks = Looks()
    async with queue_of(looks.look) as queue:
        queue.wake(A)
        await looks.until_begun(1)
    assert looks.running == []
    queue.wake(A)
    queue.wake(B)
    assert queue._tasks == {}


# Every error becomes a condition and a delay.


@dataclass
class Reports:
    """What was reported; it raises where it is told to."""

    made: list[tuple[Key, Failure]] = field(default_factory=list)
    raises: Exception | None = None

    async def report(self, key: Key, failure: Failure) -> None:
        self.made.append((key, failure))
        if self.raises:
            raise self.raises


def failing(error: Exception) -> Look:
    """A look that ends in `error`."""

    async def look(key: Key) -> Outcome:
        raise error

    return look


async def succeeding(key: Key) -> Outcome:
    """A look that ends well."""
    return Outcome(look_again=7)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ApiUnavailable("GET /x: no answer"), "ApiServerUnavailable"),
        (ApiRefused("GET /x: 403", 403), "Forbidden"),
        (ApiRefused("GET /x: 422", 422), "Refused"),
        (ZeroDivisionError("a secret text"), "InternalError"),
    ],
)
async def test_an_error_that_comes_again_is_reported_and_looked_at_later_each_time(
    error: Exception, reason: str
) -> None:
    reports = Reports()
    guard = Guard(reports.report)
    delays = [(await guard.guarded(failing(error), A)).look_again or 0 for _ in range(10)]
    assert delays == sorted(delays)
    assert delays[0] >= 1
    assert delays[-1] == delays[-2]
    assert {failure.reason for _, failure in reports.made} == {reason}
    assert len(reports.made) == 9
    assert all("a secret text" not in failure.message for _, failure in reports.made)


async def test_a_success_forgets_the_failures_before_it() -> None:
    reports = Reports()
    guard = Guard(reports.report)
    first = await guard.guarded(failing(ApiUnavailable("m")), A)
    await guard.guarded(failing(ApiUnavailable("m")), A)
    assert await guard.guarded(succeeding, A) == Outcome(look_again=7)
    assert await guard.guarded(failing(ApiUnavailable("m")), A) == first


async def test_a_conflict_is_looked_at_again_at_once_and_is_nobodys_business() -> None:
    reports = Reports()
    guard = Guard(reports.report)
    delays = [(await guard.guarded(failing(Conflict("m")), A)).look_again or 0 for _ in range(3)]
    assert delays == [0.2, 0.2, 0.2]
    assert reports.made == []


async def test_a_report_that_fails_too_changes_nothing() -> None:
    reports = Reports(raises=ApiUnavailable("m"))
    guard = Guard(reports.report)
    await guard.guarded(failing(ApiUnavailable("m")), A)
    assert (await guard.guarded(failing(ApiUnavailable("m")), A)).look_again == 2.0


async def test_being_told_to_stop_is_no_failure() -> None:
    reports = Reports()
    looks = Looks()
    task = asyncio.create_task(Guard(reports.report).guarded(looks.look, A))
    await looks.until_begun(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert reports.made == []
