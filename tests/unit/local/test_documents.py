"""An object's file: whatever an object holds is read as it was written, and an edit shows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microbus_operator.local.documents import DocumentInvalid, read, written

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
LIKE_OTHER_TYPES = st.sampled_from(
    ["yes", "1e3", "0x1", "1:30", "2026-11-23", "null", "~", "", "=", "<<", "- a", "1_0"]
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
    | LIKE_OTHER_TYPES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT | LIKE_OTHER_TYPES, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(TEXT, JSON, max_size=3), st.dictionaries(TEXT | LIKE_OTHER_TYPES, JSON, max_size=3))
def test_what_is_written_is_what_is_read(more: dict[str, Any], metadata: dict[str, Any]) -> None:
    found = {"kind": "ConfigMap", **more, "metadata": metadata}
    document = read(written(found))
    assert document.found == found
    assert repr(document.found) == repr(found)
    assert document.is_ours
    assert document.spec_is_ours


def test_an_edit_of_the_spec_is_told_from_one_of_anything_else() -> None:
    text = written({"kind": "Plane", "metadata": {"name": "a"}, "spec": {"x": 1}, "status": {"y": 1}})
    for change, spec_is_ours in (("name: a", True), ("y: 1", True), ("x: 1", False)):
        document = read(text.replace(change, change[:-1] + "7"))
        assert (document.is_ours, document.spec_is_ours) == (False, spec_is_ours)


def test_a_time_without_quotes_stays_text() -> None:
    document = read("metadata: {name: a, creationTimestamp: 2026-11-23T17:00:00Z}\n")
    assert document.found["metadata"]["creationTimestamp"] == "2026-11-23T17:00:00Z"
    assert not document.is_ours


@pytest.mark.parametrize(
    "text", ["", "a", "- a", "{", "\x00", "metadata: [1]", "metadata: {a: .nan}", "a: !!python/name:os"]
)
def test_a_text_that_is_no_object_is_invalid_and_not_repeated(text: str) -> None:
    with pytest.raises(DocumentInvalid) as invalid:
        read(text)
    assert "\n" not in str(invalid.value)
