"""What a Plane's operator and account JWTs must say: claims from facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gencreds.nats.claims import AccountClaims, OperatorClaims
from gencreds.nats.jwt import TokenInvalid, decode
from gencreds.nats.nkeys import KeyKind
from microbus_operator.api.plane import Plane
from microbus_operator.core.keys import KeyState, is_user_key
from microbus_operator.core.observed import PlaneMember, PlaneObserved, PublishedAccount
from microbus_operator.core.plane_keys import ACCOUNT, OPERATOR_SIGNING
from microbus_operator.core.revoking import requested

SYSTEM_ACCOUNT = "SYS"


def operator_claims(
    plane: Plane, identity: str, signing_key: str, system_account: str, minimum_version: str
) -> OperatorClaims:
    """The operator JWT: strict signing key usage, so that no identity key ever signs a user or an account.

    `assert_server_version` makes an older nats-server refuse to start (a guard against downgrades past known flaws).
    """
    return OperatorClaims(
        subject=identity,
        name=f"{plane.metadata.namespace}/{plane.metadata.name}",
        signing_keys=(signing_key,),
        system_account=system_account,
        strict_signing_key_usage=True,
        assert_server_version=minimum_version,
    )


def system_account_claims(identity: str, signing_key: str) -> AccountClaims:
    """The system account: one signing key, for this operator's own user."""
    return AccountClaims(subject=identity, name=SYSTEM_ACCOUNT, signing_keys=(signing_key,))


def plane_account_claims(
    plane: Plane, identity: str, signing_keys: Iterable[str], revocations: Mapping[str, int]
) -> AccountClaims:
    """The Plane's account: one signing key per app, and every revocation that is still needed."""
    return AccountClaims(
        subject=identity,
        name=plane.spec.plane,
        signing_keys=tuple(sorted(signing_keys)),
        revocations=dict(sorted(revocations.items())),
    )


def merged_revocations(published: Mapping[str, int], wanted: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The union, each at its latest time: a revocation is never undone and its time never goes back."""
    result = dict(published)
    for revocations in wanted:
        for public_key, at in revocations.items():
            result[public_key] = max(at, result.get(public_key, 0))
    return result


def plane_account(observed: PlaneObserved) -> PublishedAccount | None:
    """The Plane's account as it is published: by its key, or by the status that recorded it, whichever there is."""
    key = observed.keys.get(ACCOUNT)
    known = key.public_key if key is not None else None
    return observed.published.accounts.get(known or observed.plane.status.account_public_key or "")


def signing_keys(observed: PlaneObserved) -> dict[str, str]:
    """The account signing keys that belong into the account, by app: of apps that are allowed and not being deleted.

    An app whose key cannot be read now (gone, changed, a stranger's) keeps the one that is published: to take it out
    would revoke everything that the app runs with, and "could not check" never revokes. It never adds a key. So does
    an app in a namespace that this operator does not watch any more.
    """
    recorded = {item.app: item.public_key for item in observed.plane.status.signing_keys}
    account = plane_account(observed)
    published = account.claims.signing_keys if account else ()
    result = {app: recorded[app] for app in observed.unwatched if recorded.get(app) in published}
    for member in observed.members:
        if not member.allowed or member.app.metadata.is_deleting:
            continue
        kept = recorded.get(member.app.key, "")
        if member.signing_key.state is KeyState.PRESENT and member.signing_key.public_key:
            result[member.app.key] = member.signing_key.public_key
        elif kept in published:
            result[member.app.key] = kept
    return result


def unattributed_keys(observed: PlaneObserved) -> frozenset[str]:
    """Published signing keys that may be those of apps whose own key is not known: they stay.

    Where the status that recorded whose key is whose is lost, and an app's key cannot be read either, any published
    key that nobody else accounts for may be that app's (pitfall K2).
    """
    account = plane_account(observed)
    recorded = {item.app: item.public_key for item in observed.plane.status.signing_keys}
    known = set(recorded.values())
    known.update(key for member in observed.members if (key := member.signing_key.public_key))
    is_unknown = any(
        member.allowed
        and not member.app.metadata.is_deleting
        and member.signing_key.state is not KeyState.PRESENT
        and member.app.key not in recorded
        for member in observed.members
    )
    # Without a record nobody can say which apps are in namespaces that are not watched.
    is_unknown |= not recorded and not observed.watches_all
    return frozenset(account.claims.signing_keys) - known if account and is_unknown else frozenset()


def others_held(observed: PlaneObserved, account: str) -> list[tuple[AccountClaims, int]]:
    """Other JWTs of `account` than the published one that servers hold and resolvers serve: their claims and `iat`.

    What a server holds has passed its own check of the issuer; a resolver's answer is taken if an operator key that
    we know signed it. What does not decode says nothing.
    """
    published = observed.published.accounts.get(account)
    signing, operator = observed.keys.get(OPERATOR_SIGNING), observed.published.operator
    trusted = {signing.public_key if signing is not None else None, *(operator.signing_keys if operator else ())}
    held = {(jwt, True) for server in observed.broker.servers if (jwt := server.accounts.get(account))}
    held |= {(jwt, False) for jwt in observed.served_instead.get(account, ())}
    result: list[tuple[AccountClaims, int]] = []
    for jwt, is_checked in sorted(held):
        if published is not None and jwt == published.jwt:
            continue
        try:
            found = decode(jwt, KeyKind.ACCOUNT)
        except TokenInvalid:
            continue
        claims = found.claims
        if isinstance(claims, AccountClaims) and claims.subject == account and (is_checked or found.issuer in trusted):
            result.append((claims, found.issued_at))
    return result


def wanted_revocations(observed: PlaneObserved, now: int) -> list[dict[str, int]]:
    """What the members want revoked, and what people asked of them, dated `max(now, iat)`: no clock of ours undoes it
    (pitfall N15).

    A key that the account's JWT revokes already keeps its time, so that a second look changes nothing. What is no
    user key, or is another member's, is not revoked: an app may end its own credentials, nobody else's.
    """
    held = {
        (service.user_public_key, each.app.key) for each in observed.members for service in each.app.status.services
    }
    account = plane_account(observed)
    already = account.claims.revocations if account else {}
    return [
        {
            key: already[key] if already.get(key, -1) >= issued_at else max(now, issued_at)
            for key, issued_at in _asked(member, observed.members, now).items()
            if is_user_key(key) and not any(user == key and app != member.app.key for user, app in held)
        }
        for member in observed.members
        if member.allowed
    ]


def _asked(member: PlaneMember, members: Iterable[PlaneMember], now: int) -> dict[str, int]:
    """The keys that a member wants revoked and when each was issued, by its status and by its spec."""
    others = [other.app for other in members if other.app.key != member.app.key]
    asked = {revocation.public_key: revocation.issued_at for revocation in member.app.status.revoking}
    return asked | requested(member.app, others, now).keys
