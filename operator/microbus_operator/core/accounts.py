"""What a Plane's operator and account JWTs must say: claims from facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from gencreds.nats.claims import EVERY_KEY, AccountClaims, OperatorClaims
from gencreds.nats.jwt import TokenInvalid, decode
from gencreds.nats.nkeys import KeyKind
from microbus_operator.api.app import MicrobusApp
from microbus_operator.api.plane import Plane, SigningKeyStatus
from microbus_operator.api.revocations import EVERY_USER
from microbus_operator.core.account_keys import ACCOUNT, active, with_tombstones
from microbus_operator.core.keys import AccountKey, is_user_key
from microbus_operator.core.observed import PlaneMember, PlaneObserved, PublishedAccount
from microbus_operator.core.plane_keys import OPERATOR_SIGNING
from microbus_operator.core.revoking import LATEST_TIME, requested, requested_of_plane
from microbus_operator.core.signing_keys import in_use, present, replaced

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
    """The Plane's account: each app's signing key (two while one is replaced), and every revocation that is needed."""
    return AccountClaims(
        subject=identity,
        name=plane.spec.plane,
        signing_keys=tuple(sorted(signing_keys)),
        revocations=dict(sorted(revocations.items())),
    )


def tombstone_claims(plane: Plane, identity: str) -> AccountClaims:
    """An account that is over: nobody is let in, and who is in is thrown out, without an error that clients mind."""
    return AccountClaims(subject=identity, name=plane.spec.plane, revocations={EVERY_KEY: LATEST_TIME})


def merged_revocations(published: Mapping[str, int], wanted: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The union, each at its latest time: a revocation is never undone and its time never goes back."""
    result = dict(published)
    for revocations in wanted:
        for public_key, at in revocations.items():
            result[public_key] = max(at, result.get(public_key, 0))
    return result


def plane_account(observed: PlaneObserved, account: AccountKey | None = None) -> PublishedAccount | None:
    """An account of the Plane as it is published, by default the active one: by its key, or by the status that
    recorded it, whichever there is.
    """
    known = (account or active(observed.accounts)).public_key
    return observed.published.accounts.get(known or observed.plane.status.account_public_key or "")


def signing_keys(observed: PlaneObserved, account: AccountKey | None = None) -> dict[str, MicrobusApp | str]:
    """The signing keys that belong into an account, by default the active one, each with its app, or with that one's
    name where it is not watched: of apps that are allowed and not being deleted.

    A key whose Secret cannot be read now (gone, changed, a stranger's) stays if it is published: to take it out would
    revoke everything that it signed, and "could not check" never revokes. It never adds a key. So does one of an app
    in a namespace that this operator does not watch any more. It goes when a newer one is proven to replace it.
    """
    of = account or active(observed.accounts)
    published = _standing(observed, of)
    recorded = observed.plane.status.signing_keys
    result: dict[str, MicrobusApp | str] = {
        item.public_key: item.app
        for item in recorded
        if item.app in observed.unwatched and item.public_key in published
    }
    held = {key.public_key for member in observed.members for key in present(member.keys_for(of.generation))}
    for member in observed.members:
        if not member.allowed or member.app.metadata.is_deleting:
            continue
        app, keys = member.app, member.keys_for(of.generation)
        kept = {item.public_key for item in recorded if is_of(item, app)} | recorded_keys(app)
        kept = (kept & {*published}) - held - replaced(keys)
        result |= dict.fromkeys([*sorted(kept), *(key.public_key for key in in_use(keys))], app)
    return result


def unattributed_keys(observed: PlaneObserved, account: AccountKey) -> frozenset[str]:
    """Published signing keys that may be those of apps whose own keys are not known: they stay.

    Where the status that recorded whose key is whose is lost, and an app's key cannot be read either, or nobody has
    looked at the app since, any published key that nobody else accounts for may be that app's (pitfall K2).
    """
    recorded = observed.plane.status.signing_keys
    known = {item.public_key for item in recorded}
    generation = account.generation
    known.update(key.public_key for member in observed.members for key in present(member.keys_for(generation)))
    is_unknown = any(
        member.allowed
        and not member.app.metadata.is_deleting
        and (
            not recorded_keys(member.app)
            or not (present(member.keys_for(generation)) or any(is_of(item, member.app) for item in recorded))
        )
        for member in observed.members
    )
    # Without a record nobody can say which apps are in namespaces that are not watched.
    is_unknown |= not recorded and not observed.watches_all
    return _standing(observed, account) - known if is_unknown else frozenset()


