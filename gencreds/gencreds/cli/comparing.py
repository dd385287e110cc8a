"""`gencreds diff`: what one state of the source may that another may not; its exit code gates a change."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import TextIO

from gencreds.cli import inputs, options
from gencreds.cli.failing import ALARMING, FAILED, OK, OVER_BUDGET, CommandFailed
from gencreds.cli.flags import Flag, Values
from gencreds.cli.trees import BUNDLE, CONFINED, Source, read_side
from gencreds.cli.verdicts import over_budget
from gencreds.difference import Difference, difference
from gencreds.entries import planes
from gencreds.rendering.difference_table import as_object, as_text
from gencreds.rendering.markdown import difference_as_markdown
from gencreds.rendering.sarif import difference_as_sarif
from gencreds.rendering.table import Look
from gencreds.rendering.terminal import COLOURS, wants_colour, width_of
from gencreds.report import Report
from gencreds.subjects import check_plane

_FORMATS = ("text", "json", "markdown", "sarif")
_PLANE = "microbus"

FLAGS = (
    Flag("format", "text", "text, json, markdown for a pull request, or sarif for code scanning"),
    BUNDLE,
    Flag("plane", "", f"plane of communication (default that of a given report, else {_PLANE})"),
    CONFINED,
    options.COLOR,
    options.QUIET,
    options.MAX_CONTROL_LINE,
)


def run_with(
    words: Sequence[str], values: Values, out: TextIO, complaints: TextIO, environment: Mapping[str, str] = os.environ
) -> int:
    """Print the difference; returns 1 with blocking findings on the new side, 3 with a new trust root or wildcard."""
    if len(words) != 2:
        raise CommandFailed("name two sides, OLD and NEW: each a tree, a report or a git revision")
    form = inputs.one_of(values, "format", _FORMATS)
    colour = inputs.one_of(values, "color", COLOURS)
    old, new = (read_side(word, values, complaints) for word in words)
    plane = _plane(values, (old, new))
    reports = old.on(plane), new.on(plane)
    found = difference(*reports)
    if form == "json":
        out.write(json.dumps(as_object(found, old.label, new.label, plane), indent=2) + "\n")
    elif form == "markdown":
        out.write(difference_as_markdown(found, old.label, new.label))
    elif form == "sarif":
        out.write(difference_as_sarif(found, new.prefix, options.version()))
    else:
        look = Look(wants_colour(out, environment, colour), width_of(out, environment))
        out.write(as_text(found, old.label, new.label, look))
    return _verdict(found, reports[1], values.number("max-control-line"), complaints)


def _plane(values: Values, sides: Sequence[Source]) -> str:
    """Return the plane on which to compare; raises `CommandFailed` where reports are on another."""
    reported = {side.label: _planes_of(side.report) for side in sides if side.report is not None}
    stated = sorted({plane for found in reported.values() for plane in found})
    plane = values.text("plane") or (stated[0] if stated else _PLANE)
    try:
        check_plane(plane)
    except ValueError as error:
        raise CommandFailed(f"-{error}") from None
    for label, found in reported.items():
        if any(other != plane for other in found):
            raise CommandFailed(
                f"{label}: its plane is {', '.join(found)}, not {plane}; scan again with -plane {plane}"
            )
    return plane


def _planes_of(report: Report) -> tuple[str, ...]:
    return planes(subject for service in report.services for subject in (*service.pub, *service.sub))


def _verdict(found: Difference, new: Report, limit: int, complaints: TextIO) -> int:
    too_large = over_budget(new, limit, complaints)
    if found.blocking:
        complaints.write(
            f"gencreds: {found.blocking} blocking finding(s) on the new side; its permissions are not whole\n"
        )
        return FAILED
    if found.alarming:
        return ALARMING
    return OVER_BUDGET if too_large else OK
