"""The proof that a key is dead: signed, served, acknowledged by each server, its last connection closed.

A user key is dead when it is on the account's list, a signing key when it is not among the account's keys.

Each time is when a step was first seen, and is never written again. What is done is told from facts; a receipt that is
lost with the status begins anew with what then is so.
"""

from __future__ import annotations

from collections.abc import Mapping

from microbus_operator.api.app import Receipt, Revocation, ServerReceipt
from microbus_operator.core.conditions import State, listed
from microbus_operator.core.keys import is_user_key
from microbus_operator.core.network import server_names
from microbus_operator.core.observed import AppObserved, PublishedAccount
from microbus_operator.core.revoking import Requested, issued_keys
from microbus_operator.core.signing_rotation import leaving

MOST_RECEIPTS = 20
REPLACED, SIGNING_KEY = "replaced", "signing key replaced"


def receipts(
    observed: AppObserved, requested: Requested, revoking: tuple[Revocation, ...], now: int
) -> tuple[Receipt, ...]:
    """The app's receipts after this look, twenty at most.

    Those of the last keys that `spec.revocations` asks for and that a rotation replaced come before former ones.
    """
    wanted = {each.public_key: REPLACED for each in revoking} | requested.reasons
    wanted |= dict.fromkeys(leaving(observed), SIGNING_KEY)
    due = dict(list(wanted.items())[-MOST_RECEIPTS:])
    hostnames = issued_keys(observed.app)
    # What is not wanted any more (a replaced key came into use again) and was not signed has come to nothing.
    old = {
        each.public_key: each for each in observed.app.status.receipts if each.signed_at or each.public_key in wanted
    }
    former = sorted((each for key, each in old.items() if key not in due), key=lambda each: -each.requested_at)
    mine = [
        old.get(key)
        or Receipt(public_key=key, hostname=hostnames.get(key, ("", 0))[0], reason=reason, requested_at=now)
        for key, reason in due.items()
    ]
    account = observed.account
    kept = [
        _advanced(receipt, observed, account, now) if receipt.closed_at is None and account else receipt
        for receipt in (mine + former)[:MOST_RECEIPTS]
    ]
    return tuple(sorted(kept, key=lambda each: (each.requested_at, each.public_key)))


def revocation_state(observed: AppObserved, requested: Requested, kept: tuple[Receipt, ...]) -> State:
    """What the requests have come to."""
    if requested.refused:
        return State.false("RevocationRefused", "; ".join(requested.refused))
    if not requested.keys:
        return State.true("NothingRequested", "spec.revocations asks for nothing")
    account = observed.account
    signed = account.claims.revocations if account else {}
    closed = {receipt.public_key: receipt.closed_at is not None for receipt in kept}
    alive = [
        key
        for key in requested.keys
        if key not in signed or not closed.get(key, observed.broker.holding_user(key) == 0)
    ]
    if alive:
        message = f"not yet refused by every server and without a connection: {listed(sorted(alive))}"
        return State.false("Revoking", message)
    return State.true("Revoked", "every key that was asked for is refused by every server, and has no connection")


def _advanced(receipt: Receipt, observed: AppObserved, account: PublishedAccount, now: int) -> Receipt:
    """The receipt with what can be seen now, and could not be seen before."""
    seen: dict[str, object] = {}
    is_signing_key = not is_user_key(receipt.public_key)
    inside, revoked = account.claims.signing_keys, account.claims.revocations
    if receipt.public_key in inside if is_signing_key else receipt.public_key not in revoked:
        return receipt
    seen["signed_at"] = receipt.signed_at or now
    is_served = receipt.served_at is not None or observed.served is None
    if is_served:
        seen["served_at"] = receipt.served_at or now
    servers = _acknowledged(receipt, observed, account, now) if is_served else {}
    seen["servers"] = tuple(ServerReceipt(name=name, acknowledged_at=at) for name, at in sorted(servers.items()))
    expected = server_names(observed.plane) if observed.plane is not None else ()
    is_everywhere = is_served and observed.broker.trouble is None and not set(expected) - servers.keys()
    broker = observed.broker
    left = broker.signed_by(receipt.public_key) if is_signing_key else broker.holding_user(receipt.public_key)
    if is_everywhere and left == 0:
        seen["closed_at"] = now
    return receipt.model_copy(update=seen)


def _acknowledged(receipt: Receipt, observed: AppObserved, account: PublishedAccount, now: int) -> Mapping[str, int]:
    """Servers that hold the published JWT, or will fetch it at the first client: each at its first time."""
    before = {server.name: server.acknowledged_at for server in receipt.servers}
    if observed.broker.trouble is not None:
        return before
    behind = observed.broker.differing(account.claims.subject, account.jwt)
    holding = {server.name: now for server in observed.broker.servers if server.id not in behind}
    return {**holding, **before}
