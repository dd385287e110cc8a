"""What is remembered of readings is bounded, by number and by size: a stranger's source makes the reports."""

from __future__ import annotations

import pytest

from gencreds.report import Finding, Report, ServiceReport
from microbus_operator.source.errors import NoSource, RegistryUnavailable
from microbus_operator.source.memory import Key, Memory, SourceReading
from microbus_operator.source.settings import SourceSettings


def key(number: int) -> Key:
    return Key("registry.example/shop", f"sha256:{number:064}", "prod", None)


def reading(findings: int = 0) -> SourceReading:
    report = Report((ServiceReport(hostname="a.example", findings=(Finding(),) * findings),))
    return SourceReading("", "", "", "DigestBound", report)


def known(memory: Memory, *numbers: int) -> list[bool]:
    return [memory.recall(key(number)) is not None for number in numbers]


def test_the_least_recently_used_is_forgotten_first() -> None:
    memory = Memory(SourceSettings(remembered_readings=2))
    memory.remember(key(1), reading())
    memory.remember(key(2), reading())
    memory.recall(key(1))
    memory.remember(key(3), reading())
    assert known(memory, 1, 2, 3) == [True, False, True]


def test_one_large_report_makes_room_for_itself() -> None:
    memory = Memory(SourceSettings(remembered_entries=100))
    memory.remember(key(1), reading(30))
    memory.remember(key(2), reading(30))
    assert known(memory, 1, 2) == [True, True]
    memory.remember(key(3), reading(60))
    assert known(memory, 1, 2, 3) == [False, True, True]
    memory.remember(key(4), reading(1000))
    assert known(memory, 1, 2, 3, 4) == [False, False, False, True]


def test_lasting_refusals_are_raised_again_until_their_time_is_over() -> None:
    now = 0.0
    memory = Memory(SourceSettings(remembered_refusal_seconds=600), clock=lambda: now)
    memory.remember_refusal(key(1), NoSource("none"))
    memory.remember_refusal(key(2), RegistryUnavailable("down"))
    assert known(memory, 2) == [False]
    for _ in range(2):
        with pytest.raises(NoSource, match="none"):
            memory.recall(key(1))
    now = 600.0
    assert known(memory, 1) == [False]
