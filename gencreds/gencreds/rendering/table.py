"""The report for people: a block per microservice, with trust roots in red and wildcards in yellow.

`gencreds scan --format text` prints it. Where a line would be wider than the terminal, subjects and evidence go
below the endpoint that they belong to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gencreds.microbus.model import Severity
from gencreds.rendering.phrases import endpoint_of
from gencreds.rendering.terminal import Paint, columns, counted, padded, painted, printable, widths_of
from gencreds.report import Evidence, Finding, Grant, Report, ServiceReport, is_trust_root, is_wildcard

_SITES_SHOWN = 3
_HEADER = ("VERB", "ENDPOINT", "KIND", "SUBJECT", "EVIDENCE")


@dataclass(frozen=True)
class Look:
    """How to print: in colour, within `width` columns (None is without bound), against which `max_control_line`."""

    colour: bool = False
    width: int | None = None
    limit: int | None = None


def as_text(report: Report, look: Look | None = None) -> str:
    """Return the report as tables for reading, and a line that sums it up."""
    look = look or Look()
    blocks = [_block(service, look) for service in report.services]
    return "\n".join([*blocks, f"{summary(report)}\n"])


def summary(report: Report) -> str:
    """Return one line on the whole report."""
    grants = [grant for service in report.services for grant in service.grants]
    findings = [finding for service in report.services for finding in service.findings]
    lists = [f"{sum(len(s.pub) for s in report.services)} pub", f"{sum(len(s.sub) for s in report.services)} sub"]
    return ", ".join([counted(len(report.services), "microservice"), *lists, *marks_of(grants, findings)])


def marks_of(grants: Iterable[Grant], findings: Iterable[Finding]) -> list[str]:
    """Return how many trust roots, wildcards and findings there are, as texts; wildcards and findings only if any."""
    listed, found = list(grants), list(findings)
    roots = sum(is_trust_root(grant.subject) for grant in listed)
    wild = sum(is_wildcard(grant) for grant in listed)
    blocking = sum(finding.severity == Severity.BLOCKING for finding in found)
    counts = [
        (roots, "trust root", "trust roots"),
        (wild, "wildcard", "wildcards"),
        (blocking, "blocking finding", "blocking findings"),
        (len(found) - blocking, "warning", "warnings"),
    ]
    return [counted(count, one, many) for count, one, many in counts if count]


def site(evidence: Evidence) -> str:
    """Return a call site: `orders/service.go:44 (*Service).Place ← pay orders/pay.go:9`, the helpers' calls last."""
    here = f"{evidence.file}:{evidence.line} {evidence.function}".rstrip()
    steps = (f" ← {step.function} {step.file}:{step.line}" for step in reversed(evidence.via))
    return printable(here + "".join(steps))


def sites(evidence: Sequence[Evidence]) -> list[str]:
    """Return the first call sites, and how many more there are."""
    shown = [site(place) for place in evidence[:_SITES_SHOWN]]
    more = len(evidence) - len(shown)
    return [*shown, *([f"and {more} more; --format json lists all"] if more else [])]


def paint_of(grant: Grant) -> Paint:
    """Return red for a trust root, yellow for a wildcard."""
    return Paint.RED if is_trust_root(grant.subject) else Paint.YELLOW if is_wildcard(grant) else Paint.NONE


def kind_of(grant: Grant) -> str:
    """Return why a grant is there, and what it is beside that."""
    marks = [*["trust root"] * is_trust_root(grant.subject), *["wildcard"] * is_wildcard(grant)]
    return ", ".join([*[grant.kind] * bool(grant.kind), *marks])


def finding_line(finding: Finding, colour: bool) -> str:
    """Return a finding as one line: severity, rule, place, message."""
    paint = Paint.RED if finding.severity == Severity.BLOCKING else Paint.YELLOW
    said = printable(f"{finding.rule}  {finding.file}:{finding.line}  {finding.message}")
    return f"{painted(finding.severity, paint, colour)}  {said}"


def table(rows: Sequence[tuple[Grant, str, str]], look: Look, header: bool = True) -> list[str]:
    """Return the lines of a table of grants, each with a note behind its kind and a sign before its verb."""
    heads = [
        [sign + grant.verb.upper(), endpoint_of(grant.verb, grant.subject), kind_of(grant) + note]
        for grant, note, sign in rows
    ]
    full = [[*map(printable, head), grant.subject] for head, (grant, _, _) in zip(heads, rows, strict=True)]
    listed = [list(_HEADER[:4]), *full] if header else full
    widths = widths_of(listed)
    longest = max((columns(line) for grant, _, _ in rows for line in sites(grant.evidence)), default=0)
    fits = look.width is None or sum(widths) + 2 * len(widths) + longest + 2 <= look.width
    shown = widths if fits else widths[:3]
    lines = (
        [f"  {painted(padded(_HEADER, [*shown, 0][: len(shown) + fits]), Paint.BOLD, look.colour)}"] if header else []
    )
    for (grant, _, _), cells in zip(rows, full, strict=True):
        lines += _row(grant, cells, shown, look, fits)
    return lines


def _row(grant: Grant, cells: list[str], widths: Sequence[int], look: Look, fits: bool) -> list[str]:
    places = sites(grant.evidence)
    if not fits:
        below = [f"       {line}" for line in (cells[3], *places)]
        return [f"  {painted(padded(cells[:3], widths), paint_of(grant), look.colour)}", *below]
    line = padded(cells, widths)
    lead = " " * (sum(widths) + 2 * len(widths))
    first = f"{painted(line, paint_of(grant), look.colour)}{lead[columns(line) :]}{''.join(places[:1])}".rstrip()
    return [f"  {first}", *(f"  {lead}{place}" for place in places[1:])]


def _block(service: ServiceReport, look: Look) -> str:
    allowed = {*service.pub, *service.sub}
    of = f" of {look.limit}" if look.limit is not None else ""
    size = f"CONNECT {service.connect_bytes}{of} bytes"
    over = look.limit is not None and service.connect_bytes > look.limit
    counts = [f"{len(service.pub)} pub", f"{len(service.sub)} sub", *marks_of(service.grants, service.findings)]
    head = f"{painted(service.hostname, Paint.BOLD, look.colour)}  {printable(service.directory)}"
    lines = [f"{head}  {', '.join(counts)}, {painted(size, Paint.RED if over else Paint.NONE, look.colour)}"]
    lines += table([(grant, "" if grant.subject in allowed else ", covered", "") for grant in service.grants], look)
    lines += [f"  {finding_line(finding, look.colour)}" for finding in service.findings]
    return "\n".join(lines) + "\n"
