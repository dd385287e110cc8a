"""`kube` on an API server and on a state folder: its verbs and errors, finalizers, status, and objects that are seen as
applied.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest

from microbus_operator.api.plane import Plane
from microbus_operator.core import actions as do
from microbus_operator.core.app_workload import deployment
from microbus_operator.core.conditions import State, merged
from microbus_operator.core.drift import differs, is_strangers
from microbus_operator.core.names import FINALIZER
from microbus_operator.core.nats_workload import manifests
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.errors import ApiRefused, ApiUnavailable, Conflict
from microbus_operator.kube.observe import get_app, get_plane, observe_deployments, observe_nats, pull_secrets
from microbus_operator.kube.perform import perform
from microbus_operator.kube.report import report

from ..unit.core.builders import IMAGE, NOW, user
from .api_servers import ApiServer
from .people import apply_as
from .test_api_server import app, plane

SECRET_TEXT = "do-not-repeat-me"


def config_map(namespace: str, name: str = "a", **data: str) -> dict[str, Any]:
    """A ConfigMap."""
    meta = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data}


async def made_plane(cluster: Cluster, namespace: str, **spec: Any) -> Plane:
    """A Plane in the API server, as read from there."""
    await cluster.apply(plane(namespace, **spec))
    found = await get_plane(cluster, namespace, "prod")
    assert found is not None
    return found


async def test_what_is_not_there_is_none(cluster: Cluster, namespace: str) -> None:
    assert await cluster.get("Secret", namespace, "none") is None
    assert await cluster.list("Plane", namespace) == []


async def test_creating_twice_is_a_conflict(cluster: Cluster, namespace: str) -> None:
    await cluster.create(config_map(namespace))
    with pytest.raises(Conflict):
        await cluster.create(config_map(namespace))


async def test_applying_over_a_version_that_has_passed_is_a_conflict(cluster: Cluster, namespace: str) -> None:
    first = await cluster.apply(config_map(namespace, key="1"))
    await cluster.apply(config_map(namespace, key="2"))
    stale = config_map(namespace, key="3")
    stale["metadata"]["resourceVersion"] = first["metadata"]["resourceVersion"]
    with pytest.raises(Conflict):
        await cluster.apply(stale)
    found = await cluster.get("ConfigMap", namespace, "a")
    assert found is not None
    assert found["data"] == {"key": "2"}


async def test_applying_takes_away_what_is_no_longer_stated(cluster: Cluster, namespace: str) -> None:
    await cluster.apply(config_map(namespace, one="1", two="2"))
    assert (await cluster.apply(config_map(namespace, one="1")))["data"] == {"one": "1"}


async def test_deleting_with_another_uid_deletes_nothing(cluster: Cluster, namespace: str) -> None:
    made = await cluster.create(config_map(namespace))
    with pytest.raises(Conflict):
        await cluster.delete("ConfigMap", namespace, "a", "00000000-0000-0000-0000-000000000000")
    await cluster.delete("ConfigMap", namespace, "a", made["metadata"]["uid"])
    await cluster.delete("ConfigMap", namespace, "a", made["metadata"]["uid"])
    assert await cluster.get("ConfigMap", namespace, "a") is None


async def test_listing_selects_by_label(cluster: Cluster, namespace: str) -> None:
    labelled = config_map(namespace, "b")
    labelled["metadata"]["labels"] = {"x": "y"}
    await cluster.create(config_map(namespace))
    await cluster.create(labelled)
    assert [item["metadata"]["name"] for item in await cluster.list("ConfigMap", namespace, {"x": "y"})] == ["b"]


async def test_an_error_about_a_secret_never_repeats_what_it_holds(cluster: Cluster, namespace: str) -> None:
    broken = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "namespace": namespace}}
    with pytest.raises(ApiRefused) as refused:
        await cluster.create({**broken, "data": {"seed": SECRET_TEXT}})
    assert SECRET_TEXT not in str(refused.value)
    assert refused.value.__cause__ is None
    await cluster.create({**broken, "immutable": True, "stringData": {"seed": "x"}})
    with pytest.raises(ApiRefused) as refused:
        await cluster.merge("Secret", namespace, "a", {"stringData": {"seed": SECRET_TEXT}})
    assert SECRET_TEXT not in str(refused.value)


async def test_an_error_about_anything_else_says_what_is_wrong(cluster: Cluster, namespace: str) -> None:
    with pytest.raises(ApiRefused, match=r"spec\.nats\.replicas"):
        await cluster.create(plane(namespace, nats={"image": "n", "replicas": 2}))


async def test_who_may_not_is_refused_with_403(api_server: ApiServer) -> None:
    async with api_server.cluster(token="other") as nobody:
        with pytest.raises(ApiRefused) as refused:
            await nobody.get("Secret", "default", "a")
    assert refused.value.status == 403


async def test_an_api_server_that_does_not_answer_is_the_weather(api_server: ApiServer) -> None:
    async with replace(api_server, url="https://127.0.0.1:1").cluster() as nowhere:
        with pytest.raises(ApiUnavailable):
            await nowhere.get("Secret", "a", "b")


async def test_our_finalizer_comes_and_goes_and_others_stay(cluster: Cluster, namespace: str) -> None:
    theirs = plane(namespace)
    theirs["metadata"]["finalizers"] = ["example.com/theirs"]
    await cluster.create(theirs)
    for present, expected in ((True, ["example.com/theirs", FINALIZER]), (False, ["example.com/theirs"])):
        for _ in range(2):
            await perform(cluster, do.SetFinalizer("Plane", namespace, "prod", present), NOW)
        found = await cluster.get("Plane", namespace, "prod")
        assert found is not None
        assert found["metadata"]["finalizers"] == expected


async def test_the_finalizer_of_what_is_gone_needs_nothing(cluster: Cluster, namespace: str) -> None:
    await perform(cluster, do.SetFinalizer("Plane", namespace, "none", present=False), NOW)


async def test_status_is_written_where_it_changed_and_only_there(cluster: Cluster, namespace: str) -> None:
    subject = await made_plane(cluster, namespace)
    conditions = merged((), {"Ready": State.true("InSync", "m")}, 1, NOW)
    status = subject.status.model_copy(update={"phase": "Ready", "conditions": conditions, "url": "nats://x"})
    assert await report(cluster, subject, status)
    after = await get_plane(cluster, namespace, "prod")
    assert after is not None
    assert after.status == status
    assert not await report(cluster, after, status)
    again = await get_plane(cluster, namespace, "prod")
    assert again is not None
    assert again.metadata.resource_version == after.metadata.resource_version
    assert again.metadata.generation == subject.metadata.generation


async def test_what_a_status_no_longer_says_is_taken_away(cluster: Cluster, namespace: str) -> None:
    subject = await made_plane(cluster, namespace)
    await report(cluster, subject, subject.status.model_copy(update={"url": "nats://x", "phase": "Ready"}))
    full = await get_plane(cluster, namespace, "prod")
    assert full is not None
    await report(cluster, full, full.status.model_copy(update={"url": None}))
    found = await get_plane(cluster, namespace, "prod")
    assert found is not None
    assert (found.status.url, found.status.phase) == (None, "Ready")


async def test_the_status_of_an_object_made_again_is_not_overwritten_by_its_former_self(
    cluster: Cluster, namespace: str
) -> None:
    former = await made_plane(cluster, namespace)
    await cluster.delete("Plane", namespace, "prod", former.metadata.uid)
    await made_plane(cluster, namespace)
    with pytest.raises(Conflict):
        await report(cluster, former, former.status.model_copy(update={"phase": "Ready"}))


async def test_a_condition_that_changed_is_an_event_and_one_that_stays_is_none(
    cluster: Cluster, namespace: str
) -> None:
    subject = await made_plane(cluster, namespace)
    for message in ("one server", "two servers"):
        conditions = merged(subject.status.conditions, {"Ready": State.true("InSync", message)}, 1, NOW)
        await report(cluster, subject, subject.status.model_copy(update={"conditions": conditions}))
        found = await get_plane(cluster, namespace, "prod")
        assert found is not None
        subject = found
    events = await cluster.list("Event", namespace)
    assert [(event["reason"], event["involvedObject"]["name"]) for event in events] == [("InSync", "prod")]


async def test_of_a_deaf_pod_there_is_an_event_and_another_when_it_is_heard_again(
    cluster: Cluster, namespace: str
) -> None:
    await cluster.apply(app(namespace))
    states = [
        State.true("Connected", "all"),
        State.false("Deaf", "one"),
        State.false("Deaf", "two"),
        State.unknown("ConnectionsUnknown", "no answer"),
        State.false("Deaf", "two"),
        State.true("Connected", "all"),
    ]
    for state in states:
        subject = await get_app(cluster, namespace, "shop")
        assert subject is not None
        conditions = merged(subject.status.conditions, {"Connected": state}, 1, NOW)
        await report(cluster, subject, subject.status.model_copy(update={"conditions": conditions}))
    events = await cluster.list("Event", namespace)
    told = sorted((event["type"], event["reason"]) for event in events)
    assert told == sorted(
        [
            ("Warning", "Deaf"),
            ("Warning", "ConnectionsUnknown"),
            ("Warning", "Deaf"),
            ("Normal", "Connected"),
        ]
    )


RESOURCES = {"requests": {"cpu": "0.5", "memory": "1024Mi"}, "limits": {"memory": "2048M", "cpu": 2}}


@pytest.mark.parametrize("nats", [{"replicas": 1}, {"replicas": 3, "resources": RESOURCES}])
async def test_the_brokers_objects_are_seen_as_applied_p11(
    cluster: Cluster, namespace: str, nats: dict[str, Any]
) -> None:
    subject = await made_plane(cluster, namespace, nats={"image": "nats:2.15", **nats})
    wanted = manifests(subject, "port: 4222\n")
    for manifest in wanted:
        await perform(cluster, do.Apply(manifest, "Drifted"), NOW)
    found = await observe_nats(cluster, subject)
    assert len(found) == len(wanted)
    for manifest in wanted:
        stored = found[(manifest["kind"], manifest["metadata"]["name"])]
        assert not differs(manifest, stored), manifest["kind"]
        assert not is_strangers(manifest, stored)


TEMPLATE = {
    "metadata": {"annotations": {"team": "a"}},
    "spec": {
        "nodeSelector": {},
        "tolerations": [{"key": "spot", "operator": "Exists"}],
        "hostNetwork": False,
        "terminationGracePeriodSeconds": 5,
        "imagePullSecrets": [{"name": "pull"}],
        "volumes": [{"name": "scratch", "emptyDir": {"sizeLimit": "1000Mi"}}, {"name": "plain", "emptyDir": {}}],
        "initContainers": [{"name": "first", "image": "init", "args": ["a", "b"]}],
        "containers": [
            {
                "name": "main",
                "resources": RESOURCES,
                "env": [
                    {"name": "EMPTY", "value": ""},
                    {"name": "CPU", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "1"}}},
                ],
                "ports": [{"containerPort": 8080}],
                "volumeMounts": [
                    {"name": "scratch", "mountPath": "/a"},
                    {"name": "scratch", "mountPath": "/b", "readOnly": False},
                ],
                "readinessProbe": {"httpGet": {"path": "/", "port": 8080}, "initialDelaySeconds": 0},
            },
            {"name": "sidecar", "image": "proxy", "stdin": False, "command": []},
        ],
    },
}


async def applied_deployment(cluster: Cluster, namespace: str, template: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """An app with that template and its Deployment as stated; it has been applied."""
    host = await made_plane(cluster, namespace)
    bundle = {"name": "main", "image": "shop:1", "workload": {"template": template}}
    await cluster.apply(app(namespace, bundles=[bundle]))
    subject = await get_app(cluster, namespace, "shop")
    assert subject is not None
    wanted = deployment(subject, host, subject.spec.bundles[0], IMAGE, {"orders.example": user("orders")})
    await perform(cluster, do.Apply(wanted, "Drifted"), NOW)
    return subject, wanted


@pytest.mark.parametrize("template", [{}, TEMPLATE])
async def test_a_bundles_deployment_is_seen_as_applied_whatever_the_template_says_p11(
    cluster: Cluster, namespace: str, template: dict[str, Any]
) -> None:
    subject, wanted = await applied_deployment(cluster, namespace, template)
    found = (await observe_deployments(cluster, subject))["main"]
    assert not differs(wanted, found)
    assert not is_strangers(wanted, found)


async def test_what_others_add_beside_us_is_no_drift_and_what_they_change_of_ours_is(
    cluster: Cluster, namespace: str
) -> None:
    subject, wanted = await applied_deployment(cluster, namespace, {})
    pod: dict[str, Any] = {"containers": [{"name": "main", "env": [{"name": "MINE", "value": "1"}]}]}
    added = {**wanted, "spec": {"template": {"spec": pod}}}
    added["metadata"] = {"name": "shop-main", "namespace": namespace, "annotations": {"kubectl": "1"}}
    await apply_as("kubectl", cluster, added)
    assert not differs(wanted, (await observe_deployments(cluster, subject))["main"])
    await cluster.merge("Deployment", namespace, "shop-main", {"spec": {"replicas": 7}})
    assert differs(wanted, (await observe_deployments(cluster, subject))["main"])
    await perform(cluster, do.Apply(wanted, "Drifted"), NOW)
    assert not differs(wanted, (await observe_deployments(cluster, subject))["main"])


async def test_pull_secrets_are_those_that_pods_may_pull_with(cluster: Cluster, namespace: str) -> None:
    meta = {"namespace": namespace}
    pull = {".dockerconfigjson": base64.b64encode(b"{}").decode()}
    kind = {"apiVersion": "v1", "kind": "Secret"}
    await cluster.create(
        {**kind, "metadata": {**meta, "name": "pull"}, "type": "kubernetes.io/dockerconfigjson", "data": pull}
    )
    await cluster.create({**kind, "metadata": {**meta, "name": "other"}, "data": pull})
    assert await pull_secrets(cluster, namespace, ["pull", "other", "none"]) == [b"{}"]
