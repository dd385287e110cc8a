"""The report of an analysis: what each microservice may, why, and what stands in the way. `gencreds scan` prints it.

It is a contract: the operator runs the analysis in a child process and reads this JSON back, strictly and within
bounds, because the child has worked on hostile input. The same source gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from gencreds import grants
from gencreds.budget import expected_connect_bytes
from gencreds.grants import GrantKind, Verb, allow_lists, grants_of
from gencreds.joining import indented, joined
from gencreds.microbus.model import MAX_STEPS, Microservice, Severity
from gencreds.nats.gojson import Json, JsonInvalid, from_json, loads, member, to_json
from gencreds.subjects import TRUST_ROOT_PORT, check_hostname, flatten_host

MAX_REPORT_BYTES = 32 * 1024 * 1024
MAX_SERVICES = 1000
MAX_ENTRIES = 20_000
MAX_TEXT = 4096

_SEGMENT = re.compile(r"[0-9A-Za-z_%-]+")
_PORTS = re.compile(r"[0-9]{1,5}|\*")
_LINES = (0, 2**31 - 1)


class ReportInvalid(ValueError):
    """A text is no report: the message names the place, not what stands there."""


@dataclass(frozen=True, order=True)
class Step:
    """A call on the way to a call site: `function` makes it at `file` and `line`."""

    function: str = member(always=True, default="")
    file: str = member(always=True, default="")
    line: int = member(always=True, bounds=_LINES, default=0)


@dataclass(frozen=True, order=True)
class Evidence:
    """A call site: `file` relative to the source's root, `line` from 1, the `function` around it (empty at the top
    level), and `via`, the other calls on the way, outermost first: those that lead to a helper, or that one makes."""

    file: str = member(always=True, default="")
    line: int = member(always=True, bounds=_LINES, default=0)
    function: str = member(always=True, default="")
    via: tuple[Step, ...] = member(always=True, default=())


@dataclass(frozen=True)
class Grant:
    """A subject, why it is granted (`GrantKind`), and where the source needs it."""

    verb: str = member(always=True, default="")
    subject: str = member(always=True, default="")
    kind: str = member(always=True, default="")
    evidence: tuple[Evidence, ...] = member(always=True, default=())


@dataclass(frozen=True)
class Finding:
    """Something in the source that cannot be followed or will not be trusted."""

    rule: str = member(always=True, default="")
    severity: str = member(always=True, default="")
    message: str = member(always=True, default="")
    file: str = member(always=True, default="")
    line: int = member(always=True, bounds=_LINES, default=0)


@dataclass(frozen=True)
class ServiceReport:
    """One microservice: `pub` and `sub` are what its credentials allow, `grants` all reasons, also the covered ones.

    `connect_bytes` is what its credentials will use of a broker's `max_control_line`.
    """

    hostname: str = member(always=True, default="")
    directory: str = member(always=True, default="")
    pub: tuple[str, ...] = member(always=True, default=())
    sub: tuple[str, ...] = member(always=True, default=())
    grants: tuple[Grant, ...] = member(always=True, default=())
    findings: tuple[Finding, ...] = member(always=True, default=())
    connect_bytes: int = member("connectBytes", always=True, bounds=_LINES, default=0)

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The findings that refuse the allow-list."""
        return tuple(finding for finding in self.findings if finding.severity == Severity.BLOCKING)


@dataclass(frozen=True)
class Report:
    """All microservices of a bundle or of a list of manifests, sorted by hostname."""

    services: tuple[ServiceReport, ...] = member(always=True, default=())

    def to_json(self) -> str:
        """Return the report as JSON, indented, with a final newline."""
        return joined(service_as_json(service) for service in self.services)

    @classmethod
    def from_json(cls, text: str | bytes) -> Report:
        """Read what `to_json` wrote and nothing else; raises `ReportInvalid`.

        Every subject has to be one that Microbus' grammar allows this microservice: published from its own name,
        subscribed from any, with 666 in `danger` and nowhere else.
        """
        raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        if len(raw) > MAX_REPORT_BYTES:
            raise ReportInvalid(f"report: it has {len(raw)} bytes, and {MAX_REPORT_BYTES} are the most that is read")
        try:
            value = loads(raw)
            report = from_json(cls, value, "report")
        except JsonInvalid as error:
            raise ReportInvalid(str(error)) from None
        if to_json(report) != value:
            raise ReportInvalid("report: a field is missing")
        _check(report)
        return report


def report_of(microservices: Iterable[Microservice], plane: str) -> Report:
    """Turn what the analysis found into the report for `plane`."""
    reports = (_service_report(microservice, plane) for microservice in microservices)
    return Report(tuple(sorted(reports, key=lambda service: (service.hostname, service.directory))))


def service_as_json(service: ServiceReport) -> str:
    """Return one microservice's part of a report as JSON, indented."""
    return indented(to_json(service))


def is_trust_root(subject: str) -> bool:
    """Return whether `subject` reaches endpoints on port 666."""
    return subject.split(".")[1:2] == ["danger"]