def _standing(observed: PlaneObserved, key: AccountKey) -> frozenset[str]:
    """The signing keys of the newest known JWT of an account: what is published may have been put back."""
    account = plane_account(observed, key)
    known = [(account.issued_at, account.claims)] if account else []
    if key.public_key:
        known += [(at, claims) for claims, at in others_held(observed, key.public_key)]
    return frozenset(max(known, key=lambda each: each[0])[1].signing_keys) if known else frozenset()


def is_of(item: SigningKeyStatus, app: MicrobusApp) -> bool:
    """Whether a signing key is on record as that app's, and not as that of a former one of its name."""
    return item.app == app.key and item.uid in (None, app.metadata.uid)


def recorded_keys(app: MicrobusApp) -> set[str]:
    """The signing keys that an app's own status knows of."""
    return {each.public_key for each in app.status.signing_keys} | {app.status.signing_key or ""} - {""}


def with_held_tombstones(observed: PlaneObserved) -> PlaneObserved:
    """The same, where tombstones that only servers or resolvers have count too: what is published was put back."""
    held = [claims for key in observed.accounts for claims, _ in others_held(observed, key.public_key)]
    accounts = with_tombstones(observed.accounts, held)
    if accounts == observed.accounts:
        return observed
    return replace(observed, accounts=accounts, keys={**observed.keys, ACCOUNT: active(accounts).key})


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


def wanted_revocations(observed: PlaneObserved, of: AccountKey, now: int) -> list[dict[str, int]]:
    """What the members want revoked, and what people asked of them and of the Plane, dated `max(now, iat)`: no clock
    of ours undoes it (pitfall N15).

    A key that the account's JWT revokes already keeps its time, so that a second look changes nothing. What is no
    user key, or is another member's, is not revoked: an app may end its own credentials, nobody else's.
    """
    held = {
        (service.user_public_key, each.app.key) for each in observed.members for service in each.app.status.services
    }
    account = plane_account(observed, of)
    already = account.claims.revocations if account else {}

    def dated(asked: Mapping[str, int]) -> dict[str, int]:
        return {key: already[key] if already.get(key, -1) >= at else max(now, at) for key, at in asked.items()}

    of_plane = _asked_of_plane(observed, now)
    # What is said of every user would kill those that are issued now, were it dated otherwise than it was asked for.
    everybody = {key: at for key, at in of_plane.items() if key == EVERY_USER}
    return [
        *(
            dated(
                {
                    key: issued_at
                    for key, issued_at in _asked(member, observed, now).items()
                    if is_user_key(key) and not any(user == key and app != member.app.key for user, app in held)
                }
            )
            for member in observed.members
            if member.allowed
        ),
        dated({key: at for key, at in of_plane.items() if is_user_key(key)}),
        everybody,
    ]


def asked_for(observed: PlaneObserved, now: int) -> frozenset[str]:
    """What people ask to have revoked: it stays revoked for as long as they do, whoever signed for it."""
    of_apps = {key for member in observed.members for key in _requested(member, observed, now)}
    return frozenset(of_apps | {*_asked_of_plane(observed, now)})


def _asked_of_plane(observed: PlaneObserved, now: int) -> dict[str, int]:
    apps = [member.app for member in observed.members]
    return requested_of_plane(observed.plane, apps, now, observed.broker.system_user).keys


def _asked(member: PlaneMember, observed: PlaneObserved, now: int) -> dict[str, int]:
    """The keys that a member wants revoked and when each was issued, by its status and by its spec."""
    asked = {revocation.public_key: revocation.issued_at for revocation in member.app.status.revoking}
    return asked | _requested(member, observed, now)


def _requested(member: PlaneMember, observed: PlaneObserved, now: int) -> dict[str, int]:
    others = [other.app for other in observed.members if other.app.key != member.app.key]
    return requested(member.app, others, now, observed.broker.system_user).keys
