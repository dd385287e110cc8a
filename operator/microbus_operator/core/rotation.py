"""How far the replacement of an app's credentials is: minted, delivered, observed on connections, then revoked.

Each step shows in facts (the Secrets, the Deployments, the connections), so this only says in words what those say.
"""

from __future__ import annotations

from microbus_operator.api.app import MicrobusAppStatus
from microbus_operator.core.conditions import State, listed
from microbus_operator.core.observed import AppObserved
from microbus_operator.core.planning import ServicePlan
from microbus_operator.core.presence import place_of
from microbus_operator.core.rollout import Rollout, rollout_of

# Seconds after which a replaced key that is still in use is a matter for a person. A rollout is long over by then.
STALLS_AFTER = 15 * 60
CREDENTIALS_REPLACED, SIGNING_KEY_REPLACED = "CredentialsReplaced", "SigningKeyReplaced"
STALLED, SIGNING_KEY_STALLED = "ReplacementStalled", "SigningKeyStalled"
# Nothing of the app's own is to be waited for: it is woken when others are through.
WAITING_FOR_OTHERS = "WaitingForOthers"


def rotation_state(observed: AppObserved, planned: tuple[ServicePlan, ...], now: int) -> State:
    """Whether every replaced key is revoked; if not, which microservices still have one, and who uses it.

    Where that takes too long, both keys stay valid, and the message says what to do.
    """
    waiting = [plan for plan in planned if plan.found and plan.found.previous]
    if not waiting:
        return State.true("Current", "every key that was replaced is revoked")
    broker = observed.broker
    if broker.trouble is not None:
        names = listed([plan.wanted.hostname for plan in waiting])
        return State.false(
            "ConnectionsUnknown", f"nobody knows who uses replaced keys of {names}: {broker.trouble.message}"
        )
    used = {
        plan.wanted.hostname: count
        for plan in waiting
        if plan.found and (count := sum(map(broker.holding_user, plan.found.previous)))
    }
    newest = max(plan.found.issued_at for plan in waiting if plan.found)
    unproven = [rollout for rollout in _rollouts(observed) if not rollout.complete]
    if any(rollout.halted for rollout in unproven) or (unproven and not used and now - newest >= STALLS_AFTER):
        said = "; ".join(rollout.message for rollout in unproven)
        return State.false(STALLED, f"nothing shows that the new keys are in use, so both keys stay valid: {said}")
    if not used:
        names = listed([plan.wanted.hostname for plan in waiting])
        return State.false("Replacing", f"replaced keys that nobody uses are being revoked: {names}")
    said = listed([_told(observed, plan) for plan in waiting if plan.wanted.hostname in used])
    if now - newest < STALLS_AFTER:
        return State.false("Replacing", f"connections that still use a replaced key: {said}")
    return State.false(
        STALLED,
        f"connections that use a key which was replaced more than {STALLS_AFTER // 60} minutes ago: {said}; both keys "
        "stay valid until these clients are gone: restart the pods or programs that hold them",
    )


def _told(observed: AppObserved, plan: ServicePlan) -> str:
    """A microservice whose replaced keys are in use: how often, and where."""
    previous = plan.found.previous if plan.found else {}
    held = [each for each in observed.broker.connections if each.user in previous]
    places = sorted(filter(None, {place_of(each, observed.pods) for each in held}))
    where = f" in {listed(places)}" if places else ""
    return f"{plan.wanted.hostname} ({len(held)}{where})"


def _rollouts(observed: AppObserved) -> list[Rollout]:
    return [rollout_of(bundle, observed.deployments.get(bundle.name)) for bundle in observed.app.spec.bundles]


def is_in_progress(status: MicrobusAppStatus) -> bool:
    """Whether a rotation goes on without anybody's help."""
    return any(
        condition.type in (CREDENTIALS_REPLACED, SIGNING_KEY_REPLACED)
        and condition.status != "True"
        and condition.reason not in (STALLED, SIGNING_KEY_STALLED, WAITING_FOR_OTHERS)
        for condition in status.conditions
    )
