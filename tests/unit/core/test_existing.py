"""Workloads that an app names and does not own: checked, rolled by one annotation, and no proof where nothing runs."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from microbus_operator.core.actions import Apply, Decision, Delete, Roll
from microbus_operator.core.app import decide_app
from microbus_operator.core.app_workload import CREDENTIALS_ANNOTATION, credentials_hash
from microbus_operator.core.config_files import ConfigFiles
from microbus_operator.core.existing import config_refs
from microbus_operator.core.observed import AppObserved
from microbus_operator.core.rotation import STALLS_AFTER

from .builders import NOW, app, app_observed, broker, connection, creds, user, workload_of

HASH = credentials_hash({"orders.example": user("orders-1")})
CREDS = {"key": "orders.example_nats.creds", "path": "orders.example_nats.creds"}
OURS = {"secret": {"name": "shop-orders.example-creds", "items": [CREDS]}}


def spec(kind: str = "Deployment", **more: Any) -> dict[str, Any]:
    """The spec of an app whose bundle is an existing workload."""
    workload = {"existing": {"kind": kind, "name": "legacy"}}
    return {"bundles": [{"name": "main", "image": "shop:1", "workload": workload, **more}]}


def workload(kind: str = "Deployment", mark: str = HASH, **container: Any) -> dict[str, Any]:
    """A workload that mounts everything as it should be, and whose pods all run with the present credentials."""
    env = [
        {"name": "MICROBUS_NATS", "value": "nats://prod-nats.infra:4222"},
        {"name": "MICROBUS_PLANE", "value": "prod"},
    ]
    stated = {"name": "app", "workingDir": "/creds", "env": env, "volumeMounts": [{"name": "c", "mountPath": "/creds"}]}
    template = {
        "metadata": {"annotations": {CREDENTIALS_ANNOTATION: mark} if mark else {}},
        "spec": {
            "securityContext": {"runAsUser": 1000, "fsGroup": 1000},
            "containers": [{**stated, **container}],
            "volumes": [{"name": "c", "projected": {"defaultMode": 0o440, "sources": [deepcopy(OURS)]}}],
        },
    }
    counts = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), 2)
    if kind == "DaemonSet":
        keys = ("desiredNumberScheduled", "updatedNumberScheduled", "currentNumberScheduled", "numberAvailable")
        counts = dict.fromkeys(keys, 2)
    return {
        "kind": kind,
        "metadata": {"name": "legacy", "namespace": "infra", "uid": "legacy-uid", "generation": 3},
        "spec": {"replicas": 2, "template": template} if kind != "DaemonSet" else {"template": template},
        "status": {"observedGeneration": 3, **counts},
    }


def observed(found: dict[str, Any] | None, kind: str = "Deployment", **parts: Any) -> AppObserved:
    """The app with that workload, its hostname claimed."""
    deployments = {"main": found} if found is not None else {}
    status = {"services": [{"hostname": "orders.example", "bundle": "main", "secretName": "shop-orders.example-creds"}]}
    named = parts.pop("app", app(spec=spec(kind), status=status))
    return app_observed(**{"app": named, "deployments": deployments, **parts})


def rotating(found: dict[str, Any] | None, minutes: int = 1, **parts: Any) -> AppObserved:
    """The same some time after its credentials were replaced; nobody is connected with the old ones."""
    at = NOW - minutes * 60
    renewed = {"orders.example": creds(previous={user("orders-0"): at - 900}, issued_at=at)}
    return observed(found, **{"creds": renewed, **parts})


def condition(decision: Decision, kind: str) -> tuple[str, str]:
    """Reason and message of a condition."""
    (found,) = [c for c in decision.status.conditions if c.type == kind]
    return found.reason, found.message


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
def test_one_that_runs_with_the_present_credentials_is_left_alone(kind: str) -> None:
    decision = decide_app(observed(workload(kind), kind), NOW)
    assert decision.actions == ()
    assert condition(decision, "Ready")[0] == "Delivered"
    assert condition(decision, "DeliveryVerified")[0] == "Verified"
    assert decision.status.bundles[0].workload == "legacy"


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
@pytest.mark.parametrize("mark", ["", "former"])
def test_new_credentials_are_one_annotation_of_its_pod_template_and_nothing_else_r3_r4(kind: str, mark: str) -> None:
    (action,) = decide_app(observed(workload(kind, mark), kind), NOW).actions
    assert action == Roll(kind, "infra", "legacy", "legacy-uid", {CREDENTIALS_ANNOTATION: HASH}, "CredentialsChanged")


def test_one_that_is_not_there_is_named_and_nothing_is_made_in_its_place() -> None:
    decision = decide_app(observed(None), NOW)
    assert decision.actions == ()
    assert condition(decision, "Ready") == (
        "WorkloadNotFound",
        "bundle main: workload.existing names Deployment infra/legacy, which does not exist; create it, or correct the "
        "name",
    )
    gone = decide_app(replace(rotating(workload()), deployments={}), NOW)
    assert gone.status.revoking == ()


def changed(path: str, value: Any, kind: str = "Deployment") -> dict[str, Any]:
    """A workload with another value at a path, of which `None` takes it out."""
    found = workload(kind)
    *parents, last = path.split(".")
    place: Any = found
    for each in parents:
        place = place[int(each)] if each.isdecimal() else place.setdefault(each, {})
    if value is None:
        place.pop(last)
    else:
        place[int(last) if last.isdecimal() else last] = value
    return found


CONTAINER, VOLUME = "spec.template.spec.containers.0", "spec.template.spec.volumes.0"
MOUNT = {"name": "c", "mountPath": "/creds"}
BLOCKING = [
    (f"{CONTAINER}.workingDir", None, "CredentialsNotMounted", "states no workingDir"),
    (f"{CONTAINER}.workingDir", "/app", "CredentialsNotMounted", "no volume at its workingDir /app"),
    (f"{VOLUME}.projected.sources", [], "CredentialsNotMounted", "Secret shop-orders.example-creds"),
    (f"{VOLUME}.projected.sources.0.secret.name", "other", "CredentialsNotMounted", "Secret shop-orders.example-creds"),
    (f"{VOLUME}.projected.sources.0.secret.items.0.path", "nats.creds", "CredentialsNotMounted", "(key and path)"),
    (f"{CONTAINER}.volumeMounts", [{**MOUNT, "subPath": "x"}], "SubPath", "by subPath, which is never updated"),
    (
        f"{CONTAINER}.volumeMounts",
        [MOUNT, {"name": "d", "mountPath": "/creds/nats.creds"}],
        "CredentialsShadowed",
        "volume d at /creds/nats.creds",
    ),
    (f"{CONTAINER}.env.1.value", "test", "PlaneDiffers", "MICROBUS_PLANE test, and its credentials are of plane prod"),
    (f"{CONTAINER}.env.1.name", "OTHER", "PlaneDiffers", "MICROBUS_PLANE unset"),
    (
        f"{CONTAINER}.env.0.value",
        "nats://me:secret@x",
        "BrokerDiffers",
        "needs MICROBUS_NATS nats://prod-nats.infra.svc",
    ),
    (f"{CONTAINER}.env.0.name", "OTHER", "BrokerDiffers", "and it has none"),
    (f"{CONTAINER}.env.0.name", "MICROBUS_NATS_TOKEN", "OtherCredentials", "sets MICROBUS_NATS_TOKEN"),
    ("spec.template.spec.securityContext.fsGroup", None, "FileUnreadable", "root's with mode 0440"),
    ("metadata.ownerReferences", [{"uid": "shop-uid"}], "OwnWorkload", "is this app's own"),
    ("spec.template.spec.containers", [], "CredentialsNotMounted", "has no container"),
]


@pytest.mark.parametrize(("path", "value", "reason", "said"), BLOCKING)
def test_mistakes_in_how_it_mounts_credentials_keep_it_from_being_rolled_n11_n12(
    path: str, value: Any, reason: str, said: str
) -> None:
    found = changed(path, value)
    if "annotations" in found["spec"]["template"]["metadata"]:
        found["spec"]["template"]["metadata"]["annotations"] = {}
    if path.endswith("fsGroup"):
        found["spec"]["template"]["spec"]["securityContext"]["runAsGroup"] = 1000
    decision = decide_app(observed(found), NOW)
    assert decision.actions == ()
    reasons = condition(decision, "DeliveryVerified")
    assert reason == reasons[0]
    assert said in reasons[1]
    assert "secret@" not in reasons[1]


STRAY = {"secret": {"name": "more"}}


@pytest.mark.parametrize(
    ("source", "keys", "is_stray"),
    [
        (STRAY, {"nats.creds"}, True),
        (STRAY, {"orders.example_nats.creds", "config.yaml"}, True),
        (STRAY, {"config.yaml"}, False),
        ({"secret": {"name": "more", "items": [{"key": "a", "path": "nats.creds"}]}}, {"a"}, True),
        ({"secret": {"name": "more", "items": [{"key": "a", "path": "a.pem"}]}}, {"a", "nats.creds"}, False),
    ],
)
def test_other_credentials_in_its_volume_are_found_by_the_names_of_files_n12(
    source: dict[str, Any], keys: set[str], is_stray: bool
) -> None:
    found = workload(mark="former")
    found["spec"]["template"]["spec"]["volumes"][0]["projected"]["sources"].append(source)
    seen = observed(found, configs={"main": (ConfigFiles("Secret", "more", frozenset(keys)),)})
    decision = decide_app(seen, NOW)
    assert [type(action) for action in decision.actions] == ([] if is_stray else [Roll])
    assert condition(decision, "DeliveryVerified")[0] == ("StrayCredentials" if is_stray else "Verified")
    assert config_refs(seen.app, seen.app.spec.bundles[0], found) == (("Secret", "more"),)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (VOLUME, {"name": "c", "secret": {"secretName": "shop-orders.example-creds"}}),
        (f"{VOLUME}.projected.sources.0.secret.items", None),
        (f"{CONTAINER}.env.0.value", "nats://prod-nats:4222"),
        (f"{CONTAINER}.env.0.value", "nats://prod-nats.infra.svc.cluster.local:4222"),
        ("spec.template.spec.securityContext", {"runAsUser": 0}),
        ("spec.template.spec.securityContext", {}),
    ],
)
def test_other_ways_that_are_as_good_are_taken(path: str, value: Any) -> None:
    assert condition(decide_app(observed(changed(path, value)), NOW), "DeliveryVerified")[0] == "Verified"


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (f"{CONTAINER}.command", ["./legacy"], "RelativeCommand"),
        (f"{CONTAINER}.env.1", {"name": "MICROBUS_PLANE", "valueFrom": {"x": 1}}, "PlaneUnknown"),
        (f"{CONTAINER}.env.0", {"name": "MICROBUS_NATS", "valueFrom": {"x": 1}}, "BrokerUnknown"),
    ],
)
def test_what_cannot_be_looked_into_is_told(path: str, value: Any, reason: str) -> None:
    decision = decide_app(observed(changed(path, value)), NOW)
    assert condition(decision, "DeliveryVerified")[0] == reason
    assert condition(decision, "Ready")[0] == "Delivered"


def test_fields_of_our_own_deployment_are_told_beside_an_existing_one() -> None:
    named = app(spec=spec(config={"secretRef": "conf"}), status=observed(None).app.status.to_manifest())
    assert condition(decide_app(observed(workload(), app=named), NOW), "DeliveryVerified")[0] == "FieldIgnored"


HALTED = [
    ("Deployment", "spec.paused", True, "is paused: resume it"),
    ("Deployment", "spec.replicas", 0, "has no pods, so that nothing shows whether its credentials work; scale it up"),
    ("StatefulSet", "spec.replicas", 0, "has no pods"),
    ("DaemonSet", "status.desiredNumberScheduled", 0, "has no pods"),
    ("StatefulSet", "spec.updateStrategy", {"type": "OnDelete"}, "has updateStrategy OnDelete"),
    ("StatefulSet", "spec.updateStrategy", {"rollingUpdate": {"partition": 1}}, "has a partition"),
]


@pytest.mark.parametrize(("kind", "path", "value", "said"), HALTED)
def test_where_nothing_replaces_its_pods_a_rotation_stalls_at_once_with_both_keys_valid_and_says_why(
    kind: str, path: str, value: Any, said: str
) -> None:
    named = observed(None, kind).app
    decision = decide_app(rotating(changed(path, value, kind), app=named), NOW)
    assert decision.status.revoking == ()
    reason, message = condition(decision, "CredentialsReplaced")
    assert reason == "ReplacementStalled"
    assert f"{kind} legacy {said}" in message
    assert "both keys stay valid" in message
    assert condition(decision, "Ready")[0] == "RolloutHalted"
    assert said in condition(decision, "Stalled")[1]
    resumed = decide_app(rotating(workload(kind), app=named), NOW)
    assert [each.public_key for each in resumed.status.revoking] == [user("orders-0")]


UNREADY = [
    ("Deployment", "status.availableReplicas", 1),
    ("Deployment", "status.observedGeneration", 2),
    ("Deployment", "status.replicas", 3),
    ("StatefulSet", "status.readyReplicas", 1),
    ("StatefulSet", "status.updateRevision", "b"),
    ("DaemonSet", "status.numberAvailable", 1),
    ("DaemonSet", "status.updatedNumberScheduled", 1),
]


@pytest.mark.parametrize(("kind", "path", "value"), UNREADY)
def test_a_rollout_that_never_becomes_ready_stalls_with_both_keys_valid(kind: str, path: str, value: Any) -> None:
    found, named = changed(path, value, kind), observed(None, kind).app
    early = decide_app(rotating(found, app=named), NOW)
    late = decide_app(rotating(found, STALLS_AFTER // 60 + 1, app=named), NOW)
    assert condition(early, "Ready")[0] == condition(late, "Ready")[0] == "RollingOut"
    assert condition(early, "CredentialsReplaced")[0] == "Replacing"
    reason, message = condition(late, "CredentialsReplaced")
    assert reason == "ReplacementStalled"
    assert f"{kind} legacy" in message
    assert early.status.revoking == late.status.revoking == ()


def test_an_old_connection_keeps_the_old_key_valid() -> None:
    decision = decide_app(rotating(workload(), broker=broker(connections=[connection("orders-0")])), NOW)
    assert decision.status.revoking == ()
    assert "orders.example (1)" in condition(decision, "CredentialsReplaced")[1]


def test_what_two_name_is_the_older_ones() -> None:
    older = app(name="old", spec=spec(), uid="old-uid", creationTimestamp="2025-01-01T00:00:00Z")
    younger = app(name="young", spec=spec(), uid="young-uid", creationTimestamp="2027-01-01T00:00:00Z")
    elsewhere = app(name="old", namespace="else", spec=spec(), creationTimestamp="2025-01-01T00:00:00Z")
    mine = observed(workload(mark="former"))
    assert [type(a) for a in decide_app(replace(mine, others=(younger, elsewhere)), NOW).actions] == [Roll]
    decision = decide_app(replace(mine, others=(older,)), NOW)
    assert decision.actions == ()
    assert condition(decision, "Ready") == (
        "WorkloadTwice",
        "bundle main: Deployment infra/legacy is bundle main of MicrobusApp infra/old's, and two would roll it in "
        "turns; name another one",
    )


def test_our_own_deployment_goes_once_the_existing_one_runs_with_the_credentials() -> None:
    own = workload_of(app_observed())
    waiting = replace(rotating(workload(mark="former")), superseded={"main": own})
    assert [type(action) for action in decide_app(waiting, NOW).actions] == [Roll]
    assert decide_app(waiting, NOW).status.revoking == ()
    runs = replace(rotating(workload()), superseded={"main": own})
    assert decide_app(runs, NOW).actions == (Delete("Deployment", "infra", "shop-main", "d-uid", "BundleGone"),)
    assert decide_app(runs, NOW).status.revoking == ()


def test_a_bundle_that_is_ours_again_gets_its_deployment_and_the_other_one_stays() -> None:
    (action,) = decide_app(observed(None, app=app()), NOW).actions
    assert isinstance(action, Apply)
    assert action.manifest["metadata"]["name"] == "shop-main"
