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
from gencreds.nats.jwt import decode
from gencreds.nats.nkeys import KeyKind
from microbus_operator.api.revocations import EVERY_USER
from microbus_operator.core.conditions import timestamp
from microbus_operator.core.names import creds_file
from microbus_operator.kube.observe import get_plane, observe_published

from ..contract.clients import connected
from ..contract.registries import ImageRegistry
from ..contract.waiting import until
from .matrix import PROCEDURES
from .stores import ObjectStore
from .stories import HOSTNAME, WITHIN, Operator, Story, ready

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
    """A key that is revoked, what of the account's list says so, and the ConfigMap's data from before."""

    story: Story
    entries: frozenset[str]
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
            account = published.get(plane.status.account_public_key or "")
            return account is not None and self.entries <= account.claims.revocations.keys()

        await until(seen, bool, "the published account to revoke the key again", WITHIN)

    async def broker_restarted(self) -> None:
        """Have the server end and come back, and wait until the pod is connected again."""
        before = self.story.node.pods["shop-main"].clients[HOSTNAME]
        self.story.node.restart_broker()

        async def seen() -> bool:
            pod = self.story.node.pods.get("shop-main")
            return pod is not None and before is not (now := pod.clients[HOSTNAME]) and not now.closed.is_set()

        await until(seen, bool, "the pod to be connected again", WITHIN)


async def rotated(story: Story, creds: Creds) -> frozenset[str]:
    """The key is revoked because another took its place."""
    rotating, key = PROCEDURES["rotating"], creds.seed.public_key
    await rotating.asks(story)
    await rotating.ends(story, key)
    return frozenset({key})


async def asked_of_the_plane(story: Story, creds: Creds) -> frozenset[str]:
    """The Plane was asked to revoke it, and everybody of its age; then that was taken out of the spec again."""
    story.node.is_refusal_expected = True
    key = creds.seed.public_key
    before = timestamp(decode(creds.jwt, KeyKind.USER).issued_at + 1)
    await story.plane(revocations=[{"publicKey": key}, {"issuedBefore": before}])

    async def seen() -> str:
        story.operator.wake_all()
        return (await story.conditions("Plane", "prod")).get("Revoked", "")

    await until(seen, lambda said: said.startswith("True Revoked:"), "the receipts to be complete", WITHIN)
    await story.reissued(key)
    await story.plane()
    await until(seen, lambda said: said.startswith("True NothingRequested:"), "nothing to be asked for", WITHIN)
    return frozenset({key, EVERY_USER})


@pytest.fixture(params=[rotated, asked_of_the_plane])
async def revoked(
    request: pytest.FixtureRequest, store: ObjectStore, registry: ImageRegistry, tmp_path: Path
) -> AsyncIterator[Revoked]:
    """A key that was revoked; nothing asks for that any more."""
    async with ready(store, registry, tmp_path) as story:
        secret = await store.cluster.get("Secret", story.namespace, f"shop-{HOSTNAME}-creds")
        assert secret is not None
        creds = parse_creds(base64.b64decode(secret["data"][creds_file(HOSTNAME)]).decode())
        found = await store.cluster.get(ACCOUNTS[0], story.namespace, ACCOUNTS[1])
        assert found is not None
        # Until it is revoked, the key opens what the thief will knock at.
        async with connected(f"nats://{story.node.address}:4222", creds):
            pass
        made = Revoked(story, await request.param(story, creds), found["data"], Thief(story, creds))
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


async def test_a_lost_config_map_and_a_lost_status_undo_no_revocation_n18(revoked: Revoked) -> None:
    story = revoked.story
    await story.operator.stop()
    await story.cluster.delete(ACCOUNTS[0], story.namespace, ACCOUNTS[1])
    await story.cluster.merge("Plane", story.namespace, "prod", {"status": None}, "status")
    plane = await get_plane(story.cluster, story.namespace, "prod")
    assert plane is not None
    assert plane.status.account_public_key is None
    story.operator = Operator(story.store, story.options)
    await revoked.restored()
