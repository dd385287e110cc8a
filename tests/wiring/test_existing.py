"""A workload that a person made, on either kind of store: adopted, rotated, and gone or paused in the middle of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from microbus_operator.core.names import creds_secret

from ..contract.people import apply_as
from ..contract.registries import ImageRegistry
from ..contract.waiting import until
from .stores import ObjectStore
from .stories import HOSTNAME, WITHIN, Story, begun

FILE = f"{HOSTNAME}_nats.creds"
MARK = "microbus.io/credentials"


def workload(namespace: str, **spec: Any) -> dict[str, Any]:
    """Somebody's Deployment, which mounts the credentials as it should."""
    source = {"secret": {"name": creds_secret("shop", HOSTNAME), "items": [{"key": FILE, "path": FILE}]}}
    url = f"nats://prod-nats.{namespace}.svc:4222"
    container = {
        "name": "app",
        "image": "legacy:1",
        "workingDir": "/creds",
        "env": [{"name": "MICROBUS_NATS", "value": url}, {"name": "MICROBUS_PLANE", "value": "prod"}],
        "volumeMounts": [{"name": "creds", "mountPath": "/creds"}],
    }
    labels = {"app": "legacy"}
    pod = {"containers": [container], "volumes": [{"name": "creds", "projected": {"sources": [source]}}]}
    wanted = {"replicas": 1, "selector": {"matchLabels": labels}, **spec}
    wanted["template"] = {"metadata": {"labels": labels, "annotations": {"team": "a"}}, "spec": pod}
    meta = {"name": "legacy", "namespace": namespace}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta, "spec": wanted}


def app(story: Story, generation: int = 1) -> dict[str, Any]:
    """The spec of an app that names it."""
    spec = story.app_of(story.image("1"), workload={"existing": {"kind": "Deployment", "name": "legacy"}})
    return {**spec, "credentials": {"generation": generation}}


@pytest.fixture
async def story(store: ObjectStore, registry: ImageRegistry, tmp_path: Path) -> AsyncIterator[Story]:
    """A Plane, and an app in a workload that a person made."""
    async with begun(store, registry, tmp_path) as made:
        made.push("1")
        await made.plane()
        await apply_as("person", made.cluster, workload(made.namespace))
        await made.apply("MicrobusApp", "shop", app(made))
        await made.settled()
        yield made


async def found(story: Story) -> dict[str, Any]:
    """The workload."""
    item = await story.cluster.get("Deployment", story.namespace, "legacy")
    assert item is not None
    return item


async def rotated_until(story: Story, old: str, reason: str) -> str:
    """Wait until there is a new key and the old one is kept for that reason; what is said of it."""

    async def seen() -> tuple[str, str]:
        story.check()
        story.operator.wake_all()
        return await story.user_key(), (await story.conditions("MicrobusApp", "shop")).get("CredentialsReplaced", "")

    _, said = await until(seen, lambda now: now[0] != old and reason in now[1], reason, WITHIN)
    assert old in (await story.issued()).previous, "both keys are valid"
    assert story.node.pods["legacy"].clients[HOSTNAME].errors == []
    return said


async def test_it_is_adopted_and_rotated_by_one_annotation_and_its_owners_fields_stay(story: Story) -> None:
    before = await found(story)
    old = await story.user_key()
    await story.apply("MicrobusApp", "shop", app(story, 2))
    await story.reissued(old)
    after = await found(story)
    marks = [item["spec"]["template"]["metadata"]["annotations"].pop(MARK) for item in (before, after)]
    assert marks[0] != marks[1]
    assert after["spec"] == before["spec"]
    assert after["metadata"].get("ownerReferences") is None
    assert await story.cluster.get("Deployment", story.namespace, "shop-main") is None


async def test_a_restart_of_the_operator_writes_nothing_to_it_r3(story: Story) -> None:
    before = await story.versions()
    await story.restart()
    await story.until_ready("MicrobusApp", "shop")
    await story.looked_again()
    assert await story.versions() == before


@pytest.mark.parametrize(
    ("spec", "said"),
    [({"paused": True}, "Deployment legacy is paused"), ({"replicas": 0}, "Deployment legacy has no pods")],
)
async def test_paused_or_at_0_replicas_a_rotation_stalls_with_both_keys_valid_until_it_goes_on(
    story: Story, spec: dict[str, Any], said: str
) -> None:
    old = await story.user_key()
    await apply_as("person", story.cluster, workload(story.namespace, **spec))
    await story.apply("MicrobusApp", "shop", app(story, 2))
    assert said in await rotated_until(story, old, "ReplacementStalled")
    await apply_as("person", story.cluster, workload(story.namespace))
    await story.reissued(old)


async def test_gone_in_the_middle_it_is_named_and_the_old_key_stays_valid_until_it_is_back(story: Story) -> None:
    old = await story.user_key()
    await story.cluster.delete("Deployment", story.namespace, "legacy")
    await story.apply("MicrobusApp", "shop", app(story, 2))
    message = await story.until_told("MicrobusApp", "shop", "False WorkloadNotFound:", asked=True)
    assert f"Deployment {story.namespace}/legacy, which does not exist" in message

    async def issued() -> str:
        story.operator.wake_all()
        return await story.user_key()

    await until(issued, lambda key: key != old, "a new key", WITHIN)
    assert old in (await story.issued()).previous
    await apply_as("person", story.cluster, workload(story.namespace))
    await story.reissued(old)
