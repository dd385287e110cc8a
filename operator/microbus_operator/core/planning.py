"""From gencreds' reports to what each microservice's credentials must say, and why they are issued anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256

from gencreds.report import ServiceReport
from microbus_operator.api.app import MicrobusApp
from microbus_operator.api.meta import duration_seconds
from microbus_operator.api.plane import Plane
from microbus_operator.core.hostnames import conflicts
from microbus_operator.core.keys import SigningKey
from microbus_operator.core.observed import (
    AppObserved,
    BundleReading,
    CredsObservation,
    PublishedAccount,
    Trouble,
)
from microbus_operator.core.policies import Reason, WantedCreds, is_past_half, must_issue
from microbus_operator.core.remembered import remembered
from microbus_operator.core.signing_keys import accepted

# Reasons that come with time alone.
BY_AGE = ("RotationScheduled", "Expiring")


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

    @property
    def is_due(self) -> bool:
        """Whether it is issued now.

        For another account that is done with the present grants where its source is in trouble: it would be cut off.
        """
        return self.reason is not None and (self.trouble is None or self.is_carried_over)

    @property
    def is_carried_over(self) -> bool:
        """Whether what it has is issued for another account, though nothing else may be."""
        is_moved = self.reason is not None and self.reason.word == "AccountChanged" and self.trouble is not None
        if not is_moved or self.found is None or self.found.foreign or self.found.invalid:
            return False
        # Of two that have one hostname nobody can say whose it is.
        return self.trouble is None or self.trouble.reason != "HostnameConflict"


def plans(
    observed: AppObserved, plane: Plane, account: PublishedAccount, signing: SigningKey, now: int
) -> tuple[ServicePlan, ...]:
    """A plan for each microservice, ordered by bundle and hostname; `signing` is the key that signs.

    A bundle whose source could not be read is planned as it runs; there is no plan for one that never ran.
    """
    app = observed.app
    life = duration_seconds(app.spec.credentials.expiration or plane.spec.credentials.expiration)
    rotate_every, stands = rotation_interval(app, plane), accepted(observed, signing)
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
            signing.public_key,
            tuple(report.pub),
            tuple(report.sub),
            life,
            account.claims.revocations,
            app.spec.credentials.generation,
            rotate_every,
            stands,
        )
        found = observed.creds.get(report.hostname)
        twice = [bundle for bundle, other in reports if other.hostname == report.hostname and bundle != name]
        trouble = next(_troubles(report, found, owned.get(report.hostname), twice, plane), None)
        reason = must_issue(wanted, found, now)
        result.append(ServicePlan(name, report, wanted, found, reason, trouble, name in unread))
    return tuple(map(_carried_over, _bundles_stand_together(_together(result, now))))


def rotation_interval(app: MicrobusApp, plane: Plane) -> int:
    """Seconds between an app's scheduled rotations, 0 for none: up to a tenth less than the spec says.

    How much less follows from the app's uid, so that a Plane's apps do not all rotate at once, an app's own
    microservices do, and a restart of ours changes nothing.
    """
    return spread(duration_seconds(app.spec.credentials.rotate_every or plane.spec.credentials.rotate_every), app)


def spread(stated: int, app: MicrobusApp) -> int:
    """Up to a tenth less than `stated`, by the app's uid."""
    part = int(sha256(app.metadata.uid.encode()).hexdigest(), 16) % 1000
    return stated - stated * part // 10_000


def _together(planned: list[ServicePlan], now: int) -> list[ServicePlan]:
    """Once one of an app's credentials is due by its age, those past half of their way are too: one rollout for all."""
    if not any(plan.reason and plan.reason.word in BY_AGE and not plan.trouble for plan in planned):
        return planned
    return [
        replace(plan, reason=Reason("RotatedTogether", f"{plan.wanted.hostname} is replaced with the app's others"))
        if plan.reason is None and is_past_half(plan.wanted, plan.found, now)
        else plan
        for plan in planned
    ]


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


def _carried_over(plan: ServicePlan) -> ServicePlan:
    """What is issued for another account although its source is in trouble has the grants that it had."""
    if not plan.is_carried_over or plan.found is None:
        return plan
    return replace(plan, wanted=replace(plan.wanted, pub=plan.found.pub, sub=plan.found.sub), is_remembered=True)


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
