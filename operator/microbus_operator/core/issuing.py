"""From gencreds' reports to what each microservice's credentials must say, and the action that issues them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256

from gencreds.report import ServiceReport
from microbus_operator.api.app import MicrobusApp
from microbus_operator.api.meta import API_VERSION, duration_seconds
from microbus_operator.api.plane import Plane
from microbus_operator.core import names
from microbus_operator.core.actions import IssueUser
from microbus_operator.core.evidence import EVIDENCE_ANNOTATION, evidence_text
from microbus_operator.core.hostnames import conflicts
from microbus_operator.core.observed import (
    AppObserved,
    BundleReading,
    CredsObservation,
    PublishedAccount,
    Trouble,
)
from microbus_operator.core.policies import Reason, WantedCreds, must_issue
from microbus_operator.core.remembered import evidence_as_it_was, remembered

PREVIOUS_ANNOTATION = "microbus.io/previous-keys"
ISSUANCE_ANNOTATION = "microbus.io/issuance"
REASON_ANNOTATION = "microbus.io/issued-because"
SOURCE_ANNOTATION = "microbus.io/source-digest"
PUBLIC_KEY_ANNOTATION = "microbus.io/user-public-key"


@dataclass(frozen=True)
class ServicePlan:
    """One microservice: what it must have, what it has, and why it is issued anew (`reason`) or may not be
    (`trouble`). With `is_remembered` its source could not be read, and what it must have is what it has.
    """

    bundle: str
    report: ServiceReport
    wanted: WantedCreds
    found: CredsObservation | None
    reason: Reason | None
    trouble: Trouble | None = None
    is_remembered: bool = False


def plans(
    observed: AppObserved, plane: Plane, account: PublishedAccount, signing_key: str, now: int
) -> tuple[ServicePlan, ...]:
    """A plan for each microservice, ordered by bundle and hostname.

    A bundle whose source could not be read is planned as it runs; there is no plan for one that never ran.
    """
    app = observed.app
    life = duration_seconds(app.spec.credentials.expiration or plane.spec.credentials.expiration)
    unread = {bundle.name for bundle in app.spec.bundles if not _is_read(observed.reading(bundle.name))}
    reports = [
        (bundle.name, report)
        for bundle in app.spec.bundles
        for report in (
            remembered(observed, bundle.name) if bundle.name in unread else _reports(observed.reading(bundle.name))
        )
    ]
    owned = conflicts(app, [report.hostname for _, report in reports], observed.others)
    result = []
    for name, report in reports:
        wanted = WantedCreds(
            report.hostname,
            account.claims.subject,
            signing_key,
            tuple(report.pub),
            tuple(report.sub),
            life,
            account.claims.revocations,
        )
        found = observed.creds.get(report.hostname)
        twice = [bundle for bundle, other in reports if other.hostname == report.hostname and bundle != name]
        trouble = next(_troubles(report, found, owned.get(report.hostname), twice, plane), None)
        reason = must_issue(wanted, found, now)
        result.append(ServicePlan(name, report, wanted, found, reason, trouble, name in unread))
    return _bundles_stand_together(result)


def _is_read(reading: BundleReading) -> bool:
    return reading.report is not None and reading.trouble is None


def _reports(reading: BundleReading) -> tuple[ServiceReport, ...]:
    return tuple(reading.report.services) if reading.report is not None else ()


def _bundles_stand_together(planned: list[ServicePlan]) -> tuple[ServicePlan, ...]:
    """A bundle is one process: where one of its microservices may not be issued, none is, and it stays as it runs."""
    first = {plan.bundle: plan.trouble for plan in reversed(planned) if plan.trouble}
    return tuple(
        plan if plan.trouble or plan.bundle not in first else replace(plan, trouble=first[plan.bundle])
        for plan in planned
    )


def _troubles(
    report: ServiceReport, found: CredsObservation | None, owner: str | None, twice: list[str], plane: Plane
) -> Iterator[Trouble]:
    blocking = [finding for finding in report.findings if finding.severity == "blocking"]
    if blocking:
        listed = "; ".join(f"{f.rule} at {f.file}:{f.line}: {f.message}" for f in blocking[:3])
        more = f" (and {len(blocking) - 3} more)" if len(blocking) > 3 else ""
        yield Trouble("BlockingFindings", f"{report.hostname} cannot be derived from its source: {listed}{more}")
    if owner is not None:
        message = (
            f"hostname {report.hostname} belongs to MicrobusApp {owner} on this plane; "
            "rename the microservice or delete that app"
        )
        yield Trouble("HostnameConflict", message)
    if twice:
        message = (
            f"hostname {report.hostname} is in bundles {', '.join(sorted(twice))} too; one bundle must have it alone"
        )
        yield Trouble("HostnameConflict", message)
    if found is not None and found.foreign is not None:
        yield found.foreign
    limit = plane.spec.nats.limits.max_control_line
    if report.connect_bytes > limit:
        largest = ", ".join(sorted(report.pub, key=len, reverse=True)[:3])
        yield Trouble(
            "OverBudget",
            f"the CONNECT line of {report.hostname} has {report.connect_bytes} bytes, and the Plane's "
            f"spec.nats.limits.maxControlLine is {limit}; raise it or narrow the largest grants: {largest}",
        )


def issuance_id(plan: ServicePlan) -> str:
    """Names what was granted, so that two issuances with one allow-list can be told to be equal."""
    text = json.dumps([sorted(plan.wanted.pub), sorted(plan.wanted.sub)])
    return sha256(text.encode()).hexdigest()[:12]


def recorded_keys(app: MicrobusApp, hostname: str) -> dict[str, int]:
    """User keys that the status knows of: a Secret that was deleted or edited may live on in somebody's hands."""
    service = next((service for service in app.status.services if service.hostname == hostname), None)
    if service is None:
        return {}
    current = {service.user_public_key: service.issued_at or 0} if service.user_public_key else {}
    return {**{previous.public_key: previous.issued_at for previous in service.previous}, **current}


