"""The report for people: a block per microservice, on a terminal with trust roots in red and wildcards in yellow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO

from gencreds.microbus.model import Severity
from gencreds.report import Grant, Report, ServiceReport, is_trust_root, is_wildcard

_RED, _YELLOW, _BOLD, _PLAIN = "\x1b[31m", "\x1b[33m", "\x1b[1m", "\x1b[0m"


def wants_colour(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Return whether to colour: a terminal that can, and no `NO_COLOR` (https://no-color.org)."""
    return stream.isatty() and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def as_text(report: Report, *, colour: bool = False) -> str:
    """Return the report as a table for reading."""
    return "\n".join(_block(service, colour) for service in report.services)


def _block(service: ServiceReport, colour: bool) -> str:
    count = f"{len(service.pub)} pub, {len(service.sub)} sub, CONNECT {service.connect_bytes} bytes"
    lines = [f"{_painted(service.hostname, _BOLD, colour)}  {_printable(service.directory)}  ({count})"]
    allowed = {*service.pub, *service.sub}
    rows = [(_verb_and_subject(grant, allowed), grant) for grant in service.grants]
    width = max((len(text) for text, _ in rows), default=0)
    for text, grant in rows:
        paint = _RED if is_trust_root(grant.subject) else _YELLOW if is_wildcard(grant) else ""
        lines.append(f"  {_painted(text.ljust(width), paint, colour)}  {_why(grant)}")
    for finding in service.findings:
        paint = _RED if finding.severity == Severity.BLOCKING else _YELLOW
        said = _printable(f"{finding.rule}  {finding.file}:{finding.line}  {finding.message}")
        lines.append(f"  {_painted(finding.severity, paint, colour)} {said}")
    return "\n".join(lines) + "\n"


def _verb_and_subject(grant: Grant, allowed: set[str]) -> str:
    covered = "" if grant.subject in allowed else "  (covered)"
    return f"{grant.verb.upper()} {grant.subject}{covered}"


def _why(grant: Grant) -> str:
    marks = ["trust-root"] * is_trust_root(grant.subject) + ["wildcard"] * is_wildcard(grant)
    places = [f"{place.file}:{place.line}" for place in grant.evidence[:1]]
    more = [f"(+{len(grant.evidence) - 1})"] if len(grant.evidence) > 1 else []
    return _printable(" ".join([*marks, grant.kind, *places, *more]))


def _painted(text: str, paint: str, colour: bool) -> str:
    return f"{paint}{_printable(text)}{_PLAIN}" if colour and paint else _printable(text)


def _printable(text: str) -> str:
    """Return `text` with its control characters replaced: names and messages come from hostile sources."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
