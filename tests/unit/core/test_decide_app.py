"""A MicrobusApp step by step: from each set of facts the next action, and none where nothing is left to do."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from gencreds.report import Report
from microbus_operator.core.actions import Annotate, Apply, Decision, Delete, IssueUser, MintKey, SetFinalizer
from microbus_operator.core.app import decide_app, is_allowed
from microbus_operator.core.app_workload import CREDENTIALS_ANNOTATION
from microbus_operator.core.issuing import PREVIOUS_ANNOTATION, REASON_ANNOTATION
from microbus_operator.core.keys import KeyState
from microbus_operator.core.observed import AppObserved, BundleReading, CredsObservation, Trouble

from .builders import (
    APP_KEY,
    IMAGE,
    LIFE,
    NO_BROKER,
    NOW,
    app,
    app_observed,
    blocking,
    broker,
    connection,
    creds,
    plane,
    public,
    published,
    reading,
    service,
    settled_app,
    signing_key,
    signing_keys,
    user,
    workload_of,
)

UNREAD = BundleReading(trouble=Trouble("RegistryUnavailable", "bundle main: no answer", passing=True))
TWO_BUNDLES = {"bundles": [{"name": "main", "image": "shop:1"}, {"name": "pay", "image": "pay:1"}]}


def decide(observed: AppObserved, now: int = NOW) -> Decision:
    """The decision."""
    return decide_app(observed, now)


def reason(decision: Decision, kind: str = "Ready") -> tuple[str, str]:
    """A condition's status and reason."""
    found = {item.type: (item.status, item.reason) for item in decision.status.conditions}
    return found[kind]


def message(decision: Decision) -> str:
    """What `Ready` says."""
    return next(item.message for item in decision.status.conditions if item.type == "Ready")


def issue(observed: AppObserved, now: int = NOW) -> IssueUser:
    """The one action, which issues, once the hostname is claimed."""
    (action,) = decide(claimed(observed, now), now).actions
    assert isinstance(action, IssueUser)
    return action


def claimed(observed: AppObserved, now: int = NOW) -> AppObserved:
    """What the look after the claim sees, where there was anything to claim."""
    first = decide(observed, now)
    return observed if first.actions else after(observed, first)


def revoked(observed: AppObserved) -> set[str]:
    """The user keys that the app asks its Plane to revoke."""
    return {item.public_key for item in decide(observed).status.revoking}


def after(observed: AppObserved, decision: Decision) -> AppObserved:
    """What the next look sees where nothing but the status was written."""
    return replace(observed, app=observed.app.model_copy(update={"status": decision.status}))


@pytest.mark.parametrize(
    ("allowed", "namespace", "labels", "expected"),
    [
        ({}, "infra", {}, True),
        ({}, "shop", {}, False),
        ({"from": "All"}, "shop", {}, True),
        ({"from": "Selector", "selector": {"matchLabels": {"a": "b"}}}, "shop", {"a": "b", "c": "d"}, True),
        ({"from": "Selector", "selector": {"matchLabels": {"a": "b"}}}, "shop", {"a": "c"}, False),
        ({"from": "Selector"}, "shop", {"a": "b"}, False),
    ],
)
def test_a_plane_says_whose_apps_may_join(
    allowed: dict[str, Any], namespace: str, labels: dict[str, str], expected: bool
) -> None:
    host = plane(spec={"plane": "prod", "nats": {"image": "nats"}, "allowedNamespaces": allowed})
    assert is_allowed(app(namespace=namespace), host, labels) is expected


def test_an_app_without_a_plane_waits_and_says_which_one() -> None:
    decision = decide(app_observed(plane=None, signing_keys=()))
    assert decision.actions == ()
    assert reason(decision) == ("False", "PlaneNotFound")
    assert "infra/prod" in message(decision)


def test_an_app_that_is_not_let_in_gets_nothing_not_even_a_finalizer() -> None:
    decision = decide(app_observed(app=app(namespace="out", finalizers=[])))
    assert decision.actions == ()
    assert reason(decision, "Stalled") == ("True", "NamespaceNotAllowed")


