"""What our engine adds to upstream's allow-lists and what it drops, per microservice, with reasons and evidence.

`gencreds explain-parity` prints it. It explains and does not judge: which of the two is right is told by `Meaning`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from gencreds.errors import ScanError
from gencreds.golang.clock import Clock
from gencreds.golang.limits import InputRefused, Limits
from gencreds.grants import Verb, allow_lists, grants_of
from gencreds.microbus.manifest import MANIFEST
from gencreds.microbus.model import Access, Finding, Microservice, Severity
from gencreds.parity.reasons import why_only_ours, why_only_upstream
from gencreds.parity.reporting import upstream_lists
from gencreds.subjects import Covering
from gencreds.upstream.engine import UpstreamScan, UpstreamService
from gencreds.upstream.rules import rules_of
from gencreds.upstream.wanted import Wanted

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


_HOSTNAME = (Because("hostname", "", 0),)


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


def compare(
    ours: Sequence[Microservice], theirs: UpstreamScan | str, plane: str, limits: Limits | None = None
) -> list[ServiceParity]:
    """Compare both engines' results for one source; `theirs` may be the error with which upstream ends.

    Raises `ScanError` when that takes longer than a scan may.
    """
    clock = Clock(limits or Limits())
    clock.expect(len(ours))
    try:
        return _compared(ours, theirs, plane, clock)
    except InputRefused as error:
        raise ScanError(str(error)) from error


def _compared(
    ours: Sequence[Microservice], theirs: UpstreamScan | str, plane: str, clock: Clock
) -> list[ServiceParity]:
    others = {} if isinstance(theirs, str) else {service.hostname: service for service in theirs.services}
    found: list[ServiceParity] = []
    for each in ours:
        other = others.pop(each.hostname, None)
        blocking = tuple(finding for finding in each.findings if finding.severity is Severity.BLOCKING)
        error = theirs if isinstance(theirs, str) else other.error if other is not None else NOT_SIGNED
        differences = () if error or other is None else _Comparison(each, other, plane, clock).differences()
        found.append(ServiceParity(each.hostname, each.directory, error, blocking, differences))
    return sorted(found + [_unknown(service, plane) for service in others.values()], key=lambda each: each.hostname)


class _Comparison:
    """One microservice as both engines see it: which accesses and which wanted endpoints are behind each subject."""

    def __init__(self, ours: Microservice, theirs: UpstreamService, plane: str, clock: Clock) -> None:
        self._clock = clock
        self._theirs = theirs
        grants = grants_of(ours, plane)
        self._lists = list(zip(Verb, allow_lists(grants), upstream_lists(theirs, plane), strict=True))
        self._accesses: dict[tuple[str, str], list[Access]] = {(each.verb, each.subject): [] for each in grants}
        for access in ours.accesses:
            for grant in grants_of(replace(ours, accesses=(access,), findings=()), plane):
                if grant.evidence:
                    self._accesses.setdefault((grant.verb, grant.subject), []).append(access)
        self._accesses_at: dict[tuple[str, int], list[Access]] = {}
        for access in ours.accesses:
            self._accesses_at.setdefault((access.location.file, access.location.line), []).append(access)
        self._findings_at: dict[tuple[str, int], list[Finding]] = {}
        for finding in ours.findings:
            self._findings_at.setdefault((finding.location.file, finding.location.line), []).append(finding)
        self._wanted: dict[tuple[str, str], list[Wanted]] = {}
        for rule in rules_of(theirs.identity, theirs.found, plane):
            listed = self._wanted.setdefault((rule.verb, rule.subject), [])
            listed += [rule.wanted] if rule.wanted is not None else []

    def differences(self) -> tuple[Difference, ...]:
        """Return what differs: of each verb what only ours has, then what only upstream has."""
        found: list[Difference] = []
        for verb, mine, its in self._lists:
            lost = Meaning.REFUSED if verb is Verb.PUB else Meaning.UNHEARD
            by_mine, by_its = Covering(mine), Covering(its)
            for subject in sorted({*mine} - {*its}):
                within = _covering(subject, by_its, its)
                meaning = Meaning.WIDER_THERE if within else lost
                because = self._only_ours(verb, subject, within)
                found.append(Difference(Side.OURS, verb, subject, meaning, within, because))
            for subject in sorted({*its} - {*mine}):
                within = _covering(subject, by_mine, mine)
                meaning = Meaning.WIDER_HERE if within else Meaning.TOO_MUCH
                because = self._only_upstream(verb, subject)
                found.append(Difference(Side.UPSTREAM, verb, subject, meaning, within, because))
        return tuple(found)

    def _only_ours(self, verb: Verb, subject: str, within: str) -> tuple[Because, ...]:
        """Return why; upstream may grant the very subject and drop it as covered, rightly or by its error."""
        self._clock.look()
        dropped = ("covered" if within else "star-swallows-tail") if (verb, subject) in self._wanted else ""
        found = {
            Because(dropped or why_only_ours(access, self._theirs), access.location.file, access.location.line)
            for access in self._accesses.get((verb, subject), ())
        }
        return tuple(sorted(found)) or _HOSTNAME

    def _only_upstream(self, verb: Verb, subject: str) -> tuple[Because, ...]:
        """Return why; ours may grant the very subject and drop it for one that covers it."""
        dropped = "covered" if (verb, subject) in self._accesses else ""
        found = {
            Because(dropped or self._why(each), each.file, each.line) for each in self._wanted.get((verb, subject), ())
        }
        return tuple(sorted(found)) or _HOSTNAME

    def _why(self, wanted: Wanted) -> str:
        self._clock.check()
        place = wanted.file, wanted.line
        return why_only_upstream(
            wanted, self._accesses_at.get(place, ()), self._findings_at.get(place, ()), self._theirs
        )


def _unknown(theirs: UpstreamService, plane: str) -> ServiceParity:
    """Return a microservice that only upstream signs: main.go adds it to something that is no application."""
    because = (Because("no-application", f"{theirs.directory.name}/{MANIFEST}", 1),)
    differences = tuple(
        Difference(Side.UPSTREAM, verb, subject, Meaning.TOO_MUCH, "", because)
        for verb, subjects in zip(Verb, upstream_lists(theirs, plane) if not theirs.error else ((), ()), strict=True)
        for subject in sorted(set(subjects))
    )
    return ServiceParity(theirs.hostname, theirs.directory.name, theirs.error, (), differences)


def _covering(subject: str, wider: Covering, subjects: Sequence[str]) -> str:
    """Return the first of `subjects`, which are also `wider`, that covers `subject`."""
    found = wider.over(subject)
    return found[0] if len(found) == 1 else min(found, key=subjects.index, default="")
