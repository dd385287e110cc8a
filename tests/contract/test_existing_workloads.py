"""Workloads of somebody else's: one annotation of their pod template is ours, on either kind of store."""

from __future__ import annotations

from typing import Any

import pytest

from microbus_operator.core.actions import Roll
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.errors import KubeError
from microbus_operator.kube.perform import perform

from ..unit.core.builders import NOW
from .people import apply_as

KINDS = ("Deployment", "StatefulSet", "DaemonSet")
MARK = "microbus.io/credentials"


def workload(kind: str, namespace: str) -> dict[str, Any]:
    """Somebody's workload."""
    labels = {"app": "legacy"}
    spec: dict[str, Any] = {
        "selector": {"matchLabels": labels},
        "template": {
            "metadata": {"labels": labels, "annotations": {"team": "a"}},
            "spec": {"containers": [{"name": "app", "image": "legacy:1", "workingDir": "/creds"}]},
        },
    }
    spec |= {"serviceName": "legacy"} if kind == "StatefulSet" else {}
    meta = {"name": "legacy", "namespace": namespace}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": meta, "spec": spec}


def rolled(kind: str, namespace: str, uid: str, mark: str = "new") -> Roll:
    """The action."""
    return Roll(kind, namespace, "legacy", uid, {MARK: mark}, "CredentialsChanged")


@pytest.mark.parametrize("kind", KINDS)
async def test_rolling_sets_one_annotation_and_owns_nothing_else(kind: str, cluster: Cluster, namespace: str) -> None:
    await apply_as("person", cluster, workload(kind, namespace))
    before = await cluster.get(kind, namespace, "legacy")
    assert before is not None
    for mark in ("new", "newer"):
        await perform(cluster, rolled(kind, namespace, before["metadata"]["uid"], mark), NOW)
    after = await cluster.get(kind, namespace, "legacy")
    assert after is not None
    assert after["spec"]["template"]["metadata"]["annotations"] == {"team": "a", MARK: "newer"}
    del after["spec"]["template"]["metadata"]["annotations"][MARK]
    assert after["spec"] == before["spec"]
    assert after["metadata"]["generation"] == before["metadata"]["generation"] + 2
    assert after["metadata"].get("labels") == before["metadata"].get("labels")
    (ours,) = [item for item in after["metadata"]["managedFields"] if item["manager"] == "microbus-operator"]
    template = ours["fieldsV1"]["f:spec"]["f:template"]
    assert list(ours["fieldsV1"]) == ["f:spec"]
    assert template == {"f:metadata": {"f:annotations": {f"f:{MARK}": {}}}}


@pytest.mark.parametrize("kind", KINDS)
async def test_the_same_again_writes_nothing(kind: str, cluster: Cluster, namespace: str) -> None:
    await apply_as("person", cluster, workload(kind, namespace))
    found = await cluster.get(kind, namespace, "legacy")
    assert found is not None
    versions = set()
    for _ in range(2):
        await perform(cluster, rolled(kind, namespace, found["metadata"]["uid"]), NOW)
        again = await cluster.get(kind, namespace, "legacy")
        assert again is not None
        versions.add(again["metadata"]["resourceVersion"])
    assert len(versions) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_gone_or_was_made_again_is_neither_made_nor_rolled_k9(
    kind: str, cluster: Cluster, namespace: str
) -> None:
    former = "00000000-0000-0000-0000-000000000000"
    with pytest.raises(KubeError):
        await perform(cluster, rolled(kind, namespace, former), NOW)
    assert await cluster.get(kind, namespace, "legacy") is None
    await apply_as("person", cluster, workload(kind, namespace))
    with pytest.raises(KubeError):
        await perform(cluster, rolled(kind, namespace, former), NOW)
    found = await cluster.get(kind, namespace, "legacy")
    assert found is not None
    assert found["spec"]["template"]["metadata"]["annotations"] == {"team": "a"}
