"""Flags as Go's flag package reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gencreds.cli.flags import BadFlag, Duration, Flag, HelpWanted, parse, parse_duration, usage

FLAGS = (
    Flag("text", "x", "a text"),
    Flag("switch", True, "a switch"),
    Flag("number", 7, "a number"),
    Flag("life", Duration(0), "a duration"),
)


@pytest.mark.parametrize(
    "words",
    [["-text", "v"], ["--text", "v"], ["-text=v"], ["--text=v"]],
)
def test_one_dash_or_two_with_a_space_or_an_equals_sign(words: list[str]) -> None:
    values, rest = parse(FLAGS, words)
    assert (values.text("text"), rest) == ("v", [])


@pytest.mark.parametrize(
    ("words", "expected", "rest"),
    [
        (["-switch"], True, []),
        (["-switch=false"], False, []),
        (["--switch=F"], False, []),
        (["-switch=1"], True, []),
        (["-switch", "false"], True, ["false"]),
    ],
)
def test_a_switch_takes_a_value_only_after_an_equals_sign(words: list[str], expected: bool, rest: list[str]) -> None:
    values, left = parse(FLAGS, words)
    assert (values.switch("switch"), left) == (expected, rest)


@pytest.mark.parametrize(
    ("words", "rest"),
    [
        (["one", "-text", "v"], ["one", "-text", "v"]),
        (["--", "-text", "v"], ["-text", "v"]),
        (["-", "-text", "v"], ["-", "-text", "v"]),
    ],
)
def test_the_first_word_that_is_no_flag_ends_the_flags(words: list[str], rest: list[str]) -> None:
    values, left = parse(FLAGS, words)
    assert (values.text("text"), left) == ("x", rest)


def test_a_value_may_start_with_a_dash_or_be_empty_and_the_last_one_counts() -> None:
    values, _ = parse(FLAGS, ["-text", "-1", "-number=3", "-number", "4", "-life="[:-1], "1h"])
    assert (values.text("text"), values.number("number"), values.number("life")) == ("-1", 4, 3600 * 10**9)
    assert parse(FLAGS, ["-text="])[0].text("text") == ""


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-nope"], "flag provided but not defined: -nope"),
        (["--nope=1"], "flag provided but not defined: -nope"),
        (["-text"], "flag needs an argument: -text"),
        (["---text"], "bad flag syntax: ---text"),
        (["-=v"], "bad flag syntax: -=v"),
        (["-switch=maybe"], 'invalid boolean value "maybe" for -switch: parse error'),
        (["-number", "x"], 'invalid value "x" for flag -number: parse error'),
        (["-life", "1 hour"], 'invalid value "1 hour" for flag -life: parse error'),
    ],
)
def test_what_go_refuses_is_refused_in_its_words(words: list[str], message: str) -> None:
    with pytest.raises(BadFlag) as refused:
        parse(FLAGS, words)
    assert str(refused.value) == message


@pytest.mark.parametrize("word", ["-h", "--help", "-help"])
def test_help_is_asked_for(word: str) -> None:
    with pytest.raises(HelpWanted):
        parse(FLAGS, [word])


def test_the_usage_is_laid_out_as_gos() -> None:
    assert usage("tool", FLAGS) == (
        "Usage of tool:\n"
        "  -life duration\n    \ta duration\n"
        "  -number int\n    \ta number (default 7)\n"
        "  -switch\n    \ta switch (default true)\n"
        '  -text string\n    \ta text (default "x")\n'
    )


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("720h", 720 * 3600),
        ("1h30m", 5400),
        ("1.5h", 5400),
        (".5s", 0.5),
        ("100ms", 0.1),
        ("1h0m0s", 3600),
        ("+5m", 300),
        ("-5m", -300),
    ],
)
def test_durations_are_gos(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds * 10**9


@pytest.mark.parametrize("text", ["", "5", "h", ".h", "1d", "1h 5m", "-", "--1h", "1h-5m", "9999999h", "٣h", "1hh"])
def test_what_is_no_duration_in_go_is_none_here(text: str) -> None:
    with pytest.raises(ValueError, match="parse error"):
        parse_duration(text)


@given(st.lists(st.text(max_size=12), max_size=6))
def test_any_command_line_is_read_or_refused(words: list[str]) -> None:
    try:
        _, rest = parse(FLAGS, words)
    except (BadFlag, HelpWanted):
        return
    assert rest == words[len(words) - len(rest) :]
