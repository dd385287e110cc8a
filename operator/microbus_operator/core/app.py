"""What a MicrobusApp needs next: its source read, a signing key in the account, credentials, a rollout, receipts.

Pure: one observation and a time in, a `Decision` out.
"""

from __future__ import annotations

from collections.abc import Mapping

from microbus_operator.api.app import MicrobusApp, MicrobusAppStatus
from microbus_operator.api.plane import Plane
from microbus_operator.core import names
from microbus_operator.core.actions import Action, Decision, MintKey, SetFinalizer
from microbus_operator.core.app_deletion import decide_deletion
from microbus_operator.core.app_status import AppState, status_of
from microbus_operator.core.conditions import State
from microbus_operator.core.delivery import decide_delivery
from microbus_operator.core.keys import KeyState, judged
from microbus_operator.core.network import SERVICES, Network
from microbus_operator.core.observed import AppObserved, Trouble
from microbus_operator.core.planning import plans


def is_allowed(app: MicrobusApp, plane: Plane, namespace_labels: Mapping[str, str]) -> bool:
    """Whether the Plane lets apps of that namespace in."""
    allowed = plane.spec.allowed_namespaces
    match allowed.from_:
        case "All":
            return True
        case "Selector":
            return allowed.selector.matches(namespace_labels)
    return app.metadata.namespace == plane.metadata.namespace


def decide_app(observed: AppObserved, now: int, network: Network = SERVICES) -> Decision:
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
    key = observed.signing_key
    if key is None:
        return _halted(
            observed, Trouble("KeysPending", "the signing key has not been looked up yet", passing=True), now
        )
    trouble = judged(key, frozenset({app.status.signing_key} if app.status.signing_key else ()))
    if trouble is not None:
        return _halted(observed, Trouble(trouble.reason, trouble.message), now)
    if key.state is KeyState.ABSENT:
        labels = {
            **names.app_labels(app),
            names.APP_NAMESPACE_LABEL: app.metadata.namespace,
            names.KEY_LABEL: key.ref.role,
        }
        return _halted(
            observed,
            Trouble("KeysPending", "the app's signing key is being made", passing=True),
            now,
            (MintKey(key.ref, labels, "NoKey"),),
        )
    account = observed.account
    if account is None or key.public_key not in account.claims.signing_keys:
        return _halted(observed, _account_pending(plane, observed), now, look_again=0.5)
    planned = plans(observed, plane, account, key.public_key or "", now)
    return decide_delivery(observed, plane, account, planned, now, network)


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
