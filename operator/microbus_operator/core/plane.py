"""What a Plane needs next: keys, then JWTs, then a resolver that serves them, then brokers that hold them.

Pure: one observation and a time in, a `Decision` out. Each step waits for the fact that the step before it is meant to
bring about; there is no remembered phase (design: rule 2).
"""

from __future__ import annotations

from collections.abc import Mapping

from gencreds.nats.claims import AccountClaims
from gencreds.nats.nkeys import KeyKind
from microbus_operator.api.plane import Plane, PlaneStatus, RevocationsStatus, ServerStatus, SigningKeyStatus
from microbus_operator.core import names
from microbus_operator.core.accounts import (
    live_members,
    merged_revocations,
    operator_claims,
    plane_account_claims,
    system_account_claims,
    wanted_revocations,
)
from microbus_operator.core.actions import (
    AccountToSign,
    Action,
    Apply,
    Decision,
    Delete,
    MintKey,
    PublishAccounts,
    PushAccount,
    SetFinalizer,
)
from microbus_operator.core.conditions import State, merged, summary
from microbus_operator.core.drift import differs
from microbus_operator.core.keys import KeyRef, KeyState, judged
from microbus_operator.core.nats_config import render_config
from microbus_operator.core.nats_workload import client_url, manifests, routes, server_names
from microbus_operator.core.observed import PlaneObserved, Trouble
from microbus_operator.core.settings import Settings

OPERATOR, OPERATOR_SIGNING = "operator", "operator-signing"
SYSTEM, SYSTEM_SIGNING, ACCOUNT = "system-account", "system-account-signing", "account"
ROLES = {
    OPERATOR: KeyKind.OPERATOR,
    OPERATOR_SIGNING: KeyKind.OPERATOR,
    SYSTEM: KeyKind.ACCOUNT,
    SYSTEM_SIGNING: KeyKind.ACCOUNT,
    ACCOUNT: KeyKind.ACCOUNT,
}


def key_refs(plane: Plane) -> dict[str, KeyRef]:
    """The Secrets of a Plane's own keys, by role."""
    namespace, name = plane.metadata.namespace, plane.metadata.name
    return {role: KeyRef(namespace, names.key_secret(name, role), kind, role) for role, kind in ROLES.items()}


def recorded_keys(observed: PlaneObserved) -> dict[str, frozenset[str]]:
    """Every public key that something already refers to, by role: a missing seed of one of these is lost, not absent."""
    status, published = observed.plane.status, observed.published
    operator = published.operator
    system_id = status.system_account_public_key or (operator.system_account if operator else None)
    system = published.accounts.get(system_id or "")
    accounts = {key for key in published.accounts if key != system_id}

    def known(*keys: str | None) -> frozenset[str]:
        return frozenset(key for key in keys if key)

    return {
        OPERATOR: known(status.operator_public_key, operator.subject if operator else None),
        OPERATOR_SIGNING: known(*(operator.signing_keys if operator else ())),
        SYSTEM: known(system_id),
        SYSTEM_SIGNING: known(*(system.claims.signing_keys if system else ())),
        ACCOUNT: known(status.account_public_key, *(accounts if len(accounts) == 1 else ())),
    }


