"""What our engine adds to upstream's allow-lists and what it drops, per microservice, with reasons and evidence.

`gencreds explain-parity` prints it. It explains and does not judge: which of the two is right is told by `Meaning`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from gencreds.grants import Grant, Verb, allow_lists, grants_of
from gencreds.microbus.model import Access, AccessKind, Finding, Microservice, Severity
from gencreds.parity.reasons import why_only_ours, why_only_upstream
from gencreds.parity.reporting import upstream_lists
from gencreds.subjects import covers
from gencreds.upstream.engine import UpstreamScan, UpstreamService
from gencreds.upstream.rules import Rule, rules_of

NOT_SIGNED = "it finds no such microservice in main.go and signs nothing for it"


class Side(StrEnum):
    """Whose allow-list has the subject."""

    OURS = "+"
    UPSTREAM = "-"


class Meaning(StrEnum):
    """What a difference comes to when the microservice runs."""

    REFUSED = "upstream would refuse it at runtime"
    UNHEARD = "upstream would not let it subscribe"
    TOO_MUCH = "upstream grants more than the code needs"
    WIDER_THERE = "upstream grants it within a wider subject"
    WIDER_HERE = "ours grants it within another subject"


@dataclass(frozen=True, order=True)
class Because:
    """A reason, and the place in the source that it is about; no place for what every microservice has."""

    reason: str
    file: str
    line: int


@dataclass(frozen=True)
class Difference:
    """A subject that only one side's allow-list has; `within` is the other side's subject that covers it, if any."""

    side: Side
    verb: str
    subject: str
    meaning: Meaning
    within: str
    because: tuple[Because, ...]


@dataclass(frozen=True)
class ServiceParity:
    """One microservice: what differs, upstream's error if it signs nothing, and what keeps ours from signing."""

    hostname: str
    directory: str
    upstream_error: str
    refused_by_ours: tuple[Finding, ...]
    differences: tuple[Difference, ...]

    def count(self, *meanings: Meaning) -> int:
        """Return how many differences mean one of `meanings`."""
        return sum(difference.meaning in meanings for difference in self.differences)


def compare(ours: Sequence[Microservice], theirs: UpstreamScan | str, plane: str) -> list[ServiceParity]:
    """Compare both engines' results for one source; `theirs` may be the error with which upstream ends."""
    others = {} if isinstance(theirs, str) else {service.hostname: service for service in theirs.services}
    return [_compared(each, others.get(each.hostname), theirs, plane) for each in ours]


def _compared(
    ours: Microservice, theirs: UpstreamService | None, scan: UpstreamScan | str, plane: str
) -> ServiceParity:
    blocking = tuple(finding for finding in ours.findings if finding.severity is Severity.BLOCKING)
    error = scan if isinstance(scan, str) else theirs.error if theirs is not None else NOT_SIGNED
    if error or theirs is None:
        return ServiceParity(ours.hostname, ours.directory, error, blocking, ())
    rules = rules_of(theirs.identity, theirs.found, plane)
    grants = grants_of(ours, plane)
    found: list[Difference] = []
    for verb, mine, its in zip(Verb, allow_lists(grants), upstream_lists(theirs, plane), strict=True):
        granted = {rule.subject for rule in rules if rule.verb == verb}
        for subject in sorted({*mine} - {*its}):
            within = _covering(subject, its)
            reasons = _only_ours(ours, theirs, plane, verb, subject, granted, within)
            lost = Meaning.REFUSED if verb is Verb.PUB else Meaning.UNHEARD
            meaning = Meaning.WIDER_THERE if within else lost
            found.append(Difference(Side.OURS, verb, subject, meaning, within, reasons))
        for subject in sorted({*its} - {*mine}):
            within = _covering(subject, mine)
            meaning = Meaning.WIDER_HERE if within else Meaning.TOO_MUCH
            places = _only_upstream(ours, theirs, grants, rules, verb, subject)
            found.append(Difference(Side.UPSTREAM, verb, subject, meaning, within, places))
    return ServiceParity(ours.hostname, ours.directory, "", blocking, tuple(found))


def _only_ours(
    ours: Microservice,
    theirs: UpstreamService,
    plane: str,
    verb: Verb,
    subject: str,
    granted: Iterable[str],
    within: str,
) -> tuple[Because, ...]:
    """Return why; upstream may grant the very subject and drop it as covered, rightly or by its error."""
    dropped = ("covered" if within else "star-swallows-tail") if subject in granted else ""
    found = {
        Because(dropped or why_only_ours(access, theirs), access.location.file, access.location.line)
        for access in ours.accesses
        if subject in _subjects(access, ours, plane, verb)
    }
    return tuple(sorted(found)) or (Because("hostname", "", 0),)


def _only_upstream(
    ours: Microservice,
    theirs: UpstreamService,
    grants: Iterable[Grant],
    rules: Iterable[Rule],
    verb: Verb,
    subject: str,
) -> tuple[Because, ...]:
    """Return why; ours may grant the very subject and drop it for one that covers it."""
    dropped = "covered" if subject in {grant.subject for grant in grants if grant.verb is verb} else ""
    wanted = [rule.wanted for rule in rules if rule.verb == verb and rule.subject == subject and rule.wanted]
    found = {Because(dropped or why_only_upstream(each, ours, theirs), each.file, each.line) for each in wanted}
    return tuple(sorted(found)) or (Because("hostname", "", 0),)


def _subjects(access: Access, ours: Microservice, plane: str, verb: Verb) -> set[str]:
    """Return what `access` alone adds to the rules that every microservice has."""
    if (verb is Verb.SUB) is not (access.kind in (AccessKind.HOOK, AccessKind.ROUTE)):
        return set()
    alone = grants_of(replace(ours, accesses=(access,), findings=()), plane)
    return {grant.subject for grant in alone if grant.verb is verb and grant.evidence}


def _covering(subject: str, subjects: Iterable[str]) -> str:
    return next((each for each in subjects if covers(each, subject)), "")
