"""Files that one process has judged are known to those that started as its copies."""

from __future__ import annotations

import multiprocessing

from gencreds.golang.judged import Judged, fingerprint


def test_what_was_added_is_known_and_nothing_else() -> None:
    judged = Judged()
    known = [fingerprint(str(number).encode()) for number in range(2000)]
    for each in known:
        judged.add(each)
    assert all(judged.knows(each) for each in known)
    assert not any(judged.knows(fingerprint(b"other" + each)) for each in known)


def test_a_full_table_forgets_rather_than_errs() -> None:
    judged = Judged()
    same = [b"\0\0\0\1" + bytes([number]) * 12 for number in range(1, 40)]
    for each in same:
        judged.add(each)
    assert [judged.knows(each) for each in same].count(True) == 16


def test_another_process_tells() -> None:
    judged = Judged()
    given = fingerprint(b"package x\n")
    child = multiprocessing.get_context("fork").Process(target=judged.add, args=(given,))
    child.start()
    child.join(30)
    assert judged.knows(given)
