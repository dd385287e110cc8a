"""Observe: what the API server says of a Plane or an app, as the core's values. Reads only."""

from __future__ import annotations

import base64
from asyncio import gather
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from microbus_operator.api.app import MicrobusApp
from microbus_operator.api.plane import Plane
from microbus_operator.core import names
from microbus_operator.core.account_keys import active, coming
from microbus_operator.core.actions import Manifest
from microbus_operator.core.app import is_allowed
from microbus_operator.core.flip_status import is_over
from microbus_operator.core.keys import AccountKey, KeyObservation, SigningKey
from microbus_operator.core.observed import CredsObservation, PlaneMember, PublishedAccounts
from microbus_operator.core.plane_keys import key_refs
from microbus_operator.kube.accounts import observe_accounts
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.credentials import observe_creds
from microbus_operator.kube.errors import KubeError
from microbus_operator.kube.keys import observe_key, observe_signing_keys

NATS_OBJECTS = ("ConfigMap", "Service", "StatefulSet", "PodDisruptionBudget")


class ObjectInvalid(KubeError):
    """An object that the CRD let through, or that is older than it, does not fit the model."""


def parsed(model: type[Plane] | type[MicrobusApp], found: Mapping[str, Any]) -> Any:  # noqa: ANN401 - one of the two
    """The object as a model. Raises `ObjectInvalid`, naming the fields."""
    try:
        return model.model_validate(found)
    except ValidationError as error:
        fields = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()[:5])
        name = found.get("metadata", {}).get("name")
        raise ObjectInvalid(f"{model.__name__} {name}: {fields}") from None


async def get_plane(cluster: Cluster, namespace: str, name: str) -> Plane | None:
    """The Plane, or None where the API server says that there is none."""
    found = await cluster.get("Plane", namespace, name)
    plane: Plane | None = parsed(Plane, found) if found is not None else None
    return plane


async def get_app(cluster: Cluster, namespace: str, name: str) -> MicrobusApp | None:
    """The app, or None where the API server says that there is none."""
    found = await cluster.get("MicrobusApp", namespace, name)
    app: MicrobusApp | None = parsed(MicrobusApp, found) if found is not None else None
    return app


async def apps_of(
    cluster: Cluster, namespaces: Iterable[str | None], plane: tuple[str, str], recorded: Iterable[str] = ()
) -> tuple[MicrobusApp, ...]:
    """Every app that names the Plane, in the watched namespaces, ordered by name.

    An app that does not fit the model raises: to leave it out would revoke it. So it would where a list lacks one that
    is there, which lists should not and did: apps on record (`recorded`, `namespace/name`) are asked for by name.
    """
    watched = tuple(namespaces)
    found = [item for namespace in watched for item in await cluster.list("MicrobusApp", namespace)]
    listed = {f"{item['metadata']['namespace']}/{item['metadata']['name']}" for item in found}
    for key in sorted({*recorded} - listed):
        namespace, _, name = key.partition("/")
        item = await cluster.get("MicrobusApp", namespace, name) if {None, namespace} & {*watched} else None
        found += [item] if item is not None else []
    apps: list[MicrobusApp] = [parsed(MicrobusApp, item) for item in found if _may_name(item, plane)]
    return tuple(sorted((app for app in apps if app.plane_key == plane), key=lambda app: app.key))


def _may_name(item: Mapping[str, Any], plane: tuple[str, str]) -> bool:
    """False for apps of other Planes: one that does not fit the model stops its own Plane's look, and no other's."""
    reference = item.get("spec", {}).get("planeRef", {})
    own = item["metadata"]["namespace"]
    return "name" not in reference or (reference.get("namespace") or own, reference["name"]) == plane


async def observe_keys(cluster: Cluster, plane: Plane) -> dict[str, KeyObservation]:
    """The Plane's own keys that never change, by role."""
    refs = key_refs(plane)
    return dict(zip(refs, await gather(*(observe_key(cluster, ref) for ref in refs.values())), strict=True))


