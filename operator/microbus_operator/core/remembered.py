"""What a bundle whose source cannot be read now runs with: it is renewed as it is, never widened and never narrowed.

Credentials end, and a registry that is down for long must not end the app with them (pitfalls D3, N10). What a
microservice was granted is in its own Secret, in the JWT that we signed.
"""

from __future__ import annotations

import json

from gencreds.report import ServiceReport
from microbus_operator.api.app import ServiceStatus
from microbus_operator.core.observed import AppObserved, CredsObservation


def remembered(observed: AppObserved, bundle: str) -> tuple[ServiceReport, ...]:
    """The microservices of a bundle as their Secrets say what they were granted.

    None, where one of them has no Secret of ours that can be read: a bundle stands together.
    """
    services = [service for service in observed.app.status.services if service.bundle == bundle]
    reports = [_report(service, observed.creds.get(service.hostname)) for service in services]
    return tuple(report for report in reports if report is not None) if None not in reports else ()


def remembered_image(observed: AppObserved, bundle: str) -> str | None:
    """The image, by digest, that the bundle's Deployment runs."""
    found = observed.deployments.get(bundle)
    containers = found["spec"]["template"]["spec"]["containers"] if found is not None else ()
    return next((container["image"] for container in containers if container["name"] == bundle), None)


def evidence_as_it_was(found: CredsObservation) -> str:
    """The evidence that the Secret has, as its annotation holds it."""
    return json.dumps({entry: list(places) for entry, places in found.evidence.items()}, sort_keys=True)


def _report(service: ServiceStatus, found: CredsObservation | None) -> ServiceReport | None:
    if found is None or found.foreign is not None or found.invalid or found.public_key is None:
        return None
    return ServiceReport(service.hostname, pub=found.pub, sub=found.sub, connect_bytes=service.connect_bytes)
