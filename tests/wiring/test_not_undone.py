"""What is revoked stays so on a real server: when that restarts, when the ConfigMap of yesterday is put back, or both.

An older JWT that is pushed, and an operator that ends in the middle of a push, are in `test_failover.py`.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from nats.errors import Error

from gencreds.nats.creds import Creds, parse_creds
from microbus_operator.core.names import creds_file
from microbus_operator.kube.observe import get_plane, observe_published

from ..contract.clients import connected
from ..contract.registries import ImageRegistry
from ..contract.waiting import until
from .matrix import PROCEDURES
from .stores import ObjectStore
from .stories import HOSTNAME, WITHIN, Story, ready

# Seconds between two tries.
EVERY = 0.02
ACCOUNTS = ("ConfigMap", "prod-accounts")


@dataclass
class Thief:
    """Somebody with a revoked key, who tries it again and again. `let_in` is how often a server let it in."""

    story: Story
    creds: Creds
    tried: int = 0
    let_in: int = 0
    _task: asyncio.Task[None] | None = field(default=None, repr=False)

    def begin(self) -> None:
        """Try until `end`."""
        self._task = asyncio.create_task(self._try())

    async def end(self) -> None:
        """Stop, after three more tries on a server that runs."""
        assert self._task is not None
        least = self.tried + 3

        async def seen() -> int:
            return self.tried

        await until(seen, lambda tried: tried >= least, "the key to be tried again", WITHIN)
        self._task.cancel()
        await asyncio.wait({self._task})

    async def _try(self) -> None:
        never = asyncio.Event()
        while True:
            if self.story.node.broker is not None:
                with suppress(Error, OSError):
                    async with connected(f"nats://{self.story.node.address}:4222", self.creds):
                        self.let_in += 1
                self.tried += 1
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await never.wait()


@dataclass
class Revoked:
    """A key that is revoked, and the ConfigMap's data from before."""

    story: Story
    key: str
    yesterday: dict[str, Any]
    thief: Thief

    async def put_back(self) -> None:
        """Yesterday's ConfigMap, as a backup is restored."""
        await self.story.cluster.merge(ACCOUNTS[0], self.story.namespace, ACCOUNTS[1], {"data": self.yesterday})

    async def restored(self) -> None:
        """Wait until what is published revokes the key again."""

        async def seen() -> bool:
            self.story.operator.wake_all()
            plane = await get_plane(self.story.cluster, self.story.namespace, "prod")
            assert plane is not None
            published = (await observe_published(self.story.cluster, plane)).accounts
            return self.key in published[plane.status.account_public_key or ""].claims.revocations

        await until(seen, bool, "the published account to revoke the key again", WITHIN)

    async def broker_restarted(self) -> None:
        """Have the server end and come back, and wait until the pod is connected again."""
        before = self.story.node.pods["shop-main"].clients[HOSTNAME]
        self.story.node.restart_broker()

        async def seen() -> bool:
            pod = self.story.node.pods.get("shop-main")
            return pod is not None and before is not (now := pod.clients[HOSTNAME]) and not now.closed.is_set()

        await until(seen, bool, "the pod to be connected again", WITHIN)


@pytest.fixture
async def revoked(store: ObjectStore, registry: ImageRegistry, tmp_path: Path) -> AsyncIterator[Revoked]:
    """A key that was revoked because another took its place: nothing asks for that any more."""
    async with ready(store, registry, tmp_path) as story:
        old = await story.user_key()
        secret = await store.cluster.get("Secret", story.namespace, f"shop-{HOSTNAME}-creds")
        assert secret is not None
        creds = parse_creds(base64.b64decode(secret["data"][creds_file(HOSTNAME)]).decode())
        found = await store.cluster.get(ACCOUNTS[0], story.namespace, ACCOUNTS[1])
        assert found is not None
        # Until it is revoked, the key opens what the thief will knock at.
        async with connected(f"nats://{story.node.address}:4222", creds):
            pass
        rotating = PROCEDURES["rotating"]
        await rotating.asks(story)
        await rotating.ends(story, old)
        made = Revoked(story, old, found["data"], Thief(story, creds))
        made.thief.begin()
        try:
            yield made
        finally:
            await made.thief.end()
            assert made.thief.let_in == 0


async def test_a_restart_of_the_server_undoes_no_revocation(revoked: Revoked) -> None:
    await revoked.broker_restarted()


async def test_yesterdays_config_map_undoes_no_revocation_n18(revoked: Revoked) -> None:
    await revoked.put_back()
    await revoked.restored()


async def test_yesterdays_config_map_and_a_restart_of_the_server_undo_no_revocation_n18(revoked: Revoked) -> None:
    await revoked.put_back()
    await revoked.broker_restarted()
    await revoked.restored()
