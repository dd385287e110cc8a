"""What a Plane's status says of the replacement of its account: the phase, who is waited for, and the receipt."""

from __future__ import annotations

from typing import NamedTuple

from microbus_operator.api.plane import Plane, RotationStatus
from microbus_operator.api.revocations import Receipt, ServerReceipt
from microbus_operator.core.account_keys import active, alive, closed, coming, is_tombstone, target
from microbus_operator.core.conditions import listed
from microbus_operator.core.flip import is_called_off, is_pinned, projected_at, unready, unsettled, waits_until
from microbus_operator.core.keys import AccountKey
from microbus_operator.core.network import server_names
from microbus_operator.core.observed import PlaneObserved
from microbus_operator.core.retirement import LEAVING
from microbus_operator.core.settings import Pace

PUBLISHING, PINNING, SETTLING = "Publishing", "Pinning", "Settling"
ISSUING, PROJECTING = "Issuing", "Projecting"
RETURNING, CLOSING, RECONNECTING, DONE, CALLED_OFF = "Returning", "Closing", "Reconnecting", "Done", "CalledOff"
FINAL = (DONE, CALLED_OFF)


class Replacement(NamedTuple):
    """Which account takes which one's place, and which one is closed for it (the new one, where it is called off)."""

    former: AccountKey
    new: AccountKey
    loser: AccountKey


class Step(NamedTuple):
    """A phase, for people, and how many microservices it waits for."""

    phase: str
    message: str
    remaining: int = 0


def latest(accounts: tuple[AccountKey, ...]) -> Replacement | None:
    """The replacement that goes on, or the last one that there was."""
    usable, gone = alive(accounts), closed(accounts)
    if not usable:
        return None
    new = coming(accounts)
    if new is not None:
        return Replacement(usable[0], new, usable[0])
    later = [each for each in gone if each.generation > usable[0].generation]
    if later:
        return Replacement(usable[0], later[-1], later[-1])
    former = [each for each in gone if each.replaced_by == usable[0].public_key] or gone
    return Replacement(former[-1], usable[0], former[-1]) if former else None


def is_over(plane: Plane, accounts: tuple[AccountKey, ...]) -> bool:
    """Whether nothing is left to be seen of it."""
    found, said = latest(accounts), plane.status.rotation
    if found is None:
        return True
    is_said = said is not None and said.phase in FINAL and said.to == found.new.public_key
    return coming(accounts) is None and is_said


def rotation_of(observed: PlaneObserved, pace: Pace, now: int) -> RotationStatus | None:
    """How far the replacement is; what was found once stays as it was found."""
    found, old = latest(observed.accounts), observed.plane.status.rotation
    if found is None or is_over(observed.plane, observed.accounts):
        return old
    if old is not None and old.to != found.new.public_key:
        old = None
    started = old.started_at if old else found.new.made_at or now
    loser = found.new if is_called_off(observed) else found.loser
    before = old.receipt if old and old.receipt.public_key == loser.public_key else None
    receipt = _receipt(observed, loser, before or _requested(loser, found, started), now)
    step = _step(observed, found, receipt, pace, now)
    finished = (old.finished_at if old else None) or now
    return RotationStatus(
        phase=step.phase,
        message=step.message,
        from_=found.former.public_key,
        to=found.new.public_key,
        generation=found.new.generation,
        started_at=started,
        finished_at=finished if step.phase in FINAL else None,
        remaining=step.remaining,
        receipt=receipt,
    )


def _requested(loser: AccountKey, found: Replacement, at: int) -> Receipt:
    reason = "account called off" if loser == found.new else "account replaced"
    return Receipt(public_key=loser.public_key, reason=reason, requested_at=at)


def _receipt(observed: PlaneObserved, loser: AccountKey, receipt: Receipt, now: int) -> Receipt:
    account, broker = observed.published.accounts.get(loser.public_key), observed.broker
    if receipt.closed_at is not None or account is None or not is_tombstone(account.claims):
        return receipt
    seen: dict[str, object] = {"signed_at": receipt.signed_at or now}
    acknowledged = {server.name: server.acknowledged_at for server in receipt.servers}
    if receipt.served_at is not None or observed.served is None:
        seen["served_at"] = receipt.served_at or now
        behind = broker.differing(loser.public_key, account.jwt)
        if broker.trouble is None:
            holding = [server.name for server in broker.servers if server.id not in behind]
            acknowledged = dict.fromkeys(holding, now) | acknowledged
    seen["servers"] = tuple(ServerReceipt(name=name, acknowledged_at=at) for name, at in sorted(acknowledged.items()))
    is_everywhere = broker.trouble is None and not set(server_names(observed.plane)) - acknowledged.keys()
    if is_everywhere and not any(each.account == loser.public_key for each in broker.connections):
        seen["closed_at"] = now
    return receipt.model_copy(update=seen)


def _step(observed: PlaneObserved, found: Replacement, receipt: Receipt, pace: Pace, now: int) -> Step:
    if coming(observed.accounts) is None:
        return _after(observed, found, receipt)
    new = found.new
    winner = target(observed.accounts, observed.plane)
    if not is_called_off(observed) and not new.is_known:
        if new.public_key not in observed.published.accounts or observed.served is not None:
            return Step(PUBLISHING, f"account {new.public_key} is being published")
        if not is_pinned(observed):
            return Step(PINNING, "the servers restart one after the other, so that they let clients into both accounts")
        busy = unsettled(observed, now)
        if busy:
            return Step(SETTLING, f"rollouts end first, for a quarter of an hour at most: {listed(busy)}")
        return Step(PUBLISHING, "every server is to hold both accounts")
    missing = unready(observed, winner)
    if missing:
        phase = RETURNING if is_called_off(observed) else ISSUING
        said = listed([f"{' of '.join(filter(None, (each.hostname, each.app)))} ({each.why})" for each in missing])
        return Step(phase, f"credentials for account {winner.public_key} are still to be issued: {said}", len(missing))
    if now < projected_at(observed, pace):
        return Step(PROJECTING, f"the new credentials reach the pods until {waits_until(observed, pace)}")
    return Step(CLOSING, f"the other account than {winner.public_key} is about to be closed")


def _after(observed: PlaneObserved, found: Replacement, receipt: Receipt) -> Step:
    """The old account is closed, or the new one where it was called off."""
    is_off = found.loser == found.new
    if receipt.closed_at is None:
        count = sum(each.account == found.loser.public_key for each in observed.broker.connections)
        return Step(CLOSING, f"account {found.loser.public_key} is being closed: it has {count} connections")
    if is_off:
        return Step(CALLED_OFF, f"account {found.new.public_key} was called off and lets nobody in")
    away = sorted(_away(observed))
    if away:
        return Step(RECONNECTING, f"not seen in account {found.new.public_key} yet: {listed(away)}", len(away))
    return Step(DONE, f"all are in account {active(observed.accounts).public_key}; the one before lets nobody in")


def _away(observed: PlaneObserved) -> set[str]:
    """Microservices without a connection, of apps that are to be there."""
    connected = {each.user for each in observed.broker.connections}
    return {
        service.hostname
        for member in observed.members
        if member.allowed and not member.app.metadata.is_deleting
        for service in member.app.status.services
        if service.phase != LEAVING
        and (creds := member.creds.get(service.hostname)) is not None
        and creds.foreign is None
        and creds.public_key not in connected
    }
