"""What a MicrobusApp needs next: its source read, a signing key in the account, credentials, a rollout, receipts.

Pure: one observation and a time in, a `Decision` out. What goes wrong with one bundle leaves the others, and whatever has been
issued before, as they are (design: rule 4).
"""

from __future__ import annotations

from microbus_operator.api.app import MicrobusApp, MicrobusAppStatus
from microbus_operator.api.plane import Plane
from microbus_operator.core import names
from microbus_operator.core.actions import Action, Annotate, Apply, Decision, Delete, MintKey, SetFinalizer
from microbus_operator.core.app_deletion import decide_deletion
from microbus_operator.core.app_status import AppState, status_of
from microbus_operator.core.app_workload import deployment
from microbus_operator.core.conditions import State
from microbus_operator.core.drift import differs
from microbus_operator.core.issuing import ServicePlan, issue_action, plans
from microbus_operator.core.keys import KeyState, judged
from microbus_operator.core.observed import AppObserved, PublishedAccount, Trouble
from microbus_operator.core.retirement import confirmed, retired_secrets, wanted_revocations
from microbus_operator.core.rollout import rollout_of
from microbus_operator.core.settings import Settings


def is_allowed(app: MicrobusApp, plane: Plane, namespace_labels: dict[str, str]) -> bool:
    """Whether the Plane lets apps of that namespace in."""
    allowed = plane.spec.allowed_namespaces
    match allowed.from_:
        case "All":
            return True
        case "Selector":
            return allowed.selector.matches(namespace_labels)
    return app.metadata.namespace == plane.metadata.namespace


def decide_app(observed: AppObserved, settings: Settings, now: int) -> Decision:
    """What to do for an app, and what to say of it. `now` is in unix seconds."""
    app, plane = observed.app, observed.plane
    if app.metadata.is_deleting:
        return decide_deletion(observed, now)
    if plane is None:
        namespace, name = app.plane_key
        message = (
            f"spec.planeRef names Plane {namespace}/{name}, which does not exist; create it or correct the reference"
        )
        return _halted(observed, Trouble("PlaneNotFound", message), now)
    if not is_allowed(app, plane, dict(observed.namespace_labels)):
        return _halted(observed, Trouble("NamespaceNotAllowed", _not_allowed(app, plane)), now)
    if names.FINALIZER not in app.metadata.finalizers:
        meta = app.metadata
        action = SetFinalizer("MicrobusApp", meta.namespace, meta.name, present=True)
        return Decision((action,), app.status)
    key = observed.signing_key
    if key is None:
        return _halted(
            observed, Trouble("KeysPending", "the signing key has not been looked up yet", passing=True), now
        )
    trouble = judged(key, frozenset({app.status.signing_key} if app.status.signing_key else ()))
    if trouble is not None:
        return _halted(observed, Trouble(trouble.reason, trouble.message), now)
    if key.state is KeyState.ABSENT:
        labels = {
            **names.app_labels(app),
            names.APP_NAMESPACE_LABEL: app.metadata.namespace,
            names.KEY_LABEL: key.ref.role,
        }
        return _halted(
            observed,
            Trouble("KeysPending", "the app's signing key is being made", passing=True),
            now,
            (MintKey(key.ref, labels, "NoKey"),),
        )
    account = _account(observed, plane)
    if account is None or key.public_key not in account.claims.signing_keys:
        return _halted(observed, _account_pending(plane, observed), now, look_again=0.5)
    planned = plans(observed, plane, account.claims.subject, key.public_key or "", now)
    return _delivered(observed, plane, account, planned, settings, now)


