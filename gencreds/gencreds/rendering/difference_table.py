"""A difference for people and for programs: `gencreds diff` prints it."""

from __future__ import annotations

from collections.abc import Mapping

from gencreds.difference import Difference, ServiceDifference, State
from gencreds.nats.gojson import to_json
from gencreds.rendering.phrases import endpoint_of
from gencreds.rendering.table import Look, finding_line, table
from gencreds.rendering.terminal import Paint, counted, painted, printable
from gencreds.report import Finding, Grant, is_trust_root, is_wildcard

_SIGNS = {State.ADDED: "+", State.REMOVED: "-", State.CHANGED: "~"}
_SAID = {State.ADDED: "new microservice", State.REMOVED: "microservice removed", State.CHANGED: ""}


def as_text(found: Difference, old: str, new: str, look: Look) -> str:
    """Return the difference as tables, a line for each side before them, and one that sums up."""
    lines = [f"--- {printable(old)}", f"+++ {printable(new)}", ""]
    for service in found.services:
        lines += [*_block(service, look), ""]
    return "\n".join([*lines, summary(found)]) + "\n"


def summary(found: Difference) -> str:
    """Return one line on the whole difference."""
    if not found.services:
        return f"no difference in {counted(found.compared, 'microservice')}"
    removed = sum(len(service.removed) for service in found.services)
    roots = sum(is_trust_root(grant.subject) for grant in found.added)
    wild = sum(is_wildcard(grant) for grant in found.added)
    counts = [
        f"{len(found.services)} of {counted(found.compared, 'microservice')} differ",
        f"{counted(len(found.added), 'subject')} added",
        f"{removed} removed",
        *([f"{counted(roots, 'new trust root')}"] if roots else []),
        *([f"{counted(wild, 'new wildcard')}"] if wild else []),
        *([f"{counted(found.blocking, 'blocking finding')} on the new side"] if found.blocking else []),
    ]
    return ", ".join(counts)


def as_object(found: Difference, old: str, new: str, plane: str) -> Mapping[str, object]:
    """Return the difference for JSON."""
    return {
        "old": old,
        "new": new,
        "plane": plane,
        "services": [
            {
                "hostname": service.hostname,
                "directory": service.directory,
                "state": str(service.state),
                "added": [_grant(grant) for grant in service.added],
                "removed": [_grant(grant) for grant in service.removed],
                "findingsNew": [to_json(finding) for finding in service.findings_new],
                "findingsGone": [to_json(finding) for finding in service.findings_gone],
                "connectBytes": {"old": service.connect_bytes[0], "new": service.connect_bytes[1]},
            }
            for service in found.services
        ],
        "blockingOnNewSide": found.blocking,
        "compared": found.compared,
    }


def _grant(grant: Grant) -> Mapping[str, object]:
    return {
        "verb": grant.verb,
        "subject": grant.subject,
        "endpoint": endpoint_of(grant.verb, grant.subject),
        "kind": grant.kind,
        "trustRoot": is_trust_root(grant.subject),
        "wildcard": is_wildcard(grant),
        "evidence": [to_json(place) for place in grant.evidence],
    }


def _block(service: ServiceDifference, look: Look) -> list[str]:
    head = f"{_SIGNS[service.state]} {service.hostname}"
    before, after = service.connect_bytes
    size = f"CONNECT {before} → {after} bytes" if before and after else f"CONNECT {before or after} bytes"
    said = ", ".join(part for part in (_SAID[service.state], size) if part)
    lines = [f"{painted(head, Paint.BOLD, look.colour)}  {printable(service.directory)}  {said}"]
    rows = [(grant, "", "+ ") for grant in service.added] + [(grant, "", "- ") for grant in service.removed]
    lines += table(rows, look, header=False) if rows else []
    return [*lines, *_findings("+", service.findings_new, look), *_findings("-", service.findings_gone, look)]


def _findings(sign: str, findings: tuple[Finding, ...], look: Look) -> list[str]:
    return [f"  {sign} {finding_line(finding, look.colour and sign == '+')}" for finding in findings]
