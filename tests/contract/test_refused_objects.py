"""What an API server refuses, the store refuses with the same status, and keeps what an API server keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.errors import ApiRefused

LABELS = {"app": "x"}
CONTAINER = {"name": "c", "image": "i"}


def workload(kind: str = "Deployment", **spec: Any) -> dict[str, Any]:
    """A Deployment or StatefulSet with these fields of its spec instead of good ones."""
    good = {"selector": {"matchLabels": LABELS}, "template": template()}
    wanted = {key: value for key, value in {**good, **spec}.items() if value is not None}
    return {"apiVersion": "apps/v1", "kind": kind, "spec": wanted}


def template(labels: Any = LABELS, **spec: Any) -> dict[str, Any]:
    """A pod template with these fields."""
    return {"metadata": {"labels": labels}, "spec": {"containers": [CONTAINER], **spec}}


def container(**fields: Any) -> dict[str, Any]:
    """A Deployment whose container has these fields too."""
    return workload(template=template(containers=[{**CONTAINER, **fields}]))


def volume(**source: Any) -> dict[str, Any]:
    """A Deployment with this volume."""
    return workload(template=template(volumes=[{"name": "v", **source}]))


def data(kind: str, **fields: Any) -> dict[str, Any]:
    """A Secret or ConfigMap."""
    return {"apiVersion": "v1", "kind": kind, **fields}


def service(**spec: Any) -> dict[str, Any]:
    """A Service."""
    return {"apiVersion": "v1", "kind": "Service", "spec": spec}


BAD_TYPES = [
    {**workload(), "spec": 5},
    workload(replicas="x"),
    workload(replicas=2.5),
    workload(template="x"),
    workload("StatefulSet", replicas=[]),
    container(env=5),
    container(env=[{"name": "A", "value": 5}]),
    container(workingDir={}),
    container(resources={"limits": {"cpu": "abc"}}),
    container(readinessProbe={"httpGet": {"port": {}}}),
    data("ConfigMap", binaryData=5),
    data("ConfigMap", binaryData={"a": "###"}),
    data("ConfigMap", binaryData={"a": 5}),
    data("ConfigMap", data={"a": 5}),
    data("ConfigMap", immutable=5),
    data("Secret", type=[5]),
    data("Secret", data={"a": "%%"}),
    data("Secret", stringData=5),
    service(ports="x"),
]
INVALID = [
    workload(replicas=-1),
    workload(selector={"matchLabels": {"x": "y"}}),
    workload(selector={}),
    workload(selector=None),
    workload(template=None),
    workload("StatefulSet", selector=None, template=None),
    workload(template=template(containers=[])),
    workload(template=template(labels={**LABELS, "a": "b c"})),
    workload(template=template(containers=[{"name": "c"}])),
    workload(template=template(containers=[{**CONTAINER, "name": "A B"}])),
    workload(template=template(initContainers=[{"name": "d"}])),
    container(env=[{"name": "A=B", "value": "1"}]),
    container(env=[{"name": "A\nB", "value": "1"}]),
    container(env=[{"name": "", "value": "1"}]),
    container(env=[{"name": "A", "valueFrom": {}}]),
    container(env=[{"name": "A", "value": "1", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]),
    container(env=[{"name": "A", "valueFrom": {"secretKeyRef": {"key": "k"}}}]),
    container(ports=[{"containerPort": 0}]),
    container(ports=[{"containerPort": 99999}]),
    container(volumeMounts=[{"name": "nope", "mountPath": "/x"}]),
    container(readinessProbe={"periodSeconds": 1}),
    container(readinessProbe={"httpGet": {"port": 0}}),
    volume(secret={}),
    volume(configMap={}),
    volume(projected={"sources": [{"secret": {}}]}),
    volume(secret={"secretName": "s", "items": [{"key": "", "path": "p"}]}),
    data("ConfigMap", data={"a": "x"}, binaryData={"a": "eA=="}),
    data("ConfigMap", data={"a b": "x"}),
    data("Secret", type="kubernetes.io/dockerconfigjson"),
    service(),
    service(ports=[{"port": 0}]),
]
GOOD = [
    workload(),
    workload("StatefulSet", serviceName="s"),
    container(env=[{"name": "A B.c-d", "value": "a\0b"}, {"name": "C", "value": ""}]),
    container(resources={"limits": {"cpu": 1, "memory": "1.5Gi"}}),
    container(readinessProbe={"httpGet": {"port": "unnamed"}}),
    workload(template={**template(), "metadata": {"labels": LABELS, "creationTimestamp": None}}),
    volume(emptyDir={}),
    data("ConfigMap", data={"a": None}),
    data("ConfigMap", binaryData={"a": "eA==\n"}),
    service(clusterIP="None"),
]


def named(manifest: Mapping[str, Any], namespace: str) -> dict[str, Any]:
    """The manifest as an object of that namespace."""
    return {**manifest, "metadata": {"name": "a", "namespace": namespace}}


@pytest.mark.parametrize("manifest", BAD_TYPES)
async def test_what_is_of_a_wrong_type_is_a_bad_request(
    cluster: Cluster, namespace: str, manifest: dict[str, Any]
) -> None:
    with pytest.raises(ApiRefused) as refused:
        await cluster.create(named(manifest, namespace))
    assert refused.value.status == 400
    assert await cluster.get(manifest["kind"], namespace, "a") is None


@pytest.mark.parametrize("manifest", INVALID)
async def test_what_breaks_a_rule_is_invalid(cluster: Cluster, namespace: str, manifest: dict[str, Any]) -> None:
    for attempt in (cluster.create(named(manifest, namespace)), cluster.apply(named(manifest, namespace))):
        with pytest.raises(ApiRefused) as refused:
            await attempt
        assert refused.value.status == 422


@pytest.mark.parametrize("manifest", GOOD)
async def test_what_is_odd_and_good_is_kept(cluster: Cluster, namespace: str, manifest: dict[str, Any]) -> None:
    await cluster.create(named(manifest, namespace))
    assert await cluster.get(manifest["kind"], namespace, "a") is not None
