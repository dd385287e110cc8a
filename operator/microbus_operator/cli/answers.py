"""What a verb of `kubectl microbus` hands back, and the text of it: tables as kubectl prints them, ages, JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

GAP = "   "
_LONGEST = 4000
_UNITS = ((86400, "d"), (3600, "h"), (60, "m"))


class CannotAnswer(Exception):
    """Why there is no answer, in one line, and what to do about it."""


@dataclass(frozen=True)
class Answer:
    """Text for stdout, remarks for stderr, and the exit code."""

    text: str
    code: int = 0
    remarks: tuple[str, ...] = ()


def one_line(text: str) -> str:
    """The text without what would make more lines of it or talk to the terminal: names come as they were given."""
    shown = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Columns under upper-case headers; an empty cell is `<none>`, as in kubectl."""
    lines = [list(headers), *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headers))]
    return "".join(
        GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines
    )


def fields(pairs: Iterable[tuple[str, object]]) -> str:
    """`Name:  value` lines, as `kubectl describe` has them."""
    listed = [(f"{name}:", _cell(value)) for name, value in pairs]
    width = max(len(name) for name, _ in listed)
    return "".join(f"{name.ljust(width)}  {value}\n" for name, value in listed)


def section(title: str, body: str) -> str:
    """A table below its title, indented."""
    return f"{title}:\n" + "".join(f"  {line}\n" for line in body.splitlines())


def as_json(value: Any) -> str:  # noqa: ANN401 - any JSON
    """JSON for programs."""
    return json.dumps(value, indent=4, sort_keys=False) + "\n"


def age(seconds: float) -> str:
    """A duration as kubectl's AGE column has it: two units at most, whole ones."""
    left = int(max(seconds, 0))
    if left < 120:
        return f"{left}s"
    for index, (size, unit) in enumerate(_UNITS):
        if left >= 2 * size or (left >= size and index + 1 == len(_UNITS)):
            count, rest = divmod(left, size)
            smaller = _UNITS[index + 1] if index + 1 < len(_UNITS) else (1, "s")
            more = rest // smaller[0]
            return f"{count}{unit}{more}{smaller[1]}" if more and count < 10 else f"{count}{unit}"
    return f"{left}s"


def since(timestamp: str, now: float) -> str:
    """The age of an RFC 3339 timestamp; `now` is in unix seconds."""
    if not timestamp:
        return "<unknown>"
    return age(now - datetime.fromisoformat(timestamp).timestamp())


def until(unix: int | None, now: float) -> str:
    """How long a credential is good for: `never` expires, `expired`, or a duration."""
    if unix is None:
        return "never"
    return age(unix - now) if unix > now else "expired"


def moment(unix: int | None) -> str | None:
    """Unix seconds as RFC 3339."""
    return None if unix is None else datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _cell(value: object) -> str:
    return "<none>" if value is None or value == "" else one_line(str(value))
