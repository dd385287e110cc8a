"""Pods as the API server lists them, on either kind of store."""

from __future__ import annotations

from typing import Any

import pytest

from microbus_operator.api.app import MicrobusApp
from microbus_operator.core.actions import Evict
from microbus_operator.core.observed import PodSeen
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.errors import KubeError
from microbus_operator.kube.pods import ClusterPods

from ..unit.core.builders import app
from .api_servers import ApiServer
from .conftest import made_namespace

READY = {"type": "Ready", "status": "True", "lastTransitionTime": "2027-01-15T08:00:00Z"}
LABELS = {"app": "legacy"}
SELECTING = {"metadata": {"name": "legacy"}, "spec": {"selector": {"matchLabels": LABELS}}}


async def made(cluster: Cluster, namespace: str, name: str, status: dict[str, Any], labels: dict[str, str]) -> str:
    """A pod, and its uid."""
    meta = {"name": name, "namespace": namespace, "labels": labels}
    container = {"name": "app", "image": "legacy:1"}
    found = await cluster.create(
        {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [container]}}
    )
    await cluster.merge("Pod", namespace, name, {"status": status}, "status")
    uid: str = found["metadata"]["uid"]
    return uid


def of(namespace: str) -> MicrobusApp:
    """An app there."""
    return app(namespace=namespace)


async def test_pods_are_those_that_a_workload_selects_and_that_have_not_ended(cluster: Cluster, namespace: str) -> None:
    ready = await made(
        cluster, namespace, "a", {"phase": "Running", "podIP": "10.0.0.1", "conditions": [READY]}, LABELS
    )
    waiting = {**READY, "status": "False"}
    other = await made(cluster, namespace, "b", {"phase": "Pending", "conditions": [waiting]}, LABELS)
    await made(cluster, namespace, "c", {"phase": "Failed", "conditions": [READY]}, LABELS)
    await made(cluster, namespace, "d", {"phase": "Running", "conditions": [READY]}, {"app": "another"})
    found = await ClusterPods(cluster).of(of(namespace), {"main": SELECTING})
    assert found == (
        PodSeen("a", "main", ready, "10.0.0.1", ready_at=1_800_000_000),
        PodSeen("b", "main", other),
    )


async def test_a_workload_that_selects_by_expressions_alone_has_no_pods_that_are_known(
    cluster: Cluster, namespace: str
) -> None:
    await made(cluster, namespace, "a", {"phase": "Running", "conditions": [READY]}, LABELS)
    expressions = {"matchExpressions": [{"key": "app", "operator": "Exists"}]}
    workload = {"metadata": {"name": "legacy"}, "spec": {"selector": expressions}}
    assert await ClusterPods(cluster).of(of(namespace), {"main": workload}) == ()


async def test_a_pod_is_evicted_and_one_that_is_gone_or_was_made_again_is_left(
    cluster: Cluster, namespace: str
) -> None:
    pods = ClusterPods(cluster)
    uid = await made(cluster, namespace, "a", {"phase": "Running", "conditions": [READY]}, LABELS)
    with pytest.raises(KubeError):
        await pods.evict(Evict(namespace, "a", "00000000-0000-0000-0000-000000000000", "deaf"))
    assert await cluster.get("Pod", namespace, "a") is not None
    for _ in range(2):
        await pods.evict(Evict(namespace, "a", uid, "deaf"))
    found = await cluster.get("Pod", namespace, "a")
    assert found is None or "deletionTimestamp" in found["metadata"]


async def test_a_pod_that_its_disruption_budget_keeps_stays_and_the_look_goes_on(
    api_server: ApiServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with api_server.cluster() as cluster:
        namespace = await made_namespace(cluster)
        uid = await made(cluster, namespace, "a", {"phase": "Running", "conditions": [READY]}, LABELS)
        budget = {"minAvailable": 1, "selector": {"matchLabels": LABELS}}
        meta = {"name": "a", "namespace": namespace}
        kind = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget"}
        await cluster.create({**kind, "metadata": meta, "spec": budget})
        await ClusterPods(cluster).evict(Evict(namespace, "a", uid, "deaf"))
        found = await cluster.get("Pod", namespace, "a")
    assert found is not None
    assert "deletionTimestamp" not in found["metadata"]
    assert "may not be evicted now" in caplog.text