def test_first_our_finalizer() -> None:
    assert decide(app_observed(app=app(finalizers=[]))).actions == (
        SetFinalizer("MicrobusApp", "infra", "shop", present=True),
    )


def test_then_its_signing_key() -> None:
    new = {"app": app(status={"signingKey": None}), "plane": plane(status={"signingKeys": []}), "creds": {}}
    (action,) = decide(app_observed(**new, signing_keys=signing_keys(signing_key(KeyState.ABSENT)))).actions
    assert isinstance(action, MintKey)
    assert action.labels["microbus.io/app-namespace"] == "infra"


@pytest.mark.parametrize(
    ("state", "expected"),
    [(KeyState.ABSENT, "SeedLost"), (KeyState.INVALID, "KeyInvalid"), (KeyState.FOREIGN, "SecretConflict")],
)
def test_a_lost_or_spoilt_signing_key_stops_the_app_and_changes_nothing_k2_k9(state: KeyState, expected: str) -> None:
    observed = settled_app()
    decision = decide(replace(observed, signing_keys=signing_keys(signing_key(state))))
    assert decision.actions == ()
    assert reason(decision, "Stalled") == ("True", expected)
    assert decision.status.signing_key == public(APP_KEY)


def test_then_it_waits_until_the_account_lists_its_key() -> None:
    decision = decide(app_observed(published=published(signing=())))
    assert decision.actions == ()
    assert reason(decision) == ("False", "AccountPending")


def test_while_its_plane_is_stalled_it_says_so() -> None:
    stalled = {"type": "Stalled", "status": "True", "reason": "SeedLost", "message": "gone", "lastTransitionTime": "x"}
    host = plane(status={"conditions": [stalled]})
    assert reason(decide(app_observed(plane=host, published=published(signing=())))) == ("False", "PlaneStalled")


def test_hostnames_are_claimed_in_status_before_anything_is_issued_for_them() -> None:
    decision = decide(app_observed(creds={}, app=app(status={})))
    assert decision.actions == ()
    assert reason(decision) == ("False", "Claiming")
    assert [item.hostname for item in decision.status.services] == ["orders.example"]
    assert decision.look_again == 0.0


def test_then_credentials_for_every_microservice_one_secret_each() -> None:
    both = reading(service("orders.example"), service("pay.example"))
    actions = decide(claimed(app_observed(readings={"main": both}, creds={}))).actions
    issued = [action for action in actions if isinstance(action, IssueUser)]
    assert len(issued) == len(actions)
    assert {(item.hostname, item.secret) for item in issued} == {
        ("orders.example", "shop-orders.example-creds"),
        ("pay.example", "shop-pay.example-creds"),
    }
    for item in issued:
        assert item.signer == signing_key().key.ref
        assert item.issuer_account == public("account")
        assert item.replaces == ""
        assert item.life == LIFE
        assert item.annotations[REASON_ANNOTATION] == "NoCredentials"


def test_a_renewed_credential_writes_its_former_key_down_in_the_same_write() -> None:
    action = issue(settled_app(), NOW + LIFE)
    assert json.loads(action.annotations[PREVIOUS_ANNOTATION]) == {user("orders-1"): NOW - 100}
    assert action.replaces == "3"
    assert action.annotations[REASON_ANNOTATION] == "Expiring"
    assert action.issued_after == NOW - 100


def test_former_keys_that_are_not_revoked_yet_stay_written_down() -> None:
    held = {"orders.example": creds(previous={user("orders-0"): NOW - 900})}
    action = issue(app_observed(creds=held), NOW + LIFE)
    assert set(json.loads(action.annotations[PREVIOUS_ANNOTATION])) == {user("orders-0"), user("orders-1")}


def recorded(hostname: str = "orders.example", name: str = "orders-1", bundle: str = "main") -> dict[str, Any]:
    """A microservice in an app's status."""
    secret = f"shop-{hostname}-creds"
    entry = {"hostname": hostname, "bundle": bundle, "secretName": secret, "issuedAt": NOW - 100}
    return {**entry, "userPublicKey": user(name)}


