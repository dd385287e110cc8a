"""Command-line flags with Go's `flag` syntax, because upstream's gencreds is a Go program and scripts call it that way.

`-x`, `--x`, `-x=v`, `-x v`; a boolean takes a value only after `=`; the first word that is no flag ends the flags.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

_TRUE = ("1", "t", "T", "true", "TRUE", "True")
_FALSE = ("0", "f", "F", "false", "FALSE", "False")
_UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_PART = re.compile(r"([0-9]*\.?[0-9]*)(ns|us|µs|μs|ms|s|m|h)")
_MAX_DURATION = 2**63 - 1


class BadFlag(Exception):
    """A command line that Go's flag package refuses; the message is the one it prints."""


class HelpWanted(Exception):
    """`-h` or `--help` was given."""


@dataclass(frozen=True)
class Flag:
    """A flag's name, its default (whose type is the flag's: str, bool, int or `Duration`), and its use."""

    name: str
    default: str | bool | int | Duration
    usage: str


class Duration(int):
    """Nanoseconds, written as Go writes them: `720h`, `1h30m`, `0`."""


_Given = dict[str, str | bool | int | Duration]


class Values:
    """The flags' values, by name."""

    def __init__(self, values: _Given) -> None:
        self._values = values

    def text(self, name: str) -> str:
        """Return a str flag's value."""
        return str(self._values[name])

    def switch(self, name: str) -> bool:
        """Return a bool flag's value."""
        return bool(self._values[name])

    def number(self, name: str) -> int:
        """Return an int flag's value, or a duration in nanoseconds."""
        return int(self._values[name])


def parse(flags: Sequence[Flag], arguments: Sequence[str], *, interspersed: bool = False) -> tuple[Values, list[str]]:
    """Return the flags' values and the words after them; with `interspersed` also those between them, up to `--`.

    Raises `BadFlag` and `HelpWanted`.
    """
    if interspersed:
        return _parse_around_words(flags, arguments)
    values, rest = _taken(flags, {flag.name: flag.default for flag in flags}, arguments)
    return Values(values), rest[1:] if rest[:1] == ["--"] else rest


def usage(command: str, flags: Sequence[Flag]) -> str:
    """Return the text that Go's flag package prints for `-h` and after an error."""
    lines = [f"Usage of {command}:"]
    for flag in sorted(flags, key=lambda flag: flag.name):
        if isinstance(flag.default, bool):
            kind = ""
        elif isinstance(flag.default, Duration):
            kind = " duration"
        else:
            kind = " int" if isinstance(flag.default, int) else " string"
        default = ""
        if isinstance(flag.default, str) and flag.default:
            default = f' (default "{flag.default}")'
        elif not isinstance(flag.default, str) and flag.default:
            default = f" (default {str(flag.default).lower()})"
        lines.append(f"  -{flag.name}{kind}\n    \t{flag.usage}{default}")
    return "\n".join(lines) + "\n"


def parse_duration(text: str) -> Duration:
    """Read a duration as Go's `time.ParseDuration` does, into nanoseconds; raises `ValueError`."""
    sign = -1 if text.startswith("-") else 1
    rest = text[1:] if text[:1] in ("-", "+") else text
    if rest == "0":
        return Duration(0)
    total, at = 0, 0
    while at < len(rest):
        part = _PART.match(rest, at)
        if part is None or part[1] in ("", ".") or not part[1].isascii():
            raise ValueError("parse error")
        total += int(Decimal(part[1]) * _UNITS[part[2]])
        at = part.end()
    if not rest or total > _MAX_DURATION:
        raise ValueError("parse error")
    return Duration(sign * total)


def _parse_around_words(flags: Sequence[Flag], arguments: Sequence[str]) -> tuple[Values, list[str]]:
    values: _Given = {flag.name: flag.default for flag in flags}
    words: list[str] = []
    rest = list(arguments)
    while rest:
        values, rest = _taken(flags, values, rest)
        if rest[:1] == ["--"]:
            return Values(values), words + rest[1:]
        words += rest[:1]
        rest = rest[1:]
    return Values(values), words


def _taken(flags: Sequence[Flag], given: _Given, arguments: Sequence[str]) -> tuple[_Given, list[str]]:
    """Return `given` with the flags at the start of `arguments`, and what is left: nothing, `--…`, or a word first."""
    known = {flag.name: flag for flag in flags}
    values, rest = dict(given), list(arguments)
    while rest and len(rest[0]) > 1 and rest[0].startswith("-") and rest[0] != "--":
        word = rest.pop(0)
        name = word.removeprefix("-").removeprefix("-")
        if not name or name[0] in "-=":
            raise BadFlag(f"bad flag syntax: {word}")
        name, equals, value = name.partition("=")
        if name not in known:
            if name in ("h", "help"):
                raise HelpWanted
            raise BadFlag(f"flag provided but not defined: -{name}")
        if isinstance(known[name].default, bool):
            values[name] = _boolean(name, value if equals else "true")
            continue
        if not equals:
            if not rest:
                raise BadFlag(f"flag needs an argument: -{name}")
            value = rest.pop(0)
        values[name] = _converted(known[name], value)
    return values, rest


def _boolean(name: str, value: str) -> bool:
    if value not in (*_TRUE, *_FALSE):
        raise BadFlag(f"invalid boolean value {_quoted(value)} for -{name}: parse error")
    return value in _TRUE


def _converted(flag: Flag, value: str) -> str | int | Duration:
    try:
        if isinstance(flag.default, Duration):
            return parse_duration(value)
        if isinstance(flag.default, int):
            return int(value, 10)
    except ValueError:
        raise BadFlag(f"invalid value {_quoted(value)} for flag -{flag.name}: parse error") from None
    return value


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
