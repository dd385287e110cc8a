"""Which subjects upstream's engine drops: the tree that finds them quickly does as its loop over all pairs would."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from gencreds.upstream.subjects import without_covered

_subjects = st.lists(st.sampled_from(["a", "b", "*", ">", ""]), min_size=1, max_size=4).map(".".join)


def _covers(covering: str, covered: str) -> bool:
    parts, others = covering.split("."), covered.split(".")
    for index, part in enumerate(parts):
        if part == ">":
            return index < len(others)
        if index >= len(others) or part not in ("*", others[index]):
            return False
    return len(parts) == len(others)


def _one_after_the_other(subjects: list[str]) -> list[str]:
    kept: list[str] = []
    for subject in subjects:
        if any(_covers(earlier, subject) for earlier in kept if earlier != subject):
            continue
        kept = [earlier for earlier in kept if earlier == subject or not _covers(subject, earlier)]
        kept.append(subject)
    return kept


@settings(max_examples=1000)
@given(st.lists(_subjects, max_size=10))
def test_covered_subjects_are_dropped_as_upstream_drops_them(subjects: list[str]) -> None:
    assert without_covered(subjects) == _one_after_the_other(subjects)
