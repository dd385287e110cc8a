"""The chart's Roles on a real API server: enough for each request of `kube`, and nothing next to it (pitfall P7)."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from microbus_operator.api.meta import API_VERSION
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.errors import ApiRefused
from microbus_operator.kube.lease import Lease
from microbus_operator.kube.perform import perform

from ..unit.chart.charts import NAMESPACE, render
from ..unit.core.builders import NOW
from .api_servers import ApiServer, program
from .operator_process import SHORT
from .test_existing_workloads import rolled, workload

WATCHED, OTHER = "chart-watched", "chart-other"
OWNED = {"name": "prod", "namespace": WATCHED}


def kubectl(server: ApiServer, *arguments: str, given: str = "") -> str:
    command = [program("kubectl"), "--kubeconfig", str(server.kubeconfig), *arguments]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"kubectl {' '.join(arguments)}: {done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def installed(api_server: ApiServer) -> ApiServer:
    """The chart's accounts and Roles, serving one namespace of two."""
    for namespace in (NAMESPACE, WATCHED, OTHER):
        given = yaml.safe_dump({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
        kubectl(api_server, "apply", "-f", "-", given=given)
    rendered = render(values={"watch": {"namespaces": [WATCHED]}})
    rights = rendered.of("ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "Lease")
    kubectl(api_server, "apply", "-f", "-", given=yaml.safe_dump_all(rights))
    return api_server


def token(server: ApiServer, component: str) -> str:
    return kubectl(server, "-n", NAMESPACE, "create", "token", f"microbus-operator-{component}").strip()


@pytest.fixture
async def operator(installed: ApiServer) -> Any:
    async with installed.cluster(token(installed, "operator")) as cluster:
        yield cluster


def templated(kind: str) -> dict[str, Any]:
    labels = {"app": "x"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "x", "image": "x"}]}}
    spec: dict[str, Any] = {"selector": {"matchLabels": labels}, "template": template}
    return spec | ({"serviceName": "x"} if kind == "StatefulSet" else {})


def manifests() -> Iterator[dict[str, Any]]:
    """One of each kind that the operator applies, owned by a Plane in a way that blocks the Plane's deletion."""
    owner = {"apiVersion": API_VERSION, "kind": "Plane", "name": "prod", "uid": "1", "blockOwnerDeletion": True}
    bodies: dict[str, dict[str, Any]] = {
        "v1/ConfigMap": {"data": {"a": "b"}},
        "v1/Service": {"spec": {"ports": [{"port": 4222}]}},
        "apps/v1/StatefulSet": {"spec": templated("StatefulSet")},
        "apps/v1/Deployment": {"spec": templated("Deployment")},
        "policy/v1/PodDisruptionBudget": {"spec": {"maxUnavailable": 1, "selector": {"matchLabels": {"app": "x"}}}},
        "v1/Secret": {"stringData": {"a": "b"}},
    }
    for kind, body in bodies.items():
        version, _, name = kind.rpartition("/")
        yield {"apiVersion": version, "kind": name, "metadata": {**OWNED, "ownerReferences": [owner]}, **body}


def plane() -> dict[str, Any]:
    spec = {"plane": "prod", "nats": {"replicas": 1, "image": "nats:2.14.2"}}
    return {"apiVersion": API_VERSION, "kind": "Plane", "metadata": dict(OWNED), "spec": spec}


async def test_the_operator_may_do_all_that_it_does_in_a_watched_namespace(
    installed: ApiServer, operator: Cluster
) -> None:
    kubectl(installed, "apply", "-f", "-", given=yaml.safe_dump(plane()))
    assert await operator.get("Namespace", None, WATCHED) is not None
    (found,) = await operator.list("Plane", WATCHED)
    await operator.merge("Plane", WATCHED, "prod", {"metadata": {"finalizers": ["microbus.io/operator"]}})
    status = {key: found[key] for key in ("apiVersion", "kind")} | {"metadata": dict(OWNED), "status": {"phase": "x"}}
    await operator.apply(status, "status")
    for manifest in manifests():
        # Twice: the first apply creates, which needs a verb of its own.
        await operator.apply(manifest)
        await operator.apply(manifest)
        assert await operator.get(manifest["kind"], WATCHED, "prod") is not None
    for kind in ("Secret", "ConfigMap"):
        await operator.delete(kind, WATCHED, "prod")
        await operator.create({"apiVersion": "v1", "kind": kind, "metadata": {"name": "made", "namespace": WATCHED}})
    await operator.merge("Secret", WATCHED, "made", {"metadata": {"annotations": {"a": "b"}}})
    await operator.merge("Plane", WATCHED, "prod", {"metadata": {"finalizers": []}})
    assert await operator.list("Pod", WATCHED) == []
    assert await operator.evict(WATCHED, "gone", "00000000-0000-0000-0000-000000000000")


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
async def test_the_operator_may_roll_a_workload_that_a_person_made(
    installed: ApiServer, operator: Cluster, kind: str
) -> None:
    kubectl(installed, "apply", "--server-side", "-f", "-", given=yaml.safe_dump(workload(kind, WATCHED)))
    found = await operator.get(kind, WATCHED, "legacy")
    assert found is not None
    await perform(operator, rolled(kind, WATCHED, found["metadata"]["uid"]), NOW)


async def test_the_operator_takes_keeps_releases_and_restores_the_lease(
    installed: ApiServer, operator: Cluster
) -> None:
    lease = Lease(operator, NAMESPACE, "microbus-operator", SHORT)
    await lease.acquire()
    await lease.release()
    kubectl(installed, "-n", NAMESPACE, "delete", "lease", "microbus-operator")
    await lease.acquire()
    assert lease.may_write()


@pytest.mark.parametrize(
    ("verb", "kind", "namespace"),
    [
        ("list", "Secret", WATCHED),
        ("get", "Secret", OTHER),
        ("get", "Secret", NAMESPACE),
        ("get", "ConfigMap", OTHER),
        ("list", "Plane", OTHER),
        ("list", "Plane", None),
        ("list", "Namespace", None),
        ("get", "Namespace", OTHER),
        ("delete", "StatefulSet", WATCHED),
        ("delete", "Plane", WATCHED),
        ("get", "Lease", WATCHED),
        ("get", "Lease", NAMESPACE),
        ("list", "Lease", NAMESPACE),
        ("delete", "Lease", NAMESPACE),
    ],
)
async def test_the_operator_may_do_nothing_next_to_it(
    operator: Cluster, verb: str, kind: str, namespace: str | None
) -> None:
    place, name = (None, str(namespace)) if kind == "Namespace" else (namespace, "anything")
    requests = {
        "list": lambda: operator.list(kind, namespace),
        "get": lambda: operator.get(kind, place, name),
        "delete": lambda: operator.delete(kind, str(namespace), name),
    }
    with pytest.raises(ApiRefused) as refused:
        await requests[verb]()
    assert refused.value.status == 403


async def test_the_resolver_reads_config_maps_of_a_watched_namespace_and_nothing_else(installed: ApiServer) -> None:
    async with installed.cluster(token(installed, "resolver")) as resolver:
        await resolver.list("ConfigMap", WATCHED, {"microbus.io/accounts": "true"})
        for kind, namespace in (("Secret", WATCHED), ("ConfigMap", OTHER), ("Plane", WATCHED)):
            with pytest.raises(ApiRefused) as refused:
                await resolver.list(kind, namespace)
            assert refused.value.status == 403
