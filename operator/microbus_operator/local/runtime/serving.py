"""The account resolver within the local mode: the store of accounts, its rules and its server are those of a cluster;
only where the ConfigMaps are watched differs.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from microbus_operator.core.names import ACCOUNTS_LABEL
from microbus_operator.kube.cluster import Object
from microbus_operator.local.runtime.addresses import HOST
from microbus_operator.local.runtime.errors import Unusable
from microbus_operator.local.store import Store
from microbus_operator.resolver.intake import Intake
from microbus_operator.resolver.server import BASE, Server, application
from microbus_operator.resolver.store import SUFFIX, AccountStore, Publication


def resolver_url(port: int) -> str:
    """What nats-server appends an account's public key to."""
    return f"http://{HOST}:{port}{BASE}"


@asynccontextmanager
async def serving(store: Store, port: int) -> AsyncIterator[Intake]:
    """Serve what the store's ConfigMaps hold until the block ends; the intake is to be told of changes (`took`).

    No state directory: the ConfigMaps themselves are on this disk. Raises `Unusable` where it cannot listen.
    """
    accounts = AccountStore()
    intake = Intake(accounts, None, sources=1)
    server = Server(application(accounts, lambda: intake.is_ready))
    try:
        found = await store.list("ConfigMap", None, {ACCOUNTS_LABEL: "true"})
        # Who was first keeps the account, as in a cluster.
        for item in sorted(found, key=lambda item: (item["metadata"]["creationTimestamp"], item["metadata"]["uid"])):
            await took(intake, "ADDED", item)
        intake.source_was_read()
        try:
            await server.listen(HOST, port)
        except OSError as error:
            raise Unusable(f"the resolver cannot listen on {HOST}:{port}: {error.strerror}; start again") from None
        yield intake
    finally:
        await server.close()


async def took(intake: Intake, event: str, item: Object) -> None:
    """Hand over a ConfigMap that was added, modified or deleted, if it is one of accounts."""
    meta = item["metadata"]
    if meta.get("labels", {}).get(ACCOUNTS_LABEL) != "true":
        return
    entries = {} if event == "DELETED" else (item.get("data") or {})
    origin = f"ConfigMap {meta['namespace']}/{meta['name']}"
    await intake.take(Publication(origin, {key: text for key, text in entries.items() if key.endswith(SUFFIX)}))
