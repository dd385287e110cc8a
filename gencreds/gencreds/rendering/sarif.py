"""Findings, and a difference's new trust roots and wildcards, as SARIF 2.1.0 for code scanning.

Source: OASIS, Static Analysis Results Interchange Format 2.1.0 (3.14 run, 3.27 result, 3.49 reportingDescriptor).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from gencreds.difference import Difference
from gencreds.grants import Verb
from gencreds.microbus.model import Severity
from gencreds.rendering.phrases import endpoint_of
from gencreds.rendering.terminal import printable
from gencreds.report import Finding, Grant, Report, is_trust_root

NEW_TRUST_ROOT, NEW_WILDCARD = "new-trust-root", "new-wildcard"

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_FINDINGS, _DIFFERENCES = "docs/findings.md", "docs/ci.md"
_ABOUT = {
    NEW_TRUST_ROOT: "A microservice may now reach, or serve, endpoints on port 666, which it could not before.",
    NEW_WILDCARD: "A microservice may now reach any host, or anything on a host, which it could not before.",
}
_LEVELS = {Severity.BLOCKING: "error", Severity.WARNING: "warning"}


@dataclass(frozen=True)
class _Result:
    """What is shown at a place; `identity` is all of it that survives a moved line."""

    rule: str
    level: str
    message: str
    places: tuple[tuple[str, int], ...]
    hostnames: tuple[str, ...]
    identity: tuple[str, ...]


def report_as_sarif(report: Report, prefix: str, version: str) -> str:
    """Return the report's findings; `prefix` leads from the repository's top to the source's root."""
    found = [(service.hostname, finding) for service in report.services for finding in service.findings]
    return _log(_of_findings(found), prefix, version)


def difference_as_sarif(found: Difference, prefix: str, version: str) -> str:
    """Return what is new: findings, trust roots and wildcards."""
    findings = [(service.hostname, finding) for service in found.services for finding in service.findings_new]
    alarming = {*found.alarming}
    grants = [(s.hostname, grant) for s in found.services for grant in s.added if grant in alarming]
    return _log([*(_of_grant(hostname, grant) for hostname, grant in grants), *_of_findings(findings)], prefix, version)


def _of_findings(found: Iterable[tuple[str, Finding]]) -> list[_Result]:
    """Return each finding once, with all microservices that it concerns: main's are everybody's."""
    hostnames: dict[Finding, list[str]] = {}
    for hostname, finding in found:
        hostnames.setdefault(finding, []).append(hostname)
    return [
        _Result(
            finding.rule,
            _LEVELS[Severity(finding.severity)],
            finding.message,
            ((finding.file, finding.line),),
            tuple(sorted(set(named))),
            (finding.rule, finding.file, finding.message),
        )
        for finding, named in hostnames.items()
    ]


def _of_grant(hostname: str, grant: Grant) -> _Result:
    root = is_trust_root(grant.subject)
    what = "trust root" if root else "wildcard"
    may = "publish" if grant.verb == Verb.PUB else "subscribe"
    message = f"new {what}: {hostname} may {may} {endpoint_of(grant.verb, grant.subject)} ({grant.subject})"
    places = tuple(
        place
        for site in grant.evidence
        for place in ((site.file, site.line), *((step.file, step.line) for step in reversed(site.via)))
    )
    rule = NEW_TRUST_ROOT if root else NEW_WILDCARD
    level = "error" if root else "warning"
    return _Result(rule, level, message, places, (hostname,), (rule, hostname, grant.verb, grant.subject))


def _log(results: Sequence[_Result], prefix: str, version: str) -> str:
    ordered = sorted(results, key=lambda result: (result.places, result.rule, result.message))
    rules = sorted({result.rule for result in ordered})
    levels = {result.rule: result.level for result in ordered}
    seen: Counter[str] = Counter()
    shown = []
    for result in ordered:
        digest = hashlib.sha256("\0".join(result.identity).encode("utf-8", "surrogatepass")).hexdigest()[:32]
        seen[digest] += 1
        shown.append(_result(result, rules.index(result.rule), f"{digest}:{seen[digest]}", prefix))
    driver = {"name": "gencreds", "version": version, "rules": [_rule(rule, levels[rule]) for rule in rules]}
    run = {
        "tool": {"driver": driver},
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The repository's top directory."}}},
        "columnKind": "unicodeCodePoints",
        "results": shown,
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: str, level: str) -> dict[str, Any]:
    text = _ABOUT.get(rule, f"gencreds' finding {rule}; {_FINDINGS} explains it and its remedy.")
    return {
        "id": rule,
        "shortDescription": {"text": rule.replace("-", " ")},
        "fullDescription": {"text": text},
        "help": {"text": text},
        "helpUri": f"{_DIFFERENCES if rule in _ABOUT else _FINDINGS}#{rule}",
        "defaultConfiguration": {"level": level},
    }


def _result(result: _Result, index: int, fingerprint: str, prefix: str) -> dict[str, Any]:
    locations = [_location(file, line, prefix) for file, line in result.places if file]
    said: dict[str, Any] = {
        "ruleId": result.rule,
        "ruleIndex": index,
        "level": result.level,
        "message": {"text": printable(result.message)},
        "locations": locations[:1],
        "partialFingerprints": {"gencreds/v1": fingerprint},
        "properties": {"microservices": [printable(hostname) for hostname in result.hostnames]},
    }
    if locations[1:]:
        said["relatedLocations"] = [{"id": number, **place} for number, place in enumerate(locations[1:], 1)]
    return said


def _location(file: str, line: int, prefix: str) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(prefix + file, safe="/"), "uriBaseId": "%SRCROOT%"}}
    if line >= 1:
        place["region"] = {"startLine": line}
    return {"physicalLocation": place}
