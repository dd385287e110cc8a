"""An app's account signing keys: which there are, which are lost, and which of them signs.

An app has one, and two while one is replaced (`signing_rotation`). Each is a Secret at one of two places, so that both
are found by name, whatever became of a status (ADR 9).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gencreds.nats.nkeys import KeyKind
from microbus_operator.api.app import AppSigningKey, MicrobusApp
from microbus_operator.api.plane import Plane
from microbus_operator.core import names
from microbus_operator.core.keys import KeyObservation, KeyRef, KeyState, KeyTrouble, SigningKey, judged
from microbus_operator.core.network import server_names
from microbus_operator.core.observed import AppObserved, PublishedAccount, Trouble

APP_SIGNING = "app-signing"
MADE_FOR_ANNOTATION = "microbus.io/made-for"
REPLACED_ANNOTATION = "microbus.io/replaced-by"
REPLACES_ANNOTATION = "microbus.io/replaces"
REVOKED_ANNOTATION = "microbus.io/revoked-users"


def places(app: MicrobusApp, plane: Plane, account: int = 1) -> tuple[KeyRef, KeyRef]:
    """The Secrets that an app's signing keys for a generation of the account may be in, beside its Plane's keys."""
    meta, namespace = app.metadata, plane.metadata.namespace

    def ref(place: int) -> KeyRef:
        secret = names.app_key_secret(plane.metadata.name, meta.namespace, meta.name, meta.uid, place, account)
        return KeyRef(namespace, secret, KeyKind.ACCOUNT, APP_SIGNING)

    return ref(1), ref(2)


def present(keys: Iterable[SigningKey]) -> list[SigningKey]:
    """The keys that can be used, the newest last."""
    found = [key for key in keys if key.key.state is KeyState.PRESENT and key.public_key]
    return sorted(found, key=lambda key: (key.generation, key.key.ref.secret))


def replaced(keys: Iterable[SigningKey]) -> frozenset[str]:
    """Keys that a newer one is proven to have taken the place of: they never come into the account again.

    It is written down on their own Secrets; on that of the newer one where theirs are lost.
    """
    found = present(keys)
    gone = {key.public_key for key in found if key.replaced_by}
    return frozenset(gone | (found[-1].replaces - {found[-1].public_key})) if found else frozenset()


def in_use(keys: Iterable[SigningKey]) -> list[SigningKey]:
    """The keys that belong into the account, the newest last."""
    gone = replaced(keys)
    return [key for key in present(keys) if key.public_key not in gone]


def recorded(app: MicrobusApp, keys: Sequence[SigningKey]) -> tuple[AppSigningKey, ...]:
    """The keys at these places that the app's status knows of; before 0.1 had more than one, it named that alone."""
    status, secrets = app.status, {key.key.ref.secret for key in keys}
    if status.signing_keys or status.signing_key is None:
        # Another account's are no loss to this one.
        return tuple(each for each in status.signing_keys if not each.secret or not keys or each.secret in secrets)
    if keys and keys[0].account > 1:
        return ()
    return (AppSigningKey(public_key=status.signing_key, secret=keys[0].key.ref.secret if keys else ""),)


def wanted_generations(app: MicrobusApp, plane: Plane) -> tuple[int, int]:
    """What a key has to be made for: the generations of the Plane's and of the app's spec."""
    return (plane.spec.keys.signing_keys.generation, app.spec.credentials.signing_key.generation)


def lost(observed: AppObserved) -> tuple[AppSigningKey, ...]:
    """Keys of the app that have no Secret that can be read, and that something refers to.

    The last one is lost even where only the status knows it. Others count while they are in the account. One that is
    known from credentials or from the Plane's status alone is taken for the newest (pitfall K2).
    """
    app, plane, keys = observed.app, observed.plane, observed.signing_keys
    if plane is None:
        return ()
    held = {key.public_key for key in present(keys)}
    account = frozenset(observed.account.claims.signing_keys) if observed.account else frozenset()
    records = recorded(app, keys)
    newest = max([each.generation for each in records] + [key.generation for key in present(keys)], default=0)
    found = {
        each.public_key: each.model_copy(update={"state": "Lost"})
        for each in records
        if each.public_key not in held and (each.public_key in account or each.generation == newest)
    }
    elsewhere = {
        each.public_key
        for each in plane.status.signing_keys
        if each.app == app.key and each.uid in (None, app.metadata.uid)
    }
    elsewhere |= {creds.issuer for creds in observed.creds.values() if creds.issuer}
    for public_key in sorted((elsewhere & account) - held - found.keys() - replaced(keys)):
        made_for = wanted_generations(app, plane)
        found[public_key] = AppSigningKey(
            public_key=public_key,
            secret="",
            generation=newest + 1,
            state="Lost",
            plane_generation=made_for[0],
            app_generation=made_for[1],
        )
    return tuple(sorted(found.values(), key=lambda each: (each.generation, each.public_key)))


def trouble_of(observed: AppObserved) -> KeyTrouble | None:
    """What is wrong with the newest key: lost, invalid or a stranger's. An older one is not needed any more."""
    keys = observed.signing_keys
    found, missing = present(keys), lost(observed)
    if missing and (not found or missing[-1].generation >= found[-1].generation):
        newest = missing[-1]
        place = next((key.key for key in keys if key.key.ref.secret == newest.secret), None)
        trouble = judged(place or _absent(keys), frozenset({newest.public_key}))
        way_out = "or raise spec.credentials.signingKey.generation to have it replaced by a new one"
        return KeyTrouble(trouble.reason, f"{trouble.message}; {way_out}") if trouble else None
    if not found and keys:
        return judged(keys[0].key, frozenset())
    return None


def _absent(keys: Sequence[SigningKey]) -> KeyObservation:
    """The place of a key of which nobody knows where it was: one that is free, if there is one."""
    free = [key.key for key in keys if key.key.state is KeyState.ABSENT]
    ref = (free or [key.key for key in keys])[-1].ref
    return KeyObservation(ref, KeyState.ABSENT)


def signer(observed: AppObserved, account: PublishedAccount) -> SigningKey | None:
    """The key that credentials are signed by: the newest that is in the account, once every server holds that.

    A pod must never meet a server that does not know its signer (pitfall N9): until then the one before it signs.
    """
    known = [key for key in in_use(observed.signing_keys) if key.public_key in account.claims.signing_keys]
    if not known or not_held(observed, account) is None:
        return known[-1] if known else None
    if len(known) > 1:
        return known[-2]
    is_alone = not any(each.public_key in account.claims.signing_keys for each in lost(observed))
    return known[-1] if is_alone else None


def accepted(observed: AppObserved, signing: SigningKey) -> frozenset[str]:
    """The signers whose credentials stand: the one that signs now, and any newer one."""
    keys = present(observed.signing_keys)
    return frozenset(key.public_key for key in keys[keys.index(signing) :])


def not_held(observed: AppObserved, account: PublishedAccount) -> Trouble | None:
    """Why it is not so that every resolver serves and every server holds the published account."""
    broker, plane = observed.broker, observed.plane
    if observed.served is not None or broker.trouble is not None:
        return observed.served or broker.trouble
    missing = broker.missing(server_names(plane)) if plane is not None else ()
    behind = (*broker.differing(account.claims.subject, account.jwt), *missing)
    if behind:
        message = f"servers {', '.join(behind)} have not been seen to hold the published account"
        return Trouble("AccountsOutOfSync", message, passing=True)
    return None
