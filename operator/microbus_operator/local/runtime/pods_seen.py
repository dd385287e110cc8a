"""A laptop's processes as the core sees pods: all have one address, and the ports of their sockets tell them apart."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from microbus_operator.api.app import MicrobusApp
from microbus_operator.core.actions import Evict, Manifest
from microbus_operator.core.observed import PodSeen
from microbus_operator.local.runtime.addresses import HOST
from microbus_operator.local.runtime.pods import Pod

_TABLES = ("/proc/net/tcp", "/proc/net/tcp6")
_LOCAL_ADDRESS, _INODE = 1, 9


@dataclass(frozen=True)
class ProcessPods:
    """Pods by their workload. `running` gives all there are; `replace` has one replaced, by namespace and name."""

    running: Callable[[], list[Pod]]
    replace: Callable[[str, str], None]

    async def of(self, app: MicrobusApp, workloads: Mapping[str, Manifest]) -> tuple[PodSeen, ...]:
        """The pods of `workloads`, which are by bundle."""
        names = {workload["metadata"]["name"]: bundle for bundle, workload in workloads.items()}
        pods = [pod for pod in self.running() if pod.spec.namespace == app.metadata.namespace]
        mine = [(pod, names[pod.spec.workload]) for pod in pods if pod.spec.workload in names]
        ports = await asyncio.to_thread(ports_of, [pod.pid for pod, _ in mine if pod.pid is not None]) if mine else {}
        found = [
            PodSeen(
                name=pod.spec.name,
                bundle=bundle,
                uid=pod.spec.name,
                ip=HOST,
                ready_at=int(time.time() - pod.ready_for()) if pod.ready else None,
                ports=ports.get(pod.pid or 0, frozenset()),
            )
            for pod, bundle in mine
        ]
        return tuple(sorted(found, key=lambda pod: pod.name))

    async def evict(self, action: Evict) -> None:
        """Have a process stopped, and another one started in its place."""
        self.replace(action.namespace, action.pod)


def ports_of(pids: Iterable[int]) -> dict[int, frozenset[int]]:
    """The local ports of each process and of those that it started, as Linux tells them."""
    by_inode = _sockets()
    children = _children()
    result = {}
    for pid in pids:
        family, waiting = {pid}, [pid]
        while waiting:
            waiting += (more := children.get(waiting.pop(), set()) - family)
            family |= more
        result[pid] = frozenset(by_inode[inode] for each in family for inode in _inodes(each) if inode in by_inode)
    return result


def _sockets() -> dict[str, int]:
    found = {}
    for table in _TABLES:
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for fields in map(str.split, lines):
            found[fields[_INODE]] = int(fields[_LOCAL_ADDRESS].rpartition(":")[2], 16)
    return found


def _children() -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for name in filter(str.isdecimal, os.listdir("/proc")):
        try:
            # Its name is in brackets, and may have spaces in it.
            parent = int(Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
        found.setdefault(parent, set()).add(int(name))
    return found


def _inodes(pid: int) -> list[str]:
    result = []
    try:
        entries = os.listdir(f"/proc/{pid}/fd")
    except OSError:
        return []
    for entry in entries:
        try:
            target = os.readlink(f"/proc/{pid}/fd/{entry}")
        except OSError:
            continue
        if target.startswith("socket:["):
            result.append(target[8:-1])
    return result
