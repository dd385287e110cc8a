"""From plans to running pods: issue, roll out, and once all of that is seen, retire what was replaced.

What goes wrong with one bundle leaves the others, and whatever has been issued before, as they are (design: rule 4).
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from microbus_operator.api.app import ServiceStatus
from microbus_operator.api.plane import Plane
from microbus_operator.core import names
from microbus_operator.core.actions import Action, Annotate, Decision, Delete
from microbus_operator.core.app_status import AppState, status_of
from microbus_operator.core.compaction import noted
from microbus_operator.core.conditions import READY, State
from microbus_operator.core.connected import presence
from microbus_operator.core.hostnames import claim
from microbus_operator.core.issuing import issue_action
from microbus_operator.core.kicking import kicks
from microbus_operator.core.moving import delivered, is_moving, keys_left_behind, moved
from microbus_operator.core.network import Network, server_names
from microbus_operator.core.observed import AppObserved, PublishedAccount, Trouble
from microbus_operator.core.planning import ServicePlan
from microbus_operator.core.retirement import (
    bundle_hostnames,
    bundle_keys,
    confirmed,
    is_delivered_with,
    kept,
    pods_of,
    retired,
    wanted_revocations,
)
from microbus_operator.core.rolling import left_over, rollouts
from microbus_operator.core.rollout import rollout_of
from microbus_operator.core.rotation import is_in_progress
from microbus_operator.core.settings import Pace
from microbus_operator.core.signing_rotation import retiring
from microbus_operator.core.verifying import blocked, mistakes_of, verified_state

# Seconds until a bundle that a mistake holds is looked at again.
BLOCKED_AGAIN = 5.0
# Seconds until a microservice that is away is looked for again.
AWAY_AGAIN = 10.0


class Surroundings(NamedTuple):
    """What a delivery depends on beside what was observed: the time (unix seconds), addresses, the pace of others."""

    now: int
    network: Network
    pace: Pace


def decide_delivery(
    observed: AppObserved,
    plane: Plane,
    account: PublishedAccount,
    planned: tuple[ServicePlan, ...],
    surroundings: Surroundings,
) -> Decision:
    """What to do for an app whose signing key is in the account."""
    now, network = surroundings.now, surroundings.network
    stays = kept(observed, planned, account)
    mistakes = {
        bundle.name: mistakes_of(observed, plane, bundle, bundle_hostnames(observed, planned, bundle.name), network)
        for bundle in observed.app.spec.bundles
    }
    verified = verified_state([each for of in mistakes.values() for each in of])
    summed_up = partial(AppState, planned=planned, kept=stays, verified=verified)
    if any(plan.is_due and claim(observed.app, plan.wanted.hostname) is None for plan in planned):
        state = State.false("Claiming", "the hostnames of the app's microservices are being claimed")
        return Decision((), status_of(observed, summed_up(state), now), look_again=0.0)
    issues: list[Action] = [issue_action(observed, plan, now) for plan in planned if plan.is_due]
    if issues:
        state = State.false("Issuing", f"credentials are being issued: {_reasons(planned)}")
        return Decision(tuple(issues), status_of(observed, summed_up(state), now))

    # A pod must never meet a server that does not know its signer yet: two such meetings and it gives up for good.
    known = observed.served or observed.broker.trouble or _not_yet_held(observed, plane, account)
    applies, conflicts = rollouts(observed, plane, planned, network, mistakes, now - surroundings.pace.back_within)
    applies += left_over(observed, planned)
    stays_put = is_moving(observed)
    applies = [] if stays_put else applies
    if applies and known is None:
        state = State.false("Delivering", "the workloads are being rolled out with their credentials")
        return Decision(tuple(applies), status_of(observed, summed_up(state), now))

    revoking = () if stays_put else wanted_revocations(observed, planned)
    clients = presence(observed, planned, now, surroundings.pace.deaf_after)
    state, stalled = _verdict(observed, plane, planned, stays, conflicts, known)
    status = status_of(observed, summed_up(state, stalled=stalled, revoking=revoking, clients=clients), now)
    is_open = any(receipt.closed_at is None for receipt in status.receipts)
    settled = state.status == "True" and not revoking and not is_in_progress(status) and not is_open
    actions = _tidying(observed, planned, account, now)
    unseen = _unseen(observed, planned)
    if known is None and not stays_put and not observed.broker.missing(server_names(plane)):
        actions += delivered(observed, planned, unseen)
        actions += clients.evictions
        actions += kicks(observed, planned, now, surroundings.pace.kubelet_bound)
    # Nobody tells of a Secret that a person corrects.
    is_blocked = any(blocked(of) for of in mistakes.values())
    look_again = BLOCKED_AGAIN if is_blocked else None if (settled and not unseen) or stalled else 1.0
    if clients.unconnected and look_again is None:
        look_again = AWAY_AGAIN
    return Decision(tuple(actions), status, look_again=look_again)


def _unseen(observed: AppObserved, planned: tuple[ServicePlan, ...]) -> dict[str, int]:
    """Bundles that changed the account and are not seen in the new one yet, each with how many pods it has."""
    bundles = {bundle.name: bundle for bundle in observed.app.spec.bundles}
    return {
        plan.bundle: pods_of(observed.deployments[plan.bundle])
        for plan in planned
        if plan.found is not None
        and not plan.found.is_delivered
        and plan.bundle in observed.deployments
        and moved(observed, planned, bundles[plan.bundle])
        and not is_delivered_with(bundle_keys(observed, planned, plan.bundle), observed.deployments[plan.bundle])
    }


def _tidying(
    observed: AppObserved, planned: tuple[ServicePlan, ...], account: PublishedAccount, now: int
) -> list[Action]:
    """What is forgotten once every server has confirmed its revocation, and keys that are replaced."""
    app = observed.app
    result = noted(observed, planned, account, now)
    result += [
        Annotate(app.metadata.namespace, names.creds_secret(app.metadata.name, hostname), annotations, "Revoked")
        for hostname, annotations in confirmed(observed, account)
    ]
    result += [
        Delete("Secret", app.metadata.namespace, service.secret_name, creds.uid, "MicroserviceGone")
        for service, creds in retired(observed, planned, account)
    ]
    return [*result, *retiring(observed, planned, account), *keys_left_behind(observed)]


def _verdict(
    observed: AppObserved,
    plane: Plane,
    planned: tuple[ServicePlan, ...],
    stays: tuple[ServiceStatus, ...],
    conflicts: list[Trouble],
    known: Trouble | None,
) -> tuple[State, bool]:
    """The one state that sums the app up, and whether only a person can change it."""
    readings = [observed.reading(bundle.name) for bundle in observed.app.spec.bundles]
    troubles = [reading.trouble for reading in readings if reading.trouble]
    troubles += [plan.trouble for plan in planned if plan.trouble]
    troubles += conflicts
    lasting = [trouble for trouble in troubles if not trouble.passing]
    if lasting or (troubles and not _was_delivered(observed)):
        first = (lasting or troubles)[0]
        return State.false(first.reason, "; ".join(dict.fromkeys(t.message for t in troubles))), bool(lasting)
    if known is not None:
        return State.false(known.reason, known.message), False
    rollouts = [rollout_of(bundle, observed.deployments.get(bundle.name)) for bundle in observed.app.spec.bundles]
    pending = [rollout for rollout in rollouts if not rollout.complete]
    halted = [rollout.message for rollout in pending if rollout.halted]
    if pending:
        message = "; ".join(halted or [rollout.message for rollout in pending])
        return State.false("RolloutHalted" if halted else "RollingOut", message), bool(halted)
    missing = observed.broker.missing(server_names(plane))
    if missing:
        message = f"{', '.join(missing)} did not answer, so nobody knows who is connected there"
        return State.false("ServersMissing", message), False
    count = len(planned) + len(stays)
    return State.true("Delivered", f"{count} microservices run with credentials derived from their source"), False


def _was_delivered(observed: AppObserved) -> bool:
    """Whether this very spec has been delivered before: then the weather at a registry takes nothing away from it.

    The condition `SourceRead` says what could not be looked at again.
    """
    app = observed.app
    return app.status.observed_generation == app.metadata.generation and any(
        condition.type == READY and condition.status == "True" for condition in app.status.conditions
    )


def _not_yet_held(observed: AppObserved, plane: Plane, account: PublishedAccount) -> Trouble | None:
    """Why a server may not know who signed the app's credentials. That a client runs with a signer's tells that all
    knew that once.
    """
    behind = observed.broker.differing(account.claims.subject, account.jwt)
    if behind:
        return Trouble(
            "AccountsOutOfSync", f"servers {', '.join(behind)} do not hold the published account yet", passing=True
        )
    signers = {creds.issuer for creds in observed.creds.values() if creds.issuer}
    missing = observed.broker.missing(server_names(plane))
    if missing and signers - {connection.issuer for connection in observed.broker.connections}:
        message = (
            f"{', '.join(missing)} did not answer, and may not know the app's signing key yet: a pod that it refuses "
            "gives up for good; see its pod"
        )
        return Trouble("ServersMissing", message, passing=True)
    return None


def _reasons(planned: tuple[ServicePlan, ...]) -> str:
    return ", ".join(f"{plan.wanted.hostname} ({plan.reason.word})" for plan in planned if plan.reason and plan.is_due)
