"""Perform: one action on the API server, and nothing else. What it found out is seen by the next look."""

from __future__ import annotations

from microbus_operator.core.actions import (
    Annotate,
    Apply,
    Delete,
    IssueUser,
    KubeAction,
    MintKey,
    PublishAccounts,
    Roll,
    SetFinalizer,
)
from microbus_operator.core.drift import stamped
from microbus_operator.core.names import FINALIZER
from microbus_operator.kube.accounts import publish
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.credentials import annotate, issue
from microbus_operator.kube.keys import mint
from microbus_operator.kube.resources import RESOURCES


async def perform(cluster: Cluster, action: KubeAction, now: int) -> None:
    """Do `action`. `now` is in unix seconds and dates what is signed. Raises `KubeError`."""
    match action:
        case MintKey():
            await mint(cluster, action.key, action.labels, action.annotations)
        case PublishAccounts():
            await publish(cluster, action, now)
        case IssueUser():
            await issue(cluster, action, now)
        case Annotate():
            await annotate(cluster, action)
        case Apply():
            await cluster.apply(stamped(action.manifest))
        case Roll():
            await _roll(cluster, action)
        case Delete():
            await cluster.delete(action.kind, action.namespace, action.name, action.uid)
        case SetFinalizer():
            await _set_finalizer(cluster, action)


async def _roll(cluster: Cluster, action: Roll) -> None:
    # The uid keeps it from making one where there is none any more.
    manifest = {
        "apiVersion": RESOURCES[action.kind].api_version,
        "kind": action.kind,
        "metadata": {"name": action.name, "namespace": action.namespace, "uid": action.uid},
        "spec": {"template": {"metadata": {"annotations": dict(action.annotations)}}},
    }
    await cluster.apply(manifest)


async def _set_finalizer(cluster: Cluster, action: SetFinalizer) -> None:
    found = await cluster.get(action.kind, action.namespace, action.name)
    if found is None:
        return
    # Others' finalizers stay: the list is replaced as a whole, so it is read afresh and the write is conditional.
    others = [item for item in found["metadata"].get("finalizers", []) if item != FINALIZER]
    metadata = {
        "finalizers": [*others, FINALIZER] if action.present else others,
        "resourceVersion": found["metadata"]["resourceVersion"],
    }
    await cluster.merge(action.kind, action.namespace, action.name, {"metadata": metadata})