def test_the_key_of_a_secret_that_was_deleted_is_still_revoked() -> None:
    action = issue(app_observed(app=app(status={"services": [recorded()]}), creds={}))
    assert json.loads(action.annotations[PREVIOUS_ANNOTATION]) == {user("orders-1"): NOW - 100}


def test_the_key_of_a_deleted_secret_is_not_forgotten_while_it_cannot_be_issued_anew() -> None:
    stuck = {"main": reading(service(findings=blocking()))}
    status = decide(app_observed(app=app(status={"services": [recorded()]}), creds={}, readings=stuck)).status
    assert [item.public_key for item in status.services[0].previous] == [user("orders-1")]


def test_a_secret_that_does_not_parse_is_issued_anew_and_its_known_key_revoked() -> None:
    spoilt = CredsObservation(resource_version="4", public_key=user("orders-1"), invalid="CredsInvalid")
    action = issue(app_observed(creds={"orders.example": spoilt}, app=app(status={"services": [recorded()]})))
    assert json.loads(action.annotations[PREVIOUS_ANNOTATION]) == {user("orders-1"): NOW - 100}
    assert action.replaces == "4"


def test_revoked_credentials_that_came_back_from_a_backup_are_issued_anew() -> None:
    held = published(revocations={user("orders-1"): NOW - 50})
    assert issue(settled_app(published=held)).annotations[REASON_ANNOTATION] == "Revoked"


def test_then_the_deployment_with_what_was_issued() -> None:
    (action,) = decide(app_observed()).actions
    assert isinstance(action, Apply)
    assert action.manifest["spec"]["template"]["spec"]["containers"][0]["image"] == IMAGE


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"served": Trouble("ResolverBehind", "m", passing=True)}, "ResolverBehind"),
        ({"broker": NO_BROKER}, "NatsUnavailable"),
        ({"broker": broker(published(signing=()))}, "AccountsOutOfSync"),
    ],
)
def test_no_pod_starts_before_every_server_knows_its_signer_n9(parts: dict[str, Any], expected: str) -> None:
    decision = decide(app_observed(**parts))
    assert decision.actions == ()
    assert reason(decision) == ("False", expected)


def test_then_the_rollout_is_waited_for() -> None:
    bare = app_observed()
    rolling = workload_of(bare)
    rolling["status"] = {**rolling["status"], "availableReplicas": 0}
    decision = decide(replace(bare, deployments={"main": rolling}))
    assert decision.actions == ()
    assert reason(decision) == ("False", "RollingOut")


def test_with_all_of_it_nothing_is_done_and_the_second_look_says_the_same_r3() -> None:
    observed = settled_app()
    first = decide(observed)
    assert first.actions == ()
    assert reason(first) == ("True", "Delivered")
    second = decide(after(observed, first), NOW + 60)
    assert second.actions == ()
    assert second.status == first.status
    assert second.look_again is None


def test_status_tells_of_each_microservice_what_it_may() -> None:
    subjects = (
        "prod.danger.666.orders_example.access_token_core.~.POST.mint",
        "prod.safe.443.orders_example.*.~.GET.x",
    )
    said = service(pub=subjects)
    observed = settled_app(readings={"main": reading(said)}, creds={"orders.example": creds(of=said)})
    (found,) = decide(observed).status.services
    assert (found.pub, found.sub, found.trust_roots, found.wildcards) == (2, 1, 1, 1)
    assert (found.user_public_key, found.phase) == (user("orders-1"), "Issued")


def test_a_signing_key_that_nobody_runs_with_yet_waits_for_every_server_n9() -> None:
    three = plane(spec={"nats": {"replicas": 3, "image": "nats"}})
    new = settled_app(plane=three, broker=broker(servers=2), deployments={})
    waiting = decide(new)
    assert (waiting.actions, reason(waiting)) == ((), ("False", "ServersMissing"))
    known = settled_app(plane=three, broker=broker(connections=[connection("old")], servers=2), deployments={})
    assert [type(action) for action in decide(known).actions] == [Apply]


