"""Revocations that nothing needs any more: those of users whose signing key is out of the account for good, and of
those that have expired.

A list of revocations only grows otherwise, and at some 11,000 entries it fits into no push (pitfall N17). Who signed
for a revoked user, and when it ends, is written on the Secret of the signing key: nobody can forge it who could not
sign as well, and it goes with the key. It is taken from the app's status, where it came from the user's own JWT, signed
by a key of the account: by what an app's own Secret says of former keys, whoever may edit that could have another
app's revocation dropped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from microbus_operator.api.app import MicrobusApp
from microbus_operator.core.actions import Action, Annotate
from microbus_operator.core.keys import SigningKey, is_user_key
from microbus_operator.core.observed import AppObserved, PlaneMember, PublishedAccount
from microbus_operator.core.planning import ServicePlan
from microbus_operator.core.retirement import confirmed, retired
from microbus_operator.core.signing_keys import REVOKED_ANNOTATION, not_held, present, replaced

# An object's annotations may have 256 KiB together, and a user key with its end has 68 bytes. What is not noted stays
# revoked.
MOST_NOTED = 3000
# Seconds after its end until nobody's clock lets a user in any more.
EXPIRED_FOR = 24 * 3600


class Proof(NamedTuple):
    """Who signed for a user, and when it ends (unix seconds); None is not known, or never."""

    signer: str | None = None
    end: int | None = None


UNKNOWN = Proof()


def noted(observed: AppObserved, planned: tuple[ServicePlan, ...], account: PublishedAccount, now: int) -> list[Action]:
    """Write down who signed for the users that are about to be forgotten, their revocation being held everywhere, and
    when they end. What has been dropped since is written down no longer.
    """
    by_signer: defaultdict[str | None, set[str]] = defaultdict(set)
    known = proven(observed.app)
    for hostname, _ in confirmed(observed, account):
        creds = observed.creds[hostname]
        for user, at in creds.previous.items():
            if account.claims.revocations.get(user, -1) >= at and user in known:
                by_signer[known[user].signer].add(user)
    for _, creds in retired(observed, planned, account):
        for user in {creds.public_key or "", *creds.previous} & known.keys():
            by_signer[known[user].signer].add(user)
    is_held = not_held(observed, account) is None
    result: list[Action] = []
    for key in present(observed.signing_keys):
        # Before every server and resolver has what it was dropped from, one may bring it back.
        gone = {user for user in expired(key, now) if user not in account.claims.revocations and is_held}
        users = frozenset(by_signer[key.public_key] | (key.revoked - gone))
        said = {user: proof.end for user, proof in known.items() if proof.end is not None}
        ends = {user: end for user, end in {**said, **key.ends}.items() if user in users}
        if (users, ends) != (key.revoked, dict(key.ends)) and len(users) <= MOST_NOTED:
            ref = key.key.ref
            result.append(Annotate(ref.namespace, ref.secret, {REVOKED_ANNOTATION: _written(users, ends)}, "Revoked"))
    return result


def needless(members: Iterable[PlaneMember], account: int, signing_keys: Iterable[str], now: int) -> frozenset[str]:
    """Revoked users that are never let in again, `signing_keys` being those that are in the account of that generation.

    That is so for those of a key that a newer one replaces, and of an app that is being deleted. An app that is not
    allowed any more may be allowed again. It is so too for those that have expired, once nobody waits for the proof
    that they are revoked.
    """
    found: set[str] = set()
    over: set[str] = set()
    awaited: set[str] = set()
    inside = frozenset(signing_keys)
    for member in members:
        mine, status = member.keys_for(account), member.app.status
        keys = present(mine)
        gone = {key.public_key for key in keys} if member.app.metadata.is_deleting else replaced(mine)
        found.update(*(key.revoked for key in keys if key.public_key in gone - inside))
        over.update(*(expired(key, now) for key in keys))
        awaited |= {each.public_key for each in status.revoking}
        awaited |= {each.public_key for each in status.receipts if each.closed_at is None}
    return frozenset(found | (over - awaited))


def expired(key: SigningKey, now: int) -> set[str]:
    """The revoked users of a signing key that ended a day ago or earlier."""
    return {user for user, end in key.ends.items() if end + EXPIRED_FOR < now}


def proven(app: MicrobusApp) -> dict[str, Proof]:
    """Who signed for an app's users and when they end, of those of which that is known for sure."""
    found: dict[str, Proof] = {}
    for service in app.status.services:
        found |= {each.public_key: Proof(each.signer, each.expires_at) for each in service.previous if each.signer}
        if service.user_public_key and service.signer:
            found[service.user_public_key] = Proof(service.signer, service.expires_at)
    return found


def read(text: str) -> tuple[frozenset[str], dict[str, int]]:
    """The users of `REVOKED_ANNOTATION`, and when those of them end that do. What is no user key says nothing."""
    words = [word.partition("=") for word in text.split()]
    found = [(user, end) for user, _, end in words if is_user_key(user)]
    ends = {user: int(end) for user, end in found if end.isascii() and end.isdecimal() and len(end) < 12}
    return frozenset(user for user, _ in found), ends


def _written(users: Iterable[str], ends: Mapping[str, int]) -> str:
    return " ".join(f"{user}={ends[user]}" if user in ends else user for user in sorted(users))
