"""The whole operator on either kind of store: a Plane and an app from nothing to gone, and what happens in between."""

from __future__ import annotations

import base64
import json
import logging
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gencreds.subjects import request_subject, resolve_route, subscribe_subject
from microbus_operator.core.names import FINALIZER, KEY_LABEL, nats_peers
from microbus_operator.kube.observe import get_plane, observe_published

from ..contract.registries import ImageRegistry
from ..contract.waiting import until
from .stores import ObjectStore
from .stories import HOSTNAME, WITHIN, Operator, Story, begun, ready

PING = subscribe_subject("prod", resolve_route(HOSTNAME, ":443/ping", "POST"), slot="_")
PONG = subscribe_subject("prod", resolve_route("pay.example", ":443/pong", "POST"), slot="_")
CHARGE = request_subject("prod", HOSTNAME, resolve_route("pay.example", ":443/charge", "POST"))
MORE = {
    "orders/service.go": """package orders

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func NewService() *Service {
	return &Service{Intermediate: NewIntermediate()}
}

func (svc *Service) doMore(ctx context.Context) {
	svc.Request(ctx, pub.POST("https://pay.example/charge"))
}
"""
}


@pytest.fixture
async def story(store: ObjectStore, registry: ImageRegistry, tmp_path: Path) -> AsyncIterator[Story]:
    """A Plane and an app that are Ready."""
    async with ready(store, registry, tmp_path) as made:
        yield made


async def test_a_plane_and_an_app_become_ready_and_the_pod_may_do_what_its_code_does_and_not_its_neighbour(
    story: Story,
) -> None:
    client = story.node.pods["shop-main"].clients[HOSTNAME]
    assert await client.may_subscribe(PING)
    assert not await client.may_subscribe(PONG)
    assert await client.is_refused(CHARGE)
    plane = await get_plane(story.cluster, story.namespace, "prod")
    assert plane is not None
    assert [server.account_in_sync for server in plane.status.servers] == [True]


async def test_a_second_look_writes_nothing(story: Story) -> None:
    before = await story.versions()
    await story.looked_again()
    assert await story.versions() == before


async def test_a_restart_of_the_operator_writes_nothing_and_restarts_nobody_r3(story: Story) -> None:
    before, client = await story.versions(), story.node.pods["shop-main"].clients[HOSTNAME]
    await story.restart()
    await story.looked_again()
    assert await story.versions() == before
    assert story.node.pods["shop-main"].clients[HOSTNAME] is client
    assert not client.closed.is_set()


async def test_new_code_gets_a_new_key_and_the_old_one_is_revoked_on_the_server(story: Story) -> None:
    old = await story.user_key()
    story.push("2", MORE)
    await story.app("2")

    await story.reissued(old)
    client = story.node.pods["shop-main"].clients[HOSTNAME]
    assert not await client.is_refused(CHARGE)
    plane = await get_plane(story.cluster, story.namespace, "prod")
    assert plane is not None
    published = await observe_published(story.cluster, plane)
    account = published.accounts[plane.status.account_public_key or ""]
    assert list(account.claims.revocations) == [old]


async def test_a_deleted_secret_is_issued_anew_and_its_key_revoked(story: Story) -> None:
    old = await story.user_key()
    await story.cluster.delete("Secret", story.namespace, f"shop-{HOSTNAME}-creds")
    await story.reissued(old)
    plane = await get_plane(story.cluster, story.namespace, "prod")
    assert plane is not None
    assert plane.status.revocations.count == 1


async def test_a_broker_that_restarts_is_in_sync_again_by_itself(story: Story) -> None:
    key, before = await story.user_key(), story.node.pods["shop-main"].clients[HOSTNAME]
    story.node.restart_broker()

    async def seen() -> bool:
        pod = story.node.pods.get("shop-main")
        return pod is not None and before is not (now := pod.clients[HOSTNAME]) and not now.closed.is_set()

    await until(seen, bool, "the pod to be connected again", WITHIN)
    await story.settled()
    assert await story.user_key() == key


async def test_plane_and_app_go_together_the_key_is_out_of_the_account_and_the_planes_keys_stay_k6_n5(
    story: Story,
) -> None:
    await story.cluster.delete("Plane", story.namespace, "prod")
    await story.cluster.delete("MicrobusApp", story.namespace, "shop")
    await story.gone(("Plane", "prod"), ("MicrobusApp", "shop"))
    accounts = await story.cluster.get("ConfigMap", story.namespace, "prod-accounts")
    assert accounts is not None
    labels = [item["metadata"].get("labels", {}) for item in await story.cluster.list("Secret", story.namespace)]
    roles = sorted(item["microbus.io/key"] for item in labels if "microbus.io/key" in item)
    assert roles == ["account", "operator", "operator-signing", "system-account", "system-account-signing"]


