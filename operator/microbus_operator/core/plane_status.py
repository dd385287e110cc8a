"""A Plane's status from an observation and the state that sums it up. Nothing is decided from it but what it records
of keys.
"""

from __future__ import annotations

from microbus_operator.api.app import MicrobusApp
from microbus_operator.api.plane import PlaneStatus, RevocationsStatus, ServerStatus, SigningKeyStatus
from microbus_operator.core.account_keys import ACCOUNT, alive, closed
from microbus_operator.core.accounts import signing_keys
from microbus_operator.core.conditions import State, merged, summary, timestamp
from microbus_operator.core.flip_status import rotation_of
from microbus_operator.core.keys import KeyState
from microbus_operator.core.observed import PlaneObserved
from microbus_operator.core.plane_keys import OPERATOR, SYSTEM
from microbus_operator.core.receipts import REVOKED, Seen, receipts_of_plane, revocation_state
from microbus_operator.core.revoking import requested_of_plane
from microbus_operator.core.settings import Settings
from microbus_operator.core.signing_keys import in_use
from microbus_operator.core.unattended import may_be_down_until

KEY_TROUBLES = ("SeedLost", "KeyInvalid", "SecretConflict")


def status_of(
    observed: PlaneObserved, state: State, settings: Settings, now: int, *, stalled: bool = False
) -> PlaneStatus:
    """The whole status."""
    plane, old, published = observed.plane, observed.plane.status, observed.published
    public = {role: key.public_key for role, key in observed.keys.items()}
    account = published.accounts.get(public.get(ACCOUNT) or "")
    broker = observed.broker
    states = summary(state, stalled=stalled)
    if state.reason not in KEY_TROUBLES:
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
    seen = Seen(plane, account, observed.served, broker)
    apps = [member.app for member in observed.members]
    asked = requested_of_plane(plane, apps, now, broker.system_user)
    kept = receipts_of_plane(observed, asked, seen, now)
    if plane.spec.revocations or any(condition.type == REVOKED for condition in old.conditions):
        states[REVOKED] = revocation_state(asked, seen, kept, now)
    until = may_be_down_until(apps)
    return PlaneStatus(
        observed_generation=plane.metadata.generation,
        phase="Ready" if state.status == "True" else "Stalled" if stalled else "Pending",
        conditions=merged(old.conditions, states, plane.metadata.generation, now),
        # What is recorded once stays recorded: it is how a vanished seed is told from one never made.
        operator_public_key=old.operator_public_key or public.get(OPERATOR),
        system_account_public_key=old.system_account_public_key or public.get(SYSTEM),
        account_public_key=_account(observed),
        url=settings.network.client_url(plane),
        signing_keys=_signing_keys(observed, now),
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
        receipts=kept,
        operator_may_be_down_until=timestamp(until) if until is not None else None,
        rotation=rotation_of(observed, settings.pace, now),
    )


def _account(observed: PlaneObserved) -> str | None:
    """The account on record, until it is proven that another one has taken its place."""
    recorded, gone = observed.plane.status.account_public_key, {each.public_key for each in closed(observed.accounts)}
    return recorded if recorded and recorded not in gone else observed.keys[ACCOUNT].public_key or recorded


def _signing_keys(observed: PlaneObserved, now: int) -> tuple[SigningKeyStatus, ...]:
    """The signing keys of accounts that are not closed, by app. Of an app's several the newest is the active one."""
    before = {item.public_key: item for item in observed.plane.status.signing_keys}
    accounts = alive(observed.accounts)
    newest = {
        keys[-1].public_key
        for each in accounts
        for member in observed.members
        if (keys := in_use(member.keys_for(each.generation)))
    }
    found = [
        SigningKeyStatus(
            app=of.key if isinstance(of, MicrobusApp) else of,
            uid=of.metadata.uid if isinstance(of, MicrobusApp) else before[key].uid,
            public_key=key,
            state="Active" if key in newest or not isinstance(of, MicrobusApp) else "Retiring",
            since=before[key].since if key in before else now,
        )
        for each in accounts
        if (account := observed.published.accounts.get(each.public_key))
        for key, of in signing_keys(observed, each).items()
        if key in account.claims.signing_keys
    ]
    return tuple(sorted(found, key=lambda item: (item.app, item.state, item.public_key)))
