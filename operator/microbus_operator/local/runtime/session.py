"""`microbus-operator local up`: the store, the resolver, the looks and the processes, put together until told to stop.

The core, the policies, the resolver and the system connection are those of a cluster; what differs is where objects
are kept (`local.store`), addresses, sources, and that `workloads.py` runs what a cluster's nodes would.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from microbus_operator.core import names
from microbus_operator.core.settings import Pace, Settings
from microbus_operator.handlers.looking import Tools, looking_with
from microbus_operator.handlers.outcome import Failure
from microbus_operator.handlers.queue import KINDS, Key
from microbus_operator.handlers.stale import mark_stale
from microbus_operator.handlers.world import World
from microbus_operator.kube.cluster import Object
from microbus_operator.local.runtime import workloads
from microbus_operator.local.runtime.addresses import HOST, Loopback, Ports
from microbus_operator.local.runtime.control import Answer, answering
from microbus_operator.local.runtime.deriving import derive
from microbus_operator.local.runtime.errors import LocalError, Unusable
from microbus_operator.local.runtime.kubelet import Kubelet
from microbus_operator.local.runtime.manifests import apply_manifests
from microbus_operator.local.runtime.nats_server import find_nats_server
from microbus_operator.local.runtime.places import Places
from microbus_operator.local.runtime.pods import Pod
from microbus_operator.local.runtime.pods_seen import ProcessPods
from microbus_operator.local.runtime.processes import end_leftovers, mark_of
from microbus_operator.local.runtime.programs import Programs
from microbus_operator.local.runtime.progress import Progress
from microbus_operator.local.runtime.serving import resolver_url, serving, took
from microbus_operator.local.runtime.sources import FolderSources
from microbus_operator.local.runtime.verdict import STARTING
from microbus_operator.local.runtime.waking import WATCHED, Wakes, watch
from microbus_operator.local.runtime.workloads import Workload
from microbus_operator.local.store import Store
from microbus_operator.nats.brokers import Brokers
from microbus_operator.resolver.intake import Intake

# Files are written as soon as a Secret is, and servers are at hand.
PACE = Pace(kubelet_bound=2, deaf_after=6)
_LOOKS_EVERY = 5.0


@dataclass(frozen=True)
class Options:
    """What `up` is told. `keep_going` stays up where something fails before everything was ready once."""

    state: Path
    source: Path
    objects: Sequence[Object] = ()
    runs: Mapping[str, str] = field(default_factory=dict)
    only_stand_ins: bool = False
    nats_port: int | None = None
    keep_going: bool = False


class Failed(LocalError):
    """Something did not come up; the message says what and what to do."""


@dataclass
class Session:
    """One run. `tell` gets lines for people; `opened` is told once the state folder is ours."""

    options: Options
    tell: Callable[[str], None]
    stop: asyncio.Event
    opened: Callable[[Places], None] = lambda _: None
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    started: float = field(default_factory=time.monotonic)
    _workloads: dict[workloads.Key, Workload] = field(default_factory=dict)

    async def run(self) -> None:
        """Until `stop`. Raises `LocalError` and `KubeError`, a line each."""
        async with AsyncExitStack() as stack:
            store = await stack.enter_async_context(await Store.open(self.options.state))
            places = Places(self.options.state.resolve())
            places.make()
            self.opened(places)
            mark = mark_of(places.mark)
            ended = await asyncio.to_thread(end_leftovers, mark)
            if ended:
                self.tell(f"{len(ended)} processes that an earlier run left behind were ended")
            server = await find_nats_server(Settings.minimum_nats_version)
            await apply_manifests(store, self.options.objects, self.tell)
            await self._something_to_run(store)
            ports = Ports(places.run / "ports.json", self.tell)
            ports.load(await self._wanted_ports(store))
            network, port = Loopback(ports), ports.of("resolver")
            intake = await stack.enter_async_context(serving(store, port))
            sources = FolderSources(self.options.source, without=places.root, cache=places.run / "scans", mark=mark)
            programs = Programs(
                sources, places.run / "built", places.logs, mark, await self._runs(store), self.options.only_stand_ins
            )
            stack.push_async_callback(programs.close)
            kubelet = Kubelet(store, places.pods, places.logs, server, network, programs)
            settings = Settings(resolver_url=resolver_url(port), network=network, pace=PACE)
            tools = Tools(store, Brokers(f"{HOST}:{port}"), sources, ProcessPods(self._pods, self._replace), settings)
            await self._nothing_runs_yet(store)
            stack.push_async_callback(self._end_workloads)
            _, world = await stack.enter_async_context(looking_with(tools, (None,)))
            await self._not_looked_at_yet(store, world)
            progress = Progress(self.tell, self._pods)
            control = answering(places.run, lambda question: self._answer(store, sources, world, progress, question))
            await stack.enter_async_context(control)
            await self._work(store, world, intake, kubelet, mark, progress)

    async def _work(
        self, store: Store, world: World, intake: Intake, kubelet: Kubelet, mark: str, progress: Progress
    ) -> None:
        wakes = Wakes(world.wake)

        async def ours(event: str, item: Object) -> None:
            await wakes.saw(event, item)
            progress.saw(event, item)

        async def workload(event: str, item: Object) -> None:
            self._want(store, kubelet, mark, event, item, progress)
            await wakes.saw(event, item)

        async def config_map(event: str, item: Object) -> None:
            await took(intake, event, item)
            await mounted(event, item)

        async def mounted(event: str, item: Object) -> None:
            await wakes.saw(event, item)
            if event != "DELETED":
                await kubelet.refresh(item["kind"], item["metadata"]["namespace"], item["metadata"]["name"])

        seers = {"ConfigMap": config_map, "Secret": mounted, "StatefulSet": workload, "Deployment": workload}
        failure = None
        async with asyncio.TaskGroup() as tasks:
            seen = [(kind, seers.get(kind, ours)) for kind in WATCHED]
            watches = [tasks.create_task(watch(store, kind, seer, progress.troubled)) for kind, seer in seen]
            try:
                failure = await self._until_stopped(progress)
            finally:
                for task in watches:
                    task.cancel()
        if failure is not None:
            raise Failed(failure)

    async def _until_stopped(self, progress: Progress) -> str | None:
        """Why it ended by itself, None where it was told to."""
        stopped = asyncio.create_task(self.stop.wait())
        try:
            while not stopped.done():
                changed = asyncio.create_task(progress.changed.wait())
                # Also what does not change for long means something.
                await asyncio.wait({stopped, changed}, timeout=_LOOKS_EVERY, return_when=asyncio.FIRST_COMPLETED)
                changed.cancel()
                progress.changed.clear()
                failure = progress.failure()
                if failure and not self.ready.is_set() and not self.options.keep_going:
                    return failure
                if progress.all_ready() and not self.ready.is_set():
                    progress.summary(time.monotonic() - self.started)
                    self.ready.set()
            return None
        finally:
            stopped.cancel()

    def _want(self, store: Store, kubelet: Kubelet, mark: str, event: str, item: Object, progress: Progress) -> None:
        key = (item["kind"], item["metadata"]["namespace"], item["metadata"]["name"])
        if key not in self._workloads:
            self._workloads[key] = Workload(store, kubelet, mark, key, progress.pods_changed, progress.troubled)
        self._workloads[key].want(None if event == "DELETED" else item)

    def _pods(self) -> list[Pod]:
        return [pod for workload in self._workloads.values() for pod in workload.pods]

    def _replace(self, namespace: str, name: str) -> None:
        for (_, place, _), workload in self._workloads.items():
            if place == namespace:
                workload.replace(name)

    async def _end_workloads(self) -> None:
        """Bundles first, so that each can still say goodbye to its server."""
        for kind in workloads.KINDS:
            await asyncio.gather(*(item.close() for key, item in self._workloads.items() if key[0] == kind))

    async def _something_to_run(self, store: Store) -> None:
        apps = await store.list("MicrobusApp", None)
        if not apps and not await store.list("Plane", None):
            raise Unusable(f"there is nothing to run in {self.options.state}; give manifests with -f")
        bundles = {bundle["name"] for app in apps for bundle in app["spec"]["bundles"]}
        for given in sorted(set(self.options.runs) - bundles):
            there = ", ".join(sorted(bundles)) or "none"
            raise Unusable(f"--run {given}=…: no app has a bundle of that name; there are {there}")

    async def _runs(self, store: Store) -> dict[str, str]:
        """`--run`, by bundle; for an existing workload that a bundle names, by its name too."""
        result = dict(self.options.runs)
        for app in await store.list("MicrobusApp", None):
            for bundle in app["spec"]["bundles"]:
                existing = bundle.get("workload", {}).get("existing")
                if existing is not None and bundle["name"] in result:
                    result.setdefault(existing["name"], result[bundle["name"]])
        return result

    async def _wanted_ports(self, store: Store) -> dict[str, int]:
        """`--nats-port` is for the first server of the only Plane."""
        if self.options.nats_port is None:
            return {}
        planes = await store.list("Plane", None)
        if len(planes) != 1:
            raise Unusable(f"--nats-port is for one Plane, and there are {len(planes)}; leave it out")
        meta = planes[0]["metadata"]
        return {f"{meta['namespace']}/{names.nats(meta['name'])}-0 client": self.options.nats_port}

    async def _nothing_runs_yet(self, store: Store) -> None:
        """What the statuses of an earlier run say of pods is not so any more."""
        none = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), 0)
        for kind in workloads.KINDS:
            for item in await store.list(kind, None):
                meta = item["metadata"]
                await store.merge(kind, meta["namespace"], meta["name"], {"status": none}, "status")

    async def _not_looked_at_yet(self, store: Store, world: World) -> None:
        failure = Failure(STARTING, "the local mode has just started and has not looked at it yet")
        for kind in KINDS:
            for item in await store.list(kind, None):
                if item.get("status"):
                    await mark_stale(world, Key(kind, item["metadata"]["namespace"], item["metadata"]["name"]), failure)

    async def _answer(
        self, store: Store, sources: FolderSources, world: World, progress: Progress, question: Answer
    ) -> Answer:
        match question.get("verb"):
            case "status":
                return {"ready": progress.all_ready(), "processes": progress.processes()}
            case "apply":
                lines: list[str] = []
                await apply_manifests(store, question["objects"], lines.append)
                return {"lines": lines}
            case "delete":
                await store.delete(question["kind"], question["namespace"], question["name"])
                return {}
            case "source":
                return {"source": str(sources.root)}
            case "derive":
                return {"bundles": await derive(store, sources, world.wake)}
            case "down":
                self.stop.set()
                return {}
        raise Unusable(f"the one that runs does not know {question.get('verb')!r}; it may be of another version")
