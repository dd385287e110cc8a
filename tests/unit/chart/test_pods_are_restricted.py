"""Pod Security `restricted` for every pod that we make: the chart's own, and those of Planes and apps."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from microbus_operator.api.app import MicrobusApp
from microbus_operator.api.plane import Plane
from microbus_operator.core import app_workload, nats_workload

from .charts import Manifest, render
from .pod_security import laxities, violations

SETTINGS: list[dict[str, Any]] = [
    {},
    {"watch": {"allNamespaces": True}},
    {"operator": {"temporary": {"medium": "", "sizeLimit": "1Gi"}}, "networkPolicy": {"enabled": False}},
]


def pods(objects: tuple[Manifest, ...] | list[Manifest]) -> Iterator[tuple[str, Manifest]]:
    """Name and template (or pod itself) of everything that makes pods."""
    for item in objects:
        if item["kind"] == "Pod":
            yield item["metadata"]["name"], item
        elif "template" in item.get("spec", {}):
            yield item["metadata"]["name"], item["spec"]["template"]


def plane(replicas: int = 3) -> Plane:
    return Plane.model_validate(
        {
            "metadata": {"name": "prod", "namespace": "system", "uid": "1"},
            "spec": {"plane": "prod", "nats": {"replicas": replicas, "image": "registry.example/nats:2.14.2"}},
        }
    )


def deployment(template: dict[str, Any]) -> Manifest:
    bundle = {"name": "main", "image": "shop:1", "workload": {"template": template}}
    app = MicrobusApp.model_validate(
        {
            "metadata": {"name": "shop", "namespace": "shop", "uid": "2"},
            "spec": {"planeRef": {"name": "prod", "namespace": "system"}, "bundles": [bundle]},
        }
    )
    image = "registry.example/shop@sha256:" + "0" * 64
    return app_workload.deployment(app, plane(), app.spec.bundles[0], image, {"orders.example": "U"})


@pytest.mark.parametrize("values", SETTINGS)
def test_every_pod_of_the_chart_is_admitted_by_restricted(values: dict[str, Any]) -> None:
    found = dict(pods(render(values=values).objects))
    assert set(found) == {"microbus-operator", "microbus-operator-resolver", "microbus-operator-test"}
    assert {name: violations(pod["spec"]) for name, pod in found.items()} == {name: [] for name in found}
    assert {name: laxities(pod["spec"]) for name, pod in found.items()} == {name: [] for name in found}


@pytest.mark.parametrize("replicas", [1, 3, 5])
def test_every_broker_is_admitted_by_restricted_and_has_no_token(replicas: int) -> None:
    found = dict(pods(nats_workload.manifests(plane(replicas), "port: 4222")))
    assert set(found) == {"prod-nats"}
    spec = found["prod-nats"]["spec"]
    assert (violations(spec), laxities(spec)) == ([], [])
    assert spec["automountServiceAccountToken"] is False


@pytest.mark.parametrize(
    "template",
    [
        {},
        {"spec": {"containers": [{"name": "main", "ports": [{"containerPort": 8080}], "resources": {}}]}},
        {"spec": {"securityContext": {"runAsUser": 0, "runAsNonRoot": False}, "automountServiceAccountToken": True}},
        {"spec": {"containers": [{"name": "main", "securityContext": {"allowPrivilegeEscalation": True}}]}},
    ],
)
def test_every_bundle_is_admitted_by_restricted_and_has_no_token(template: dict[str, Any]) -> None:
    spec = deployment(template)["spec"]["template"]["spec"]
    assert violations(spec) == []
    assert spec["automountServiceAccountToken"] is False
    assert all(item["securityContext"]["readOnlyRootFilesystem"] for item in spec["containers"])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("hostNetwork", True),
        ("hostPID", True),
        ("volumes", [{"name": "x", "hostPath": {"path": "/"}}]),
        ("volumes", [{"name": "x", "nfs": {}}]),
        ("securityContext.runAsNonRoot", None),
        ("securityContext.runAsUser", 0),
        ("securityContext.seccompProfile", {}),
        ("securityContext.seccompProfile", {"type": "Unconfined"}),
        ("securityContext.sysctls", [{"name": "kernel.msgmax", "value": "1"}]),
        ("securityContext.seLinuxOptions", {"user": "root"}),
        ("securityContext.windowsOptions", {"hostProcess": True}),
        ("containers.0.securityContext", {}),
        ("containers.0.securityContext.privileged", True),
        ("containers.0.securityContext.allowPrivilegeEscalation", None),
        ("containers.0.securityContext.capabilities", {"drop": ["NET_RAW"]}),
        ("containers.0.securityContext.capabilities.add", ["SYS_ADMIN"]),
        ("containers.0.securityContext.runAsNonRoot", False),
        ("containers.0.securityContext.runAsUser", 0),
        ("containers.0.securityContext.procMount", "Unmasked"),
        ("containers.0.securityContext.appArmorProfile", {"type": "Unconfined"}),
        ("containers.0.ports", [{"containerPort": 1, "hostPort": 1}]),
        ("containers.0.livenessProbe", {"httpGet": {"host": "169.254.169.254", "port": 80}}),
        ("initContainers", [{"name": "first"}]),
    ],
)
def test_the_assertions_above_notice_what_restricted_refuses(path: str, value: object) -> None:
    spec: Any = copy.deepcopy(render().one("Deployment", "microbus-operator")["spec"]["template"]["spec"])
    *parents, last = path.split(".")
    target = spec
    for step in parents:
        target = target[int(step) if step.isdigit() else step]
    if value is None:
        del target[last]
    else:
        target[last] = value
    assert len(violations(spec)) >= 1


def test_the_operators_user_has_a_name_whatever_the_image_says_of_it() -> None:
    (container,) = render().one("Deployment", "microbus-operator")["spec"]["template"]["spec"]["containers"]
    assert {"name": "USER", "value": "microbus-operator"} in container["env"]
