"""Requests that are refused once, an API server that is overloaded, watches that say nothing and lists of the past:
whatever came in between, all is as it would have been within a minute.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from microbus_operator.kube.observe import get_plane, observe_published

from ..contract.api_servers import ApiServer
from ..contract.registries import ImageRegistry
from ..contract.waiting import until
from .matrix import PROCEDURES
from .stores import InCluster, ObjectStore
from .stories import HOSTNAME, Story, ready
from .weather import Burst, Refusals, StaleLists, Watched, Weathered, watched_through

REPAIRED_WITHIN = 60.0
Exposed = tuple[Story, Weathered]
OnWatch = tuple[Story, Watched]


@pytest.fixture
async def exposed(store: ObjectStore, registry: ImageRegistry, tmp_path: Path) -> AsyncIterator[Exposed]:
    """A Plane and an app that are Ready, and what will stand in the operator's way."""
    between = Weathered(store)
    async with ready(between, registry, tmp_path) as story:
        yield story, between


async def in_time(work: Callable[[], Awaitable[None]]) -> float:
    """Seconds that it took; not more than it may."""
    begun = time.monotonic()
    await work()
    took = time.monotonic() - begun
    assert took <= REPAIRED_WITHIN
    return took


@pytest.mark.parametrize("statuses", [(409,), (422,), (409, 422)], ids=str)
@pytest.mark.parametrize("name", ["rotating", "revoking"])
async def test_a_write_that_is_refused_once_is_done_all_the_same(
    exposed: Exposed, name: str, statuses: tuple[int, ...]
) -> None:
    (story, between), procedure = exposed, PROCEDURES[name]
    old = await story.user_key()
    weather = between.weather = Refusals(statuses)
    await procedure.asks(story)
    await in_time(lambda: procedure.ends(story, old))
    assert len(weather.met) >= 4


@pytest.mark.parametrize("seconds", [1, 10])
async def test_a_burst_of_429_and_500_delays_and_changes_nothing_else(exposed: Exposed, seconds: int) -> None:
    story, between = exposed
    old, client = await story.user_key(), story.node.pods["shop-main"].clients[HOSTNAME]
    weather = between.weather = Burst(time.monotonic() + seconds)
    await PROCEDURES["rotating"].asks(story)
    # Nobody asks for a look meanwhile: what is waited for is how long the operator itself waits after so many errors.
    await until(story.user_key, lambda key: key not in ("", old), "a new key", seconds + REPAIRED_WITHIN)
    assert weather.met
    assert not client.closed.is_set() or story.node.pods["shop-main"].clients[HOSTNAME] is not client
    await story.settled()


async def test_a_list_that_lacks_an_app_ends_none_of_its_connections(exposed: Exposed) -> None:
    story, between = exposed
    client = story.node.pods["shop-main"].clients[HOSTNAME]
    before = await account_keys(story)
    weather = between.weather = StaleLists("MicrobusApp", [], left=12)

    async def left() -> int:
        story.operator.wake_all()
        return weather.left

    await until(left, lambda found: found == 0, "lists of the past", REPAIRED_WITHIN)
    await story.settled()
    assert await account_keys(story) == before
    assert not client.closed.is_set()


async def test_a_list_that_still_has_a_deleted_app_brings_nothing_of_it_back(
    exposed: Exposed,
) -> None:
    story, between = exposed
    items = await story.cluster.list("MicrobusApp", story.namespace)
    between.weather = StaleLists("MicrobusApp", items, left=12)
    await PROCEDURES["deleting"].asks(story)
    await in_time(lambda: PROCEDURES["deleting"].ends(story, ""))


async def unlooked(story: Story, seconds: float = 2.0) -> None:
    """Wait until nobody has looked at anything for so long: what was asked for before is done with."""
    last, since = story.operator.queue.looks, time.monotonic()

    async def seen() -> float:
        nonlocal last, since
        if story.operator.queue.looks != last:
            last, since = story.operator.queue.looks, time.monotonic()
        return time.monotonic() - since

    await until(seen, lambda quiet: quiet >= seconds, "the last look", REPAIRED_WITHIN)


async def account_keys(story: Story) -> tuple[str, ...]:
    """The signing keys in the Plane's account."""
    plane = await get_plane(story.cluster, story.namespace, "prod")
    assert plane is not None
    published = await observe_published(story.cluster, plane)
    return published.accounts[plane.status.account_public_key or ""].claims.signing_keys


@pytest.fixture
async def watched(api_server: ApiServer, registry: ImageRegistry, tmp_path: Path) -> AsyncIterator[OnWatch]:
    """A Plane and an app that are Ready on an API server; kopf goes there by a way that can fall silent."""
    async with watched_through(api_server) as way, api_server.cluster() as cluster:
        kubeconfig = json.loads(api_server.kubeconfig.read_text())
        kubeconfig["clusters"][0]["cluster"] = {"server": way.url}
        path = tmp_path / "kubeconfig"
        path.write_text(json.dumps(kubeconfig))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("KUBECONFIG", str(path))
            async with ready(InCluster(api_server, cluster), registry, tmp_path) as story:
                yield story, way


async def test_what_a_silent_watch_does_not_tell_is_found_by_listing_p1(watched: OnWatch) -> None:
    story, way = watched
    assert len(way.open) >= 4
    await unlooked(story)
    way.silent = True
    old = await story.user_key()
    await PROCEDURES["rotating"].asks(story)

    async def seen() -> str:
        return await story.user_key()

    await until(seen, lambda key: key not in ("", old), "a new key", REPAIRED_WITHIN)


async def test_watches_that_were_cut_and_then_refused_by_a_burst_are_taken_up_again_p1(
    watched: OnWatch,
) -> None:
    story, way = watched
    old, before = await story.user_key(), len(way.open)
    way.fails = 20
    way.cut()

    async def is_open() -> int:
        return 0 if way.fails else len(way.open)

    await until(is_open, lambda found: found >= before, "all watches to be open again", REPAIRED_WITHIN)
    await unlooked(story)
    await PROCEDURES["rotating"].asks(story)

    async def seen() -> str:
        return await story.user_key()

    # By its event: the next listing would take longer.
    await until(seen, lambda key: key not in ("", old), "a new key", 15.0)