def issue_action(observed: AppObserved, plan: ServicePlan, now: int) -> IssueUser:
    """The issuance. The key that it replaces is written down in the same request, to be revoked when nobody uses it."""
    if observed.signing_key is None or plan.reason is None:
        raise ValueError(f"{plan.wanted.hostname} is not to be issued")
    app, found, wanted = observed.app, plan.found, plan.wanted
    previous = {**recorded_keys(app, wanted.hostname), **(found.previous if found else {})}
    if found and found.public_key:
        previous[found.public_key] = max(found.issued_at, previous.get(found.public_key, 0))
    labels = {**names.app_labels(app), names.SERVICE_LABEL: names.bounded(wanted.hostname)}
    return IssueUser(
        hostname=wanted.hostname,
        namespace=app.metadata.namespace,
        secret=names.creds_secret(app.metadata.name, wanted.hostname),
        owner={"apiVersion": API_VERSION, "kind": "MicrobusApp", "name": app.metadata.name, "uid": app.metadata.uid},
        labels=labels,
        annotations={
            ISSUANCE_ANNOTATION: issuance_id(plan),
            REASON_ANNOTATION: plan.reason.word,
            SOURCE_ANNOTATION: _source_digest(observed, plan),
            PREVIOUS_ANNOTATION: json.dumps(previous, sort_keys=True),
            EVIDENCE_ANNOTATION: evidence_as_it_was(found)
            if found and plan.is_remembered
            else evidence_text(plan.report),
        },
        pub=wanted.pub,
        sub=wanted.sub,
        issuer_account=wanted.account,
        signer=observed.signing_key.ref,
        issued_after=max(previous.values(), default=0),
        life=wanted.life,
        replaces=found.resource_version if found else "",
        reason=plan.reason.message,
    )


def _source_digest(observed: AppObserved, plan: ServicePlan) -> str:
    """The digest of the source that the grants were derived from."""
    if not plan.is_remembered:
        return observed.reading(plan.bundle).source_digest or ""
    known = (bundle.source_digest for bundle in observed.app.status.bundles if bundle.name == plan.bundle)
    return next(known, None) or ""
