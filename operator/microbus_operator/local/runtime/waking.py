"""What happens in the store wakes the looks, as kopf does in a cluster (`handlers.triggers`).

`session.py` sees the same events, and has run what they want run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from microbus_operator.handlers.outcome import failure_in
from microbus_operator.handlers.queue import Key
from microbus_operator.handlers.waking import Waking
from microbus_operator.kube.cluster import Object
from microbus_operator.kube.errors import KubeError
from microbus_operator.local.store import Store

WATCHED = ("ConfigMap", "Secret", "StatefulSet", "Deployment", "Plane", "MicrobusApp")
_WATCH_AGAIN = 1.0

Seen = Callable[[str, Object], Awaitable[None]]
# What has trouble, and which; None where it is over.
Troubled = Callable[[str, Exception | None], None]


class Wakes:
    """Wakes what an event of any watched kind concerns. Told of each kind's events in their order."""

    def __init__(self, wake: Callable[[Key], None]) -> None:
        self._waking = Waking(wake)

    async def saw(self, event: str, item: Object) -> None:
        """An object was added, modified or deleted. Of Secrets and ConfigMaps only the loss is news: we write them."""
        match item["kind"]:
            case "Plane":
                self._waking.plane_changed(item, event)
            case "MicrobusApp":
                self._waking.app_changed(item, event)
            case "Secret" | "ConfigMap" if event != "DELETED":
                return
            case _:
                self._waking.child_changed(item)


async def watch(store: Store, kind: str, seen: Seen, troubled: Troubled) -> None:
    """Tell `seen` of every event, for ever. What keeps it from that is told to `troubled`, None once it is over.

    A file that cannot be read is waited for. After an event that `seen` failed on, all that there is is told anew.
    """
    known: dict[str, Object] = {}
    while True:
        try:
            async with asyncio.timeout(None) as anew:
                for uid in await _gone(store, kind, known):
                    troubled(uid, await failure_in(seen("DELETED", known.pop(uid))))
                async for event, item in store.watch(kind, None):
                    troubled(f"{kind}s", None)
                    uid = item["metadata"]["uid"]
                    known[uid] = item
                    failure = await failure_in(seen(event, item))
                    troubled(uid, failure)
                    if failure is not None:
                        anew.reschedule(asyncio.get_running_loop().time() + _WATCH_AGAIN)
                    elif event == "DELETED":
                        del known[uid]
        except TimeoutError:
            continue
        except KubeError as error:
            troubled(f"{kind}s", error)
        await asyncio.sleep(_WATCH_AGAIN)


async def _gone(store: Store, kind: str, known: Mapping[str, Object]) -> list[str]:
    """Those that were deleted while nobody watched."""
    if not known:
        return []
    there = {item["metadata"]["uid"] for item in await store.list(kind, None)}
    return [uid for uid in known if uid not in there]
