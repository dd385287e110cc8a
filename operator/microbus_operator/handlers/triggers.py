"""What wakes the operator, as kopf sees it: an index. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import kopf

from microbus_operator.api.meta import GROUP, VERSION
from microbus_operator.core.names import FIELD_MANAGER
from microbus_operator.handlers.queue import Key
from microbus_operator.handlers.waking import Waking

MANAGED = {"app.kubernetes.io/managed-by": FIELD_MANAGER}


def registry_of(wake: Callable[[Key], None], close: Callable[[], Awaitable[None]]) -> kopf.OperatorRegistry:
    """The handlers, all of them: an event of an object, or of one that we made for it, wakes it.

    `close` is called when kopf was told to stop: else it waits for 5 s for tasks that would never end by themselves.

    `on.event` handlers keep no state: kopf writes no annotation, adds no finalizer, and a Secret is never watched.
    They are coroutines, because kopf runs plain functions in threads, where there is no queue to wake.
    """
    registry = kopf.OperatorRegistry()
    waking = Waking(wake)

    @kopf.on.login(registry=registry)
    async def login(**kwargs: Any) -> kopf.ConnectionInfo | None:  # noqa: ANN401 - kopf's own signature
        return kopf.login_with_service_account(**kwargs) or kopf.login_with_kubeconfig(**kwargs)

    @kopf.on.startup(registry=registry)
    async def configure(settings: kopf.OperatorSettings, **_: object) -> None:
        settings.posting.enabled = False
        # Watching namespaces and CRDs needs cluster-wide rights, and tells nothing that the chart has not said.
        settings.scanning.disabled = True
        settings.watching.server_timeout = 270
        settings.watching.inactivity_timeout = 320
        settings.networking.error_backoffs = [0.1, 0.5, 1, 2, 5]

    @kopf.on.cleanup(registry=registry)
    async def stop(**_: object) -> None:
        await close()

    @kopf.on.event(GROUP, VERSION, "planes", registry=registry)
    async def plane_changed(body: Mapping[str, Any], type: str | None, **_: object) -> None:
        waking.plane_changed(body, type)

    @kopf.on.event(GROUP, VERSION, "microbusapps", registry=registry)
    async def app_changed(body: Mapping[str, Any], type: str | None, **_: object) -> None:
        waking.app_changed(body, type)

    @kopf.on.event("apps", "v1", "deployments", labels=MANAGED, registry=registry)
    @kopf.on.event("apps", "v1", "statefulsets", labels=MANAGED, registry=registry)
    async def child_changed(body: Mapping[str, Any], **_: object) -> None:
        waking.child_changed(body)

    return registry