def test_an_app_is_not_ready_while_a_server_is_missing_p14() -> None:
    three = plane(spec={"plane": "prod", "nats": {"replicas": 3, "image": "nats"}})
    assert reason(decide(settled_app(plane=three, broker=broker(servers=2)))) == ("False", "ServersMissing")


# What cannot be derived: everything issued stays, and nothing is revoked (pitfalls D2, D3).


@pytest.mark.parametrize(
    ("found", "expected", "stalled"),
    [
        (BundleReading(trouble=Trouble("NoSource", "bundle main: no source")), "NoSource", "True"),
        (reading(service(findings=blocking())), "BlockingFindings", "True"),
        (reading(service(connect_bytes=70_000)), "OverBudget", "True"),
        (replace(reading(), report=Report(())), "NoMicroservices", "True"),
    ],
)
def test_a_source_that_says_nothing_changes_nothing_d3(found: BundleReading, expected: str, stalled: str) -> None:
    before = decide(settled_app())
    observed = after(settled_app(), before)
    decision = decide(replace(observed, readings={"main": found}))
    assert decision.actions == ()
    assert decision.status.revoking == ()
    assert reason(decision) == ("False", expected)
    assert reason(decision, "Stalled")[0] == stalled
    assert [item.user_public_key for item in decision.status.services] == [user("orders-1")]


def test_the_weather_at_a_registry_takes_nothing_from_an_app_that_was_delivered_d3() -> None:
    observed = after(settled_app(), decide(settled_app()))
    decision = decide(replace(observed, readings={"main": UNREAD}))
    assert decision.actions == ()
    assert decision.status.revoking == ()
    assert reason(decision) == ("True", "Delivered")
    assert reason(decision, "SourceRead") == ("False", "RegistryUnavailable")
    assert [item.user_public_key for item in decision.status.services] == [user("orders-1")]


def test_an_app_whose_new_spec_could_not_be_read_is_not_ready() -> None:
    decision = decide(settled_app(readings={"main": UNREAD}))
    assert decision.actions == ()
    assert reason(decision) == ("False", "RegistryUnavailable")
    assert reason(decision, "Stalled")[0] == "False"


def test_a_bundle_that_was_not_read_in_this_look_changes_nothing_d3() -> None:
    observed = after(settled_app(), decide(settled_app()))
    decision = decide(replace(observed, readings={}))
    assert decision.actions == ()
    assert decision.status.revoking == ()
    assert decision.status.services


def test_findings_name_file_and_line() -> None:
    decision = decide(settled_app(readings={"main": reading(service(findings=blocking()))}))
    assert "unresolved-host at orders/service.go:12" in message(decision)
    assert [(item.file, item.line) for item in decision.status.findings] == [("orders/service.go", 12)]


def test_one_blocked_microservice_holds_its_bundle_and_no_other() -> None:
    readings = {
        "main": reading(service(findings=blocking()), service("b.example")),
        "pay": reading(service("pay.example")),
    }
    actions = decide(claimed(app_observed(app=app(spec=TWO_BUNDLES), readings=readings, creds={}))).actions
    assert [action.hostname for action in actions if isinstance(action, IssueUser)] == ["pay.example"]


def test_a_hostname_in_two_bundles_is_in_neither() -> None:
    observed = app_observed(app=app(spec=TWO_BUNDLES), readings={"main": reading(), "pay": reading()}, creds={})
    decision = decide(observed)
    assert decision.actions == ()
    assert reason(decision) == ("False", "HostnameConflict")


def test_a_hostname_of_another_app_is_refused_and_its_owner_named() -> None:
    other = app(name="other", status={"services": [recorded()]})
    decision = decide(app_observed(others=(other,), creds={}))
    assert decision.actions == ()
    assert "belongs to MicrobusApp infra/other" in message(decision)


def test_a_strangers_secret_is_refused_and_the_bundle_waits_k9() -> None:
    theirs = CredsObservation(foreign=Trouble("SecretConflict", "Secret infra/x exists but is not this app's"))
    decision = decide(app_observed(creds={"orders.example": theirs}))
    assert decision.actions == ()
    assert reason(decision, "Stalled") == ("True", "SecretConflict")