def decide_plane(observed: PlaneObserved, settings: Settings, now: int) -> Decision:
    """What to do for a Plane, and what to say of it. `now` is in unix seconds."""
    plane = observed.plane
    if plane.metadata.is_deleting:
        return _deleting(observed, now)
    if names.FINALIZER not in plane.metadata.finalizers:
        meta = plane.metadata
        action = SetFinalizer("Plane", meta.namespace, meta.name, present=True)
        return Decision((action,), plane.status)
    if observed.published.trouble is not None:
        return _stopped(observed, observed.published.trouble, now)

    recorded = recorded_keys(observed)
    for role, key in observed.keys.items():
        trouble = judged(key, recorded[role])
        if trouble is not None:
            return _stopped(observed, Trouble(trouble.reason, trouble.message), now)
    absent = [key for key in observed.keys.values() if key.state is KeyState.ABSENT]
    if absent:
        labels = names.plane_labels(plane)
        mints = tuple(MintKey(key.ref, {**labels, names.KEY_LABEL: key.ref.role}, "NoKey") for key in absent)
        return Decision(mints, _status(observed, State.false("KeysPending", "the Plane's keys are being made"), now))

    public = {role: key.public_key or "" for role, key in observed.keys.items()}
    publish = _publish(observed, public, settings, now)
    if publish is not None:
        return Decision(
            (publish,), _status(observed, State.false("AccountsPending", "the accounts' JWTs are being signed"), now)
        )
    if observed.served is not None:
        return Decision(
            (), _status(observed, State.false(observed.served.reason, observed.served.message), now), look_again=0.5
        )
    return _brokers(observed, public, settings, now)


def _publish(
    observed: PlaneObserved, public: Mapping[str, str], settings: Settings, now: int
) -> PublishAccounts | None:
    plane, published, refs = observed.plane, observed.published, key_refs(observed.plane)
    operator = operator_claims(
        plane, public[OPERATOR], public[OPERATOR_SIGNING], public[SYSTEM], settings.minimum_nats_version
    )
    current = published.accounts.get(public[ACCOUNT])
    revocations = merged_revocations(current.claims.revocations if current else {}, wanted_revocations(observed, now))
    signing_keys = [member.signing_key.public_key for member in live_members(observed) if member.signing_key.public_key]
    wanted: tuple[AccountClaims, ...] = (
        system_account_claims(public[SYSTEM], public[SYSTEM_SIGNING]),
        plane_account_claims(plane, public[ACCOUNT], signing_keys, revocations),
    )
    to_sign = []
    for claims in wanted:
        held = published.accounts.get(claims.subject)
        if held is None or held.claims != claims or held.issuer != public[OPERATOR_SIGNING]:
            to_sign.append(AccountToSign(claims, held.issued_at if held else 0))
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
        operator_signer=refs[OPERATOR],
        accounts=tuple(to_sign),
        account_signer=refs[OPERATOR_SIGNING],
        kept={key: jwt for key, jwt in kept.items() if key not in signed},
        reason="ClaimsChanged",
    )


def _brokers(observed: PlaneObserved, public: Mapping[str, str], settings: Settings, now: int) -> Decision:
    plane, published = observed.plane, observed.published
    config = render_config(
        plane.spec.nats.limits,
        operator_jwt=published.operator_jwt or "",
        system_account=public[SYSTEM],
        accounts=(public[SYSTEM], public[ACCOUNT]),
        resolver_url=settings.resolver_url,
        cluster_name=plane.metadata.name,
        routes=routes(plane) if plane.spec.nats.replicas > 1 else (),
    )
    applies: list[Action] = [
        Apply(manifest, "Drifted")
        for manifest in manifests(plane, config)
        if differs(manifest, observed.objects.get((manifest["kind"], manifest["metadata"]["name"])))
    ]
    if applies:
        return Decision(
            tuple(applies), _status(observed, State.false("BrokersPending", "the brokers are being set up"), now)
        )
    broker = observed.broker
    if broker.trouble is not None:
        return Decision(
            (), _status(observed, State.false(broker.trouble.reason, broker.trouble.message), now), look_again=1.0
        )
    pushes = [
        PushAccount(key, account.jwt, servers, "ServerDiffers")
        for key, account in sorted(published.accounts.items())
        if (servers := broker.differing(key, account.jwt))
    ]
    if pushes:
        state = State.false(
            "AccountsOutOfSync", "a server holds another account JWT than the published one; it is pushed again"
        )
        return Decision(tuple(pushes), _status(observed, state, now))
    missing = sorted(set(server_names(plane)) - {server.name for server in broker.servers})
    if missing:
        state = State.false(
            "ServersMissing", f"{', '.join(missing)} did not answer through the system account; see their pods"
        )
        return Decision((), _status(observed, state, now), look_again=1.0)
    state = State.true("InSync", f"{len(broker.servers)} servers hold the published accounts")
    return Decision((), _status(observed, state, now), look_again=settings.compare_every)


