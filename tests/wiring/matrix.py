"""The kill matrix: each procedure, with the operator killed before and after each call that it makes on the way.

Another operator then goes on from what it sees, and has to bring about what would have come about without the kill.
`python -m tests.wiring.matrix` runs all of it on the folder store, with `--api-server` on a real API server; the test
suite a sample, on both.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from gencreds.nats.claims import AccountClaims
from microbus_operator.core.account_keys import is_tombstone
from microbus_operator.kube.keys import observe_account_keys
from microbus_operator.kube.observe import get_app, get_plane, observe_keys, observe_published
from microbus_operator.local.store import Store

from ..contract.api_servers import ApiServer, running
from ..contract.registries import ImageRegistry, running_registry
from ..contract.waiting import until
from .stores import InCluster, InFolder
from .stories import WITHIN, Story, begun, ready
from .traps import READS, STEPS, Trap, TrappedStore, set_trap

EVERY_READ = 25


@dataclass(frozen=True)
class Procedure:
    """What a person does (`asks`), from what (`starts`), and how the end is known (`ends` waits for it)."""

    starts: Callable[[TrappedStore, ImageRegistry, Path], Any]
    asks: Callable[[Story], Awaitable[None]]
    ends: Callable[[Story, str], Awaitable[None]]


async def _asked_to_create(story: Story) -> None:
    story.push("1")
    await story.plane()
    await story.app()


async def _asked_to_rotate(story: Story) -> None:
    spec = story.app_of(story.image("1"))
    await story.apply("MicrobusApp", "shop", {**spec, "credentials": {"generation": 2}})


async def _asked_for_a_new_signing_key(story: Story) -> None:
    spec = story.app_of(story.image("1"))
    await story.apply("MicrobusApp", "shop", {**spec, "credentials": {"signingKey": {"generation": 2}}})


async def _asked_for_another_account(story: Story) -> None:
    nats = {"image": "nats:2.15", "replicas": 1}
    await story.apply("Plane", "prod", {"plane": "prod", "nats": nats, "keys": {"account": {"generation": 2}}})


async def _asked_to_revoke(story: Story) -> None:
    # Its pod is refused, as it is meant to be, until it has the next file.
    story.node.is_refusal_expected = True
    spec = story.app_of(story.image("1"))
    await story.apply("MicrobusApp", "shop", {**spec, "revocations": [{"publicKey": await story.user_key()}]})


async def _asked_to_delete(story: Story) -> None:
    await story.cluster.delete("MicrobusApp", story.namespace, "shop")


async def _created(story: Story, _: str) -> None:
    await story.settled()


async def _replaced(story: Story, old: str) -> None:
    await story.reissued(old)
    assert old in (await _account(story)).revocations


async def _signed_anew(story: Story, old: str) -> None:
    await story.reissued(old)

    async def seen() -> list[tuple[int, str]]:
        story.operator.wake_all()
        app = await get_app(story.cluster, story.namespace, "shop")
        return [(each.generation, each.state) for each in app.status.signing_keys] if app else []

    await until(seen, lambda keys: keys == [(2, "Active")], "the new signing key to be the only one", WITHIN)
    account = await _account(story)
    assert len(account.signing_keys) == 1
    assert old not in account.revocations


async def _moved(story: Story, old: str) -> None:
    async def seen() -> str | None:
        story.operator.check()
        plane = await get_plane(story.cluster, story.namespace, "prod")
        return plane.status.rotation.phase if plane and plane.status.rotation else None

    await until(seen, lambda phase: phase == "Done", "all to be in the new account", WITHIN)
    await story.reissued(old)
    account = await _account(story)
    assert len(account.signing_keys) == 1
    assert dict(account.revocations) == {}
    plane = await get_plane(story.cluster, story.namespace, "prod")
    assert plane is not None
    published = (await observe_published(story.cluster, plane)).accounts
    first, second = await observe_account_keys(story.cluster, plane)
    assert (first.replaced_by, second.public_key) == (account.subject, account.subject)
    assert is_tombstone(published[first.public_key].claims)


async def _revoked(story: Story, old: str) -> None:
    await _replaced(story, old)

    async def seen() -> list[str]:
        story.operator.wake_all()
        app = await get_app(story.cluster, story.namespace, "shop")
        return [each.public_key for each in app.status.receipts if each.closed_at] if app else []

    await until(seen, lambda closed: old in closed, "the receipt to be complete", WITHIN)


async def _deleted(story: Story, _: str) -> None:
    await story.gone(("MicrobusApp", "shop"))
    assert (await _account(story)).signing_keys == ()


PROCEDURES = {
    "creating": Procedure(begun, _asked_to_create, _created),
    "rotating": Procedure(ready, _asked_to_rotate, _replaced),
    "a new signing key": Procedure(ready, _asked_for_a_new_signing_key, _signed_anew),
    "another account": Procedure(ready, _asked_for_another_account, _moved),
    "revoking": Procedure(ready, _asked_to_revoke, _revoked),
    "deleting": Procedure(ready, _asked_to_delete, _deleted),
}


@asynccontextmanager
async def in_a_folder() -> AsyncIterator[tuple[TrappedStore, Path]]:
    """A store of its own, and a folder for what runs beside it."""
    with tempfile.TemporaryDirectory() as folder:
        async with await Store.open(Path(folder, "objects")) as store:
            yield TrappedStore(InFolder(store)), Path(folder)


@asynccontextmanager
async def in_a_namespace(server: ApiServer) -> AsyncIterator[tuple[TrappedStore, Path]]:
    """A real API server, where each story makes its own namespace, and a folder for what runs beside it."""
    with tempfile.TemporaryDirectory() as folder:
        async with server.cluster() as cluster:
            yield TrappedStore(InCluster(server, cluster)), Path(folder)


Stores = Callable[[], AbstractAsyncContextManager[tuple[TrappedStore, Path]]]


async def go_through(
    procedure: Procedure, trap: Trap, store: TrappedStore, registry: ImageRegistry, folder: Path, away: float = 0.0
) -> None:
    """The procedure with an operator that meets `trap`, then, `away` seconds later, with one that does not; both the
    end and what has to stay are checked. Raises `AssertionError`.
    """
    async with procedure.starts(store, registry, folder) as story:
        old = await story.user_key() if await get_app(store.cluster, story.namespace, "shop") else ""
        before = await _keys(story)
        async with set_trap(store, trap):
            await procedure.asks(story)
            # Not every run makes as many calls as another: one that ends without a kill is as good.
            undisturbed = asyncio.ensure_future(procedure.ends(story, old))
            sprung = asyncio.ensure_future(asyncio.to_thread(trap.sprung.wait, WITHIN))
            await asyncio.wait({undisturbed, sprung}, return_when=asyncio.FIRST_COMPLETED)
            if not trap.sprung.is_set():
                await undisturbed
            undisturbed.cancel()
            await asyncio.wait({undisturbed})
            trap.sprung.set()
            await sprung
        await story.restart(away)
        await procedure.ends(story, old)
        after = await _keys(story)
        assert before.items() <= after.items(), "a key that was there is another one"


async def _keys(story: Story) -> dict[str, str]:
    """The Plane's own public keys by their Secrets."""
    plane = await get_plane(story.cluster, story.namespace, "prod")
    if plane is None:
        return {}
    found = [*(await observe_keys(story.cluster, plane)).values()]
    found += [each.key for each in await observe_account_keys(story.cluster, plane)]
    return {key.ref.secret: key.public_key for key in found if key.public_key}


