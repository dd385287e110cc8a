"""How an app's signing key is replaced: made, known to every server, every credential signed anew, the old one retired.

No step is remembered; each shows in facts. The new key's Secret exists. Every server holds an account with both keys,
so the new one signs (`signing_keys.signer`), and the credentials are issued anew and rolled out (`policies`,
`delivery`). Nothing uses the old key any more: that is written down on its Secret, and from then on it is never in the
account again. No server lets it in, and its Secret is deleted. What cannot be proven leaves both keys valid.
"""

from __future__ import annotations

from microbus_operator.api.app import MicrobusApp
from microbus_operator.api.meta import duration_seconds
from microbus_operator.api.plane import Plane
from microbus_operator.core import names
from microbus_operator.core.actions import Action, Annotate, Delete, MintKey
from microbus_operator.core.conditions import State, listed
from microbus_operator.core.keys import KeyState, SigningKey
from microbus_operator.core.observed import AppObserved, PublishedAccount
from microbus_operator.core.planning import ServicePlan, spread
from microbus_operator.core.retirement import all_delivered
from microbus_operator.core.rotation import (
    SIGNING_KEY_REPLACED,
    SIGNING_KEY_STALLED,
    STALLS_AFTER,
    WAITING_FOR_OTHERS,
)
from microbus_operator.core.signing_keys import (
    MADE_FOR_ANNOTATION,
    REPLACED_ANNOTATION,
    REPLACES_ANNOTATION,
    in_use,
    lost,
    not_held,
    present,
    replaced,
    wanted_generations,
)

# A Plane-wide raise rolls every app's pods. So many apps are at it at once, or a tenth where that is more; those that
# stall are not counted, or a few of them would hold up all the others.
AT_ONCE, ONE_IN = 3, 10


def first_key(observed: AppObserved, plane: Plane, place: SigningKey) -> MintKey:
    """The key of an app that has never had one in an account."""
    return _mint(observed, plane, place, 1, "NoKey")