def _deleting(observed: PlaneObserved, now: int) -> Decision:
    plane, meta = observed.plane, observed.plane.metadata
    if names.FINALIZER not in meta.finalizers:
        return Decision((), plane.status)
    users = sorted(member.app.key for member in observed.members)
    if users:
        message = f"apps still use this Plane: {', '.join(users)}; delete them first"
        return Decision((), _status(observed, State.false("InUse", message), now), look_again=5.0)
    destroyed: list[Action] = []
    if plane.spec.deletion_policy == "Destroy":
        destroyed = [
            Delete("Secret", key.ref.namespace, key.ref.secret, "", "PlaneDestroyed")
            for key in observed.keys.values()
            if key.state in (KeyState.PRESENT, KeyState.INVALID)
        ]
        destroyed.append(
            Delete("ConfigMap", meta.namespace, names.accounts_config_map(meta.name), "", "PlaneDestroyed")
        )
    done = SetFinalizer("Plane", meta.namespace, meta.name, present=False)
    return Decision((*destroyed, done), plane.status)


def _stopped(observed: PlaneObserved, trouble: Trouble, now: int) -> Decision:
    state = State.false(trouble.reason, trouble.message)
    return Decision((), _status(observed, state, now, stalled=not trouble.passing))


def _status(observed: PlaneObserved, state: State, now: int, *, stalled: bool = False) -> PlaneStatus:
    plane, old, published = observed.plane, observed.plane.status, observed.published
    public = {role: key.public_key for role, key in observed.keys.items()}
    account = published.accounts.get(public.get(ACCOUNT) or "")
    broker = observed.broker
    states = summary(state, stalled=stalled)
    if state.reason not in ("SeedLost", "KeyInvalid", "SecretConflict"):
        made = all(key.state is KeyState.PRESENT for key in observed.keys.values())
        states["KeysReady"] = State(
            "True" if made else "False",
            "Verified" if made else "KeysPending",
            "every key's Secret is verified" if made else state.message,
        )
    else:
        states["KeysReady"] = state
    if published.accounts:
        served = observed.served
        states["ResolverServed"] = (
            State.true("Served", "every resolver serves the published accounts")
            if served is None
            else State.false(served.reason, served.message)
        )
        in_sync = state.status == "True"
        states["BrokerInSync"] = State("True" if in_sync else "False", state.reason, state.message)
    return PlaneStatus(
        observed_generation=plane.metadata.generation,
        phase="Ready" if state.status == "True" else "Stalled" if stalled else "Pending",
        conditions=merged(old.conditions, states, plane.metadata.generation, now),
        # What is recorded once stays recorded: it is how a vanished seed is told from one never made.
        operator_public_key=old.operator_public_key or public.get(OPERATOR),
        system_account_public_key=old.system_account_public_key or public.get(SYSTEM),
        account_public_key=old.account_public_key or public.get(ACCOUNT),
        url=client_url(plane),
        signing_keys=tuple(
            SigningKeyStatus(app=member.app.key, public_key=member.signing_key.public_key)
            for member in live_members(observed)
            if account and member.signing_key.public_key in account.claims.signing_keys
        ),
        servers=tuple(
            ServerStatus(
                name=server.name,
                id=server.id,
                version=server.version,
                account_in_sync=account is None
                or server.accounts.get(account.claims.subject, account.jwt) == account.jwt,
                connections=server.connections,
            )
            for server in sorted(broker.servers, key=lambda server: server.name)
        ),
        revocations=RevocationsStatus(
            count=len(account.claims.revocations) if account else 0, bytes=len(account.jwt) if account else 0
        ),
    )
