"""What a Plane needs next: keys, then JWTs, then a resolver that serves them, then brokers that hold them.

Pure: one observation and a time in, a `Decision` out. Each step waits for the fact that the step before it is meant to
bring about; there is no remembered phase (design: rule 2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from microbus_operator.core import names
from microbus_operator.core.account_keys import ACCOUNT, is_tombstone, next_account
from microbus_operator.core.accounts import with_held_tombstones
from microbus_operator.core.actions import Action, Apply, Decision, Delete, MintKey, PushAccount, SetFinalizer
from microbus_operator.core.conditions import State
from microbus_operator.core.drift import differs, is_managed, is_strangers
from microbus_operator.core.flip import flip_actions
from microbus_operator.core.flip_status import is_over
from microbus_operator.core.keys import KeyState
from microbus_operator.core.nats_config import render_config
from microbus_operator.core.nats_workload import manifests
from microbus_operator.core.network import server_names
from microbus_operator.core.observed import PlaneObserved, Trouble
from microbus_operator.core.plane_keys import SYSTEM, key_trouble
from microbus_operator.core.plane_status import status_of
from microbus_operator.core.publishing import publication, revocations_unknown
from microbus_operator.core.settings import Settings

# Seconds for which JWTs count as just signed.
_JUST_SIGNED = 3
# Seconds between looks while a receipt is not complete, or the account is being replaced.
WATCHED_AGAIN = 1.0


def decide_plane(observed: PlaneObserved, settings: Settings, now: int) -> Decision:
    """What to do for a Plane, and what to say of it. `now` is in unix seconds."""
    observed = with_held_tombstones(observed)
    plane, meta = observed.plane, observed.plane.metadata
    if meta.is_deleting:
        return _deleting(observed, settings, now)
    if names.FINALIZER not in meta.finalizers:
        return Decision((SetFinalizer("Plane", meta.namespace, meta.name, present=True),), plane.status)
    if observed.published.trouble is not None:
        return _stopped(observed, settings, observed.published.trouble, now)
    trouble = key_trouble(observed)
    if trouble is not None:
        return _stopped(observed, settings, Trouble(trouble.reason, trouble.message), now)
    labels = names.plane_labels(plane)
    absent = [key for role, key in observed.keys.items() if key.state is KeyState.ABSENT and role != ACCOUNT]
    mints = tuple(MintKey(key.ref, {**labels, names.KEY_LABEL: key.ref.role}, "NoKey") for key in absent)
    account = next_account(observed.accounts, plane)
    if absent or account is not None:
        mints += (account,) if account is not None else ()
        return _pending(observed, settings, now, "KeysPending", "the Plane's keys are being made", *mints)
    return _distributed(observed, settings, now)


def _distributed(observed: PlaneObserved, settings: Settings, now: int) -> Decision:
    """Persist, serve, push, confirm: always in this order (pitfall N6)."""
    forgotten = revocations_unknown(observed)
    if forgotten is not None:
        return _stopped(observed, settings, forgotten, now)
    public = {role: key.public_key or "" for role, key in observed.keys.items()}
    publish = publication(observed, public, settings, now)
    if publish is not None:
        return _pending(observed, settings, now, "AccountsPending", "the accounts' JWTs are being signed", publish)
    if observed.served is not None:
        signed_at = max((account.issued_at for account in observed.published.accounts.values()), default=0)
        # The resolver watches, so it is behind for milliseconds; a revocation waits for it.
        return _waiting(observed, settings, observed.served, now, 0.05 if now - signed_at <= _JUST_SIGNED else 0.5)
    return _brokers(observed, public, settings, now)


def _brokers(observed: PlaneObserved, public: Mapping[str, str], settings: Settings, now: int) -> Decision:
    plane, published, broker = observed.plane, observed.published, observed.broker
    if not plane.metadata.is_deleting:
        applies = _drifted(observed, public, settings)
        if isinstance(applies, Trouble):
            return _stopped(observed, settings, applies, now)
        if applies:
            return _pending(observed, settings, now, "BrokersPending", "the brokers are being set up", *applies)
    if broker.trouble is not None:
        return _waiting(observed, settings, broker.trouble, now, 1.0)
    pushes = [
        PushAccount(key, account.jwt, servers, "ServerDiffers")
        for key, account in sorted(published.accounts.items())
        if (servers := broker.differing(key, account.jwt))
    ]
    if pushes:
        message = "a server holds another account JWT than the published one; it is pushed again"
        return _pending(observed, settings, now, "AccountsOutOfSync", message, *pushes)
    missing = broker.missing(server_names(plane))
    if missing:
        message = f"{', '.join(missing)} did not answer through the system account; see their pods"
        return _waiting(observed, settings, Trouble("ServersMissing", message), now, 1.0)
    state = State.true("InSync", f"{len(broker.servers)} servers hold the published accounts")
    status = status_of(observed, state, settings, now)
    is_turning = not is_over(plane, observed.accounts) and not plane.metadata.is_deleting
    is_open = is_turning or any(receipt.closed_at is None for receipt in status.receipts)
    return Decision(
        tuple(flip_actions(observed, settings.pace, now)) if is_turning else (),
        status,
        look_again=WATCHED_AGAIN if is_open else settings.compare_every,
    )


def _drifted(observed: PlaneObserved, public: Mapping[str, str], settings: Settings) -> list[Action] | Trouble:
    """The brokers' objects that are to be applied, or why none may be."""
    plane = observed.plane
    config = render_config(
        plane.spec.nats.limits,
        operator_jwt=observed.published.operator_jwt or "",
        system_account=public[SYSTEM],
        # All that there ever were: each change of these restarts the servers, one after the other.
        accounts=_pinned(observed, public[SYSTEM]),
        resolver_url=settings.resolver_url,
        cluster_name=plane.metadata.name,
        routes=settings.network.routes(plane) if plane.spec.nats.replicas > 1 else (),
        listeners=settings.network.listeners,
    )
    result: list[Action] = []
    for manifest in manifests(plane, config):
        kind, name = manifest["kind"], manifest["metadata"]["name"]
        found = observed.objects.get((kind, name))
        if found is not None and is_strangers(manifest, found):
            message = f"{kind} {plane.metadata.namespace}/{name} exists but is not this Plane's; rename or delete it"
            return Trouble("ObjectConflict", message, passing=is_managed(found))
        if differs(manifest, found):
            result.append(Apply(manifest, "Drifted"))
    return result


