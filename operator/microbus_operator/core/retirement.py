"""Keys that were replaced, and microservices that are gone: revoked once nobody uses them, forgotten once that is confirmed."""

from __future__ import annotations

import json
from collections.abc import Mapping

from microbus_operator.api.app import Revocation, ServiceStatus
from microbus_operator.core.issuing import PREVIOUS_ANNOTATION, ServicePlan
from microbus_operator.core.observed import AppObserved, CredsObservation, PublishedAccount
from microbus_operator.core.rollout import rollout_of


def wanted_revocations(
    observed: AppObserved, planned: tuple[ServicePlan, ...], revoked: Mapping[str, int]
) -> tuple[Revocation, ...]:
    """Keys that the Plane must revoke now: replaced and seen on no connection, or of a microservice that is gone.

    Nothing is revoked while a pod may still depend on it: the rollout must be complete and the brokers must have answered.
    What is revoked already is left out only when its time is late enough.
    """
    if observed.broker.trouble is not None or not _all_rolled_out(observed):
        return ()
    result = []
    for plan in planned:
        for key, issued_at in (plan.found.previous if plan.found else {}).items():
            if observed.broker.holding_user(key) == 0:
                result.append(Revocation(public_key=key, issued_at=issued_at))
    for service in gone(observed, planned):
        for key, issued_at in _all_keys(observed.creds.get(service.hostname)).items():
            result.append(Revocation(public_key=key, issued_at=issued_at))
    return tuple(sorted(result, key=lambda revocation: revocation.public_key))


def gone(observed: AppObserved, planned: tuple[ServicePlan, ...]) -> tuple[ServiceStatus, ...]:
    """Microservices that have credentials but are in no bundle's source any more.

    None, where a bundle's source could not be read: "no data" is not "needs nothing" (pitfall D3).
    """
    if any(reading.trouble or reading.report is None for reading in observed.readings.values()):
        return ()
    present = {plan.wanted.hostname for plan in planned}
    return tuple(service for service in observed.app.status.services if service.hostname not in present)


def confirmed(observed: AppObserved, account: PublishedAccount) -> list[tuple[str, dict[str, str | None]]]:
    """Secrets whose previous keys are revoked on every server: hostname and the annotation that remains."""
    if observed.broker.trouble is not None or observed.broker.differing(account.claims.subject, account.jwt):
        return []
    result = []
    for hostname, creds in sorted(observed.creds.items()):
        left = {key: at for key, at in creds.previous.items() if account.claims.revocations.get(key, -1) < at}
        if len(left) < len(creds.previous):
            result.append((hostname, {PREVIOUS_ANNOTATION: json.dumps(left, sort_keys=True)}))
    return result


def retired_secrets(
    observed: AppObserved, planned: tuple[ServicePlan, ...], account: PublishedAccount
) -> tuple[ServiceStatus, ...]:
    """Gone microservices whose every key is revoked on every server: their Secrets may go."""
    if observed.broker.trouble is not None or observed.broker.differing(account.claims.subject, account.jwt):
        return ()
    return tuple(
        service
        for service in gone(observed, planned)
        if (keys := _all_keys(observed.creds.get(service.hostname)))
        and all(account.claims.revocations.get(key, -1) >= at for key, at in keys.items())
    )


def _all_keys(creds: CredsObservation | None) -> dict[str, int]:
    if creds is None:
        return {}
    current = {creds.public_key: creds.issued_at} if creds.public_key else {}
    return {**creds.previous, **current}


def _all_rolled_out(observed: AppObserved) -> bool:
    return all(
        rollout_of(bundle, observed.deployments.get(bundle.name)).complete for bundle in observed.app.spec.bundles
    )
