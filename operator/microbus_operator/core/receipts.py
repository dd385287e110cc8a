"""The proof that a key is dead: signed, served, acknowledged by each server, its last connection closed.

A user key is dead when it is on the account's list, a signing key when it is not among the account's keys. An app
keeps receipts of what it asked for and of what rotations replaced, a Plane of what it asked for itself.

Each time is when a step was first seen, and is never written again. What is done is told from facts; a receipt that is
lost with the status begins anew with what then is so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from microbus_operator.api.app import Revocation
from microbus_operator.api.plane import Plane
from microbus_operator.api.revocations import EVERY_USER, Receipt, ServerReceipt
from microbus_operator.core.conditions import State, listed, timestamp
from microbus_operator.core.keys import is_user_key
from microbus_operator.core.network import server_names
from microbus_operator.core.observed import (
    AppObserved,
    BrokerObservation,
    PlaneObserved,
    PublishedAccount,
    Trouble,
)
from microbus_operator.core.revoking import Requested, issued_keys
from microbus_operator.core.signing_rotation import leaving

MOST_RECEIPTS = 20
REPLACED, SIGNING_KEY = "replaced", "signing key replaced"
REVOKED = "Revoked"


class Seen(NamedTuple):
    """What tells how far a key's death is: the Plane's account as published and served, and its servers."""

    plane: Plane | None
    account: PublishedAccount | None
    served: Trouble | None
    broker: BrokerObservation


def receipts(
    observed: AppObserved, requested: Requested, revoking: tuple[Revocation, ...], now: int
) -> tuple[Receipt, ...]:
    """The app's receipts after this look, twenty at most.

    Those of the last keys that `spec.revocations` asks for and that a rotation replaced come before former ones.
    """
    wanted = {each.public_key: REPLACED for each in revoking} | requested.reasons
    wanted |= dict.fromkeys(leaving(observed), SIGNING_KEY)
    hostnames = {key: hostname for key, (hostname, _) in issued_keys(observed.app).items()}
    return _kept(observed.app.status.receipts, _asked(wanted, {}, hostnames, now), seen_by_app(observed), now)


def receipts_of_plane(observed: PlaneObserved, requested: Requested, seen: Seen, now: int) -> tuple[Receipt, ...]:
    """The Plane's receipts after this look, twenty at most, those that its `spec.revocations` asks for first."""
    apps = [member.app for member in observed.members]
    hostnames = {key: hostname for app in apps for key, (hostname, _) in issued_keys(app).items()}
    wanted = _asked(requested.reasons, requested.keys, hostnames, now)
    return _kept(observed.plane.status.receipts, wanted, seen, now)


def revocation_state(requested: Requested, seen: Seen, kept: tuple[Receipt, ...], now: int) -> State:
    """What the requests have come to."""
    if requested.refused:
        return State.false(requested.refusal, "; ".join(requested.refused))
    if not requested.keys:
        return State.true("NothingRequested", "spec.revocations asks for nothing")
    closed = {receipt.about: receipt.closed_at is not None for receipt in kept}
    alive = [
        named(each)
        for each in _asked(requested.reasons, requested.keys, {}, now)
        if not (seen.account and _is_signed(each, seen.account))
        or not closed.get(each.about, _connections(each, seen.broker) == 0)
    ]
    if alive:
        message = f"not yet refused by every server and without a connection: {listed(sorted(alive))}"
        return State.false("Revoking", message)
    return State.true(REVOKED, "every key that was asked for is refused by every server, and has no connection")


def seen_by_app(observed: AppObserved) -> Seen:
    """What a look at an app tells."""
    return Seen(observed.plane, observed.account, observed.served, observed.broker)


def named(receipt: Receipt) -> str:
    """What it is about, for people."""
    if receipt.issued_before is not None:
        return f"every user issued before {timestamp(receipt.issued_before)}"
    return receipt.public_key


def _asked(
    reasons: Mapping[str, str], keys: Mapping[str, int], hostnames: Mapping[str, str], now: int
) -> list[Receipt]:
    """A receipt that begins now for each key; that about every user comes last, where none is left out."""
    return [
        Receipt(
            public_key=key,
            issued_before=keys[key] + 1 if key == EVERY_USER and key in keys else None,
            hostname=hostnames.get(key, ""),
            reason=reason,
            requested_at=now,
        )
        for key, reason in sorted(reasons.items(), key=lambda item: item[0] == EVERY_USER)
    ]


def _kept(before: Iterable[Receipt], wanted: Sequence[Receipt], seen: Seen, now: int) -> tuple[Receipt, ...]:
    every = {each.about for each in wanted}
    due = {each.about: each for each in wanted[-MOST_RECEIPTS:]}
    # What is not wanted any more (a replaced key came into use again) and was not signed has come to nothing.
    old = {each.about: each for each in before if each.signed_at or each.about in every}
    former = sorted((each for about, each in old.items() if about not in due), key=lambda each: -each.requested_at)
    mine = [old.get(about, each) for about, each in due.items()]
    kept = [
        _advanced(receipt, seen, seen.account, now) if receipt.closed_at is None and seen.account else receipt
        for receipt in (mine + former)[:MOST_RECEIPTS]
    ]
    return tuple(sorted(kept, key=lambda each: (each.requested_at, each.public_key, each.issued_before or 0)))


def _advanced(receipt: Receipt, seen: Seen, account: PublishedAccount, now: int) -> Receipt:
    """The receipt with what can be seen now, and could not be seen before."""
    if not _is_signed(receipt, account):
        return receipt
    news: dict[str, object] = {"signed_at": receipt.signed_at or now}
    is_served = receipt.served_at is not None or seen.served is None
    if is_served:
        news["served_at"] = receipt.served_at or now
    servers = _acknowledged(receipt, seen.broker, account, now) if is_served else {}
    news["servers"] = tuple(ServerReceipt(name=name, acknowledged_at=at) for name, at in sorted(servers.items()))
    expected = server_names(seen.plane) if seen.plane is not None else ()
    is_everywhere = is_served and seen.broker.trouble is None and not set(expected) - servers.keys()
    if is_everywhere and _connections(receipt, seen.broker) == 0:
        news["closed_at"] = now
    return receipt.model_copy(update=news)


def _is_signed(receipt: Receipt, account: PublishedAccount) -> bool:
    """Whether the account's JWT refuses it."""
    if receipt.issued_before is not None:
        return account.claims.revocations.get(EVERY_USER, -1) >= receipt.issued_before - 1
    if is_user_key(receipt.public_key):
        return receipt.public_key in account.claims.revocations
    return receipt.public_key not in account.claims.signing_keys


def _connections(receipt: Receipt, broker: BrokerObservation) -> int:
    if receipt.issued_before is not None:
        return broker.issued_before(receipt.issued_before)
    key = receipt.public_key
    return broker.holding_user(key) if is_user_key(key) else broker.signed_by(key)


def _acknowledged(
    receipt: Receipt, broker: BrokerObservation, account: PublishedAccount, now: int
) -> Mapping[str, int]:
    """Servers that hold the published JWT, or will fetch it at the first client: each at its first time."""
    before = {server.name: server.acknowledged_at for server in receipt.servers}
    if broker.trouble is not None:
        return before
    behind = broker.differing(account.claims.subject, account.jwt)
    holding = {server.name: now for server in broker.servers if server.id not in behind}
    return {**holding, **before}
