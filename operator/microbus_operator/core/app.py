"""What a MicrobusApp needs next: its source read, a signing key in the account, credentials, a rollout, receipts.

Pure: one observation and a time in, a `Decision` out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from microbus_operator.api.app import MicrobusApp, MicrobusAppStatus
from microbus_operator.api.plane import Plane
from microbus_operator.core import names
from microbus_operator.core.actions import Action, Decision, MintKey, SetFinalizer
from microbus_operator.core.app_deletion import decide_deletion
from microbus_operator.core.app_status import AppState, status_of
from microbus_operator.core.conditions import State
from microbus_operator.core.delivery import Surroundings, decide_delivery
from microbus_operator.core.keys import KeyState
from microbus_operator.core.moving import is_called_off, is_moving, keys_to_come
from microbus_operator.core.network import SERVICES, Network
from microbus_operator.core.observed import AppObserved, Trouble
from microbus_operator.core.planning import plans
from microbus_operator.core.settings import PACE, Pace
from microbus_operator.core.signing_keys import lost, present, signer, trouble_of
from microbus_operator.core.signing_rotation import first_key, next_key


def is_allowed(app: MicrobusApp, plane: Plane, namespace_labels: Mapping[str, str]) -> bool:
    """Whether the Plane lets apps of that namespace in."""
    allowed = plane.spec.allowed_namespaces
    match allowed.from_:
        case "All":
            return True
        case "Selector":
            return allowed.selector.matches(namespace_labels)
    return app.metadata.namespace == plane.metadata.namespace


def decide_app(observed: AppObserved, now: int, network: Network = SERVICES, pace: Pace = PACE) -> Decision:
    """What to do for an app, and what to say of it. `now` is in unix seconds."""
    app, plane = observed.app, observed.plane
    if app.metadata.is_deleting:
        return decide_deletion(observed, now)
    if plane is None:
        namespace, name = app.plane_key
        message = (
            f"spec.planeRef names Plane {namespace}/{name}, which does not exist; create it or correct the reference"
        )
        return _halted(observed, Trouble("PlaneNotFound", message), now)
    if not is_allowed(app, plane, observed.namespace_labels):
        return _halted(observed, Trouble("NamespaceNotAllowed", _not_allowed(app, plane)), now)
    if names.FINALIZER not in app.metadata.finalizers:
        meta = app.metadata
        action = SetFinalizer("MicrobusApp", meta.namespace, meta.name, present=True)
        return Decision((action,), app.status)
    # In an account that is about to be closed no key is replaced.
    found = None if is_moving(observed) else next_key(observed, plane, now)
    mint = (found,) if isinstance(found, MintKey) else ()
    trouble = trouble_of(observed)
    if trouble is not None and not mint:
        return _halted(observed, Trouble(trouble.reason, trouble.message), now)
    if not present(observed.signing_keys) and not lost(observed):
        mint = (first_key(observed, plane, observed.signing_keys[0]),)
    to_come = keys_to_come(observed)
    if to_come and all(key.key.state is KeyState.ABSENT for key in to_come) and not is_called_off(observed, plane):
        mint = (*mint, first_key(observed, plane, to_come[0]))
    account = observed.account
    signing = signer(observed, account) if account is not None else None
    if mint and signing is None:
        made = Trouble("KeysPending", "the app's signing key is being made", passing=True)
        return _halted(observed, made, now, mint)
    if account is None or signing is None:
        return _halted(observed, _account_pending(plane, observed), now, look_again=0.5)
    planned = plans(observed, plane, account, signing, now)
    decision = decide_delivery(observed, plane, account, planned, Surroundings(now, network, pace))
    return replace(decision, actions=(*mint, *decision.actions))


def _account_pending(plane: Plane, observed: AppObserved) -> Trouble:
    blocking = next((c for c in plane.status.conditions if c.type == "Stalled" and c.status == "True"), None)
    where = f"Plane {plane.metadata.namespace}/{plane.metadata.name}"
    if observed.published.trouble:
        return observed.published.trouble
    if blocking is not None:
        return Trouble("PlaneStalled", f"{where} is stalled: {blocking.reason}: {blocking.message}", passing=True)
    return Trouble("AccountPending", f"{where} has not put this app's signing key into its account yet", passing=True)


def _not_allowed(app: MicrobusApp, plane: Plane) -> str:
    allowed = plane.spec.allowed_namespaces
    rule = {"Same": "only its own namespace", "Selector": f"namespaces labelled {allowed.selector.match_labels}"}.get(
        allowed.from_
    )
    return (
        f"Plane {plane.metadata.namespace}/{plane.metadata.name} allows {rule}, and namespace {app.metadata.namespace} "
        "is not among them; change the Plane's spec.allowedNamespaces or label the namespace"
    )


def _halted(
    observed: AppObserved,
    trouble: Trouble,
    now: int,
    actions: tuple[Action, ...] = (),
    look_again: float | None = None,
) -> Decision:
    state = AppState(State.false(trouble.reason, trouble.message), None, stalled=not trouble.passing)
    status: MicrobusAppStatus = status_of(observed, state, now)
    return Decision(actions, status, look_again=look_again)
