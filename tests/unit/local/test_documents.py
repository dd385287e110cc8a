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


KEY = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "prod-account-1", "labels": {"microbus.io/key": "account"}, "uid": "1"},
    "type": "microbus.io/key",
    "immutable": True,
    "data": {"seed": "c2VlZA==", "publicKey": "a2V5"},
}


def test_what_is_left_of_a_file_that_was_cut_off_is_no_object_even_where_it_is_valid_yaml_k2() -> None:
    text = written(KEY)
    reasons = set()
    for length in range(text.index("\n") + 1, len(text) - 1):
        with pytest.raises(DocumentInvalid) as invalid:
            read(text[:length])
        reasons.add(str(invalid.value))
    assert 'it ends before its last line, "# end": it was cut off or is half-written' in reasons
    assert not any("seed" in reason or "c2Vl" in reason for reason in reasons)


def test_an_editor_that_leaves_out_the_last_line_break_or_writes_below_it_has_not_cut_it_off() -> None:
    text = written(KEY)
    assert read(text.removesuffix("\n")).found == KEY
    assert read(f"{text}status: {{}}\n").found == {**KEY, "status": {}}


def test_a_file_from_before_there_was_a_last_line_is_read() -> None:
    before = written(KEY).replace(', down to "# end"', "", 1).removesuffix("# end\n")
    assert read(before) == (KEY, True, True, None)


def test_what_may_not_change_is_read_as_it_was_written_and_is_no_part_of_the_object() -> None:
    text = written(KEY, {"type": "microbus.io/key"})
    assert read(text) == (KEY, True, True, {"type": "microbus.io/key"})
    assert read(text.replace('"type"', '"tape"', 1)).is_ours is False


def test_a_key_that_stands_twice_is_told_with_its_line() -> None:
    with pytest.raises(DocumentInvalid, match=r"^line 3 is no YAML: a key stands twice in one map$"):
        read("metadata: {}\nspec: 1\nspec: 2\n")


def test_maps_that_take_keys_from_others_may_override_them() -> None:
    text = "metadata: {}\na: &a {x: 1}\nb: &b {<<: *a, x: 2}\nc: {<<: *b, x: 3, y: 4}\nd: {<<: [*a, *b]}\n"
    assert read(text).found == {"metadata": {}, "a": {"x": 1}, "b": {"x": 2}, "c": {"x": 3, "y": 4}, "d": {"x": 1}}


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
