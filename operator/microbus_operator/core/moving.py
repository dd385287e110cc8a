"""What an app does while its Plane's account is replaced: its credentials are issued, and nothing else moves.

Two accounts are two subject spaces. A pod that starts, or a client that is closed, with the new file finds nobody it
knows. So from when the first credentials are of the new account until the old one is closed nothing is rolled out, no
connection is closed, and nothing is revoked that was replaced. Then all clients are thrown out at once and come back
with the file that they have. A bundle whose pods do so has the new credentials without a rollout; one that does not is
rolled out like any other (`rolling`).
"""

from __future__ import annotations

from microbus_operator.api.app import Bundle
from microbus_operator.api.plane import Plane
from microbus_operator.core import names
from microbus_operator.core.account_keys import closed, coming, is_tombstone
from microbus_operator.core.actions import Action, Annotate, Delete
from microbus_operator.core.issuing import DELIVERED_ANNOTATION
from microbus_operator.core.keys import AccountKey, SigningKey
from microbus_operator.core.network import server_names
from microbus_operator.core.observed import AppObserved, CredsObservation
from microbus_operator.core.planning import ServicePlan
from microbus_operator.core.presence import is_everywhere
from microbus_operator.core.signing_keys import present

# Why credentials are issued that need no rollout: their clients were thrown out of another account.
ACCOUNT_CHANGED = "AccountChanged"


def is_moving(observed: AppObserved) -> bool:
    """Whether credentials of two accounts are about that clients are let into."""
    new = coming(observed.accounts)
    return new is not None and new.is_known


def is_called_off(observed: AppObserved, plane: Plane) -> bool:
    """Whether the account that was to come is not to come."""
    new = coming(observed.accounts)
    return new is not None and new.generation in plane.spec.keys.account.abandoned


def keys_to_come(observed: AppObserved) -> tuple[SigningKey, ...]:
    """The places for the app's key in the account that is to come, where credentials are not issued for it yet."""
    new = coming(observed.accounts)
    if new is None or new.public_key == observed.account_key:
        return ()
    return tuple(key for key in observed.other_keys if key.account == new.generation)


def moved(observed: AppObserved, planned: tuple[ServicePlan, ...], bundle: Bundle) -> bool:
    """Whether a bundle's credentials are all of the kind that needs no rollout."""
    mine = [plan.found for plan in planned if plan.bundle == bundle.name]
    return bool(mine) and all(found is not None and found.reason == ACCOUNT_CHANGED for found in mine)


def waits_for_clients(observed: AppObserved, planned: tuple[ServicePlan, ...], bundle: Bundle, late: int) -> bool:
    """Whether a bundle whose account changed may still come back by itself, or has.

    Who was thrown out at `late` or before should be back. Where it returned from an account that was called off it is
    connected still, and `kicking` has it read its file.
    """
    if not moved(observed, planned, bundle):
        return False
    mine = [plan.found for plan in planned if plan.bundle == bundle.name and plan.found]
    if all(found.is_delivered for found in mine):
        return True
    newest = max(found.issued_at for found in mine)
    here = next((each.generation for each in observed.accounts if each.public_key == observed.account_key), 0)
    gone = {each.generation: _closed_at(observed, each) for each in closed(observed.accounts)}
    if any(at is None for generation, at in gone.items() if generation < here):
        return True
    since = max((at for generation, at in gone.items() if generation < here and at), default=0)
    if since >= newest:
        return since > late
    return any(at is None or at >= newest for generation, at in gone.items() if generation > here)


def _closed_at(observed: AppObserved, account: AccountKey) -> int | None:
    """When an account's tombstone was signed, None where it has not been."""
    found = observed.published.accounts.get(account.public_key)
    return found.issued_at if found is not None and is_tombstone(found.claims) else None


def delivered(observed: AppObserved, planned: tuple[ServicePlan, ...], expected: dict[str, int]) -> list[Action]:
    """Write down of credentials whose account changed that every pod is seen with them: from then on that is so.

    `expected` are how many pods each bundle is to have.
    """
    result: list[Action] = []
    for bundle in observed.app.spec.bundles:
        mine = [plan for plan in planned if plan.bundle == bundle.name]
        is_new = moved(observed, planned, bundle) and bundle.name in expected
        if is_new and all(is_everywhere(observed, plan, expected[bundle.name]) for plan in mine):
            result += [_noted(observed, plan) for plan in mine if plan.found and not plan.found.is_delivered]
    return result


def _noted(observed: AppObserved, plan: ServicePlan) -> Annotate:
    meta = observed.app.metadata
    secret = names.creds_secret(meta.name, plan.wanted.hostname)
    key = plan.found.public_key if plan.found else None
    return Annotate(meta.namespace, secret, {DELIVERED_ANNOTATION: key}, "Delivered")


def over(observed: AppObserved, creds: CredsObservation) -> frozenset[str]:
    """Of the users that credentials replaced those of an account that is closed: nothing has to revoke them."""
    gone = {each.generation for each in closed(observed.accounts)}
    signers = {key.public_key for key in present(observed.other_keys) if key.account in gone}
    return frozenset(user for user, signer in creds.previous_signers.items() if signer in signers)


def forgettable(observed: AppObserved, creds: CredsObservation) -> frozenset[str]:
    """The same, once every server is seen to let nobody into that account."""
    return over(observed, creds) if is_closed_everywhere(observed) else frozenset()


def is_closed_everywhere(observed: AppObserved) -> bool:
    """Whether every server holds the tombstones of the accounts that the app has a key of, and nobody is there."""
    plane, broker = observed.plane, observed.broker
    if plane is None or observed.served is not None or broker.trouble is not None:
        return False
    if broker.missing(server_names(plane)):
        return False
    gone = [each for each in closed(observed.accounts) if _has_key(observed, each.generation)]
    published = [observed.published.accounts.get(each.public_key) for each in gone]
    are_closed = all(
        each is not None and is_tombstone(each.claims) and not broker.differing(each.claims.subject, each.jwt)
        for each in published
    )
    return are_closed and not any(c.account == each.public_key for c in broker.connections for each in gone)


def _has_key(observed: AppObserved, generation: int) -> bool:
    return any(key.account == generation for key in present(observed.other_keys))


def keys_left_behind(observed: AppObserved) -> list[Action]:
    """The app's keys of closed accounts go when nobody can be let in by them, and nothing refers to them."""
    gone = {each.generation for each in closed(observed.accounts)}
    keys = [key for key in present(observed.other_keys) if key.account in gone]
    if not keys or not is_closed_everywhere(observed):
        return []
    used = {creds.issuer for creds in observed.creds.values()}
    for creds in observed.creds.values():
        used |= {signer for user, signer in creds.previous_signers.items() if user in creds.previous}
    return [
        Delete("Secret", key.key.ref.namespace, key.key.ref.secret, key.key.uid, ACCOUNT_CHANGED)
        for key in keys
        if key.public_key not in used
    ]