async def _account(story: Story) -> AccountClaims:
    """The Plane's account as it is published."""
    plane = await get_plane(story.cluster, story.namespace, "prod")
    assert plane is not None
    return (await observe_published(story.cluster, plane)).accounts[plane.status.account_public_key or ""].claims


@dataclass(frozen=True)
class Point:
    """One kill: before or after the call `at` of a procedure."""

    name: str
    at: int
    after: bool
    counted: frozenset[str] = STEPS
    away: float = 0.0

    def __str__(self) -> str:
        what = "step" if self.counted is STEPS else "read"
        away = f", away for {self.away:g} s" if self.away else ""
        return f"{self.name}: killed {'after' if self.after else 'before'} {what} {self.at}{away}"


async def all_points(registry: ImageRegistry, stores: Stores) -> list[Point]:
    """Before and after each step of each procedure, and before one read of so many."""
    found: list[Point] = []
    for name, procedure in PROCEDURES.items():
        for counted, every in ((STEPS, 1), (READS, EVERY_READ)):
            trap = Trap(counted=counted)
            async with stores() as (store, folder):
                await go_through(procedure, trap, store, registry, folder)
            places = range(1, len(trap.calls) + 1, every)
            moments = (False, True) if counted is STEPS else (False,)
            found += [Point(name, at, after, counted) for at in places for after in moments]
    return found


async def hold(point: Point, store: TrappedStore, registry: ImageRegistry, folder: Path) -> None:
    """Go through the procedure with that kill. Raises `AssertionError` with the point."""
    trap = Trap(point.at, point.after, point.counted)
    try:
        await go_through(PROCEDURES[point.name], trap, store, registry, folder, point.away)
    except AssertionError as error:
        raise AssertionError(f"{point}: {error}") from error


async def _run(registry: ImageRegistry, stores: Stores) -> int:
    points, failed, began = await all_points(registry, stores), 0, time.monotonic()
    longest = 0.0
    for number, point in enumerate(points, 1):
        start = time.monotonic()
        async with stores() as (store, folder):
            try:
                await hold(point, store, registry, folder)
            except AssertionError as error:
                failed += 1
                print(error, flush=True)
        longest = max(longest, time.monotonic() - start)
        if number % 50 == 0 or number == len(points):
            took = time.monotonic() - began
            print(f"{number} of {len(points)} kills in {took:.0f} s, the longest {longest:.1f} s", end="")
            print(f", {failed} did not end well" if failed else ", each ended as without one", flush=True)
    return 1 if failed else 0


def main() -> int:
    """All points of all procedures; 1 where one of them did not end as it has to."""
    # What an operator warns of while it is killed and what it works with comes up is no news here.
    logging.basicConfig(level=logging.ERROR)
    with ExitStack() as stack:
        registry = stack.enter_context(running_registry(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
        stores: Stores = in_a_folder
        if sys.argv[1:] == ["--api-server"]:
            server = stack.enter_context(running(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
            os.environ["KUBECONFIG"] = str(server.kubeconfig)
            stores = partial(in_a_namespace, server)
        return asyncio.run(_run(registry, stores))


if __name__ == "__main__":
    sys.exit(main())
