"""Revocations that nothing needs any more: those of users whose signing key is out of the account for good.

A list of revocations only grows otherwise, and at some 11,000 entries it fits into no push (pitfall N17). Who signed
for a revoked user is written on the Secret of the signing key: nobody can forge it who could not sign as well, and it
goes with the key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from microbus_operator.core.actions import Action, Annotate
from microbus_operator.core.observed import AppObserved, PlaneMember, PublishedAccount
from microbus_operator.core.planning import ServicePlan
from microbus_operator.core.retirement import confirmed, retired
from microbus_operator.core.signing_keys import REVOKED_ANNOTATION, present, replaced

# An object's annotations may have 256 KiB together, and a user key has 56 bytes. What is not noted stays revoked.
MOST_NOTED = 3000


def noted(observed: AppObserved, planned: tuple[ServicePlan, ...], account: PublishedAccount) -> list[Action]:
    """Write down who signed for the users that are about to be forgotten, their revocation being held everywhere."""
    by_signer: defaultdict[str, set[str]] = defaultdict(set)
    for hostname, _ in confirmed(observed, account):
        creds = observed.creds[hostname]
        for user, at in creds.previous.items():
            if account.claims.revocations.get(user, -1) >= at and user in creds.previous_signers:
                by_signer[creds.previous_signers[user]].add(user)
    for _, creds in retired(observed, planned, account):
        if creds.public_key and creds.issuer:
            by_signer[creds.issuer].add(creds.public_key)
        for user, signer in creds.previous_signers.items():
            by_signer[signer].add(user)
    result: list[Action] = []
    for key in present(observed.signing_keys):
        users = by_signer[key.public_key] | key.revoked
        if users != key.revoked and len(users) <= MOST_NOTED:
            ref, text = key.key.ref, " ".join(sorted(users))
            result.append(Annotate(ref.namespace, ref.secret, {REVOKED_ANNOTATION: text}, "Revoked"))
    return result


def needless(members: Iterable[PlaneMember], signing_keys: Iterable[str]) -> frozenset[str]:
    """Revoked users whose signer is never in the account again, `signing_keys` being those that are in it.

    That is so for a key that a newer one replaces, and for those of an app that is being deleted. An app that is not
    allowed any more may be allowed again.
    """
    found: set[str] = set()
    inside = frozenset(signing_keys)
    for member in members:
        keys = present(member.signing_keys)
        gone = {key.public_key for key in keys} if member.app.metadata.is_deleting else replaced(member.signing_keys)
        found.update(*(key.revoked for key in keys if key.public_key in gone - inside))
    return frozenset(found)
