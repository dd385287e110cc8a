"""What a Plane's operator and account JWTs must say: claims from facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gencreds.nats.claims import AccountClaims, OperatorClaims
from gencreds.nats.jwt import TokenInvalid, decode
from gencreds.nats.nkeys import KeyKind
from microbus_operator.api.plane import Plane
from microbus_operator.core.keys import KeyState, is_user_key
from microbus_operator.core.observed import PlaneObserved

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


def signing_keys(observed: PlaneObserved) -> dict[str, str]:
    """The account signing keys that belong into the account, by app: of apps that are allowed and not being deleted.

    An app whose key cannot be read now (gone, changed, a stranger's) keeps the one that is published: to take it out
    would revoke everything that the app runs with, and "could not check" never revokes. It never adds a key. So does
    an app in a namespace that this operator does not watch any more.
    """
    recorded = {item.app: item.public_key for item in observed.plane.status.signing_keys}
    account = observed.published.accounts.get(observed.plane.status.account_public_key or "")
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


def held_revocations(observed: PlaneObserved, account: str) -> list[Mapping[str, int]]:
    """What servers list that hold another JWT than the published one: a restored backup must not undo it (N18).

    What a server holds has passed its own check of the issuer; one that does not decode says nothing.
    """
    published = observed.published.accounts.get(account)
    result: list[Mapping[str, int]] = []
    for server in observed.broker.servers:
        held = server.accounts.get(account)
        if held is None or (published is not None and held == published.jwt):
            continue
        try:
            claims = decode(held, KeyKind.ACCOUNT).claims
        except TokenInvalid:
            continue
        if isinstance(claims, AccountClaims) and claims.subject == account:
            result.append(claims.revocations)
    return result


def wanted_revocations(observed: PlaneObserved, now: int) -> list[dict[str, int]]:
    """What the members want revoked, dated `max(now, iat)`: no clock of ours undoes it (pitfall N15).

    A key that the account's JWT revokes already keeps its time, so that a second look changes nothing. What is no
    user key, or is another member's, is not revoked: an app may end its own credentials, nobody else's.
    """
    held = {
        (service.user_public_key, each.app.key) for each in observed.members for service in each.app.status.services
    }
    account = observed.published.accounts.get(observed.plane.status.account_public_key or "")
    already = account.claims.revocations if account else {}
    return [
        {
            revocation.public_key: already[revocation.public_key]
            if already.get(revocation.public_key, -1) >= revocation.issued_at
            else max(now, revocation.issued_at)
            for revocation in member.app.status.revoking
            if is_user_key(revocation.public_key)
            and not any(key == revocation.public_key and app != member.app.key for key, app in held)
        }
        for member in observed.members
        if member.allowed
    ]
