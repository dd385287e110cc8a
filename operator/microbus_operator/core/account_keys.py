"""The generations of a Plane's account: which there are, in which one the fleet is, and which one it goes to.

Each has a key Secret of its own name, so that all are found without a list, whatever became of a status (ADR 11). What
is proven of an account is written on its Secret: that every server knows it, and that another one has taken its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from gencreds.nats.claims import EVERY_KEY, AccountClaims
from gencreds.nats.nkeys import KeyKind
from microbus_operator.api.plane import Plane
from microbus_operator.core import names
from microbus_operator.core.actions import MintKey
from microbus_operator.core.keys import AccountKey, KeyObservation, KeyRef, KeyState
from microbus_operator.core.revoking import LATEST_TIME

ACCOUNT = "account"
KNOWN_ANNOTATION = "microbus.io/known-everywhere"
# As on an app's signing key: the one that is proven to have taken its place.
REPLACED_ANNOTATION = "microbus.io/replaced-by"


def account_refs(plane: Plane) -> tuple[KeyRef, ...]:
    """The Secrets that the identities of the account may be in, the first generation first."""
    namespace, name = plane.metadata.namespace, plane.metadata.name
    generations = range(1, plane.spec.keys.account.generation + 1)
    return tuple(
        KeyRef(namespace, names.key_secret(name, ACCOUNT, each), KeyKind.ACCOUNT, ACCOUNT) for each in generations
    )


def is_tombstone(claims: AccountClaims) -> bool:
    """Whether an account's JWT lets nobody in, whoever signs, ever. A revocation that people ask for has its time."""
    return not claims.signing_keys and claims.revocations.get(EVERY_KEY) == LATEST_TIME


def with_tombstones(accounts: Iterable[AccountKey], claims: Iterable[AccountClaims]) -> tuple[AccountKey, ...]:
    """The keys as they are, where tombstones among `claims` count as well as what is on their Secrets.

    Those were signed once, and a Secret that came back from a backup opens no account again.
    """
    closed = {each.subject for each in claims if is_tombstone(each)}
    return tuple(
        replace(each, replaced_by=each.public_key) if each.public_key in closed and not each.replaced_by else each
        for each in accounts
    )


def alive(accounts: Iterable[AccountKey]) -> list[AccountKey]:
    """Accounts that can be used, the newest last: one, and two while one takes the other's place."""
    found = [each for each in accounts if each.key.state is KeyState.PRESENT and each.public_key]
    return sorted((each for each in found if not each.replaced_by), key=lambda each: each.generation)


def closed(accounts: Iterable[AccountKey]) -> list[AccountKey]:
    """Accounts that nobody is let into any more, the newest last."""
    found = [each for each in accounts if each.public_key and each.replaced_by]
    return sorted(found, key=lambda each: each.generation)


def active(accounts: Sequence[AccountKey]) -> AccountKey:
    """The account that the fleet is in: the oldest that is not closed.

    Where there is none, the place of the one that is lost, or has never been made.
    """
    usable = alive(accounts)
    if usable:
        return usable[0]
    last = max((each.generation for each in closed(accounts)), default=0)
    return next((each for each in accounts if each.generation > last), accounts[-1])


def coming(accounts: Sequence[AccountKey]) -> AccountKey | None:
    """The account that is to take the active one's place, also where it is called off and not closed yet."""
    usable = alive(accounts)
    return usable[-1] if len(usable) > 1 else None


def target(accounts: Sequence[AccountKey], plane: Plane) -> AccountKey:
    """The account that credentials are issued for: the coming one from when every server is seen to know it.

    A client that meets a server which does not know its account gives up for good after the second time (pitfall N9).
    """
    new = coming(accounts)
    is_wanted = new is not None and new.generation not in plane.spec.keys.account.abandoned
    return new if new is not None and is_wanted and new.is_known else active(accounts)


def next_account(accounts: Sequence[AccountKey], plane: Plane) -> MintKey | None:
    """The identity to make, None where none is due: the first one, or one for a generation that was raised.

    One replacement ends before the next one begins.
    """
    made = [each for each in accounts if each.key.state is not KeyState.ABSENT]
    wanted = accounts[-1]
    if not made:
        return _mint(plane, wanted, "NoKey")
    is_called_off = wanted.generation in plane.spec.keys.account.abandoned
    if wanted.key.state is not KeyState.ABSENT or coming(accounts) is not None or is_called_off:
        return None
    return _mint(plane, wanted, f"spec.keys.account.generation is {wanted.generation}")


def _mint(plane: Plane, account: AccountKey, reason: str) -> MintKey:
    labels = {
        **names.plane_labels(plane),
        names.KEY_LABEL: ACCOUNT,
        names.KEY_GENERATION_LABEL: str(account.generation),
    }
    return MintKey(account.key.ref, labels, reason)


def lost_at(accounts: Sequence[AccountKey], recorded: frozenset[str]) -> tuple[KeyObservation, frozenset[str]] | None:
    """The place that is missing an account which is in use, and which ones those are; None where none is missing."""
    missing = recorded - {each.public_key for each in accounts}
    if not missing:
        return None
    odd = [each.key for each in accounts if each.key.state is not KeyState.PRESENT]
    strangers = [each.key for each in accounts if each.public_key not in recorded]
    return (odd or strangers or [active(accounts).key])[0], missing
