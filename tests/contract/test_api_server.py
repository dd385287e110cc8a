"""The kinds on a real API server and in a state folder: what their CRDs accept, refuse, fill in and show."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from microbus_operator.api.crds import crds
from microbus_operator.api.meta import API_VERSION
from microbus_operator.api.plane import Plane
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.errors import ApiRefused
from microbus_operator.kube.observe import get_app, get_plane

from .api_servers import ApiServer, kubectl
from .conftest import made_namespace
from .people import apply_as

EXAMPLE = Path(__file__).parents[2] / "examples" / "shop" / "deploy"


def plane(namespace: str, name: str = "prod", **spec: Any) -> dict[str, Any]:
    """A Plane with only what it must state, and `spec`."""
    wanted = {"plane": "prod", "nats": {"image": "nats:2.15"}, **spec}
    return {
        "apiVersion": API_VERSION,
        "kind": "Plane",
        "metadata": {"name": name, "namespace": namespace},
        "spec": wanted,
    }


def app(namespace: str, **spec: Any) -> dict[str, Any]:
    """A MicrobusApp with only what it must state, and `spec`."""
    wanted = {"planeRef": {"name": "prod"}, "bundles": [{"name": "main", "image": "shop:1"}], **spec}
    meta = {"name": "shop", "namespace": namespace}
    return {"apiVersion": API_VERSION, "kind": "MicrobusApp", "metadata": meta, "spec": wanted}


async def refusal(verb: Callable[[dict[str, Any]], Awaitable[Any]], manifest: dict[str, Any]) -> str:
    """What the API server says when it refuses to create or change something."""
    with pytest.raises(ApiRefused) as refused:
        await verb(manifest)
    assert refused.value.status == 422
    return str(refused.value)


@pytest.mark.parametrize("name", [crd["metadata"]["name"] for crd in crds()])
async def test_a_crd_is_structural_and_keeps_no_unknown_field(api_server: ApiServer, name: str) -> None:
    status, body = api_server.answers(f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}")
    assert status == 200
    conditions = {item["type"]: item["status"] for item in json.loads(body)["status"]["conditions"]}
    assert conditions["Established"] == "True"
    assert conditions.get("NonStructuralSchema", "False") == "False"
    assert json.loads(body)["spec"].get("preserveUnknownFields", False) is False


async def test_a_minimal_plane_gets_every_default(cluster: Cluster, namespace: str) -> None:
    stored = await cluster.create(plane(namespace))
    filled = Plane.model_validate({"metadata": stored["metadata"], "spec": plane(namespace)["spec"]})
    assert stored["spec"] == filled.to_manifest()["spec"]
    assert stored["spec"]["nats"]["replicas"] == 3
    assert stored["spec"]["credentials"]["expiration"] == "720h"
    assert stored["spec"]["deletionPolicy"] == "Retain"
    assert stored["spec"]["allowedNamespaces"] == {"from": "Same", "selector": {"matchLabels": {}}}
    assert await get_plane(cluster, namespace, "prod") == Plane.model_validate(stored)


async def test_an_app_gets_its_defaults_and_keeps_its_template(cluster: Cluster, namespace: str) -> None:
    template = {"spec": {"nodeSelector": {"disk": "ssd"}, "containers": [{"name": "main", "anything": [1, "x"]}]}}
    bundle = {"name": "main", "image": "shop:1", "workload": {"template": template}}
    stored = await cluster.create(app(namespace, bundles=[bundle]))
    assert stored["spec"]["bundles"][0]["workload"] == {"replicas": 1, "template": template}
    found = await get_app(cluster, namespace, "shop")
    assert found is not None
    assert found.spec.bundles[0].workload.template == template
    assert found.plane_key == (namespace, "prod")


async def test_unknown_fields_are_pruned(cluster: Cluster, namespace: str) -> None:
    stored = await cluster.create(plane(namespace, nonsense={"a": 1}))
    assert "nonsense" not in stored["spec"]


async def test_the_plane_of_a_plane_never_changes(cluster: Cluster, namespace: str) -> None:
    await cluster.apply(plane(namespace))
    assert "plane is part of every subject and cannot be changed" in await refusal(
        cluster.apply, plane(namespace, plane="other")
    )


async def test_an_app_never_moves_to_another_plane(cluster: Cluster, namespace: str) -> None:
    await cluster.apply(app(namespace))
    said = await refusal(cluster.apply, app(namespace, planeRef={"name": "other"}))
    assert "an app cannot move to another Plane" in said


async def test_a_generation_only_grows_and_is_the_first_where_it_is_left_out(cluster: Cluster, namespace: str) -> None:
    await cluster.apply(app(namespace, credentials={"rotateEvery": "24h"}))
    await cluster.apply(app(namespace, credentials={"generation": 2}))
    for back in ({"generation": 1}, {}):
        assert "generation only grows" in await refusal(cluster.apply, app(namespace, credentials=back))


@pytest.mark.parametrize("every", ["30s", "1.5h", "-1h", "soon", ""])
async def test_an_interval_is_of_whole_minutes_and_hours(cluster: Cluster, namespace: str, every: str) -> None:
    said = await refusal(cluster.apply, app(namespace, credentials={"rotateEvery": every}))
    assert "spec.credentials.rotateEvery" in said


@pytest.mark.parametrize("name", ["prod.eu", "1prod", "p" * 64])
async def test_a_plane_whose_name_cannot_name_services_is_refused_with_the_reason(
    cluster: Cluster, namespace: str, name: str
) -> None:
    assert "metadata.name must be a DNS label that starts with a letter" in await refusal(
        cluster.create, plane(namespace, name)
    )


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"plane": "a-b"}, "spec.plane"),
        ({"plane": "p" * 33}, "spec.plane"),
        ({"nats": {"image": "n", "replicas": 2}}, "spec.nats.replicas"),
        ({"nats": {}}, "spec.nats.image"),
        ({"nats": {"image": "n", "limits": {"maxControlLine": 1}}}, "spec.nats.limits.maxControlLine"),
        ({"credentials": {"expiration": "1 week"}}, "spec.credentials.expiration"),
        ({"allowedNamespaces": {"from": "Some"}}, "spec.allowedNamespaces.from"),
        ({"deletionPolicy": "Shred"}, "spec.deletionPolicy"),
    ],
)
async def test_a_bad_plane_is_refused_by_field(
    cluster: Cluster, namespace: str, spec: dict[str, Any], field: str
) -> None:
    assert field in await refusal(cluster.create, plane(namespace, **spec))


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"bundles": []}, "spec.bundles"),
        ({"bundles": [{"name": "A b", "image": "x"}]}, "spec.bundles[0].name"),
        ({"bundles": [{"name": "a", "image": "x"}, {"name": "a", "image": "y"}]}, "spec.bundles[1]"),
        ({"bundles": [{"name": "a", "image": "x", "main": "/main.go"}]}, "spec.bundles[0].main"),
        ({"bundles": [{"name": "a", "image": "x", "workload": {"replicas": -1}}]}, "spec.bundles[0].workload.replicas"),
        ({"credentials": {"expiration": "7d"}}, "spec.credentials.expiration"),
        ({"planeRef": {}}, "spec.planeRef.name"),
    ],
)
async def test_a_bad_app_is_refused_by_field(
    cluster: Cluster, namespace: str, spec: dict[str, Any], field: str
) -> None:
    assert field in await refusal(cluster.create, app(namespace, **spec))


@pytest.mark.parametrize("file", ["plane.yaml", "app.yaml"])
async def test_the_examples_own_manifest_is_accepted_as_it_is(cluster: Cluster, namespace: str, file: str) -> None:
    manifest = yaml.safe_load((EXAMPLE / file).read_text())
    manifest["metadata"]["namespace"] = namespace
    await apply_as("kubectl", cluster, manifest)
    stored = await cluster.apply(manifest)
    again = await cluster.apply(manifest)
    assert again["metadata"]["resourceVersion"] == stored["metadata"]["resourceVersion"]
    assert again["metadata"]["generation"] == 1


async def test_kubectl_shows_what_matters(api_server: ApiServer) -> None:
    async with api_server.cluster() as cluster:
        namespace = await made_namespace(cluster)
        await cluster.create(plane(namespace))
        await cluster.create(app(namespace))
    # kubectl looks categories up in what it has cached, and that may be from before the CRDs; this asks anew.
    assert "mba" in kubectl(api_server, "api-resources", "--api-group=microbus.io")
    shown = kubectl(api_server, "-n", namespace, "get", "microbus")
    assert "microbusapp.microbus.io/shop" in shown
    assert "plane.microbus.io/prod" in shown
    headings = [line.split() for line in shown.splitlines() if line.startswith("NAME")]
    assert headings == [
        ["NAME", "PLANE", "READY", "REASON", "PHASE", "AGE"],
        ["NAME", "PLANE", "READY", "REASON", "SERVERS", "AGE"],
    ]
    assert "shop" in kubectl(api_server, "-n", namespace, "get", "mba")
