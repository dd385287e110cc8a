"""How ours and upstream's allow-lists differ, as text for a terminal, as Markdown and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

from gencreds.microbus.model import Finding
from gencreds.parity.comparing import Because, Difference, Meaning, ServiceParity, Side
from gencreds.rendering.markdown import code
from gencreds.rendering.terminal import Paint, counted, painted, printable

_LOST = (Meaning.REFUSED, Meaning.UNHEARD)


def summary(found: Sequence[ServiceParity]) -> str:
    """Return one line for all microservices."""
    differences = [difference for service in found for difference in service.differences]
    ours = [each for each in differences if each.side is Side.OURS]
    upstream = [each for each in differences if each.side is Side.UPSTREAM]
    lost, extra = (sum(service.count(*kinds) for service in found) for kinds in (_LOST, (Meaning.TOO_MUCH,)))
    alike = sum(not (service.differences or service.upstream_error or service.refused_by_ours) for service in found)
    refused = sum(bool(service.upstream_error) for service in found)
    parts = [
        f"{counted(len(found), 'microservice')}, {alike} alike",
        f"{counted(len(ours), 'subject')} only ours ({lost} that upstream would refuse at runtime)",
        f"{len(upstream)} only upstream's ({extra} that the code does not need)",
    ]
    parts += [f"{refused} that upstream does not sign"] if refused else []
    blocked = sum(bool(service.refused_by_ours) for service in found)
    parts += [f"{blocked} that ours does not sign"] if blocked else []
    return "; ".join(parts)


def parity_as_text(found: Sequence[ServiceParity], colour: bool) -> str:
    """Return a block per microservice and the summary."""
    lines: list[str] = []
    for service in found:
        lines.append(f"{painted(service.hostname, Paint.BOLD, colour)}  {printable(service.directory)}")
        lines += [f"  {printable(text)}" for text in _refusals(service)]
        for each in service.differences:
            paint = Paint.GREEN if each.side is Side.OURS else Paint.YELLOW
            lines.append(f"  {painted(f'{each.side} {each.verb.upper()} {each.subject}', paint, colour)}")
            lines += [f"      {printable(_because(place))}" for place in each.because]
            lines.append(f"      {printable(_meaning(each))}")
        if not service.differences and not service.upstream_error:
            lines.append("  the same allow-lists")
        lines.append("")
    return "\n".join([*lines, summary(found)]) + "\n"


def parity_as_markdown(found: Sequence[ServiceParity]) -> str:
    """Return a table per microservice, the summary first."""
    blocks = [f"## gencreds and upstream: {summary(found)}"]
    for service in found:
        blocks.append(f"### {code(service.hostname)}")
        blocks += [code(text) for text in _refusals(service)]
        if service.differences:
            rows = ["| | subject | reason | where | what it means |", "| --- | --- | --- | --- | --- |"]
            rows += [_row(each) for each in service.differences]
            blocks.append("\n".join(rows))
        elif not service.upstream_error:
            blocks.append("The same allow-lists.")
    return "\n\n".join(blocks) + "\n"


def parity_as_json(found: Sequence[ServiceParity]) -> str:
    """Return all of it as JSON, indented, with a final newline; the same source gives the same bytes."""
    value = {"services": [_service(service) for service in found], "summary": summary(found)}
    return json.dumps(value, indent=2) + "\n"


def _row(each: Difference) -> str:
    reasons = ", ".join(dict.fromkeys(f"`{place.reason}`" for place in each.because))
    places = "<br>".join(code(f"{place.file}:{place.line}") for place in each.because if place.file)
    sign = "+" if each.side is Side.OURS else "−"
    meaning = f"{each.meaning}: {code(each.within)}" if each.within else each.meaning
    return f"| {sign} | {each.verb.upper()} {code(each.subject)} | {reasons} | {places} | {meaning} |"


def _refusals(service: ServiceParity) -> list[str]:
    told = [f"upstream signs nothing: {service.upstream_error}"] if service.upstream_error else []
    return told + [f"ours signs nothing: {_finding(finding)}" for finding in service.refused_by_ours]


def _finding(finding: Finding) -> str:
    return f"{finding.rule} at {finding.location.file}:{finding.location.line}"


def _because(place: Because) -> str:
    return f"{place.reason}  {place.file}:{place.line}" if place.file else place.reason


def _meaning(each: Difference) -> str:
    return f"{each.meaning}: {each.within}" if each.within else each.meaning


def _service(service: ServiceParity) -> dict[str, object]:
    return {
        "hostname": service.hostname,
        "directory": _unicode(service.directory),
        "upstreamError": _unicode(service.upstream_error),
        "refusedByOurs": [
            {"rule": each.rule, "file": _unicode(each.location.file), "line": each.location.line}
            for each in service.refused_by_ours
        ],
        "differences": [
            {
                "side": each.side,
                "verb": each.verb,
                "subject": each.subject,
                "meaning": each.meaning,
                "within": each.within,
                "because": [
                    {"reason": place.reason, "file": _unicode(place.file), "line": place.line} for place in each.because
                ],
            }
            for each in service.differences
        ],
    }


def _unicode(text: str) -> str:
    """Return `text` without what cannot be UTF-8: file names come from hostile sources."""
    return text.encode("utf-8", "replace").decode("utf-8")
