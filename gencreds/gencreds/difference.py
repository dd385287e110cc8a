"""What changed between two reports: permissions, microservices, findings. Pure; `gencreds diff` shows it.

Permissions are compared by what they allow, not by how it is written: a subject is added if nothing that was allowed
before covers it, and removed if nothing that is allowed now does. So a list that only changed its form is no
difference, and neither is a call site that moved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from gencreds.grants import Verb
from gencreds.microbus.model import Severity
from gencreds.report import Evidence, Finding, Grant, Report, ServiceReport, is_trust_root, is_wildcard
from gencreds.subjects import Covering


class State(StrEnum):
    """What became of a microservice."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class ServiceDifference:
    """A microservice that differs; `connect_bytes` are those before and after, 0 where it was or is not there.

    `added` and `removed` are entries of its allow-lists, each once, with all reasons and all evidence.
    """

    hostname: str
    directory: str
    state: State
    added: tuple[Grant, ...]
    removed: tuple[Grant, ...]
    findings_new: tuple[Finding, ...]
    findings_gone: tuple[Finding, ...]
    connect_bytes: tuple[int, int]


@dataclass(frozen=True)
class Difference:
    """All microservices that differ, sorted by hostname, and what blocks on the new side, whether new or not."""

    services: tuple[ServiceDifference, ...]
    blocking: int
    compared: int

    @property
    def added(self) -> list[Grant]:
        """All entries that are new."""
        return [grant for service in self.services for grant in service.added]

    @property
    def alarming(self) -> list[Grant]:
        """The new trust roots and wildcards."""
        return [grant for grant in self.added if is_trust_root(grant.subject) or is_wildcard(grant)]


def difference(old: Report, new: Report) -> Difference:
    """Compare two reports on one plane."""
    before = {service.hostname: service for service in old.services}
    after = {service.hostname: service for service in new.services}
    hostnames = sorted({*before, *after})
    found = (_of_service(name, before.get(name), after.get(name)) for name in hostnames)
    blocking = sum(len(service.blocking) for service in new.services)
    return Difference(tuple(service for service in found if service is not None), blocking, len(hostnames))


def _of_service(hostname: str, old: ServiceReport | None, new: ServiceReport | None) -> ServiceDifference | None:
    state = State.ADDED if old is None else State.REMOVED if new is None else State.CHANGED
    before, after = old or ServiceReport(hostname), new or ServiceReport(hostname)
    service = ServiceDifference(
        hostname,
        (new or before).directory,
        state,
        added=beyond(after, before),
        removed=beyond(before, after),
        findings_new=_besides(after.findings, before.findings),
        findings_gone=_besides(before.findings, after.findings),
        connect_bytes=(before.connect_bytes, after.connect_bytes),
    )
    same = not (service.added or service.removed or service.findings_new or service.findings_gone)
    return None if same and state is State.CHANGED else service


def beyond(service: ServiceReport, other: ServiceReport) -> tuple[Grant, ...]:
    """Return the entries of `service` that nothing of `other` covers, sorted, with their evidence in `service`."""
    lists = ((Verb.PUB, service.pub, other.pub), (Verb.SUB, service.sub, other.sub))
    return tuple(
        _entry(service, verb, subject)
        for verb, subjects, others in lists
        for wider in (Covering(others),)
        for subject in sorted(set(subjects))
        if not wider.over(subject)
    )


def _entry(service: ServiceReport, verb: str, subject: str) -> Grant:
    """Return one entry of a list with all reasons for it."""
    reasons = [grant for grant in service.grants if (grant.verb, grant.subject) == (verb, subject)]
    evidence: set[Evidence] = {place for grant in reasons for place in grant.evidence}
    kinds = sorted({grant.kind for grant in reasons})
    return Grant(verb, subject, ", ".join(kinds), tuple(sorted(evidence)))


def _besides(findings: Iterable[Finding], others: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that `others` has not; one that only moved within its file is the same."""
    left = Counter(_identity(finding) for finding in others)
    said = []
    for finding in findings:
        if left[_identity(finding)]:
            left[_identity(finding)] -= 1
        else:
            said.append(finding)
    return tuple(sorted(said, key=lambda f: (f.severity != Severity.BLOCKING, f.file, f.line, f.rule, f.message)))


def _identity(finding: Finding) -> tuple[str, str, str, str]:
    return finding.rule, finding.severity, finding.message, finding.file
