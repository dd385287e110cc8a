"""Keys that were replaced, and microservices that are gone: revoked once nobody uses them, forgotten once that is
confirmed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from microbus_operator.api.app import Bundle, Revocation, ServiceStatus
from microbus_operator.core.actions import Manifest
from microbus_operator.core.app_workload import CREDENTIALS_ANNOTATION, credentials_hash
from microbus_operator.core.issuing import PREVIOUS_ANNOTATION
from microbus_operator.core.moving import forgettable, moved, over
from microbus_operator.core.network import server_names
from microbus_operator.core.observed import AppObserved, CredsObservation, PublishedAccount
from microbus_operator.core.planning import ServicePlan
from microbus_operator.core.presence import is_everywhere
from microbus_operator.core.revoking import refuses
from microbus_operator.core.rollout import rollout_of
from microbus_operator.core.templates import mapping

# The phase of a microservice whose source is gone: it has credentials, and is not issued any more.
LEAVING = "Leaving"


def wanted_revocations(observed: AppObserved, planned: tuple[ServicePlan, ...]) -> tuple[Revocation, ...]:
    """Keys that the Plane must revoke now: replaced and seen on no connection, or of a microservice that is gone.

    Nothing is revoked while a pod may still depend on it (pitfall N9): every bundle's pods must run with the present
    keys, and every server must have said who is connected to it.
    """
    if not _all_servers_answered(observed) or not all_delivered(observed, planned):
        return ()
    result = []
    for plan in planned:
        dead = over(observed, plan.found) if plan.found else frozenset()
        for key, issued_at in (plan.found.previous if plan.found else {}).items():
            if key not in dead and observed.broker.holding_user(key) == 0:
                result.append(Revocation(public_key=key, issued_at=issued_at))
    for service in gone(observed, planned):
        for key, issued_at in _all_keys(service, observed.creds.get(service.hostname)).items():
            result.append(Revocation(public_key=key, issued_at=issued_at))
    return tuple(sorted(result, key=lambda revocation: revocation.public_key))


def unplanned(observed: AppObserved, planned: tuple[ServicePlan, ...]) -> tuple[ServiceStatus, ...]:
    """Microservices of the status that no plan is about: gone, or their bundle could not be read."""
    present = {plan.wanted.hostname for plan in planned}
    return tuple(service for service in observed.app.status.services if service.hostname not in present)


def gone(observed: AppObserved, planned: tuple[ServicePlan, ...]) -> tuple[ServiceStatus, ...]:
    """Microservices that have credentials but are in no bundle's source any more.

    None, where a bundle's source could not be read: "no data" is not "needs nothing" (pitfall D3).
    """
    readings = [observed.reading(bundle.name) for bundle in observed.app.spec.bundles]
    if any(reading.trouble or reading.report is None for reading in readings):
        return ()
    return unplanned(observed, planned)


def kept(
    observed: AppObserved, planned: tuple[ServicePlan, ...], account: PublishedAccount
) -> tuple[ServiceStatus, ...]:
    """Unplanned microservices that stay listed: their bundle could not be read, their Secret exists, or a key is not
    revoked.
    """
    leaving = {service.hostname for service in gone(observed, planned)}
    return tuple(
        service.model_copy(update={"phase": LEAVING}) if service.hostname in leaving else service
        for service in unplanned(observed, planned)
        if service.hostname not in leaving
        or service.hostname in observed.creds
        or not _is_revoked(_all_keys(service, None), account)
    )


def confirmed(observed: AppObserved, account: PublishedAccount) -> list[tuple[str, dict[str, str | None]]]:
    """Secrets whose previous keys no server accepts any more: hostname and the annotation that remains."""
    if not _holds_everywhere(observed, account):
        return []
    result: list[tuple[str, dict[str, str | None]]] = []
    for hostname, creds in sorted(observed.creds.items()):
        over_for = forgettable(observed, creds)
        left = {
            key: at
            for key, at in creds.previous.items()
            if not refuses(account.claims.revocations, key, at) and key not in over_for
        }
        if len(left) < len(creds.previous):
            result.append((hostname, {PREVIOUS_ANNOTATION: json.dumps(left, sort_keys=True)}))
    return result


def retired(
    observed: AppObserved, planned: tuple[ServicePlan, ...], account: PublishedAccount
) -> tuple[tuple[ServiceStatus, CredsObservation], ...]:
    """Gone microservices whose every key is revoked on every server: their Secrets, all ours, may go."""
    if not _holds_everywhere(observed, account):
        return ()
    return tuple(
        (service, creds)
        for service in gone(observed, planned)
        if (creds := observed.creds.get(service.hostname)) is not None
        and creds.foreign is None
        and _is_revoked(_all_keys(service, creds), account)
    )


def _is_revoked(keys: Mapping[str, int], account: PublishedAccount) -> bool:
    return all(refuses(account.claims.revocations, key, at) for key, at in keys.items())


def _all_keys(service: ServiceStatus, creds: CredsObservation | None) -> dict[str, int]:
    """Every user key that a microservice was issued, by the status and by its Secret; each at its latest time."""
    keys = {previous.public_key: previous.issued_at for previous in service.previous}
    if service.user_public_key:
        keys[service.user_public_key] = service.issued_at or 0
    held = dict(creds.previous) if creds else {}
    if creds and creds.public_key:
        held[creds.public_key] = creds.issued_at
    return {key: max(keys.get(key, 0), held.get(key, 0)) for key in {**keys, **held}}


def _all_servers_answered(observed: AppObserved) -> bool:
    plane, broker = observed.plane, observed.broker
    return plane is not None and broker.trouble is None and not broker.missing(server_names(plane))


def _holds_everywhere(observed: AppObserved, account: PublishedAccount) -> bool:
    return _all_servers_answered(observed) and not observed.broker.differing(account.claims.subject, account.jwt)


def all_delivered(observed: AppObserved, planned: tuple[ServicePlan, ...]) -> bool:
    """Whether every bundle's pods are those of a Deployment made with the present keys, and no bundle is left over."""
    bundles = observed.app.spec.bundles
    if observed.superseded or set(observed.deployments) - {bundle.name for bundle in bundles}:
        return False
    return all(
        rollout_of(bundle, observed.deployments.get(bundle.name)).complete and is_delivered(observed, planned, bundle)
        for bundle in bundles
    )


