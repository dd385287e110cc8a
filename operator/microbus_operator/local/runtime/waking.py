"""What happens in the store wakes the looks, as kopf does in a cluster (`handlers.triggers`).

`session.py` sees the same events, and has run what they want run.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from microbus_operator.handlers.queue import Key
from microbus_operator.handlers.waking import Waking
from microbus_operator.kube.cluster import Object
from microbus_operator.kube.errors import KubeError
from microbus_operator.local.store import Store

logger = logging.getLogger(__name__)

WATCHED = ("ConfigMap", "Secret", "StatefulSet", "Deployment", "Plane", "MicrobusApp")
_WATCH_AGAIN = 1.0

Seen = Callable[[str, Object], Awaitable[None]]


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


async def watch(store: Store, kind: str, seen: Seen) -> None:
    """Tell `seen` of every event, for ever; a file that cannot be read meanwhile is waited for."""
    while True:
        try:
            async for event, item in store.watch(kind, None):
                await seen(event, item)
        except KubeError as error:
            logger.warning("%ss cannot be watched: %s", kind, error)
        await asyncio.sleep(_WATCH_AGAIN)
