"""What of a Plane's JWTs has to be signed anew: the operator's and the accounts', compared by their claims."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gencreds.nats.claims import AccountClaims
from microbus_operator.core import names
from microbus_operator.core.account_keys import alive, closed
from microbus_operator.core.accounts import (
    asked_for,
    merged_revocations,
    operator_claims,
    others_held,
    plane_account_claims,
    signing_keys,
    system_account_claims,
    tombstone_claims,
    unattributed_keys,
    wanted_revocations,
)
from microbus_operator.core.actions import AccountToSign, PublishAccounts
from microbus_operator.core.compaction import needless
from microbus_operator.core.keys import AccountKey
from microbus_operator.core.observed import PlaneObserved, Trouble
from microbus_operator.core.plane_keys import (
    OPERATOR,
    OPERATOR_SIGNING,
    SYSTEM,
    SYSTEM_SIGNING,
    key_refs,
)
from microbus_operator.core.settings import Settings


def revocations_unknown(observed: PlaneObserved) -> Trouble | None:
    """The accounts are gone, revocations were in them, and no server can be asked for them: signing now would undo
    them.

    Where the status is lost too, brokers that were set up tell that there have been accounts.
    """
    status, broker, meta = observed.plane.status, observed.broker, observed.plane.metadata
    is_lost = status.account_public_key is None and ("StatefulSet", names.nats(meta.name)) in observed.objects
    count = status.revocations.count
    if observed.published.accounts or not (count or is_lost) or broker.trouble is None:
        return None
    what = f"{count} revocations" if count else "nobody knows how many revocations, since the status is empty too,"
    return Trouble(
        "AccountsLost",
        f"ConfigMap {meta.namespace}/{names.accounts_config_map(meta.name)} with {what} is gone, and the "
        f"brokers cannot be asked for theirs ({broker.trouble.message}); restore it from a backup, or bring "
        "the brokers back",
        passing=True,
    )


def publication(
    observed: PlaneObserved, public: Mapping[str, str], settings: Settings, now: int
) -> PublishAccounts | None:
    """What to sign and write, None where what is published says what it must. `public` are the Plane's keys by role."""
    plane, published, refs = observed.plane, observed.published, key_refs(observed.plane)
    operator = operator_claims(
        plane, public[OPERATOR], public[OPERATOR_SIGNING], public[SYSTEM], settings.minimum_nats_version
    )
    subjects = (public[SYSTEM], *(each.public_key for each in observed.accounts if each.public_key))
    held = {account: others_held(observed, account) for account in subjects}
    wanted = (
        system_account_claims(public[SYSTEM], public[SYSTEM_SIGNING]),
        *(_open_account(observed, each, held[each.public_key], now) for each in alive(observed.accounts)),
        *(tombstone_claims(plane, each.public_key) for each in closed(observed.accounts)),
    )
    to_sign = []
    for claims in wanted:
        current = published.accounts.get(claims.subject)
        before = current.issued_at if current else 0
        # Who holds or serves a later one has seen what is published now replaced: an older JWT was put back. The
        # resolver would refuse it for ever, and a server would take it, with what it does not revoke (pitfall N18).
        latest = max((at for _, at in held[claims.subject]), default=0)
        if current is None or current.claims != claims or current.issuer != public[OPERATOR_SIGNING] or latest > before:
            to_sign.append(AccountToSign(claims, max(before, latest)))
    operator_changed = published.operator != operator
    if not to_sign and not operator_changed:
        return None
    signed = {f"{item.claims.subject}.jwt" for item in to_sign} | ({"operator.jwt"} if operator_changed else set())
    kept = {f"{key}.jwt": account.jwt for key, account in published.accounts.items()}
    if published.operator_jwt is not None:
        kept["operator.jwt"] = published.operator_jwt
    return PublishAccounts(
        config_map=(plane.metadata.namespace, names.accounts_config_map(plane.metadata.name)),
        labels={**names.plane_labels(plane), names.ACCOUNTS_LABEL: "true"},
        resource_version=published.resource_version,
        operator=operator if operator_changed else None,
        operator_not_before=published.operator_issued_at,
        operator_signer=refs[OPERATOR],
        accounts=tuple(to_sign),
        account_signer=refs[OPERATOR_SIGNING],
        kept={key: jwt for key, jwt in kept.items() if key not in signed},
        reason="ClaimsChanged",
    )


def _open_account(
    observed: PlaneObserved, account: AccountKey, held: Iterable[tuple[AccountClaims, int]], now: int
) -> AccountClaims:
    """What an account has to say that clients are let into."""
    current = observed.published.accounts.get(account.public_key)
    revocations = merged_revocations(
        current.claims.revocations if current else {},
        [*(claims.revocations for claims, _ in held), *wanted_revocations(observed, account, now)],
    )
    signers = {*signing_keys(observed, account), *unattributed_keys(observed, account)}
    awaited = {each.public_key for each in observed.plane.status.receipts if each.closed_at is None}
    for user in needless(observed.members, account.generation, signers, now) - asked_for(observed, now) - awaited:
        revocations.pop(user, None)
    return plane_account_claims(observed.plane, account.public_key, signers, revocations)
