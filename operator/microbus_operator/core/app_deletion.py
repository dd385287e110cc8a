"""How an app ends: its signing key leaves the account, every server confirms, its last connection closes, its finalizer goes."""

from __future__ import annotations

from microbus_operator.api.app import MicrobusApp
from microbus_operator.core import names
from microbus_operator.core.actions import Decision, Delete, SetFinalizer
from microbus_operator.core.app_status import AppState, status_of
from microbus_operator.core.conditions import State
from microbus_operator.core.keys import KeyState
from microbus_operator.core.observed import AppObserved


def decide_deletion(observed: AppObserved, now: int) -> Decision:
    """What a deleted app still needs.

    Every user of the app was signed by the app's own key, so that the key's removal revokes all of them at once. The Plane does it;
    here it is waited for, and seen. With the Plane gone there is no broker left to tell.
    """
    app, plane = observed.app, observed.plane
    if names.FINALIZER not in app.metadata.finalizers:
        return Decision((), app.status)
    key = observed.signing_key
    if plane is None or key is None:
        return Decision((_released(app),), app.status)
    public = key.public_key or app.status.signing_key
    account = observed.published.accounts.get(plane.status.account_public_key or "")
    if observed.published.trouble is not None:
        return _waiting(observed, observed.published.trouble.reason, observed.published.trouble.message, now)
    if account is not None and public is not None:
        if public in account.claims.signing_keys:
            return _waiting(
                observed, "Revoking", f"signing key {public} is being removed from the Plane's account", now
            )
        if observed.served is not None:
            return _waiting(observed, observed.served.reason, observed.served.message, now)
        if observed.broker.trouble is not None:
            return _waiting(observed, observed.broker.trouble.reason, observed.broker.trouble.message, now)
        behind = observed.broker.differing(account.claims.subject, account.jwt)
        if behind:
            return _waiting(
                observed, "Revoking", f"servers {', '.join(behind)} have not confirmed the removal yet", now
            )
        open_ = sum(connection.issuer == public for connection in observed.broker.connections)
        if open_:
            return _waiting(observed, "Revoking", f"{open_} connections of the app are still open", now)
    deletes = (
        (Delete("Secret", key.ref.namespace, key.ref.secret, "", "AppDeleted"),)
        if key.state is KeyState.PRESENT
        else ()
    )
    return Decision((*deletes, _released(app)), app.status)


def _released(app: MicrobusApp) -> SetFinalizer:
    meta = app.metadata
    return SetFinalizer("MicrobusApp", meta.namespace, meta.name, present=False)


def _waiting(observed: AppObserved, reason: str, message: str, now: int) -> Decision:
    state = State.false(reason, f"the app is being deleted: {message}")
    return Decision((), status_of(observed, AppState(state, None), now), look_again=0.5)