def test_a_strangers_deployment_is_refused_k9() -> None:
    bare = app_observed()
    theirs = workload_of(bare)
    theirs["metadata"] = {"name": "shop-main", "uid": "x", "labels": {}, "generation": 1}
    decision = decide(replace(bare, deployments={"main": theirs}))
    assert decision.actions == ()
    assert reason(decision, "Stalled") == ("True", "WorkloadConflict")


# Retirement: revoked once nobody uses it, forgotten once every server has it (pitfalls N9, R6, R9).

ROTATED = {"orders.example": creds("orders-2", previous={user("orders-1"): NOW - 900})}


def test_a_replaced_key_is_revoked_when_it_is_delivered_and_on_no_connection() -> None:
    assert revoked(settled_app(creds=ROTATED)) == {user("orders-1")}
    assert decide(settled_app(creds=ROTATED)).look_again == 1.0


def test_a_replaced_key_that_is_still_in_use_is_not_revoked_n9() -> None:
    assert revoked(settled_app(creds=ROTATED, broker=broker(connections=[connection("orders-1")]))) == set()


def test_nothing_is_revoked_where_the_brokers_could_not_be_asked_n9() -> None:
    assert revoked(settled_app(creds=ROTATED, broker=NO_BROKER)) == set()


def test_nothing_is_revoked_where_one_server_did_not_answer_n9() -> None:
    three = plane(spec={"plane": "prod", "nats": {"replicas": 3, "image": "nats"}})
    assert revoked(settled_app(creds=ROTATED, plane=three, broker=broker(servers=2))) == set()


def test_nothing_is_revoked_while_the_rollout_is_incomplete_n9() -> None:
    bare = app_observed(creds=ROTATED)
    rolling = workload_of(bare)
    rolling["status"] = {**rolling["status"], "updatedReplicas": 0}
    assert revoked(replace(bare, deployments={"main": rolling})) == set()


def test_nothing_is_revoked_while_the_pods_are_those_of_the_former_credentials_n9() -> None:
    bare = app_observed(creds=ROTATED)
    former = workload_of(app_observed())
    behind = Trouble("ResolverBehind", "m", passing=True)
    assert revoked(replace(bare, deployments={"main": former}, served=behind)) == set()


def test_a_revoked_key_is_forgotten_once_every_server_lists_it() -> None:
    done = published(revocations={user("orders-1"): NOW - 10})
    decision = decide(settled_app(creds=ROTATED, published=done))
    (action,) = decision.actions
    assert isinstance(action, Annotate)
    assert action.annotations == {PREVIOUS_ANNOTATION: "{}"}


@pytest.mark.parametrize(
    ("revocations", "held"),
    [({}, None), ({"orders-1": NOW - 1000}, None), ({"orders-1": NOW - 10}, published())],
)
def test_a_key_is_not_forgotten_before_that(revocations: dict[str, int], held: Any) -> None:
    done = published(revocations={user(name): at for name, at in revocations.items()})
    decision = decide(settled_app(creds=ROTATED, published=done, broker=broker(held or done)))
    assert decision.actions == ()


def with_a_service_that_went() -> AppObserved:
    """`pay.example` has credentials, and the source does not have it any more."""
    listed = app(status={"services": [recorded(), {**recorded("pay.example", "pay-1"), "signer": public(APP_KEY)}]})
    both = {"orders.example": creds(), "pay.example": creds("pay-1", of=service("pay.example"))}
    bare = app_observed(app=listed, creds=both)
    rolled = workload_of(replace(bare, creds={"orders.example": creds()}))
    return replace(bare, deployments={"main": rolled})


def test_a_microservice_that_is_gone_is_revoked_and_stays_listed_until_it_is() -> None:
    observed = with_a_service_that_went()
    assert revoked(observed) == {user("pay-1")}
    assert [item.hostname for item in decide(observed).status.services] == ["orders.example", "pay.example"]


def test_a_microservice_that_is_gone_is_revoked_only_when_its_pods_are() -> None:
    observed = with_a_service_that_went()
    behind = Trouble("ResolverBehind", "m", passing=True)
    assert revoked(replace(observed, deployments={"main": workload_of(observed)}, served=behind)) == set()


