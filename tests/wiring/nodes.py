"""What Kubernetes does with what the operator applies, as far as these tests need it.

Brokers are real processes and pods real connections, on loopback; Deployments roll, and objects go with their owner.

It looks at the API server again and again, as controllers do, and never at the operator.
"""

from __future__ import annotations

import asyncio
import base64
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from nats.errors import Error

from gencreds.nats.creds import Creds, parse_creds
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.errors import Conflict

from ..contract.brokers import Broker, running_broker
from ..contract.clients import Observed, connected

EVERY = 0.05
OWNED = ("Secret", "ConfigMap", "Service", "StatefulSet", "Deployment", "PodDisruptionBudget")


@contextmanager
def cluster_dns(monkeypatch: pytest.MonkeyPatch, address: str) -> Iterator[None]:
    """Names of Services lead to `address`, where the brokers' ports are: what a cluster's DNS and Services do."""
    real = socket.getaddrinfo

    def resolve(host: Any, *arguments: Any, **more: Any) -> Any:
        return real(address if str(host).endswith(".svc") else host, *arguments, **more)

    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", resolve)
        yield


@dataclass
class Pod:
    """A pod's connections, by microservice, and the stack that closes them."""

    clients: dict[str, Observed]
    stack: AsyncExitStack


@dataclass
class Node:
    """Everything that runs in one namespace. `address` is the brokers' own, on loopback; `collects` is whether it is
    also Kubernetes' garbage collector.
    """

    cluster: Cluster
    namespace: str
    directory: Path
    address: str
    collects: bool = True
    can_run_brokers: bool = True
    is_refusal_expected: bool = False
    broker: Broker | None = None
    pods: dict[str, Pod] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)
    _template: str = ""
    _rolled: dict[str, str] = field(default_factory=dict)
    _broker_stack: ExitStack = field(default_factory=ExitStack)

    async def work(self) -> None:
        """Look and act until cancelled."""
        never = asyncio.Event()
        while True:
            with suppress(Conflict):
                await self._brokers()
                await self._workloads()
                if self.collects:
                    await self._collect()
            # Not by wait_for: before Python 3.12 it loses a cancellation that comes as the time is over.
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await never.wait()

    async def close(self) -> None:
        """End everything."""
        for name in list(self.pods):
            await self._end(name)
        await asyncio.to_thread(self._broker_stack.close)

    def restart_broker(self) -> None:
        """The broker's pod dies and comes back; connections to it end."""
        self._template = ""

    async def _brokers(self) -> None:
        found = await self.cluster.get("StatefulSet", self.namespace, "prod-nats")
        config = await self.cluster.get("ConfigMap", self.namespace, "prod-nats")
        template = found["spec"]["template"]["metadata"]["annotations"]["microbus.io/config"] if found else ""
        if not self.can_run_brokers:
            template = ""
        if template == self._template:
            return
        self._template, self.broker = template, None
        await asyncio.to_thread(self._broker_stack.close)
        if not template or config is None:
            return
        # A pod's 0.0.0.0 is its own address.
        text = config["data"]["nats.conf"].replace("0.0.0.0", self.address)
        arguments = ("--name", "prod-nats-0")
        started = running_broker(text, self.directory, port=None, arguments=arguments)
        self.broker = await asyncio.to_thread(self._broker_stack.enter_context, started)
        status = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas"), 1)
        status["observedGeneration"] = found["metadata"]["generation"] if found else 0
        await self.cluster.merge("StatefulSet", self.namespace, "prod-nats", {"status": status}, "status")

    async def _workloads(self) -> None:
        if not self.can_run_brokers:
            # What they would connect to is away: their clients try again until it is back.
            return
        found = {item["metadata"]["name"]: item for item in await self.cluster.list("Deployment", self.namespace)}
        for name in set(self.pods) - set(found):
            await self._end(name)
        for name, item in found.items():
            mark = f"{item['metadata']['uid']}/{item['metadata']['generation']}"
            lost = name in self.pods and any(c.closed.is_set() for c in self.pods[name].clients.values())
            if self._rolled.get(name) == mark and not lost:
                continue
            await self._roll(name, item)
            self._rolled[name] = mark

    async def _roll(self, name: str, item: dict[str, Any]) -> None:
        """New pods first, then the old ones go, as a rolling update does."""
        stack, clients = AsyncExitStack(), {}
        volume = item["spec"]["template"]["spec"]["volumes"][0]["projected"]["sources"]
        environment = item["spec"]["template"]["spec"]["containers"][0]["env"]
        url = next(entry["value"] for entry in environment if entry["name"] == "MICROBUS_NATS")
        for source in volume:
            file = source["secret"]["items"][0]["key"]
            creds = await self._file(source["secret"]["name"], file)
            if creds is None:
                # What was listed may be gone by now, and its Secrets with it: Kubernetes would start no such pod.
                await stack.aclose()
                assert not await self._is_to_run(item), f"{name} needs {file}, and there is no Secret with it"
                return
            hostname = file.removesuffix("_nats.creds")
            try:
                clients[hostname] = await stack.enter_async_context(connected(url, creds, name=hostname))
            except (Error, OSError) as error:
                await stack.aclose()
                if not self.is_refusal_expected and await self._is_to_run(item):
                    self.ended.append(f"{name}: {hostname} was refused: {error}")
                return
        before = self.pods.pop(name, None)
        self.pods[name] = Pod(clients, stack)
        if before is not None:
            await before.stack.aclose()
        count = item["spec"]["replicas"]
        status = {"replicas": count, "updatedReplicas": count, "readyReplicas": count, "availableReplicas": count}
        status["observedGeneration"] = item["metadata"]["generation"]
        await self.cluster.merge("Deployment", self.namespace, name, {"status": status}, "status")

    async def _is_to_run(self, item: dict[str, Any]) -> bool:
        """Whether a Deployment still is, and its app does not go: the keys of one that goes are refused."""
        meta = item["metadata"]
        found = await self.cluster.get("Deployment", self.namespace, meta["name"])
        owner = next(iter(meta.get("ownerReferences", ())), None)
        if owner is None:
            # A person's: its pods wait until there is what they mount.
            return False
        app = await self.cluster.get("MicrobusApp", self.namespace, owner["name"])
        if found is None or app is None or "deletionTimestamp" in app["metadata"]:
            return False
        return (found["metadata"]["uid"], app["metadata"]["uid"]) == (meta["uid"], owner["uid"])

    async def _file(self, secret: str, file: str) -> Creds | None:
        found = await self.cluster.get("Secret", self.namespace, secret)
        if found is None:
            return None
        return parse_creds(base64.b64decode(found["data"][file]).decode())

    async def _end(self, name: str) -> None:
        await self.pods.pop(name).stack.aclose()
        self._rolled.pop(name, None)

    async def _collect(self) -> None:
        """Kubernetes' garbage collection: what an object owned goes with it."""
        living = {item["metadata"]["uid"] for kind in ("Plane", "MicrobusApp") for item in await self._all(kind)}
        for kind in OWNED:
            for item in await self._all(kind):
                owners = {owner["uid"] for owner in item["metadata"].get("ownerReferences", ())}
                if owners and not owners & living:
                    await self.cluster.delete(kind, self.namespace, item["metadata"]["name"], item["metadata"]["uid"])

    async def _all(self, kind: str) -> list[dict[str, Any]]:
        return await self.cluster.list(kind, self.namespace)


@asynccontextmanager
async def working(node: Node) -> AsyncIterator[Node]:
    """The node at work, until the block ends. Its own errors are the test's."""
    task = asyncio.create_task(node.work())
    try:
        yield node
    finally:
        if task.done():
            task.result()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await node.close()
