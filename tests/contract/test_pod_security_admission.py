"""Kubernetes' own Pod Security admission, at `restricted`, on every pod that we make: it has the last word."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from microbus_operator.core import nats_workload

from ..unit.chart.charts import render
from ..unit.chart.test_pods_are_restricted import deployment, plane, pods
from .api_servers import ApiServer, program

NAMESPACE = "restricted"


@pytest.fixture(scope="module")
def restricted(api_server: ApiServer) -> ApiServer:
    """The API server with a namespace whose pods have to be `restricted`."""
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}}
    done = created(api_server, namespace)
    assert done.returncode == 0, done.stderr
    return api_server


def created(server: ApiServer, manifest: dict[str, Any], *flags: str) -> subprocess.CompletedProcess[str]:
    command = [program("kubectl"), "--kubeconfig", str(server.kubeconfig), "create", "-f", "-", *flags]
    return subprocess.run(command, input=json.dumps(manifest), capture_output=True, text=True, check=False)


def all_pods() -> Iterator[tuple[str, dict[str, Any]]]:
    yield from pods(render().objects)
    yield from pods(nats_workload.manifests(plane(), "port: 4222"))
    yield from pods([deployment({})])


def submitted(server: ApiServer, name: str, spec: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """Offer a pod to the API server, which decides and keeps nothing."""
    metadata = {"name": name, "namespace": NAMESPACE}
    return created(server, {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}, "--dry-run=server")


@pytest.mark.parametrize(
    ("name", "template"), list(all_pods()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_it_admits_every_pod_that_we_make(restricted: ApiServer, name: str, template: dict[str, Any]) -> None:
    done = submitted(restricted, name, template["spec"])
    assert done.returncode == 0, done.stderr


def test_it_refuses_a_pod_that_is_not_restricted(restricted: ApiServer) -> None:
    done = submitted(restricted, "lax", {"containers": [{"name": "lax", "image": "lax"}]})
    assert 'violates PodSecurity "restricted' in done.stderr
