"""What upstream's engine found, in the form of our report: `gencreds scan --parity upstream` prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gencreds.budget import expected_connect_bytes
from gencreds.grants import GrantKind
from gencreds.report import Evidence, Grant, Report, ServiceReport
from gencreds.upstream.rules import Rule, allow_lists, rules_of

if TYPE_CHECKING:
    from gencreds.upstream.engine import UpstreamScan, UpstreamService


def upstream_lists(service: UpstreamService, plane: str) -> tuple[list[str], list[str]]:
    """Return the subjects that upstream would let `service` publish and subscribe, in its order."""
    return allow_lists(rules_of(service.identity, service.found, plane))


def report_of_upstream(scan: UpstreamScan, plane: str) -> Report:
    """Turn what upstream's engine found into a report; it has no findings, upstream says none."""
    return Report(tuple(_service_report(service, plane) for service in scan.services))


def _service_report(service: UpstreamService, plane: str) -> ServiceReport:
    rules = rules_of(service.identity, service.found, plane)
    pub, sub = allow_lists(rules)
    places: dict[tuple[str, str, str], set[Evidence]] = {}
    for rule in rules:
        places.setdefault((rule.verb, rule.subject, _kind(rule)), set()).update(_evidence(rule))
    return ServiceReport(
        hostname=service.hostname,
        directory=service.directory.name,
        pub=tuple(sorted(pub)),
        sub=tuple(sorted(sub)),
        grants=tuple(Grant(*key, evidence=tuple(sorted(found))) for key, found in sorted(places.items())),
        connect_bytes=expected_connect_bytes(service.hostname, pub, sub),
    )


def _kind(rule: Rule) -> str:
    return rule.wanted.origin if rule.wanted is not None else GrantKind.STANDARD


def _evidence(rule: Rule) -> tuple[Evidence, ...]:
    return (Evidence(rule.wanted.file, rule.wanted.line),) if rule.wanted is not None else ()
