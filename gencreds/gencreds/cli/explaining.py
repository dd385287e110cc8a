"""`gencreds explain-parity`: what our engine grants that upstream's does not, what it drops, and why."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TextIO

from gencreds.cli import inputs, options
from gencreds.cli.failing import OK, CommandFailed
from gencreds.cli.flags import Flag, Values
from gencreds.errors import ScanError
from gencreds.golang.limits import Limits
from gencreds.rendering.terminal import COLOURS, printable, wants_colour

FORMATS = ("text", "json", "markdown")

FLAGS = (
    options.BUNDLE,
    options.MANIFESTS,
    options.PLANE,
    Flag("format", "text", "text for reading, json, or markdown for a pull request"),
    options.COLOR,
    options.QUIET,
    options.MAX_SECONDS,
    Flag("confined", False, "read nothing outside the source's own tree, as the operator does with what it is handed"),
)


def run(values: Values, out: TextIO, complaints: TextIO, environment: Mapping[str, str] = os.environ) -> int:
    """Print the differences; they are no failure. Raises `CommandFailed` when our engine cannot scan the source."""
    form = inputs.one_of(values, "format", FORMATS)
    colour = inputs.one_of(values, "color", COLOURS)
    plane = inputs.plane(values)
    if not inputs.has_input(values):
        raise CommandFailed("one of --bundle or --manifests is required")
    confined = values.switch("confined")
    limits = Limits(confined=confined, seconds=inputs.seconds(values))
    ours = inputs.microservices(values, complaints, confined=confined, quiet=values.switch("quiet"))
    from gencreds.parity.comparing import compare
    from gencreds.rendering.parity import parity_as_json, parity_as_markdown, parity_as_text
    from gencreds.upstream.engine import UpstreamFails, UpstreamScan, scan_as_upstream

    try:
        theirs: UpstreamScan | str = scan_as_upstream(*inputs.named(values), limits)
    except UpstreamFails as error:
        theirs = str(error)
    for warning in () if isinstance(theirs, str) else theirs.warnings:
        complaints.write(f"gencreds: upstream would warn: {printable(warning)}\n")
    try:
        found = compare(ours, theirs, plane, limits)
    except ScanError as error:
        raise CommandFailed(str(error)) from error
    if form == "json":
        out.write(parity_as_json(found))
    elif form == "markdown":
        out.write(parity_as_markdown(found))
    else:
        out.write(parity_as_text(found, wants_colour(out, environment, colour)))
    return OK