def is_delivered(observed: AppObserved, planned: tuple[ServicePlan, ...], bundle: Bundle) -> bool:
    """Whether a bundle's pods have its present keys: they were made with them, or are all seen to be connected so."""
    found = observed.deployments.get(bundle.name)
    if is_delivered_with(bundle_keys(observed, planned, bundle.name), found):
        return True
    is_moved = moved(observed, planned, bundle)
    if found is None or not (is_moved or observed.app.spec.credentials.delivery == "Reload"):
        return False
    mine = [plan for plan in planned if plan.bundle == bundle.name]
    if is_moved and all(plan.found is not None and plan.found.is_delivered for plan in mine):
        return True
    return bool(mine) and all(is_everywhere(observed, plan, pods_of(found)) for plan in mine)


def pods_of(workload: Manifest) -> int:
    """How many pods a workload has, by its status."""
    status = mapping(workload.get("status"))
    return int(status.get("replicas") or status.get("currentNumberScheduled") or 0)


def is_delivered_with(keys: Mapping[str, str], deployment: Manifest | None) -> bool:
    """Whether the pods of `deployment` are made with `keys` (hostname to user public key)."""
    return deployment is not None and mark_of(deployment) == credentials_hash(keys)


def mark_of(workload: Manifest) -> str:
    """What its pods are made with, as `credentials_hash` names it; empty where nothing says so."""
    metadata = mapping(workload["spec"]["template"].get("metadata"))
    return str(mapping(metadata.get("annotations")).get(CREDENTIALS_ANNOTATION, ""))


def bundle_keys(observed: AppObserved, planned: tuple[ServicePlan, ...], bundle: str) -> dict[str, str]:
    """The present user keys of a bundle's microservices; by the status where its source could not be read."""
    hostnames = bundle_hostnames(observed, planned, bundle)
    return {name: creds.public_key or "" for name in hostnames if (creds := observed.creds.get(name)) is not None}


def bundle_hostnames(observed: AppObserved, planned: tuple[ServicePlan, ...], bundle: str) -> tuple[str, ...]:
    """A bundle's microservices; by the status where its source could not be read."""
    hostnames = tuple(plan.wanted.hostname for plan in planned if plan.bundle == bundle)
    known = unplanned(observed, planned)
    return hostnames or tuple(service.hostname for service in known if service.bundle == bundle)
