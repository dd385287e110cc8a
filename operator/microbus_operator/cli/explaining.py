"""`kubectl microbus explain`: what a microservice may do, read from the credentials that it has been issued."""

from __future__ import annotations

import argparse
import time

from gencreds.subjects import covers
from microbus_operator.cli.answers import Answer, CannotAnswer, as_json, fields, moment, section, table, until
from microbus_operator.cli.issued import Issued, apps_in, issued_to
from microbus_operator.cli.permissions import Permission
from microbus_operator.kube.cluster import Cluster


async def answer(cluster: Cluster, namespace: str, options: argparse.Namespace) -> Answer:
    """All permissions of the microservice, or whether one subject is among them (exit code 0) or not (1)."""
    hostname = options.service.lower()
    apps = [
        app
        for app in await apps_in(cluster, namespace)
        if any(service.hostname == hostname for service in app.status.services)
    ]
    if not apps:
        message = (
            f"no MicrobusApp in namespace {namespace} has a microservice {hostname}; see `kubectl microbus status -A`"
        )
        raise CannotAnswer(message)
    found = next(item for item in await issued_to(cluster, apps) if item.service.hostname == hostname)
    if found.problem:
        raise CannotAnswer(f"{found.problem}; its app says: {found.service.phase or 'nothing yet'}")
    if options.output == "json":
        return Answer(as_json(as_object(found)))
    if options.nats_subject:
        return verdict(found, options.nats_subject)
    return Answer(described(found, time.time(), wide=options.output == "wide"))


def as_object(found: Issued) -> dict[str, object]:
    """For programs."""
    return {
        "hostname": found.service.hostname,
        "app": found.app.key,
        "bundle": found.service.bundle,
        "userPublicKey": found.public_key,
        "issuedAt": moment(found.issued_at),
        "expiresAt": moment(found.expires_at),
        "permissions": [permission.to_json() for permission in found.permissions],
        "findings": [
            finding.to_manifest() for finding in found.app.status.findings if finding.hostname == found.service.hostname
        ],
    }


def verdict(found: Issued, subject: str) -> Answer:
    """Whether the microservice may publish or subscribe all of `subject`, and by which entry."""
    by = [permission for permission in found.permissions if covers(permission.subject, subject)]
    if by:
        because = [f", because of {', '.join(permission.evidence)}" if permission.evidence else "" for permission in by]
        lines = [f"yes: {item.may}, by {item.subject}{why}\n" for item, why in zip(by, because, strict=True)]
        return Answer("".join(lines))
    remark = "Nothing that its credentials allow covers the subject; nats-server refuses it."
    return Answer("no\n", code=1, remarks=(remark,))


def described(found: Issued, now: float, *, wide: bool = False) -> str:
    """What people read; `now` is in unix seconds."""
    service, app = found.service, found.app
    bundle = next((bundle for bundle in app.status.bundles if bundle.name == service.bundle), None)
    source = f"{bundle.source_digest} ({bundle.trust})" if bundle and bundle.source_digest else None
    text = fields(
        [
            ("Microservice", service.hostname),
            ("App", f"{app.key}, bundle {service.bundle}"),
            ("Plane", "/".join(app.plane_key)),
            ("User", found.public_key),
            ("Issued", moment(found.issued_at)),
            ("Expires", until(found.expires_at, now)),
            ("Source", source),
        ]
    )
    headers = ["MAY", "KIND", "HOST", "PORT", "METHOD", "PATH", "NOTE", "WHERE", *(["SUBJECT"] if wide else [])]
    rows = [
        [
            *(item.may, item.kind, item.host, item.port, item.method, item.path),
            "trust root" if item.is_trust_root else "wildcard" if item.is_wildcard else "-",
            _where(item, wide),
            *([item.subject] if wide else []),
        ]
        for item in found.permissions
    ]
    text += section("Permissions", table(headers, rows))
    findings = [finding for finding in app.status.findings if finding.hostname == service.hostname]
    if findings:
        listed = [(item.severity, item.rule, f"{item.file}:{item.line}", item.message) for item in findings]
        text += section("Findings", table(["SEVERITY", "RULE", "PLACE", "MESSAGE"], listed))
    return text


def _where(item: Permission, wide: bool) -> str:
    """The call sites with the calls that lead to them; unless `wide`, the first site and how many more there are."""
    if not item.evidence:
        return "-"
    if wide:
        return ", ".join(item.evidence)
    first, more = item.evidence[0].partition(" via ")[0], len(item.evidence) - 1
    return f"{first} (+{more})" if more else first
