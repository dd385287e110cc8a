"""An app's status from an observation and the state that sums it up. Nothing is decided from it but what it records
of keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gencreds.report import is_trust_root, is_wildcard
from microbus_operator.api.app import (
    AppSigningKey,
    BundleStatus,
    FindingStatus,
    MicrobusAppStatus,
    PreviousKey,
    Revocation,
    ServiceStatus,
)
from microbus_operator.core import names
from microbus_operator.core.account_keys import alive, coming
from microbus_operator.core.compaction import UNKNOWN, Proof, proven
from microbus_operator.core.conditions import State, merged, summary
from microbus_operator.core.connected import CONNECTED, Presence
from microbus_operator.core.issuing import issuance_id, recorded_keys
from microbus_operator.core.keys import SigningKey
from microbus_operator.core.observed import AppObserved
from microbus_operator.core.planning import ServicePlan
from microbus_operator.core.receipts import REVOKED, receipts, revocation_state, seen_by_app
from microbus_operator.core.revoking import requested
from microbus_operator.core.rollout import rollout_of
from microbus_operator.core.rotation import CREDENTIALS_REPLACED, SIGNING_KEY_REPLACED, rotation_state
from microbus_operator.core.signing_keys import in_use, lost, present
from microbus_operator.core.signing_rotation import rotation_of_keys
from microbus_operator.core.verifying import DELIVERY_VERIFIED

MOST_FINDINGS = 50


@dataclass(frozen=True)
class AppState:
    """What sums the app up. `planned` is None where the look ended before there was a plan: then what was known stays.

    `kept` are microservices that no plan is about and that stay listed; `verified` is what delivery was found to be.
    """

    state: State
    planned: tuple[ServicePlan, ...] | None
    stalled: bool = False
    revoking: tuple[Revocation, ...] | None = None
    kept: tuple[ServiceStatus, ...] = ()
    verified: State | None = None
    clients: Presence | None = None


def status_of(observed: AppObserved, outcome: AppState, now: int) -> MicrobusAppStatus:
    """The whole status. A microservice whose bundle could not be read keeps its entry."""
    app, old = observed.app, observed.app.status
    states = summary(outcome.state, stalled=outcome.stalled)
    if observed.readings:
        states["SourceRead"] = _source_read(observed)
    if outcome.planned is not None:
        states["CredentialsIssued"] = _issued(outcome.planned)
        states["Delivered"] = _delivered(observed)
        states[CREDENTIALS_REPLACED] = rotation_state(observed, outcome.planned, now)
        if observed.plane is not None:
            states[SIGNING_KEY_REPLACED] = rotation_of_keys(observed, observed.plane, outcome.planned, now)
    clients = outcome.clients
    if clients is not None:
        states[CONNECTED] = clients.state
    if outcome.verified is not None:
        states[DELIVERY_VERIFIED] = outcome.verified
    phase = (
        "Deleting" if app.metadata.is_deleting else "Ready" if outcome.state.status == "True" else outcome.state.reason
    )
    kept = {
        condition.type: State(condition.status, condition.reason, condition.message) for condition in old.conditions
    }
    keys = _signing_keys(observed)
    active = next((key.public_key for key in keys if key.state == "Active"), None)
    revoking = old.revoking if outcome.revoking is None else outcome.revoking
    kept_receipts = old.receipts
    if outcome.planned is not None:
        asked = requested(app, observed.others, now, observed.broker.system_user)
        kept_receipts = receipts(observed, asked, revoking, now)
        states[REVOKED] = revocation_state(asked, seen_by_app(observed), kept_receipts, now)
    return MicrobusAppStatus(
        observed_generation=app.metadata.generation,
        phase=phase,
        conditions=merged(old.conditions, {**kept, **states}, app.metadata.generation, now),
        signing_key=active or old.signing_key,
        signing_keys=keys,
        bundles=_bundles(observed) if observed.readings else old.bundles,
        services=old.services if outcome.planned is None else _services(observed, outcome.planned, outcome.kept),
        findings=old.findings if outcome.planned is None else _findings(outcome.planned),
        revoking=revoking,
        receipts=kept_receipts,
        unconnected=old.unconnected if clients is None else clients.unconnected,
        restarts=old.restarts if clients is None else clients.restarts,
    )


def _signing_keys(observed: AppObserved) -> tuple[AppSigningKey, ...]:
    """The app's signing keys, the newest last, with those for another account that is not closed.

    What is recorded of one that is lost stays (pitfall K1).
    """
    used, new = in_use(observed.signing_keys), coming(observed.accounts)
    if observed.plane is None:
        return observed.app.status.signing_keys
    found = [
        _recorded(key, "Active" if used and key == used[-1] else "Retiring") for key in present(observed.signing_keys)
    ]
    usable = {each.generation for each in alive(observed.accounts)}
    elsewhere = [key for key in present(observed.other_keys) if key.account in usable]
    found += [
        _recorded(key, "Coming" if new is not None and key.account == new.generation else "Retiring")
        for key in elsewhere
    ]
    return tuple(sorted([*lost(observed), *found], key=lambda each: (each.generation, each.public_key)))


def _recorded(key: SigningKey, state: Literal["Active", "Retiring", "Coming"]) -> AppSigningKey:
    return AppSigningKey(
        public_key=key.public_key,
        secret=key.key.ref.secret,
        generation=key.generation,
        state=state,
        plane_generation=key.made_for[0],
        app_generation=key.made_for[1],
    )


def _source_read(observed: AppObserved) -> State:
    readings = [observed.reading(bundle.name) for bundle in observed.app.spec.bundles]
    troubles = [reading.trouble for reading in readings if reading.trouble]
    if troubles:
        return State.false(troubles[0].reason, "; ".join(trouble.message for trouble in troubles))
    return State.true("Derived", "the source of every bundle was read from its image")


def _issued(planned: tuple[ServicePlan, ...]) -> State:
    troubles = [plan.trouble for plan in planned if plan.trouble]
    if troubles:
        return State.false(troubles[0].reason, "; ".join(dict.fromkeys(trouble.message for trouble in troubles)))
    waiting = [plan.wanted.hostname for plan in planned if plan.reason]
    if waiting:
        return State.false("Issuing", f"being issued: {', '.join(waiting)}")
    return State.true("Issued", f"{len(planned)} microservices have the credentials that their source asks for")


def _delivered(observed: AppObserved) -> State:
    rollouts = [rollout_of(bundle, observed.deployments.get(bundle.name)) for bundle in observed.app.spec.bundles]
    pending = [rollout.message for rollout in rollouts if not rollout.complete]
    return (
        State.false("RollingOut", "; ".join(pending))
        if pending
        else State.true("RolledOut", "every pod has its credentials")
    )


def _bundles(observed: AppObserved) -> tuple[BundleStatus, ...]:
    old = {bundle.name: bundle for bundle in observed.app.status.bundles}
    result = []
    for bundle in observed.app.spec.bundles:
        reading, before = observed.readings.get(bundle.name), old.get(bundle.name)
        known = reading if reading and reading.digest else before
        result.append(
            BundleStatus(
                name=bundle.name,
                image=bundle.image,
                digest=known.digest if known else None,
                source_digest=known.source_digest if known else None,
                trust=known.trust if known else None,
                workload=bundle.workload.existing.name
                if bundle.workload.existing
                else names.workload(observed.app.metadata.name, bundle.name),
                ready_replicas=rollout_of(bundle, observed.deployments.get(bundle.name)).ready,
            )
        )
    # A bundle that the spec no longer has stays listed for as long as its Deployment is there to be deleted.
    wanted = {bundle.name for bundle in observed.app.spec.bundles}
    result += [before for name, before in old.items() if name in observed.deployments and name not in wanted]
    return tuple(result)


def _services(
    observed: AppObserved, planned: tuple[ServicePlan, ...], kept: tuple[ServiceStatus, ...]
) -> tuple[ServiceStatus, ...]:
    services = {service.hostname: service for service in kept}
    services |= {plan.wanted.hostname: _service(observed, plan) for plan in planned}
    return tuple(services[hostname] for hostname in sorted(services))


def _service(observed: AppObserved, plan: ServicePlan) -> ServiceStatus:
    found, report, known = plan.found, plan.report, proven(observed.app)
    mine = found if found and found.foreign is None else None
    # Compaction relies on it: only what a key of the account has signed counts.
    proof = known.get(mine.public_key or "", UNKNOWN) if mine else UNKNOWN
    if mine and mine.issuer in _signers(observed):
        proof = Proof(mine.issuer, mine.expires_at)
    previous = mine.previous if mine else recorded_keys(observed.app, plan.wanted.hostname)
    old = next((old for old in observed.app.status.services if old.hostname == plan.wanted.hostname), None)
    return ServiceStatus(
        hostname=plan.wanted.hostname,
        bundle=plan.bundle,
        secret_name=names.creds_secret(observed.app.metadata.name, plan.wanted.hostname),
        user_public_key=mine.public_key if mine else None,
        issuance=issuance_id(plan),
        issued_at=mine.issued_at if mine else None,
        signer=proof.signer,
        expires_at=proof.end,
        pub=len(report.pub),
        sub=len(report.sub),
        trust_roots=sum(map(is_trust_root, report.pub)),
        # What has no source has no grants to count them by.
        wildcards=old.wildcards if old and plan.is_remembered else sum(map(is_wildcard, report.grants)),
        connect_bytes=report.connect_bytes,
        phase=plan.trouble.reason if plan.trouble else "Issuing" if plan.reason else "Issued",
        previous=tuple(
            PreviousKey(
                public_key=key,
                issued_at=at,
                signer=known.get(key, UNKNOWN).signer,
                expires_at=known.get(key, UNKNOWN).end,
                connections=observed.broker.holding_user(key),
            )
            for key, at in previous.items()
        ),
    )


def _signers(observed: AppObserved) -> set[str]:
    """Keys that sign, or signed, for an app of the Plane."""
    published = observed.account.claims.signing_keys if observed.account else ()
    return {*published, *(key.public_key for key in present(observed.signing_keys))}


def _findings(planned: tuple[ServicePlan, ...]) -> tuple[FindingStatus, ...]:
    found = [
        FindingStatus(
            rule=finding.rule,
            severity=finding.severity,
            message=finding.message,
            file=finding.file,
            line=finding.line,
            hostname=plan.wanted.hostname,
        )
        for plan in planned
        for finding in plan.report.findings
    ]
    return tuple(sorted(found, key=lambda f: (f.severity, f.hostname, f.file, f.line))[:MOST_FINDINGS])
