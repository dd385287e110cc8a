"""What a look works with: the objects, the brokers, the sources, the settings and the clock."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from microbus_operator.api.app import MicrobusApp
from microbus_operator.core.actions import Action, Evict, Kick, Manifest, PushAccount
from microbus_operator.core.observed import PodSeen
from microbus_operator.core.settings import Settings
from microbus_operator.handlers.queue import Key
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.perform import perform as perform_on_cluster
from microbus_operator.nats.brokers import Brokers
from microbus_operator.source.memory import SourceReading

logger = logging.getLogger(__name__)


class Sources(Protocol):
    """Who reads what an image's source says: `source.discover` from a registry, `local.sources` from a folder."""

    async def read(
        self, image: str, pull_secrets: Sequence[bytes], *, plane: str, main: str | None = None
    ) -> SourceReading:
        """The source of `image`, analysed for a plane. Raises a `SourceError`."""


class Pods(Protocol):
    """Who knows the pods of workloads: `kube.pods` in a cluster, `local.runtime.pods_seen` on a laptop."""

    async def of(self, app: MicrobusApp, workloads: Mapping[str, Manifest]) -> tuple[PodSeen, ...]:
        """The pods of an app's workloads, by bundle."""

    async def evict(self, action: Evict) -> None:
        """Have a pod replaced. One that is gone is no error, nor one that may not go now."""


@dataclass
class World:
    """One a process. `namespaces` are those watched, or `(None,)` for all."""

    cluster: Cluster
    brokers: Brokers
    sources: Sources
    pods: Pods
    settings: Settings
    namespaces: tuple[str | None, ...]
    wake: Callable[[Key], None]
    clock: Callable[[], float] = time.time
    # Looks at one Plane and at its apps run one after the other: hostnames and the account have one writer.
    planes: defaultdict[tuple[str, str], asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    def now(self) -> int:
        """Unix seconds."""
        return int(self.clock())

    async def perform(self, key: Key, plane: tuple[str, str], action: Action) -> None:
        """Do one action of a look at `key` where it belongs; the log tells what and why, never a manifest."""
        logger.info("%s: %s because %s", key, type(action).__name__, getattr(action, "reason", "it is due"))
        if isinstance(action, PushAccount):
            await self.brokers.push(plane, action)
        elif isinstance(action, Kick):
            await self.brokers.kick(plane, action)
        elif isinstance(action, Evict):
            await self.pods.evict(action)
        else:
            await perform_on_cluster(self.cluster, action, self.now())
