"""What `kubelet` does for a pod before it runs: its files, its environment, its program; and probes afterwards."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from microbus_operator.core.names import MANAGED_BY, PLANE_LABEL
from microbus_operator.kube.cluster import Cluster
from microbus_operator.local.runtime import nats_server, volumes
from microbus_operator.local.runtime.addresses import HOST, Loopback
from microbus_operator.local.runtime.errors import NotRunnable
from microbus_operator.local.runtime.nats_server import NatsServer
from microbus_operator.local.runtime.pods import Late, PodSpec, Prepared
from microbus_operator.local.runtime.processes import Command
from microbus_operator.local.runtime.programs import Program, Programs
from microbus_operator.local.runtime.stand_in import READY_VARIABLE
from microbus_operator.local.runtime.volumes import Source

BUNDLE_LABEL = "microbus.io/bundle"
_PROBE_SECONDS = 1.0
# Seconds that a program without a probe has to live to count as ready.
_STEADY_SECONDS = 0.3
# Seconds after which one that runs and is not ready is told of: a server, without which nothing works, and a bundle,
# which may have much to do first.
_SERVER_LATE, _BUNDLE_LATE = 30.0, 60.0


@dataclass
class Kubelet:
    """Prepares pods below `folder`; logs go to `logs`."""

    cluster: Cluster
    folder: Path
    logs: Path
    server: NatsServer
    network: Loopback
    programs: Programs
    _mounted: dict[tuple[str, str], tuple[PodSpec, dict[str, list[Source]]]] = field(default_factory=dict)
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def prepare(self, spec: PodSpec) -> Prepared:
        """Files, program and environment of a pod. Raises `NotRunnable`."""
        try:
            return await self._prepared(spec)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            # The user's partial template is any YAML; an API server would have refused this one.
            what = f"{type(error).__name__}: {error}"
            message = f"{spec.name}: the pod template has a field that Kubernetes would refuse ({what}); correct it"
            raise NotRunnable("CreateContainerConfigError", message) from error

    async def _prepared(self, spec: PodSpec) -> Prepared:
        mounted = {item["name"]: volumes.sources_of(item) for item in spec.pod.get("volumes", ())}
        self._mounted[_key(spec)] = (spec, mounted)
        await self._mount(spec)
        if _is_broker(spec):
            return self._nats(spec)
        container = container_of(spec)
        program = await self.programs.of(_labels(spec).get(BUNDLE_LABEL, spec.workload), container)
        return await self._bundle(spec, container, program)

    def forget(self, spec: PodSpec) -> None:
        """The pod is gone, and its files go."""
        self._mounted.pop(_key(spec), None)
        shutil.rmtree(self._home(spec), ignore_errors=True)

    async def refresh(self, kind: str, namespace: str, name: str) -> None:
        """A Secret or ConfigMap changed: whoever has it mounted gets it. One that is gone leaves what was written."""
        for spec, mounted in list(self._mounted.values()):
            if spec.namespace == namespace and any(
                (source.kind, source.name) == (kind, name) for sources in mounted.values() for source in sources
            ):
                try:
                    await self._mount(spec)
                except NotRunnable:
                    continue
                except OSError:
                    # Its folder went while it was written: the pod did too.
                    if self._is_mounted(spec):
                        raise

    def _is_mounted(self, spec: PodSpec) -> bool:
        mounted = self._mounted.get(_key(spec))
        return mounted is not None and mounted[0] is spec

    def log_of(self, spec: PodSpec) -> Path:
        """The file that a workload's pods print to."""
        return self.logs / f"{spec.namespace}.{spec.workload}.log"

    def _home(self, spec: PodSpec) -> Path:
        return self.folder / spec.namespace / spec.name

    async def _mount(self, spec: PodSpec) -> None:
        async with self._writing:
            if not self._is_mounted(spec):
                return
            for volume, sources in self._mounted[_key(spec)][1].items():
                files = await volumes.contents(self.cluster, spec.namespace, sources)
                await asyncio.to_thread(volumes.write, self._home(spec) / volume, files, 0o440)

    def _nats(self, spec: PodSpec) -> Prepared:
        ports = self.network.server(spec.namespace, spec.name)
        config = self._home(spec) / "config" / "nats.conf"
        clustered = "cluster {" in config.read_text()
        arguments = nats_server.arguments(self.server, spec.name, ports, config, clustered=clustered)
        log = self.logs / f"{spec.namespace}.{spec.name}.log"
        command = Command(arguments, self._home(spec), _inherited(), log)
        told = f"nats-server {self.server.version} on {HOST}:{ports.client}"
        why = f"{spec.name} is not healthy on {HOST}:{ports.monitor} after {_SERVER_LATE:g} s"
        late = Late(_SERVER_LATE, "Unhealthy", f"{why}; see {log}, and whether {self.server.path} is a nats-server")
        return Prepared(command, told, False, lambda: answers(ports.monitor, "/healthz"), late)

    async def _bundle(self, spec: PodSpec, container: Mapping[str, Any], program: Program) -> Prepared:
        home = self._home(spec)
        mounts = {mount["mountPath"]: mount["name"] for mount in container.get("volumeMounts", ())}
        folder = home / mounts.get(container.get("workingDir", ""), "")
        ready = home / "ready"
        ready.unlink(missing_ok=True)
        environment = {**_inherited(), **await self._environment(spec, container)}
        if program.is_stand_in:
            environment[READY_VARIABLE] = str(ready)
        _check_passable(spec, program.arguments, environment)
        command = Command(program.arguments, folder, environment, self.log_of(spec))
        alone = bool(container.get("ports")) and not program.is_stand_in
        late = Late(_BUNDLE_LATE, "NotReady", f"{spec.name} runs and is not ready yet; see {command.log}")
        return Prepared(command, program.told, alone, _readiness(spec, container, program, ready), late)

    async def _environment(self, spec: PodSpec, container: Mapping[str, Any]) -> dict[str, str]:
        result: dict[str, str] = {}
        for entry in container.get("env", ()):
            source = entry.get("valueFrom")
            value = await self._value(spec, source) if source else self.network.resolved(str(entry.get("value", "")))
            if value is not None:
                result[entry["name"]] = value
        return result

    async def _value(self, spec: PodSpec, source: Mapping[str, Any]) -> str | None:
        for kind, field_name in (("Secret", "secretKeyRef"), ("ConfigMap", "configMapKeyRef")):
            if field_name in source:
                said = source[field_name]
                wanted = Source(kind, said["name"], ((said["key"], "value"),), bool(said.get("optional")))
                found = await volumes.contents(self.cluster, spec.namespace, [wanted])
                return found["value"].decode(errors="replace") if "value" in found else None
        path = source.get("fieldRef", {}).get("fieldPath")
        return {"metadata.name": spec.name, "metadata.namespace": spec.namespace, "status.podIP": HOST}.get(path)