async def test_a_deletion_that_was_stopped_after_the_apps_key_was_deleted_goes_on(story: Story) -> None:
    await story.operator.stop()
    await story.cluster.delete("MicrobusApp", story.namespace, "shop")
    (key,) = [
        item["metadata"]["name"]
        for item in await story.cluster.list("Secret", story.namespace)
        if item["metadata"]["labels"].get(KEY_LABEL) == "app-signing"
    ]
    await story.cluster.delete("Secret", story.namespace, key)
    story.operator = Operator(story.store, story.options)
    await story.gone(("MicrobusApp", "shop"))


async def test_a_plane_that_is_made_again_adopts_the_keys_that_stayed_k1(story: Story) -> None:
    before = await get_plane(story.cluster, story.namespace, "prod")
    old = await story.user_key()
    await story.cluster.delete("Plane", story.namespace, "prod")
    await story.cluster.delete("MicrobusApp", story.namespace, "shop")
    await story.gone(("Plane", "prod"), ("MicrobusApp", "shop"))
    await story.plane()
    await story.app()
    await story.settled()
    after = await get_plane(story.cluster, story.namespace, "prod")
    assert before is not None
    assert after is not None
    assert after.metadata.uid != before.metadata.uid
    assert after.status.operator_public_key == before.status.operator_public_key
    assert after.status.account_public_key == before.status.account_public_key
    assert await story.user_key() not in ("", old)


async def test_what_somebody_changes_or_deletes_of_ours_is_put_back(story: Story) -> None:
    def stated(found: dict[str, Any]) -> Any:
        return found.get("data") or {key: value for key, value in found["spec"].items() if key in CHANGED}

    before = {each: stated(await there(story, *each)) for each in OURS}
    for (kind, name), change in OURS.items():
        await story.cluster.merge(kind, story.namespace, name, change)
        assert stated(await there(story, kind, name)) != before[kind, name]
    await story.cluster.delete("Service", story.namespace, nats_peers("prod"))

    async def seen() -> dict[tuple[str, str], Any]:
        story.check()
        story.operator.wake_all()
        return {each: stated(await there(story, *each)) for each in OURS}

    await until(seen, lambda now: now == before, "our objects to be as they were", WITHIN)
    await story.settled()
    await there(story, "Service", nats_peers("prod"))


CHANGED = ("replicas", "ports")
OURS: dict[tuple[str, str], Any] = {
    ("Deployment", "shop-main"): {"spec": {"replicas": 3}},
    ("StatefulSet", "prod-nats"): {"spec": {"replicas": 3}},
    ("ConfigMap", "prod-nats"): {"data": {"nats.conf": "port: 1"}},
    ("Service", "prod-nats"): {"spec": {"ports": [{"name": "other", "port": 4222}]}},
}


async def there(story: Story, kind: str, name: str) -> dict[str, Any]:
    """The object."""
    found = await story.cluster.get(kind, story.namespace, name)
    assert found is not None, f"{kind} {name} is not there"
    return found


async def test_a_source_that_blocks_is_a_condition_with_file_and_line_and_stops_nobody(story: Story) -> None:
    client = story.node.pods["shop-main"].clients[HOSTNAME]
    story.push("3", {"orders/broken.go": "package orders\n\nfunc broken( {\n"})
    await story.app("3")

    async def seen() -> dict[str, str]:
        story.check()
        return await story.conditions("MicrobusApp", "shop")

    found = await until(seen, lambda c: c.get("Stalled", "").startswith("True"), "the app to be Stalled", WITHIN)
    assert "orders/broken.go:3" in found["Ready"]
    assert not client.closed.is_set()


async def test_an_app_before_its_plane_waits_for_it(
    store: ObjectStore, registry: ImageRegistry, tmp_path: Path
) -> None:
    async with begun(store, registry, tmp_path) as made:
        made.push("1")
        await made.app()
        await made.until_told("MicrobusApp", "shop", "False PlaneNotFound")
        await made.plane()
        await made.settled()
        app = await store.cluster.get("MicrobusApp", made.namespace, "shop")
        assert app is not None
        assert app["metadata"]["finalizers"] == [FINALIZER]


async def test_no_seed_is_ever_in_a_log_a_status_an_event_or_a_config_map(
    story: Story, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    old = await story.user_key()
    await story.cluster.delete("Secret", story.namespace, f"shop-{HOSTNAME}-creds")
    await story.restart()
    await story.reissued(old)
    seeds = set()
    for secret in await story.cluster.list("Secret", story.namespace):
        for text in secret["data"].values():
            seeds |= set(re.findall(r"\bS[OAU][A-Z2-7]{56}\b", base64.b64decode(text).decode()))
    assert len(seeds) == 7
    told = [caplog.text]
    for kind in ("Plane", "MicrobusApp", "ConfigMap", "Event", "Deployment", "StatefulSet"):
        told += [json.dumps(item) for item in await story.cluster.list(kind, story.namespace)]
    assert len(told) > 8
    for seed in seeds:
        assert not any(seed in text or base64.b64encode(seed.encode()).decode() in text for text in told)
