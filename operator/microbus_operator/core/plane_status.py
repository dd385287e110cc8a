"""A Plane's status from an observation and the state that sums it up. Nothing is decided from it but what it records
of keys.
"""

from __future__ import annotations

from microbus_operator.api.plane import PlaneStatus, RevocationsStatus, ServerStatus, SigningKeyStatus
from microbus_operator.core.accounts import signing_keys
from microbus_operator.core.conditions import State, merged, summary
from microbus_operator.core.keys import KeyState
from microbus_operator.core.network import SERVICES, Network
from microbus_operator.core.observed import PlaneObserved
from microbus_operator.core.plane_keys import ACCOUNT, OPERATOR, SYSTEM

KEY_TROUBLES = ("SeedLost", "KeyInvalid", "SecretConflict")


def status_of(
    observed: PlaneObserved, state: State, now: int, network: Network = SERVICES, *, stalled: bool = False
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
    return PlaneStatus(
        observed_generation=plane.metadata.generation,
        phase="Ready" if state.status == "True" else "Stalled" if stalled else "Pending",
        conditions=merged(old.conditions, states, plane.metadata.generation, now),
        # What is recorded once stays recorded: it is how a vanished seed is told from one never made.
        operator_public_key=old.operator_public_key or public.get(OPERATOR),
        system_account_public_key=old.system_account_public_key or public.get(SYSTEM),
        account_public_key=old.account_public_key or public.get(ACCOUNT),
        url=network.client_url(plane),
        signing_keys=tuple(
            SigningKeyStatus(app=app, public_key=key)
            for app, key in sorted(signing_keys(observed).items())
            if account and key in account.claims.signing_keys
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
