"""Deployments and StatefulSets as their controllers in a cluster would keep them, by processes instead of pods.

Each object has a task that is told of changes, starts and stops pods until there are those that it wants, and writes
the object's status in Kubernetes' words, which is all that the core sees of them.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from microbus_operator.handlers.outcome import failure_in
from microbus_operator.kube.cluster import Cluster, Object
from microbus_operator.kube.errors import KubeError
from microbus_operator.local.runtime.pods import Pod, PodSpec, Preparing

logger = logging.getLogger(__name__)

KINDS = ("Deployment", "StatefulSet")
_AGAIN_AFTER = 1.0
# Reasons of a pod that starts as it should.
_STARTING = ("ContainerCreating", "Running")

Key = tuple[str, str, str]


def template_of(wanted: Object) -> str:
    """Names a pod template, as `pod-template-hash` does."""
    return sha256(json.dumps(wanted["spec"]["template"], sort_keys=True).encode()).hexdigest()[:10]


@dataclass
class Workload:
    """One Deployment or StatefulSet."""

    cluster: Cluster
    preparing: Preparing
    mark: str
    key: Key
    told: Callable[[], None]
    troubled: Callable[[str, Exception | None], None]
    wanted: Object | None = None
    pods: list[Pod] = field(default_factory=list)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None
    _count: int = 0
    _doomed: set[str] = field(default_factory=set)
    _written: dict[str, Any] = field(default_factory=dict)

    def want(self, wanted: Object | None) -> None:
        """The object as it is now; None where it is gone."""
        self.wanted = wanted
        self._woken.set()
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="/".join(self.key))
            self._task.add_done_callback(told_if_unexpected)

    def replace(self, pod: str) -> None:
        """End a pod of that name, if there is one; another takes its place."""
        self._doomed.add(pod)
        self._woken.set()

    async def close(self) -> None:
        """End its pods."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._end(list(self.pods))

    async def _run(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            if self.wanted is None:
                await self._end(list(self.pods))
                self._written = {}
            else:
                failure = await failure_in(self._looked_at(self.wanted))
                self.troubled("/".join(self.key), failure)
                if failure is not None:
                    asyncio.get_running_loop().call_later(_AGAIN_AFTER, self._woken.set)
            self.told()

    async def _looked_at(self, wanted: Object) -> None:
        await self._step(wanted)
        await self._report(wanted)

    async def _step(self, wanted: Object) -> None:
        template, replicas = template_of(wanted), int(wanted["spec"].get("replicas", 1))
        doomed, self._doomed = self._doomed, set()
        await self._end([pod for pod in self.pods if pod.spec.name in doomed])
        if self.key[0] == "StatefulSet":
            await self._stateful(wanted, template, replicas)
            return
        new = [pod for pod in self.pods if pod.spec.template == template]
        old = [pod for pod in self.pods if pod.spec.template != template]
        await self._end(new[replicas:])
        new = new[:replicas]
        while len(new) < replicas:
            self._count += 1
            new.append(self._begin(wanted, template, f"{self.key[2]}-{template[:6]}-{self._count}"))
        # A program with a port of its own cannot run twice on one machine: the old one has to go first.
        alone = any(pod.prepared is not None and pod.prepared.alone for pod in new)
        keep = 0 if alone else max(0, replicas - sum(pod.ready for pod in new))
        await self._end(old[: max(0, len(old) - keep)])
        for pod in new:
            if pod.prepared is not None and (not pod.prepared.alone or not self._others(template)):
                pod.may_start.set()

    def _others(self, template: str) -> list[Pod]:
        return [pod for pod in self.pods if pod.spec.template != template]

    async def _stateful(self, wanted: Object, template: str, replicas: int) -> None:
        """By name, all at once, and replaced one by one, the highest first."""
        names = [f"{self.key[2]}-{ordinal}" for ordinal in range(replicas)]
        await self._end([pod for pod in self.pods if pod.spec.name not in names])
        outdated = [pod for pod in self.pods if pod.spec.template != template]
        if outdated:
            last = max(outdated, key=lambda pod: names.index(pod.spec.name))
            if all(pod.ready for pod in self.pods if pod is not last) or not last.ready:
                await self._end([last])
        for name in names:
            if name not in {pod.spec.name for pod in self.pods}:
                self._begin(wanted, template, name).may_start.set()
        if any(pod.spec.template != template for pod in self.pods) and all(pod.ready for pod in self.pods):
            self._woken.set()

    def _begin(self, wanted: Object, template: str, name: str) -> Pod:
        kind, namespace, workload = self.key
        said = wanted["spec"]["template"]
        spec = PodSpec(kind, namespace, workload, name, template, said["spec"], said.get("metadata", {}))
        pod = Pod(spec, self.preparing, self.mark, self._woken.set)
        self.pods.append(pod)
        pod.start()
        return pod

    async def _end(self, pods: list[Pod]) -> None:
        await asyncio.gather(*(pod.close() for pod in pods))
        self.pods = [pod for pod in self.pods if pod not in pods]

    async def _report(self, wanted: Object) -> None:
        status = status_of(self.key[0], wanted, self.pods)
        if status == self._written or (not self._written and status == _said(wanted, status)):
            self._written = status
            return
        try:
            kind, namespace, name = self.key
            await self.cluster.merge(kind, namespace, name, {"status": status}, "status")
            self._written = status
        except KubeError as error:
            logger.warning("the status of %s could not be written: %s", "/".join(self.key), error)
            asyncio.get_running_loop().call_later(_AGAIN_AFTER, self._woken.set)


def told_if_unexpected(task: asyncio.Task[None]) -> None:
    """Log what a task that never ends by itself ended by."""
    if not task.cancelled() and task.exception() is not None:
        logger.error("%s ended by an error that nothing expected", task.get_name(), exc_info=task.exception())


def status_of(kind: str, wanted: Object, pods: list[Pod]) -> dict[str, Any]:
    """The object's status as its controller in a cluster writes it."""
    template = template_of(wanted)
    ready = sum(pod.ready for pod in pods)
    status: dict[str, Any] = {
        "observedGeneration": wanted["metadata"].get("generation", 0),
        "replicas": len(pods),
        "updatedReplicas": sum(pod.spec.template == template for pod in pods),
        "readyReplicas": ready,
        "availableReplicas": ready,
    }
    if kind == "Deployment":
        stuck = next((pod for pod in pods if pod.spec.template == template and pod.reason not in _STARTING), None)
        condition = {"type": "Progressing", "status": "True", "reason": "ReplicaSetUpdated", "message": ""}
        if stuck is not None and stuck.message:
            condition = {"type": "Progressing", "status": "False", "reason": stuck.reason, "message": stuck.message}
        status["conditions"] = [condition]
    return status


def _said(wanted: Object, status: dict[str, Any]) -> dict[str, Any]:
    """What of `status` the object says already."""
    found = wanted.get("status") or {}
    return {key: found.get(key) for key in status}