async def observe_members(
    cluster: Cluster, plane: Plane, apps: tuple[MicrobusApp, ...], accounts: tuple[AccountKey, ...]
) -> tuple[PlaneMember, ...]:
    """The apps of the Plane, each with its signing keys and whether its namespace is allowed.

    Their credentials too, where it matters which account they are of: while that is replaced.
    """
    namespaces = sorted({app.metadata.namespace for app in apps})
    labels = dict(zip(namespaces, await gather(*(namespace_labels(cluster, name) for name in namespaces)), strict=True))
    here, new = active(accounts).generation, coming(accounts)
    keys = await gather(*(observe_signing_keys(cluster, app, plane, here) for app in apps))
    others: Sequence[tuple[SigningKey, ...]] = [()] * len(apps)
    if new is not None:
        others = await gather(*(observe_signing_keys(cluster, app, plane, new.generation) for app in apps))
    creds: Sequence[Mapping[str, CredsObservation]] = [{}] * len(apps)
    if not is_over(plane, accounts):
        issued = [[service.hostname for service in app.status.services] for app in apps]
        creds = [await observe_all_creds(cluster, app, names) for app, names in zip(apps, issued, strict=True)]
    return tuple(
        PlaneMember(app, is_allowed(app, plane, labels[app.metadata.namespace]), mine, other, held)
        for app, mine, other, held in zip(apps, keys, others, creds, strict=True)
    )


async def namespace_labels(cluster: Cluster, namespace: str) -> dict[str, str]:
    """The labels of a namespace; none where it is gone."""
    found = await cluster.get("Namespace", None, namespace)
    return dict(found["metadata"].get("labels", {})) if found else {}


async def observe_published(cluster: Cluster, plane: Plane) -> PublishedAccounts:
    """The accounts' ConfigMap of a Plane."""
    return await observe_accounts(cluster, plane.metadata.namespace, names.accounts_config_map(plane.metadata.name))


async def observe_nats(cluster: Cluster, plane: Plane) -> dict[tuple[str, str], Manifest]:
    """The broker objects that exist, by kind and name."""
    namespace, name = plane.metadata.namespace, names.nats(plane.metadata.name)
    wanted = [(kind, name) for kind in NATS_OBJECTS] + [("Service", names.nats_peers(plane.metadata.name))]
    found = await gather(*(cluster.get(kind, namespace, name) for kind, name in wanted))
    return {key: item for key, item in zip(wanted, found, strict=True) if item is not None}


async def observe_all_creds(
    cluster: Cluster, app: MicrobusApp, hostnames: Iterable[str]
) -> dict[str, CredsObservation]:
    """The Secrets of microservices, wanted and once issued, that exist."""
    meta, each = app.metadata, sorted(hostnames)
    found = await gather(
        *(
            observe_creds(cluster, meta.namespace, names.creds_secret(meta.name, hostname), hostname, meta.uid)
            for hostname in each
        )
    )
    return {hostname: creds for hostname, creds in zip(each, found, strict=True) if creds is not None}


async def observe_deployments(cluster: Cluster, app: MicrobusApp) -> dict[str, Manifest]:
    """The Deployments of the app's bundles that exist, by bundle; of bundles that its spec no longer has, those of
    the app.
    """
    meta = app.metadata
    existing = {bundle.name for bundle in app.spec.bundles if bundle.workload.existing is not None}
    wanted = {bundle.name for bundle in app.spec.bundles} - existing
    result: dict[str, Manifest] = {}
    for bundle in sorted(wanted | existing | {bundle.name for bundle in app.status.bundles}):
        found = await cluster.get("Deployment", meta.namespace, names.workload(meta.name, bundle))
        owners = {owner["uid"] for owner in found["metadata"].get("ownerReferences", ())} if found else set()
        if found is not None and (bundle in wanted or meta.uid in owners):
            result[bundle] = found
    return result


async def observe_existing(cluster: Cluster, app: MicrobusApp) -> dict[str, Manifest]:
    """The workloads that the app's bundles name and that exist, by bundle."""
    wanted = {bundle.name: bundle.workload.existing for bundle in app.spec.bundles}
    found = {
        bundle: await cluster.get(existing.kind, app.metadata.namespace, existing.name)
        for bundle, existing in wanted.items()
        if existing is not None
    }
    return {bundle: item for bundle, item in found.items() if item is not None}


async def pull_secrets(cluster: Cluster, namespace: str, secret_names: Iterable[str]) -> list[bytes]:
    """The `.dockerconfigjson` of image pull secrets that exist; what pods may pull with, and nothing else."""
    result = []
    for name in secret_names:
        secret = await cluster.get("Secret", namespace, name)
        if secret is not None and secret.get("type") == "kubernetes.io/dockerconfigjson":
            result.append(base64.b64decode(secret["data"][".dockerconfigjson"]))
    return result
