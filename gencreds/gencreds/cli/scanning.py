"""`gencreds scan`: prints what the source needs, and why, without signing anything."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from gencreds.cli import inputs, options
from gencreds.cli.failing import FAILED, OK, OVER_BUDGET, CommandFailed
from gencreds.cli.flags import Flag, Values
from gencreds.joining import joined
from gencreds.rendering.terminal import COLOURS, wants_colour, width_of

if TYPE_CHECKING:
    from gencreds.report import Report

FORMATS = ("json", "text", "markdown", "sarif")

FLAGS = (
    options.BUNDLE,
    options.MANIFESTS,
    options.PLANE,
    Flag("format", "json", "json, text for reading, markdown for a pull request, or sarif for code scanning"),
    options.COLOR,
    options.QUIET,
    Flag("confined", False, "read nothing outside the source's own tree, as the operator does with what it is handed"),
    options.PARITY,
    options.MAX_CONTROL_LINE,
    options.MAX_SECONDS,
    Flag("cache", "", "file to remember the scan in: the next one analyses only microservices whose source changed"),
    Flag("jobs", 1, "how many processes analyse; 0 is as many as there are processors, where there is enough to do"),
)


def run(values: Values, out: TextIO, complaints: TextIO, environment: Mapping[str, str] = os.environ) -> int:
    """Print the report; returns 1 with blocking findings, 2 if only a CONNECT line would be too long."""
    form = inputs.one_of(values, "format", FORMATS)
    colour = inputs.one_of(values, "color", COLOURS)
    plane = inputs.plane(values)
    if not inputs.has_input(values):
        raise CommandFailed("one of --bundle or --manifests is required")
    limit = values.number("max-control-line")
    if values.text("cache") or values.number("jobs") != 1:
        if values.text("parity") != "none":
            raise CommandFailed("-cache, -jobs: upstream's result is made in one go; leave them out with -parity")
        from gencreds.cli.again import is_clean, parts

        found = parts(values, plane, complaints)
        text = joined(kept.report for kept in found)
        if form == "json" and is_clean(found, limit):
            out.write(text)
            return OK
        from gencreds.report import Report

        report = Report.from_json(text)
    else:
        report = _report(values, plane, complaints)
    if form == "json":
        out.write(report.to_json())
    elif form == "markdown":
        from gencreds.rendering.markdown import report_as_markdown

        out.write(report_as_markdown(report, limit))
    elif form == "sarif":
        from gencreds.rendering.sarif import report_as_sarif

        out.write(report_as_sarif(report, _prefix(values), options.version()))
    else:
        from gencreds.rendering.table import Look, as_text

        look = Look(wants_colour(out, environment, colour), width_of(out, environment), limit)
        out.write(as_text(report, look))
    return _verdict(report, limit, complaints)


def _report(values: Values, plane: str, complaints: TextIO) -> Report:
    # Loaded here, because a scan that remembers everything needs neither engine.
    from gencreds.cli.reproducing import is_upstream, upstream_scan
    from gencreds.report import report_of

    confined = values.switch("confined")
    if is_upstream(values):
        from gencreds.parity.reporting import report_of_upstream

        return report_of_upstream(upstream_scan(values, complaints, confined=confined), plane)
    found = inputs.microservices(values, complaints, confined=confined, quiet=values.switch("quiet"))
    return report_of(found, plane)


def _prefix(values: Values) -> str:
    from gencreds.cli.trees import prefix_of

    first = values.text("manifests").split(",")[0].strip()
    folder = os.path.realpath(first) if first else os.path.dirname(os.path.realpath(values.text("bundle")))
    return prefix_of(folder, Path.cwd(), confined=values.switch("confined"))


def _verdict(report: Report, limit: int, complaints: TextIO) -> int:
    from gencreds.cli.verdicts import over_budget

    code = OVER_BUDGET if over_budget(report, limit, complaints) else OK
    blocking = sum(len(service.blocking) for service in report.services)
    if blocking:
        complaints.write(f"gencreds: {blocking} blocking finding(s); no credentials can be signed for this source\n")
        code = FAILED
    return code