def is_wildcard(grant: Grant) -> bool:
    """Return whether `grant` publishes to any host, or to anything after the method; the standard ones do not count."""
    segments = grant.subject.split(".")
    if grant.verb != Verb.PUB or grant.kind == GrantKind.STANDARD or len(segments) < 8:
        return False
    return segments[4] == "*" or segments[7] == ">"


def _service_report(microservice: Microservice, plane: str) -> ServiceReport:
    listed = grants_of(microservice, plane)
    pub, sub = allow_lists(listed)
    of_report = (
        Grant(
            grant.verb,
            grant.subject,
            grant.kind,
            tuple(_evidence(place) for place in grant.evidence),
        )
        for grant in listed
    )
    findings = (
        Finding(
            found.rule,
            found.severity,
            _clean(found.message)[:MAX_TEXT],
            _place(found.location.file),
            found.location.line,
        )
        for found in microservice.findings
    )
    return ServiceReport(
        hostname=microservice.hostname,
        directory=_place(microservice.directory),
        pub=tuple(sorted(pub)),
        sub=tuple(sorted(sub)),
        grants=tuple(sorted(of_report, key=lambda grant: (grant.verb, grant.subject, grant.kind))),
        findings=tuple(sorted(set(findings), key=lambda f: (f.file, f.line, f.rule, f.message))),
        connect_bytes=expected_connect_bytes(microservice.hostname, pub, sub),
    )


def _evidence(site: grants.Evidence) -> Evidence:
    via = tuple(Step(_clean(step.function), _place(step.file), step.line) for step in site.via)
    return Evidence(_place(site.location.file), site.location.line, _clean(site.function), via)


def _place(name: str) -> str:
    """Return how the report names a file: those of another module by import path, wherever the module was found."""
    return _clean(name).removeprefix("vendor/")


def _clean(text: str) -> str:
    """Return `text` without what cannot be UTF-8: file names and literals come from hostile sources."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _check(report: Report) -> None:
    _bounded(len(report.services), MAX_SERVICES, "services")
    for index, service in enumerate(report.services):
        where = f"services[{index}]"
        try:
            check_hostname(service.hostname)
        except ValueError:
            raise ReportInvalid(f"{where}.hostname: it is no hostname of a microservice") from None
        own = flatten_host(service.hostname)
        for name in ("pub", "sub", "grants", "findings"):
            _bounded(len(getattr(service, name)), MAX_ENTRIES, f"{where}.{name}")
        _text(service.directory, f"{where}.directory")
        if not service.pub or not service.sub:
            raise ReportInvalid(f"report: {where}: pub or sub is empty, and to NATS that would allow every subject")
        for verb, subjects in ((Verb.PUB, service.pub), (Verb.SUB, service.sub)):
            for subject in subjects:
                _subject(subject, verb, own, f"{where}.{verb}")
        for grant in service.grants:
            _one_of(grant.verb, Verb, f"{where}.grants.verb")
            _one_of(grant.kind, GrantKind, f"{where}.grants.kind")
            _subject(grant.subject, Verb(grant.verb), own, f"{where}.grants.subject")
            _bounded(len(grant.evidence), MAX_ENTRIES, f"{where}.grants.evidence")
            for place in grant.evidence:
                _bounded(len(place.via), MAX_STEPS, f"{where}.grants.evidence.via")
                for text in (
                    place.file,
                    place.function,
                    *(t for step in place.via for t in (step.function, step.file)),
                ):
                    _text(text, f"{where}.grants.evidence")
        for finding in service.findings:
            _one_of(finding.severity, Severity, f"{where}.findings.severity")
            for text in (finding.rule, finding.message, finding.file):
                _text(text, f"{where}.findings")


def _bounded(count: int, most: int, where: str) -> None:
    if count > most:
        raise ReportInvalid(f"report: {where}: {count} entries, and {most} are the most that is read")


def _one_of(value: str, words: Json, where: str) -> None:
    if value not in list(words):
        raise ReportInvalid(f"report: {where}: it is none of {', '.join(words)}")


def _text(value: str, where: str) -> None:
    if len(value) > MAX_TEXT or any("\ud800" <= character <= "\udfff" for character in value):
        raise ReportInvalid(f"report: {where}: it is too long or no Unicode")


def _subject(subject: str, verb: Verb, own: str, where: str) -> None:
    segments = subject.split(".")
    plane, trust, port, source = (*segments, "", "", "", "")[:4]
    well_formed = (
        len(segments) >= 5
        and len(subject) <= MAX_TEXT
        and all(_SEGMENT.fullmatch(segment) or segment == "*" for segment in segments[:-1])
        and (_SEGMENT.fullmatch(segments[-1]) or segments[-1] in ("*", ">"))
        and re.fullmatch(r"[0-9A-Za-z]+", plane)
    )
    placed = trust == "reply" and port == "_"
    if trust in ("safe", "danger"):
        placed = bool(_PORTS.fullmatch(port)) and (port == str(TRUST_ROOT_PORT)) is (trust == "danger")
    if not well_formed or not placed or source != (own if verb is Verb.PUB else "*"):
        raise ReportInvalid(f"report: {where}: a subject is not one that this microservice can be granted")
