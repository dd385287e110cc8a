"""Tables, ages and dates, as kubectl prints them."""

from __future__ import annotations

import pytest

from microbus_operator.cli.answers import age, fields, moment, since, table, until


def test_columns_are_aligned_and_empty_cells_say_so() -> None:
    assert table(["NAME", "READY"], [("prod", "True"), ("a-longer-name", None)]) == (
        "NAME            READY\nprod            True\na-longer-name   <none>\n"
    )


def test_fields_are_aligned() -> None:
    assert fields([("App", "shop/shop"), ("Plane", None)]) == "App:    shop/shop\nPlane:  <none>\n"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0s"),
        (-5, "0s"),
        (119, "119s"),
        (120, "2m"),
        (150, "2m30s"),
        (599, "9m59s"),
        (601, "10m"),
        (7199, "119m"),
        (7200, "2h"),
        (9000, "2h30m"),
        (172799, "47h"),
        (172800, "2d"),
        (30 * 86400, "30d"),
    ],
)
def test_ages_have_at_most_two_units(seconds: float, expected: str) -> None:
    assert age(seconds) == expected


def test_a_date_becomes_an_age_and_an_end_what_is_left_of_it() -> None:
    assert since("1970-01-01T00:00:00Z", 300) == "5m"
    assert since("", 300) == "<unknown>"
    assert (until(None, 0), until(100, 200), until(10_000, 100)) == ("never", "expired", "2h45m")
    assert (moment(None), moment(0)) == (None, "1970-01-01T00:00:00Z")