def _key(spec: PodSpec) -> tuple[str, str]:
    return spec.namespace, spec.name


def _labels(spec: PodSpec) -> dict[str, str]:
    labels: dict[str, str] = spec.metadata.get("labels") or {}
    return labels


def _is_broker(spec: PodSpec) -> bool:
    """A pod of a Plane's servers: theirs are the StatefulSets that the operator makes."""
    labels = _labels(spec)
    return spec.kind == "StatefulSet" and MANAGED_BY.items() <= labels.items() and PLANE_LABEL in labels


def container_of(spec: PodSpec) -> dict[str, Any]:
    """The bundle's own container: sidecars are not run."""
    name = _labels(spec).get(BUNDLE_LABEL)
    containers = spec.pod["containers"]
    found: dict[str, Any] = next((item for item in containers if item["name"] == name), containers[0])
    return found


def _inherited() -> dict[str, str]:
    """This process' environment, less what says to which bus a microservice belongs."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MICROBUS_")}


def _check_passable(spec: PodSpec, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    """Raise `NotRunnable` for what no process can be given, although an API server keeps it."""
    odd = [f"the variable {name}" for name, value in environment.items() if "\0" in value]
    odd += ["an argument of its command" for argument in arguments if "\0" in argument]
    if odd:
        raise NotRunnable("CreateContainerError", f"{spec.name}: {odd[0]} holds a NUL character; correct it")


def _readiness(spec: PodSpec, container: Mapping[str, Any], program: Program, ready: Path) -> Callable[[], Any]:
    if program.is_stand_in:

        async def stands() -> bool:
            return os.path.exists(ready)  # noqa: ASYNC240 - one system call

        return stands
    probe = container.get("readinessProbe", {}).get("httpGet")
    if probe is None:
        steady = asyncio.get_running_loop().time

        started: list[float] = []

        async def lives() -> bool:
            started.append(steady()) if not started else None
            return steady() - started[0] >= _STEADY_SECONDS

        return lives
    named = {port.get("name"): port["containerPort"] for port in container.get("ports", ())}
    port = named.get(probe["port"], probe["port"])
    if not isinstance(port, int):
        what = f"readinessProbe.httpGet.port is {port}, and no port of the container is named so; correct it"
        raise NotRunnable("CreateContainerConfigError", f"{spec.name}: {what}")
    return lambda: answers(port, probe.get("path", "/"))


async def answers(port: int, path: str) -> bool:
    """Whether a GET on loopback is answered with 2xx or 3xx, as kubelet's probe asks."""
    try:
        async with asyncio.timeout(_PROBE_SECONDS):
            reader, writer = await asyncio.open_connection(HOST, port)
            try:
                writer.write(f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n\r\n".encode())
                words = (await reader.readline()).split()
                return len(words) > 1 and words[1][:1] in (b"2", b"3")
            finally:
                writer.close()
    except (OSError, ValueError):
        return False
