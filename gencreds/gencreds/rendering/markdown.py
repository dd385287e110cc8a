"""Reports and differences as Markdown for pull requests (GitHub's and GitLab's flavour).

Every word from a source is put where Markdown interprets nothing, so that a hostile name neither breaks a table nor
mentions, links or embeds anything.
"""

from __future__ import annotations

from collections.abc import Sequence

from gencreds.difference import Difference, ServiceDifference, State
from gencreds.grants import GrantKind
from gencreds.microbus.model import Severity
from gencreds.rendering import difference_table, table
from gencreds.rendering.phrases import endpoint_of
from gencreds.rendering.terminal import counted, printable
from gencreds.report import Finding, Grant, Report, ServiceReport, is_trust_root, is_wildcard

_HEADS = {State.ADDED: " (new microservice)", State.REMOVED: " (microservice removed)", State.CHANGED: ""}


def report_as_markdown(report: Report, limit: int) -> str:
    """Return the report: a table of endpoints per microservice, findings, and the call sites to unfold."""
    blocks = [f"## gencreds: {table.summary(report)}"]
    for service in report.services:
        blocks += _service(service, limit)
    return "\n\n".join(blocks) + "\n"


def difference_as_markdown(found: Difference, old: str, new: str) -> str:
    """Return the difference in the same form, new trust roots and wildcards named before everything else."""
    blocks = [f"## gencreds: {difference_table.summary(found)}", f"{code(old)} → {code(new)}"]
    if found.alarming:
        listed = [
            f"- {_mark(grant)}: {code(service.hostname)} {grant.verb.upper()} {_endpoint(grant)}"
            for service in found.services
            for grant in service.added
            if grant in found.alarming
        ]
        blocks.append("\n".join(["New, and to be judged by a person:", "", *listed]))
    for service in found.services:
        blocks += _changed(service)
    return "\n\n".join(blocks) + "\n"


def code(text: str) -> str:
    """Return `text` as code in which nothing is interpreted, not even by a table."""
    shown = printable(text)
    if not shown.strip():
        return ""
    if "`" not in shown and "|" not in shown:
        return f"`{shown}`"
    kept = (each if each.isalnum() or each == " " else f"&#{ord(each)};" for each in shown)
    return f"<code>{''.join(kept)}</code>"


def _service(service: ServiceReport, limit: int) -> list[str]:
    shown = [grant for grant in service.grants if grant.kind != GrantKind.STANDARD]
    allowed = {*service.pub, *service.sub}
    rows = [
        [grant.verb.upper(), _endpoint(grant), _kind(grant) + ("" if grant.subject in allowed else ", covered")]
        for grant in shown
    ]
    standard = len(service.grants) - len(shown)
    size = f"CONNECT {service.connect_bytes} of {limit} bytes"
    counts = [*table.marks_of(service.grants, service.findings), f"{standard} standard entries not listed", size]
    blocks = [f"### {code(service.hostname)}", ", ".join(counts)]
    blocks += [_table(["", "endpoint", "kind"], rows)] if rows else []
    blocks += ["\n".join(_finding(finding) for finding in service.findings)] if service.findings else []
    return [*blocks, *_evidence(shown)]


def _changed(service: ServiceDifference) -> list[str]:
    signed = [("+", grant) for grant in service.added] + [("-", grant) for grant in service.removed]
    rows = [[sign, grant.verb.upper(), _endpoint(grant), _kind(grant)] for sign, grant in signed]
    before, after = service.connect_bytes
    size = f"CONNECT {before} → {after} bytes" if before and after else f"CONNECT {before or after} bytes"
    blocks = [f"### {code(service.hostname)}{_HEADS[service.state]}", size]
    blocks += [_table(["", "", "endpoint", "kind"], rows)] if rows else []
    findings = [f"{_finding(finding)} (new)" for finding in service.findings_new]
    findings += [f"{_finding(finding)} (gone)" for finding in service.findings_gone]
    return [*blocks, *(["\n".join(findings)] if findings else []), *_evidence([grant for _, grant in signed])]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _evidence(grants: Sequence[Grant]) -> list[str]:
    if not grants:
        return []
    rows = [
        [code(grant.subject), "<br>".join(code(place) for place in table.sites(grant.evidence))] for grant in grants
    ]
    summary = f"<details><summary>Subjects and call sites ({counted(len(grants), 'entry', 'entries')})</summary>"
    return [summary, _table(["subject", "call sites"], rows), "</details>"]


def _endpoint(grant: Grant) -> str:
    return code(endpoint_of(grant.verb, grant.subject))


def _mark(grant: Grant) -> str:
    return "🔴 **trust root**" if is_trust_root(grant.subject) else "🟡 **wildcard**" if is_wildcard(grant) else ""


def _kind(grant: Grant) -> str:
    return ", ".join(part for part in (grant.kind, _mark(grant)) if part)


def _finding(finding: Finding) -> str:
    severity = "⛔ **blocking**" if finding.severity == Severity.BLOCKING else "⚠️ warning"
    return f"- {severity} {code(finding.rule)} {code(f'{finding.file}:{finding.line}')} {code(finding.message)}"