def test_a_microservice_is_not_gone_because_another_blocks_the_new_image() -> None:
    observed = with_a_service_that_went()
    old = replace(observed, deployments={"main": workload_of(observed)})
    stuck = {"main": reading(service(findings=blocking()))}
    assert revoked(replace(old, readings=stuck)) == set()


def test_a_gone_microservices_secret_goes_when_its_key_is_revoked_everywhere() -> None:
    done = published(revocations={user("pay-1"): NOW})
    observed = replace(with_a_service_that_went(), published=done, broker=broker(done))
    noted, action = decide(observed).actions
    assert noted == Annotate("infra", "prod-app-signing-1", {"microbus.io/revoked-users": user("pay-1")}, "Revoked")
    assert action == Delete("Secret", "infra", "shop-pay.example-creds", "pay-1-uid", "MicroserviceGone")
    without = replace(observed, creds={"orders.example": creds()})
    assert [item.hostname for item in decide(without).status.services] == ["orders.example"]


def test_a_gone_microservice_whose_secret_was_deleted_is_revoked_all_the_same() -> None:
    observed = replace(with_a_service_that_went(), creds={"orders.example": creds()})
    assert revoked(observed) == {user("pay-1")}
    assert "pay.example" in [item.hostname for item in decide(observed).status.services]


def test_a_strangers_secret_of_a_gone_microservice_stays_k9() -> None:
    theirs = CredsObservation(foreign=Trouble("SecretConflict", "m"))
    observed = with_a_service_that_went()
    done = published(revocations={user("pay-1"): NOW})
    both = {**observed.creds, "pay.example": theirs}
    assert decide(replace(observed, creds=both, published=done, broker=broker(done))).actions == ()


def test_a_bundle_that_left_the_spec_takes_its_deployment_along_and_only_then_its_keys_are_revoked() -> None:
    listed = app(status={"services": [recorded(), recorded("pay.example", "pay-1", "pay")]})
    both = {"orders.example": creds(), "pay.example": creds("pay-1", of=service("pay.example"))}
    bare = app_observed(app=listed, creds=both)
    mine = workload_of(replace(bare, creds={"orders.example": creds()}))
    theirs = {**mine, "metadata": {**mine["metadata"], "name": "shop-pay", "uid": "pay-uid"}}
    observed = replace(bare, deployments={"main": mine, "pay": theirs})
    assert decide(observed).actions == (Delete("Deployment", "infra", "shop-pay", "pay-uid", "BundleGone"),)
    assert revoked(observed) == set()
    assert revoked(replace(observed, deployments={"main": mine})) == {user("pay-1")}


def test_the_deployment_says_which_credentials_its_pods_have() -> None:
    one, two = settled_app(), settled_app(creds=ROTATED)
    hashes = {
        item.deployments["main"]["spec"]["template"]["metadata"]["annotations"][CREDENTIALS_ANNOTATION]
        for item in (one, two)
    }
    assert len(hashes) == 2


def test_a_microservice_whose_source_is_in_trouble_takes_its_grants_along_into_another_account() -> None:
    found = creds(issuer_account=public("another account"))
    stuck = {"main": reading(service(pub=("prod.safe.443.new.example.~.GET.x",), findings=blocking()))}
    (action,) = decide(claimed(settled_app(readings=stuck, creds={"orders.example": found}))).actions
    assert isinstance(action, IssueUser)
    assert (action.pub, action.sub) == (found.pub, found.sub)
    assert action.issuer_account == public("account")
    assert action.annotations[REASON_ANNOTATION] == "AccountChanged"


def test_a_hostname_in_two_bundles_is_not_taken_along_into_another_account() -> None:
    found = creds(issuer_account=public("another account"))
    twice = {"main": reading(), "pay": reading()}
    decision = decide(claimed(app_observed(app=app(spec=TWO_BUNDLES), readings=twice, creds={"orders.example": found})))
    assert not any(isinstance(action, IssueUser) for action in decision.actions)
    assert decision.look_again != 0.0
