"""Which workloads are to be rolled out, with which credentials, and which of ours are left over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from microbus_operator.api.app import Bundle
from microbus_operator.api.plane import Plane
from microbus_operator.core.actions import Action, Apply, Delete
from microbus_operator.core.app_workload import deployment
from microbus_operator.core.config_files import Mistake
from microbus_operator.core.drift import differs, is_managed, is_strangers
from microbus_operator.core.existing import rolled
from microbus_operator.core.moving import moved, waits_for_clients
from microbus_operator.core.network import Network
from microbus_operator.core.observed import AppObserved, Trouble
from microbus_operator.core.planning import ServicePlan
from microbus_operator.core.remembered import remembered_image
from microbus_operator.core.retirement import bundle_keys, is_delivered, is_delivered_with, mark_of
from microbus_operator.core.revoking import refuses
from microbus_operator.core.rollout import rollout_of
from microbus_operator.core.verifying import blocked


def rollouts(
    observed: AppObserved,
    plane: Plane,
    planned: tuple[ServicePlan, ...],
    network: Network,
    mistakes: Mapping[str, Sequence[Mistake]],
    late: int,
) -> tuple[list[Action], list[Trouble]]:
    """What rolls workloads out, and why others may not be: a stranger's, or a mistake in its bundle."""
    actions: list[Action] = []
    conflicts: list[Trouble] = []
    for bundle in observed.app.spec.bundles:
        mine = [plan for plan in planned if plan.bundle == bundle.name]
        if not mine or any(plan.trouble for plan in mine):
            continue
        keys = bundle_keys(observed, planned, bundle.name)
        trouble, reloads = blocked(mistakes[bundle.name]), _reloads(observed, planned, bundle, late)
        if _waits_for_source(observed, planned, bundle):
            continue
        if trouble is not None:
            conflicts.append(trouble)
        elif bundle.workload.existing is not None:
            actions += _existing(observed, bundle, keys) if not reloads else ()
        else:
            found = _own(observed, plane, bundle, keys, network, reloads=reloads)
            conflicts += [found] if isinstance(found, Trouble) else []
            actions += [found] if isinstance(found, Apply) else []
    return actions, conflicts


def left_over(observed: AppObserved, planned: tuple[ServicePlan, ...]) -> list[Action]:
    """Our Deployments of bundles that the spec no longer has, and of those whose existing workload runs by now.

    Their microservices are revoked once they are gone.
    """
    bundles = {bundle.name: bundle for bundle in observed.app.spec.bundles}
    gone = {name: found for name, found in observed.deployments.items() if name not in bundles}
    for name, found in observed.superseded.items():
        instead = observed.deployments.get(name)
        if rollout_of(bundles[name], instead).complete and is_delivered(observed, planned, bundles[name]):
            gone[name] = found
    namespace = observed.app.metadata.namespace
    return [
        Delete("Deployment", namespace, found["metadata"]["name"], found["metadata"]["uid"], "BundleGone")
        for _, found in sorted(gone.items())
    ]


def _waits_for_source(observed: AppObserved, planned: tuple[ServicePlan, ...], bundle: Bundle) -> bool:
    """What the spec wants beside present credentials waits until it is known what it is wanted for."""
    reading = observed.reading(bundle.name)
    is_read = reading.reference is not None and reading.trouble is None
    return not is_read and is_delivered(observed, planned, bundle)


def _reloads(observed: AppObserved, planned: tuple[ServicePlan, ...], bundle: Bundle, late: int) -> bool:
    """Whether new keys alone roll nothing: connections are closed instead (`kicking`).

    Not where a key that pods still have is revoked: they are refused before their file is there, and give up (N9).
    """
    if moved(observed, planned, bundle):
        return waits_for_clients(observed, planned, bundle, late)
    if observed.app.spec.credentials.delivery != "Reload":
        return False
    revoked = observed.account.claims.revocations if observed.account else {}
    mine = [plan.found for plan in planned if plan.bundle == bundle.name and plan.found]
    is_refused = any(refuses(revoked, key, at) for found in mine for key, at in found.previous.items())
    return not is_refused or is_delivered(observed, planned, bundle)


def _existing(observed: AppObserved, bundle: Bundle, keys: Mapping[str, str]) -> list[Action]:
    existing, found = bundle.workload.existing, observed.deployments.get(bundle.name)
    if existing is None or found is None or is_delivered_with(keys, found):
        return []
    return [rolled(observed.app, existing, found, keys)]


def _own(
    observed: AppObserved, plane: Plane, bundle: Bundle, keys: Mapping[str, str], network: Network, *, reloads: bool
) -> Apply | Trouble | None:
    app, found, reading = observed.app, observed.deployments.get(bundle.name), observed.reading(bundle.name)
    image = reading.reference if reading.trouble is None else None
    image = image or remembered_image(observed, bundle.name)
    if image is None:
        return None
    made = partial(deployment, app, plane, bundle, image, keys, network, observed.configs.get(bundle.name, ()))
    manifest = made()
    if found is not None and is_strangers(manifest, found):
        where = f"Deployment {app.metadata.namespace}/{manifest['metadata']['name']}"
        message = f"{where} exists but is not this app's; rename or delete it, nothing was changed in it"
        return Trouble("WorkloadConflict", message, passing=is_managed(found))
    # What an earlier version of ours made otherwise is no reason to write (pitfall R3); the next rollout changes it.
    as_found = [manifest, made(former=True)]
    if reloads and found is not None:
        as_found += [made(mark=mark_of(found)), made(mark=mark_of(found), former=True)]
    return Apply(manifest, "Drifted") if all(differs(each, found) for each in as_found) else None
