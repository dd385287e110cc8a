"""Workloads that a person made and an app names: run as they are written, rolled by one annotation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from microbus_operator.local.runtime.errors import Unusable

from ..contract.waiting import until
from .sessions import SHOP, Up

PLANE = SHOP / "deploy" / "plane.yaml"
HOSTNAME = "signer.shop"
URL = "nats://prod-nats.microbus-system.svc:4222"


def manifests(folder: Path, generation: int = 1, kind: str = "Deployment", **spec: Any) -> list[Path]:
    """The shop, whose signer is somebody's own workload."""
    app = yaml.safe_load((SHOP / "deploy" / "app.yaml").read_text())
    app["spec"]["credentials"] = {"generation": generation}
    app["spec"]["bundles"][1]["workload"] = {"existing": {"kind": kind, "name": "legacy"}}
    (folder / "app.yaml").write_text(yaml.safe_dump(app))
    creds = f"{HOSTNAME}_nats.creds"
    source = {"secret": {"name": f"shop-{HOSTNAME}-creds", "items": [{"key": creds, "path": creds}]}}
    container = {
        "name": "app",
        "image": "registry.microbus.test:5000/shop/signer:latest",
        "workingDir": "/creds",
        "env": [{"name": "MICROBUS_NATS", "value": URL}, {"name": "MICROBUS_PLANE", "value": "prod"}],
        "volumeMounts": [{"name": "creds", "mountPath": "/creds"}],
    }
    labels = {"app": "legacy"}
    pod = {
        "securityContext": {"fsGroup": 1000},
        "containers": [container],
        "volumes": [{"name": "creds", "projected": {"sources": [source]}}],
    }
    workload = {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": "legacy", "namespace": "shop"},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
            **spec,
        },
    }
    (folder / "workload.yaml").write_text(yaml.safe_dump(workload))
    return [PLANE, folder / "app.yaml", folder / "workload.yaml"]


async def service(up: Up) -> dict[str, Any]:
    """The signer, as the app's status has it."""
    (app,) = await up.objects("MicrobusApp")
    (found,) = [item for item in app["status"]["services"] if item["hostname"] == HOSTNAME]
    return {**found, "conditions": {c["type"]: (c["reason"], c["message"]) for c in app["status"]["conditions"]}}


async def test_a_deployment_that_a_person_made_is_run_and_rolled_and_otherwise_left_as_it_is(
    up: Up, tmp_path: Path
) -> None:
    async with up.ready(manifests(tmp_path)):
        before = await service(up)
        (kept,) = [item for item in await up.objects("Deployment") if item["metadata"]["name"] == "legacy"]
        assert before["conditions"]["DeliveryVerified"][0] == "Verified"
        await up.applied(manifests(tmp_path, 2)[1])

        async def seen() -> dict[str, Any]:
            return await service(up)

        def is_done(found: dict[str, Any]) -> bool:
            is_new = found["userPublicKey"] != before["userPublicKey"]
            return is_new and found["conditions"]["CredentialsReplaced"][0] == "Current"

        await until(seen, is_done, "the rotation", 60.0)
        (after,) = [item for item in await up.objects("Deployment") if item["metadata"]["name"] == "legacy"]
        mark = "microbus.io/credentials"
        was, now = (item["spec"]["template"]["metadata"]["annotations"].pop(mark) for item in (kept, after))
        assert was != now
        assert after["spec"] == kept["spec"]
        assert "microbus.io/applied" not in after["metadata"].get("annotations", {})


async def test_a_stateful_set_is_run_too(up: Up, tmp_path: Path) -> None:
    async with up.ready(manifests(tmp_path, kind="StatefulSet", serviceName="legacy")):
        names = {name for name, item in (await up.processes()).items() if item["workload"] == "legacy"}
        assert names == {"legacy-0", "legacy-1"}


async def test_scaled_to_0_a_rotation_stalls_with_both_keys_valid_and_goes_on_once_there_are_pods(
    up: Up, tmp_path: Path
) -> None:
    async with up.ready(manifests(tmp_path)):
        before = await service(up)
        for file in manifests(tmp_path, 2, replicas=0)[1:]:
            await up.applied(file)

        async def seen() -> dict[str, Any]:
            return await service(up)

        def is_stalled(found: dict[str, Any]) -> bool:
            is_new = found["userPublicKey"] != before["userPublicKey"]
            return is_new and found["conditions"]["CredentialsReplaced"][0] == "ReplacementStalled"

        found = await until(seen, is_stalled, "the stall", 60.0)
        assert "Deployment legacy has no pods" in found["conditions"]["CredentialsReplaced"][1]
        assert [item["publicKey"] for item in found["previous"]] == [before["userPublicKey"]]
        await up.applied(manifests(tmp_path, 2, replicas=1)[2])
        await until(seen, lambda item: item["conditions"]["CredentialsReplaced"][0] == "Current", "the end", 60.0)


async def test_one_that_is_not_there_is_one_line(up: Up, tmp_path: Path) -> None:
    assert await up.refusal(manifests(tmp_path)[:2]) == (
        "MicrobusApp shop/shop: WorkloadNotFound: bundle signer: workload.existing names Deployment shop/legacy, which "
        "does not exist; create it, or correct the name"
    )


async def test_a_daemon_set_is_refused_in_one_line(up: Up, tmp_path: Path) -> None:
    (tmp_path / "d.yaml").write_text("{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: a}}")
    with pytest.raises(Unusable, match=r"is of kind .DaemonSet.; the local mode knows ConfigMap, Deployment"):
        up.session([tmp_path / "d.yaml"])
