"""A sample of `make mutation`: a change of a call, host, port, path or method changes the report."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.mutation.judging import evident_reason, subjects, unchanged

TREES, MUTANTS = 4, 3  # one of so many


def test_a_changed_call_changes_the_report_unless_there_is_a_reason_why_not(tmp_path: Path) -> None:
    reasons, judged, unseen = unchanged(), 0, []
    for subject in subjects(tmp_path, lambda name: _hash(name) % TREES == 0):
        sample = {key: mutant for key, mutant in subject.mutants().items() if _hash(key) % MUTANTS == 0}
        before = subject.outcome() if sample else ()
        for key, mutant in sample.items():
            judged += 1
            if reasons.get(key, "?") != "?" or subject.changes(mutant, before):
                continue
            if evident_reason(mutant, subject.services()) is None:
                unseen.append(key)
    assert unseen == []
    assert judged > 100


def _hash(name: str) -> int:
    return hashlib.sha256(name.encode()).digest()[0]