def _pinned(observed: PlaneObserved, system: str) -> list[str]:
    """Every account that there ever was: a change of these restarts the servers, one after the other.

    So a closed one stays; who still has its credentials is refused all the same, by its tombstone.
    """
    gone = {key for key, account in observed.published.accounts.items() if is_tombstone(account.claims)}
    return sorted({system, *gone, *(each.public_key for each in observed.accounts if each.public_key)})


def _deleting(observed: PlaneObserved, settings: Settings, now: int) -> Decision:
    """A Plane that is being deleted serves its apps until the last has left, since leaving needs it: their keys are
    removed here.
    """
    plane, meta = observed.plane, observed.plane.metadata
    if names.FINALIZER not in meta.finalizers:
        return Decision((), plane.status)
    members = {
        member.app.key
        for member in observed.members
        if member.allowed or names.FINALIZER in member.app.metadata.finalizers
    }
    users = sorted(members | observed.unwatched)
    if not users:
        done = SetFinalizer("Plane", meta.namespace, meta.name, present=False)
        return Decision((*_destroyed(observed), done), plane.status)
    message = f"apps still use this Plane: {', '.join(users)}; delete them first"
    decision = Decision((), plane.status)
    ready = all(key.state is KeyState.PRESENT for key in observed.keys.values()) and key_trouble(observed) is None
    if ready and observed.published.accounts and observed.published.trouble is None:
        decision = _distributed(observed, settings, now)
    status = status_of(observed, State.false("InUse", message), settings, now)
    return replace(decision, status=status, look_again=min(decision.look_again or 5.0, 5.0))


def _destroyed(observed: PlaneObserved) -> list[Action]:
    plane, meta = observed.plane, observed.plane.metadata
    if plane.spec.deletion_policy != "Destroy":
        return []
    accounts = (each.key for each in observed.accounts)
    keys: list[Action] = [
        Delete("Secret", key.ref.namespace, key.ref.secret, key.uid, "PlaneDestroyed")
        for key in {key.ref: key for key in (*observed.keys.values(), *accounts)}.values()
        if key.state in (KeyState.PRESENT, KeyState.INVALID)
    ]
    if observed.published.trouble is None:
        name = names.accounts_config_map(meta.name)
        keys.append(Delete("ConfigMap", meta.namespace, name, observed.published.uid, "PlaneDestroyed"))
    return keys


def _pending(
    observed: PlaneObserved, settings: Settings, now: int, reason: str, message: str, *actions: Action
) -> Decision:
    return Decision(actions, status_of(observed, State.false(reason, message), settings, now))


def _waiting(observed: PlaneObserved, settings: Settings, trouble: Trouble, now: int, look_again: float) -> Decision:
    state = State.false(trouble.reason, trouble.message)
    return Decision((), status_of(observed, state, settings, now), look_again=look_again)


def _stopped(observed: PlaneObserved, settings: Settings, trouble: Trouble, now: int) -> Decision:
    state = State.false(trouble.reason, trouble.message)
    return Decision((), status_of(observed, state, settings, now, stalled=not trouble.passing))
