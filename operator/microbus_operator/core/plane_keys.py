"""A Plane's own keys: their roles, their Secrets, and which of them something already refers to."""

from __future__ import annotations

from gencreds.nats.nkeys import KeyKind
from microbus_operator.api.plane import Plane
from microbus_operator.core import names
from microbus_operator.core.account_keys import ACCOUNT, active, closed, is_tombstone, lost_at
from microbus_operator.core.keys import KeyObservation, KeyRef, KeyTrouble, judged
from microbus_operator.core.observed import PlaneObserved

OPERATOR, OPERATOR_SIGNING = "operator", "operator-signing"
SYSTEM, SYSTEM_SIGNING = "system-account", "system-account-signing"
ROLES = {
    OPERATOR: KeyKind.OPERATOR,
    OPERATOR_SIGNING: KeyKind.OPERATOR,
    SYSTEM: KeyKind.ACCOUNT,
    SYSTEM_SIGNING: KeyKind.ACCOUNT,
    ACCOUNT: KeyKind.ACCOUNT,
}


def key_refs(plane: Plane) -> dict[str, KeyRef]:
    """The Secrets of a Plane's own keys that never change, by role; for its account see `account_keys`."""
    namespace, name = plane.metadata.namespace, plane.metadata.name
    return {
        role: KeyRef(namespace, names.key_secret(name, role), kind, role)
        for role, kind in ROLES.items()
        if role != ACCOUNT
    }


def recorded_keys(observed: PlaneObserved) -> dict[str, frozenset[str]]:
    """Every public key that something already refers to, by role: a missing seed of one of these is lost."""
    status, published = observed.plane.status, observed.published
    operator = published.operator
    system_id = status.system_account_public_key or (operator.system_account if operator else None)
    system = published.accounts.get(system_id or "")
    gone = {each.public_key for each in closed(observed.accounts)}
    gone |= {key for key, account in published.accounts.items() if is_tombstone(account.claims)}
    accounts = {status.account_public_key, *published.accounts} - {system_id, *gone}

    def known(*keys: str | None) -> frozenset[str]:
        return frozenset(key for key in keys if key)

    return {
        OPERATOR: known(status.operator_public_key, operator.subject if operator else None),
        OPERATOR_SIGNING: known(*(operator.signing_keys if operator else ())),
        SYSTEM: known(system_id),
        SYSTEM_SIGNING: known(*(system.claims.signing_keys if system else ())),
        ACCOUNT: known(*accounts),
    }


def key_trouble(observed: PlaneObserved) -> KeyTrouble | None:
    """What is wrong with the Plane's keys: the first that is lost, invalid or a stranger's, or one that is used
    twice.
    """
    recorded = recorded_keys(observed)
    troubles = [judged(key, recorded[role]) for role, key in observed.keys.items() if role != ACCOUNT]
    missing = lost_at(observed.accounts, recorded[ACCOUNT])
    if missing is not None:
        troubles.append(judged(*missing))
    # A place that nothing needs may hold anything.
    troubles += [judged(each.key, frozenset()) for each in (active(observed.accounts), observed.accounts[-1])]
    return next((trouble for trouble in troubles if trouble is not None), _used_twice(observed))


def _used_twice(observed: PlaneObserved) -> KeyTrouble | None:
    """A key in two places: whoever has an app's key could sign for the system account (pitfall N25)."""
    seen: dict[str, KeyObservation] = {}
    theirs = (signing.key for member in observed.members for signing in (*member.signing_keys, *member.other_keys))
    accounts = (each.key for each in observed.accounts)
    for key in (*observed.keys.values(), *accounts, *theirs):
        other = seen.setdefault(key.public_key, key) if key.public_key else key
        if other.ref != key.ref:
            return KeyTrouble(
                "KeyInvalid",
                f"Secrets {other.ref.namespace}/{other.ref.secret} and {key.ref.namespace}/{key.ref.secret} hold one "
                f"key, {key.public_key}; restore the Secret that was copied over from a backup",
            )
    return None
