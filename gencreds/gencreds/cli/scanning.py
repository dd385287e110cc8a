"""`gencreds scan`: prints what the source needs, and why, without signing anything."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TextIO

from gencreds.budget import DEFAULT_MAX_CONTROL_LINE
from gencreds.cli import inputs
from gencreds.cli.failing import FAILED, OK, OVER_BUDGET, CommandFailed
from gencreds.cli.flags import Flag, Values
from gencreds.report import Report, report_of
from gencreds.table import as_text, wants_colour

FLAGS = (
    inputs.BUNDLE,
    inputs.MANIFESTS,
    inputs.PLANE,
    Flag("format", "json", "json, or text for reading"),
    Flag("confined", False, "read nothing outside the source's own tree, as the operator does with what it is handed"),
    Flag("parity", False, "encode paths and drop covered subjects as upstream's gencreds does, for comparison"),
    Flag("max-control-line", DEFAULT_MAX_CONTROL_LINE, "the broker's max_control_line, bytes"),
)


def run(values: Values, out: TextIO, complaints: TextIO, environment: Mapping[str, str] = os.environ) -> int:
    """Print the report; returns 1 with blocking findings, 2 if only a CONNECT line would be too long."""
    form = values.text("format")
    if form not in ("json", "text"):
        raise CommandFailed(f"-format {form!r}: it is json or text")
    plane = inputs.plane(values)
    if not inputs.has_input(values):
        raise CommandFailed("one of --bundle or --manifests is required")
    report = report_of(inputs.microservices(values, confined=values.switch("confined")), plane, values.switch("parity"))
    out.write(report.to_json() if form == "json" else as_text(report, colour=wants_colour(out, environment)))
    return _verdict(report, values.number("max-control-line"), complaints)


def _verdict(report: Report, limit: int, complaints: TextIO) -> int:
    code = OK
    for service in report.services:
        if service.connect_bytes > limit:
            longest = max((*service.pub, *service.sub), key=len)
            complaints.write(
                f"gencreds: {service.hostname}: its CONNECT line would have {service.connect_bytes} bytes, and the "
                f"broker's max_control_line is {limit}; raise it or narrow grants such as {longest}\n"
            )
            code = OVER_BUDGET
    blocking = sum(len(service.blocking) for service in report.services)
    if blocking:
        complaints.write(f"gencreds: {blocking} blocking finding(s); no credentials can be signed for this source\n")
        code = FAILED
    return code