def next_key(observed: AppObserved, plane: Plane, now: int) -> MintKey | State | None:
    """The key to make now, None where none is due, or why one that is due is not made yet."""
    reason = due(observed, plane, now)
    if reason is None:
        return None
    taken = {each.secret for each in lost(observed)}
    free = [key for key in observed.signing_keys if key.key.state is KeyState.ABSENT]
    if not free:
        return _no_place(observed, reason)
    others = [other for other in observed.others if _is_replacing(other)]
    at_once = max(AT_ONCE, -(-(len(observed.others) + 1) // ONE_IN))
    if len(others) >= at_once:
        said = listed(sorted(other.key for other in others))
        return State.false(WAITING_FOR_OTHERS, f"{reason}: it begins when other apps are through with theirs: {said}")
    place = next((key for key in free if key.key.ref.secret not in taken), free[0])
    generations = [key.generation for key in present(observed.signing_keys)]
    generations += [each.generation for each in lost(observed)]
    return _mint(observed, plane, place, max(generations, default=0) + 1, reason)


def due(observed: AppObserved, plane: Plane, now: int) -> str | None:
    """Why the newest key is to be replaced, None where it is not."""
    app, found, missing = observed.app, present(observed.signing_keys), lost(observed)
    wanted = wanted_generations(app, plane)
    made_for = [key.made_for for key in found] + [(each.plane_generation, each.app_generation) for each in missing]
    if not made_for:
        return None
    # Each key was made for no less than those before it. A generation that went back asks for nothing.
    of_plane, of_app = (max(each[index] for each in made_for) for index in (0, 1))
    if wanted[0] > of_plane:
        return f"the Plane's spec.keys.signingKeys.generation is {wanted[0]}, and that of the key is {of_plane}"
    if wanted[1] > of_app:
        return f"spec.credentials.signingKey.generation is {wanted[1]}, and that of the key is {of_app}"
    every = spread(duration_seconds(plane.spec.keys.signing_keys.rotate_every), app)
    is_alone = len(found) == 1 and not missing
    if every and is_alone and found[0].made_at is not None and now >= found[0].made_at + every:
        return "the signing key is due by the Plane's spec.keys.signingKeys.rotateEvery"
    return None


def outdated(observed: AppObserved, account: PublishedAccount) -> list[str]:
    """Public keys that the newest one takes the place of, and that are in the account."""
    keys = in_use(observed.signing_keys)
    gone = replaced(observed.signing_keys)
    mine = [key.public_key for key in keys[:-1]]
    mine += [each.public_key for each in lost(observed) if each.public_key not in gone] if keys else []
    return [key for key in mine if key in account.claims.signing_keys]


def leaving(observed: AppObserved) -> list[str]:
    """Keys that are proven to be replaced, and that are in the account or have a Secret still."""
    keys, account = observed.signing_keys, observed.account
    held = {key.public_key for key in present(keys)} | set(account.claims.signing_keys if account else ())
    return sorted(replaced(keys) & held)


def still_needed(observed: AppObserved, planned: tuple[ServicePlan, ...], account: PublishedAccount) -> str | None:
    """Who may still depend on an outdated key, None where provably nobody does."""
    newest = in_use(observed.signing_keys)[-1].public_key
    if newest not in account.claims.signing_keys:
        return f"signing key {newest} is not in the account yet"
    unknown = not_held(observed, account)
    if unknown is not None:
        return unknown.message
    held = {hostname: creds for hostname, creds in observed.creds.items() if creds.foreign is None}
    others = sorted(hostname for hostname, creds in held.items() if creds.issuer != newest)
    if others:
        stuck = {plan.wanted.hostname: plan.trouble.reason for plan in planned if plan.trouble}
        return f"not signed anew: {listed([f'{name} ({stuck[name]})' if name in stuck else name for name in others])}"
    if not all_delivered(observed, planned):
        return "not every pod runs with credentials of the new key"
    unfinished = sorted(hostname for hostname, creds in held.items() if creds.previous)
    if unfinished:
        return f"replaced keys are not revoked yet: {listed(unfinished)}"
    old = outdated(observed, account)
    names_of = [
        connection.name or connection.user for connection in observed.broker.connections if connection.issuer in old
    ]
    if names_of:
        return f"connections that the old key signed for: {listed(sorted(names_of))}"
    return None


def rotation_of_keys(observed: AppObserved, plane: Plane, planned: tuple[ServicePlan, ...], now: int) -> State:
    """The condition: how far the replacement of the app's signing key is."""
    account, keys = observed.account, in_use(observed.signing_keys)
    if account is None or not keys:
        return State.unknown("KeysPending", "the app's signing key is not in the account")
    old = outdated(observed, account)
    if old:
        reason = still_needed(observed, planned, account)
        if reason is None:
            return State.false("Retiring", f"nothing uses signing key {', '.join(old)} any more; it is taken out")
        since = max([keys[-1].made_at or 0, *(creds.issued_at for creds in observed.creds.values())])
        if now - since < STALLS_AFTER:
            return State.false("Replacing", f"signing key {', '.join(old)} is being replaced: {reason}")
        return State.false(
            SIGNING_KEY_STALLED,
            f"signing key {', '.join(old)} should have been replaced by now: {reason}; both keys stay valid: mend what "
            "is named, or restart the pods or programs that hold on to it",
        )
    going = leaving(observed)
    if going:
        return State.false("Retiring", f"signing key {', '.join(going)} is taken out of the account on every server")
    found = next_key(observed, plane, now)
    if isinstance(found, State):
        return found
    if found is not None:
        return State.false("Replacing", f"a new signing key is being made: {found.reason}")
    return State.true("Current", f"signing key {keys[-1].public_key} signs every credential")


def retiring(observed: AppObserved, planned: tuple[ServicePlan, ...], account: PublishedAccount) -> list[Action]:
    """What is written down and deleted as keys retire.

    A seed that signs nothing is only a danger. Its Secret goes when no server lets it in and the receipt that says so
    is in the status.
    """
    result: list[Action] = []
    keys = in_use(observed.signing_keys)
    old = outdated(observed, account)
    if keys and old and still_needed(observed, planned, account) is None:
        newest, own = keys[-1], {key.public_key: key.key.ref for key in keys}
        for ref in (own[key] for key in old if key in own):
            noted = {REPLACED_ANNOTATION: newest.public_key}
            result.append(Annotate(ref.namespace, ref.secret, noted, SIGNING_KEY_REPLACED))
        without = {*newest.replaces, *old} - own.keys()
        if without - newest.replaces:
            ref, noted = newest.key.ref, {REPLACES_ANNOTATION: " ".join(sorted(without))}
            result.append(Annotate(ref.namespace, ref.secret, noted, SIGNING_KEY_REPLACED))
    closed = {each.public_key for each in observed.app.status.receipts if each.closed_at is not None}
    for key in present(observed.signing_keys):
        if key.public_key in closed & replaced(observed.signing_keys) and is_out(observed, account, key.public_key):
            ref = key.key.ref
            result.append(Delete("Secret", ref.namespace, ref.secret, key.key.uid, SIGNING_KEY_REPLACED))
    return result


def is_out(observed: AppObserved, account: PublishedAccount, public_key: str) -> bool:
    """Whether no server lets a signing key in, and nobody that it signed for is connected."""
    is_published = public_key in account.claims.signing_keys
    return not is_published and not_held(observed, account) is None and not observed.broker.signed_by(public_key)


def _is_replacing(other: MicrobusApp) -> bool:
    stalled = any(c.type == SIGNING_KEY_REPLACED and c.reason == SIGNING_KEY_STALLED for c in other.status.conditions)
    return len(other.status.signing_keys) > 1 and not stalled


def _no_place(observed: AppObserved, reason: str) -> State:
    """Both places are taken: by the key before, which has to go first, or by something that is none of ours."""
    bad = [key.key for key in observed.signing_keys if key.key.state in (KeyState.FOREIGN, KeyState.INVALID)]
    if bad:
        where = ", ".join(f"Secret {key.ref.namespace}/{key.ref.secret} ({key.problem})" for key in bad)
        return State.false("SecretConflict", f"{reason}: there is no place for a new one; rename or delete {where}")
    return State.false("Replacing", f"{reason}: the key before it has to be out first")


def _mint(observed: AppObserved, plane: Plane, place: SigningKey, generation: int, reason: str) -> MintKey:
    app, ref = observed.app, place.key.ref
    former = [key.made_for for key in present(observed.signing_keys)]
    former += [(each.plane_generation, each.app_generation) for each in lost(observed)]
    made_for = [max(of) for of in zip(wanted_generations(app, plane), *former, strict=True)]
    labels = {
        **names.app_labels(app),
        names.APP_NAMESPACE_LABEL: app.metadata.namespace,
        names.KEY_LABEL: ref.role,
        names.KEY_GENERATION_LABEL: str(generation),
    }
    return MintKey(ref, labels, reason, {MADE_FOR_ANNOTATION: "/".join(map(str, made_for))})
