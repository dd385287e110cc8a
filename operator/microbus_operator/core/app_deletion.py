"""How an app ends: its signing key leaves the account, every server confirms, its last connection closes."""

from __future__ import annotations

from microbus_operator.api.app import MicrobusApp
from microbus_operator.api.plane import Plane
from microbus_operator.core import names
from microbus_operator.core.account_keys import alive
from microbus_operator.core.actions import Decision, Delete, SetFinalizer
from microbus_operator.core.app_status import AppState, status_of
from microbus_operator.core.conditions import State, unix
from microbus_operator.core.network import server_names
from microbus_operator.core.observed import AppObserved, PublishedAccount, Trouble
from microbus_operator.core.signing_keys import present, recorded

# For so long (seconds) servers that do not confirm hold an app's deletion up, and with it that of its namespace
# (pitfall P4). The key is out of the published account by then: a server that comes back fetches that, or has it
# pushed.
CONFIRMED_WITHIN = 300


def decide_deletion(observed: AppObserved, now: int) -> Decision:
    """What a deleted app still needs.

    Every user of the app was signed by a key of the app's own, so that its removal revokes all of them at once. The
    Plane does it; here it is waited for, and seen. With the Plane gone there is no broker left to tell.
    """
    app, plane = observed.app, observed.plane
    if names.FINALIZER not in app.metadata.finalizers:
        return Decision((), app.status)
    if plane is None:
        return Decision((_released(app),), app.status)
    if observed.published.trouble is not None:
        return _waiting(observed, observed.published.trouble, now)
    keys = [*present(observed.signing_keys), *present(observed.other_keys)]
    known = {key.public_key for key in keys} | {each.public_key for each in recorded(app, observed.signing_keys)}
    usable = {each.public_key for each in alive(observed.accounts)} | {observed.account_key}
    accounts = [account for key, account in sorted(observed.published.accounts.items()) if key in usable]
    if accounts and known:
        inside = sorted(known & {key for account in accounts for key in account.claims.signing_keys})
        if inside:
            return _waiting(observed, _still_published(", ".join(inside), plane), now)
        unconfirmed = _unconfirmed(observed, plane, accounts, known)
        if unconfirmed is not None and now < unix(app.metadata.deletion_timestamp or "") + CONFIRMED_WITHIN:
            return _waiting(observed, unconfirmed, now)
    deletes = [Delete("Secret", key.key.ref.namespace, key.key.ref.secret, key.key.uid, "AppDeleted") for key in keys]
    return Decision((*deletes, _released(app)), app.status)


def _still_published(public: str, plane: Plane) -> Trouble:
    message = f"signing key {public} is being removed from the Plane's account"
    stalled = next((c for c in plane.status.conditions if c.type == "Stalled" and c.status == "True"), None)
    if stalled is not None:
        where = f"Plane {plane.metadata.namespace}/{plane.metadata.name}"
        message += (
            f"; {where} is stalled ({stalled.reason}: {stalled.message}). To let the app go all the same, with its "
            f"credentials valid until they expire, remove its finalizer {names.FINALIZER}"
        )
    return Trouble("Revoking", message)


def _unconfirmed(
    observed: AppObserved, plane: Plane, accounts: list[PublishedAccount], keys: set[str]
) -> Trouble | None:
    """What is not proven yet of the keys' removal: served by every resolver, held by every server, no connection."""
    broker = observed.broker
    if observed.served is not None or broker.trouble is not None:
        return observed.served or broker.trouble
    differing = {each for account in accounts for each in broker.differing(account.claims.subject, account.jwt)}
    behind = (*sorted(differing), *broker.missing(server_names(plane)))
    if behind:
        return Trouble("Revoking", f"servers {', '.join(behind)} have not confirmed the removal yet")
    count = sum(map(broker.signed_by, keys))
    return Trouble("Revoking", f"{count} connections of the app are still open") if count else None


def _released(app: MicrobusApp) -> SetFinalizer:
    meta = app.metadata
    return SetFinalizer("MicrobusApp", meta.namespace, meta.name, present=False)


def _waiting(observed: AppObserved, trouble: Trouble, now: int) -> Decision:
    state = State.false(trouble.reason, f"the app is being deleted: {trouble.message}")
    return Decision((), status_of(observed, AppState(state, None), now), look_again=0.5)