def _delivered(
    observed: AppObserved,
    plane: Plane,
    account: PublishedAccount,
    planned: tuple[ServicePlan, ...],
    settings: Settings,
    now: int,
) -> Decision:
    app = observed.app
    issues: list[Action] = [issue_action(observed, plan, now) for plan in planned if plan.reason and not plan.trouble]
    if issues:
        state = State.false("Issuing", f"credentials are being issued: {_reasons(planned)}")
        return Decision(tuple(issues), status_of(observed, AppState(state, planned), now))

    # A pod must never meet a server that does not know its signer yet: two such meetings and it gives up for good.
    known = observed.served or observed.broker.trouble or _not_yet_held(observed, account)
    applies: list[Action] = []
    for bundle in app.spec.bundles:
        reading = observed.readings[bundle.name]
        mine = [plan for plan in planned if plan.bundle == bundle.name]
        if reading.reference is None or reading.trouble or not mine or any(plan.trouble for plan in mine):
            continue
        keys = {plan.wanted.hostname: found.public_key or "" for plan in mine if (found := plan.found)}
        manifest = deployment(app, plane, bundle, reading.reference, keys)
        if differs(manifest, observed.deployments.get(bundle.name)):
            applies.append(Apply(manifest, "Drifted"))
    if applies and known is None:
        state = State.false("Delivering", "the workloads are being rolled out with their credentials")
        return Decision(tuple(applies), status_of(observed, AppState(state, planned), now))

    revoking = wanted_revocations(observed, planned, account.claims.revocations)
    tidying: list[Action] = [
        Annotate(app.metadata.namespace, names.creds_secret(app.metadata.name, hostname), annotations, "Revoked")
        for hostname, annotations in confirmed(observed, account)
    ]
    tidying += [
        Delete("Secret", app.metadata.namespace, service.secret_name, "", "MicroserviceGone")
        for service in retired_secrets(observed, planned, account)
    ]
    state, stalled = _verdict(observed, planned, known)
    status = status_of(observed, AppState(state, planned, stalled=stalled, revoking=revoking), now)
    settled = state.status == "True" and not revoking
    return Decision(tuple(tidying), status, look_again=None if settled or stalled else 1.0)


def _verdict(observed: AppObserved, planned: tuple[ServicePlan, ...], known: Trouble | None) -> tuple[State, bool]:
    """The one state that sums the app up, and whether only a person can change it."""
    troubles = [reading.trouble for reading in observed.readings.values() if reading.trouble]
    troubles += [plan.trouble for plan in planned if plan.trouble]
    lasting = [trouble for trouble in troubles if not trouble.passing]
    if troubles:
        first = (lasting or troubles)[0]
        return State.false(first.reason, "; ".join(dict.fromkeys(t.message for t in troubles))), bool(lasting)
    if known is not None:
        return State.false(known.reason, known.message), False
    rollouts = [rollout_of(bundle, observed.deployments.get(bundle.name)) for bundle in observed.app.spec.bundles]
    pending = [rollout for rollout in rollouts if not rollout.complete]
    if pending:
        return State.false("RollingOut", "; ".join(rollout.message for rollout in pending)), False
    count = len(planned)
    return State.true("Delivered", f"{count} microservices run with credentials derived from their source"), False


def _account(observed: AppObserved, plane: Plane) -> PublishedAccount | None:
    return observed.published.accounts.get(plane.status.account_public_key or "")


def _account_pending(plane: Plane, observed: AppObserved) -> Trouble:
    blocking = next((c for c in plane.status.conditions if c.type == "Stalled" and c.status == "True"), None)
    where = f"Plane {plane.metadata.namespace}/{plane.metadata.name}"
    if observed.published.trouble:
        return observed.published.trouble
    if blocking is not None:
        return Trouble("PlaneStalled", f"{where} is stalled: {blocking.reason}: {blocking.message}", passing=True)
    return Trouble("AccountPending", f"{where} has not put this app's signing key into its account yet", passing=True)


def _not_yet_held(observed: AppObserved, account: PublishedAccount) -> Trouble | None:
    behind = observed.broker.differing(account.claims.subject, account.jwt)
    if behind:
        return Trouble(
            "AccountsOutOfSync", f"servers {', '.join(behind)} do not hold the published account yet", passing=True
        )
    return None


def _not_allowed(app: MicrobusApp, plane: Plane) -> str:
    allowed = plane.spec.allowed_namespaces
    rule = {"Same": "only its own namespace", "Selector": f"namespaces labelled {allowed.selector.match_labels}"}.get(
        allowed.from_
    )
    return (
        f"Plane {plane.metadata.namespace}/{plane.metadata.name} allows {rule}, and namespace {app.metadata.namespace} is not "
        "among them; change the Plane's spec.allowedNamespaces or label the namespace"
    )


def _reasons(planned: tuple[ServicePlan, ...]) -> str:
    return ", ".join(
        f"{plan.wanted.hostname} ({plan.reason.word})" for plan in planned if plan.reason and not plan.trouble
    )


def _halted(
    observed: AppObserved,
    trouble: Trouble,
    now: int,
    actions: tuple[Action, ...] = (),
    look_again: float | None = None,
) -> Decision:
    state = AppState(State.false(trouble.reason, trouble.message), None, stalled=not trouble.passing)
    status: MicrobusAppStatus = status_of(observed, state, now)
    return Decision(actions, status, look_again=look_again)
