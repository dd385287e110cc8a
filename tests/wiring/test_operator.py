"""The whole operator in this process: kopf, a real API server, registry, resolver and nats-server; pods are clients."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import re
from collections.abc import AsyncIterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from gencreds.subjects import request_subject, resolve_route, subscribe_subject
from microbus_operator.api.meta import API_VERSION
from microbus_operator.core.names import FINALIZER
from microbus_operator.core.observed import CredsObservation
from microbus_operator.core.settings import Settings
from microbus_operator.handlers.queue import LookQueue
from microbus_operator.handlers.run import Options, looking, watching
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.observe import get_app, get_plane, observe_all_creds, observe_published
from microbus_operator.source.settings import SourceSettings

from ..contract.api_servers import ApiServer
from ..contract.registries import ImageRegistry
from ..contract.resolvers import running_resolver
from ..contract.sources import service_archive
from ..contract.test_source_from_registry import layer
from ..contract.waiting import until
from .nodes import Node, cluster_dns, working

WITHIN = 60.0
ADDRESSES = (f"127.77.0.{number}" for number in count(2))
KINDS = ("Secret", "ConfigMap", "Service", "StatefulSet", "Deployment", "PodDisruptionBudget", "Plane", "MicrobusApp")
HOSTNAME = "orders.example"
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


class Operator:
    """One run of the operator, on a thread and an event loop of its own: kopf cancels every task there when it ends."""

    def __init__(self, api_server: ApiServer, options: Options) -> None:
        self._api_server, self._options = api_server, options
        self._queues: SimpleQueue[LookQueue] = SimpleQueue()
        self._thread = ThreadPoolExecutor(1, "operator")
        self._running = self._thread.submit(asyncio.run, self._run())
        self.queue = self._queues.get(timeout=WITHIN)

    async def _run(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        async with self._api_server.cluster() as cluster, looking(cluster, self._options) as (queue, world):
            self._queues.put(queue)
            await watching(queue, world, self._options)

    def check(self) -> None:
        """It must not have ended by itself."""
        if self._running.done():
            self._running.result()
            raise AssertionError("the operator ended")

    def wake_all(self) -> None:
        """Have everything that was ever looked at looked at again."""
        for key in list(self.queue._tasks):
            self._loop.call_soon_threadsafe(self.queue.wake, key)

    async def stop(self) -> None:
        """Stop it as a lost node would: nothing of it is handed over."""
        self.check()
        assert self._task is not None
        self._loop.call_soon_threadsafe(self._task.cancel)
        with suppress(CancelledError, asyncio.CancelledError):
            await asyncio.wrap_future(self._running)
        self._thread.shutdown()


@dataclass
class Story:
    """A namespace with everything in it, and an operator that can be stopped and started."""

    cluster: Cluster
    namespace: str
    node: Node
    registry: ImageRegistry
    api_server: ApiServer
    options: Options
    operator: Operator

    async def restart(self) -> None:
        """Another operator, which knows nothing of the one before it."""
        await self.operator.stop()
        self.operator = Operator(self.api_server, self.options)

    async def apply(self, kind: str, name: str, spec: dict[str, Any]) -> None:
        """What a person does."""
        meta = {"name": name, "namespace": self.namespace}
        manifest = {"apiVersion": API_VERSION, "kind": kind, "metadata": meta, "spec": spec}
        path = f"/apis/{API_VERSION}/namespaces/{self.namespace}/{kind.lower()}s/{name}"
        query = {"fieldManager": "person", "force": "true"}
        await self.cluster._request("PATCH", path, query, manifest, "application/apply-patch+yaml")

    async def plane(self) -> None:
        """A Plane of one server."""
        await self.apply("Plane", "prod", {"plane": "prod", "nats": {"image": "nats:2.15", "replicas": 1}})

    async def app(self, tag: str = "1") -> None:
        """The shop, of one bundle."""
        bundle = {"name": "main", "image": f"{self.registry.host}/{self.namespace}:{tag}"}
        await self.apply("MicrobusApp", "shop", {"planeRef": {"name": "prod"}, "bundles": [bundle]})

    def push(self, tag: str, more: dict[str, str] | None = None) -> None:
        """An image with source."""
        self.registry.push_image(self.namespace, tag, [layer(service_archive(HOSTNAME, more))])

    async def conditions(self, kind: str, name: str) -> dict[str, str]:
        """Each condition of an object, with its reason and message."""
        found = await self.cluster.get(kind, self.namespace, name)
        said = found.get("status", {}).get("conditions", []) if found else []
        return {c["type"]: f"{c['status']} {c['reason']}: {c['message']}" for c in said}

    async def until_ready(self, kind: str, name: str) -> None:
        """Wait for `Ready`."""

        async def seen() -> dict[str, str]:
            self.check()
            return await self.conditions(kind, name)

        await until(seen, lambda c: c.get("Ready", "").startswith("True"), f"{kind} {name} to be Ready", WITHIN)

    def check(self) -> None:
        """The operator itself has not ended, and no pod has been refused."""
        self.operator.check()
        assert self.node.ended == []

    async def settled(self) -> None:
        """Wait until everything is Ready and every replaced key revoked and forgotten."""
        await self.until_ready("Plane", "prod")
        await self.until_ready("MicrobusApp", "shop")

        async def seen() -> Any:
            self.check()
            app = await get_app(self.cluster, self.namespace, "shop")
            assert app is not None
            return app.status.revoking, [item.previous for item in app.status.services]

        await until(seen, lambda left: left == ((), [()]), "every replaced key to be forgotten", WITHIN)
        before: dict[tuple[str, str], str] = {}
        # What the last step changed (how many are connected) is still to be told by the Plane's status.
        while before != (before := await self.versions()):
            await self.looked_again()

    async def versions(self) -> dict[tuple[str, str], str]:
        """The version of every object: a write moves it."""
        return {
            (kind, item["metadata"]["name"]): item["metadata"]["resourceVersion"]
            for kind in KINDS
            for item in await self.cluster.list(kind, self.namespace)
        }

    async def issued(self) -> CredsObservation:
        """What the microservice is issued now."""
        app = await get_app(self.cluster, self.namespace, "shop")
        assert app is not None
        return (await observe_all_creds(self.cluster, app, [HOSTNAME])).get(HOSTNAME, CredsObservation())

    async def user_key(self) -> str:
        """The public key of that."""
        return (await self.issued()).public_key or ""

    async def reissued(self, old: str) -> None:
        """Wait for another key than `old`, and until that one is done with."""

        async def seen() -> str:
            self.check()
            self.operator.wake_all()
            return await self.user_key()

        await until(seen, lambda key: key not in ("", old), "a new key", WITHIN)
        await self.settled()

    async def looked_again(self, looks: int = 4) -> None:
        """Wait until so many more looks have ended."""
        least = self.operator.queue.looks + looks

        async def seen() -> int:
            self.operator.wake_all()
            return self.operator.queue.looks

        await until(seen, lambda done: done >= least, f"{looks} more looks", WITHIN)


@pytest.fixture
async def story(
    api_server: ApiServer,
    registry: ImageRegistry,
    cluster: Cluster,
    namespace: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Story]:
    """A Plane and an app that are Ready."""
    async with unsettled(api_server, registry, cluster, namespace, tmp_path, monkeypatch) as made:
        made.push("1")
        await made.plane()
        await made.app()
        await made.settled()
        yield made


@asynccontextmanager
async def unsettled(
    api_server: ApiServer,
    registry: ImageRegistry,
    cluster: Cluster,
    namespace: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Story]:
    """An operator in an empty namespace."""
    monkeypatch.setenv("KUBECONFIG", str(api_server.kubeconfig))
    address = next(ADDRESSES)
    (folder / "nats").mkdir()
    node = Node(cluster, namespace, folder / "nats", address)
    arguments = ("--namespace", namespace, "--state-dir", str(folder / "state"))
    with (
        cluster_dns(monkeypatch, address),
        running_resolver(folder, *arguments, variables={"KUBECONFIG": str(api_server.kubeconfig)}) as resolver,
    ):
        options = Options(
            settings=Settings(resolver_url=resolver.url),
            sources=SourceSettings(insecure_registries=frozenset({registry.host})),
            namespaces=(namespace,),
            resolver_pods=f"127.0.0.1:{resolver.port}",
            liveness=None,
        )
        async with working(node):
            operator = await asyncio.to_thread(Operator, api_server, options)
            made = Story(cluster, namespace, node, registry, api_server, options, operator)
            try:
                yield made
            finally:
                await made.operator.stop()


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

    async def seen() -> list[str]:
        story.node.ended.clear()
        story.check()
        return [f"{kind} {await story.conditions(kind, name)}" for kind, name in LEFT if await there(kind, name)]

    async def there(kind: str, name: str) -> bool:
        return await story.cluster.get(kind, story.namespace, name) is not None

    await until(seen, lambda left: not left, "both to be gone", WITHIN)
    accounts = await story.cluster.get("ConfigMap", story.namespace, "prod-accounts")
    assert accounts is not None
    labels = [item["metadata"].get("labels", {}) for item in await story.cluster.list("Secret", story.namespace)]
    roles = sorted(item["microbus.io/key"] for item in labels if "microbus.io/key" in item)
    assert roles == ["account", "operator", "operator-signing", "system-account", "system-account-signing"]


LEFT = (("Plane", "prod"), ("MicrobusApp", "shop"))


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
    api_server: ApiServer,
    registry: ImageRegistry,
    cluster: Cluster,
    namespace: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with unsettled(api_server, registry, cluster, namespace, tmp_path, monkeypatch) as made:
        made.push("1")
        await made.app()

        async def seen() -> dict[str, str]:
            return await made.conditions("MicrobusApp", "shop")

        await until(seen, lambda c: "PlaneNotFound" in c.get("Ready", ""), "the app to miss its Plane", WITHIN)
        await made.plane()
        await made.settled()
        app = await cluster.get("MicrobusApp", namespace, "shop")
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
