"""What the resolver makes of published accounts: from an API server as a process, from a state folder as local mode."""

from __future__ import annotations

import asyncio
import http.client
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from microbus_operator.kube.cluster import Cluster
from microbus_operator.local.runtime.serving import serving, took
from microbus_operator.local.runtime.waking import watch
from microbus_operator.local.store import Store

from .planes import ChainOfTrust, free_ports
from .resolvers import running_resolver, unexpected
from .test_resolver_config_maps import Published, entries
from .waiting import until

WITHIN = 20.0


@dataclass(frozen=True)
class Served:
    """A resolver that is asked like nats-server asks; `log` is what it has said so far."""

    port: int
    log: Callable[[], str]

    async def account(self, chain: ChainOfTrust) -> tuple[int, str]:
        """Status and body for a Plane's account."""
        return await asyncio.to_thread(self._account, chain.account.public_key)

    def _account(self, public_key: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WITHIN)
        try:
            connection.request("GET", f"/jwt/v1/accounts/{public_key}")
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    async def until_served(self, chain: ChainOfTrust, jwt: str) -> None:
        """Wait until that JWT is what is answered."""
        await until(lambda: self.account(chain), lambda seen: seen == (200, jwt), "the JWT to be served", WITHIN)

    async def until_said(self, text: str) -> None:
        """Wait for a text in the log."""

        async def seen() -> str:
            return self.log()

        await until(seen, lambda log: text in log, text, WITHIN)


Serve = Callable[[], AbstractAsyncContextManager[Served]]


@pytest.fixture
def maps(cluster: Cluster, namespace: str) -> Published:
    """A namespace of the test's own."""
    return Published(cluster, namespace)


@pytest.fixture
def resolver(
    request: pytest.FixtureRequest, maps: Published, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> Serve:
    """Start a resolver of that namespace, as an asynchronous context."""

    @asynccontextmanager
    async def in_folder(store: Store) -> AsyncIterator[Served]:
        caplog.set_level(logging.INFO)
        (port,) = free_ports(1)
        async with serving(store, port) as intake:
            watches = asyncio.create_task(watch(store, "ConfigMap", partial(took, intake), unexpected))
            try:
                yield Served(port, lambda: caplog.text)
            finally:
                watches.cancel()
                await asyncio.wait({watches})

    @asynccontextmanager
    async def in_cluster() -> AsyncIterator[Served]:
        arguments = ("--namespace", maps.namespace, "--state-dir", str(tmp_path / "accounts"))
        variables = {"KUBECONFIG": str(request.getfixturevalue("api_server").kubeconfig)}
        with running_resolver(tmp_path, *arguments, variables=variables) as process:
            process.wait_until_read()
            yield Served(process.port, lambda: process.log)

    return partial(in_folder, maps.cluster) if isinstance(maps.cluster, Store) else in_cluster


async def test_config_maps_are_served_and_changes_arrive_by_the_watch(maps: Published, resolver: Serve) -> None:
    chain, later = ChainOfTrust(), ChainOfTrust()
    await maps.apply("prod-accounts", entries(chain))
    async with resolver() as served:
        assert await served.account(chain) == (200, chain.account_jwt())
        newer = chain.account_jwt(10)
        await maps.apply("prod-accounts", entries(chain, newer))
        await served.until_served(chain, newer)
        await maps.apply("test-accounts", entries(later))
        await served.until_served(later, later.account_jwt())
        await maps.delete("prod-accounts")
        await served.until_said(f"account {chain.account.public_key} has disappeared")
        assert await served.account(chain) == (200, newer)


async def test_only_labelled_config_maps_are_read(maps: Published, resolver: Serve) -> None:
    unlabelled, labelled = ChainOfTrust(), ChainOfTrust()
    await maps.apply("unlabelled", entries(unlabelled), labels={})
    async with resolver() as served:
        await maps.apply("labelled", entries(labelled))
        await served.until_served(labelled, labelled.account_jwt())
        assert (await served.account(unlabelled))[0] == 404


async def test_who_was_first_keeps_the_account_whatever_others_publish(maps: Published, resolver: Serve) -> None:
    """Account JWTs are public, so anyone may copy one, or sign another for the same key by an operator of their own."""
    chain = ChainOfTrust()
    squatter = ChainOfTrust(account=chain.account, start=chain.start + 100)
    await maps.apply("zz-first", entries(chain))
    first = await maps.created("zz-first")

    async def now() -> str:
        await maps.delete("clock")
        await maps.apply("clock", {}, labels={})
        return await maps.created("clock")

    await until(now, lambda seen: seen > first, "the next second of the store")
    await maps.apply("aa-second", entries(squatter))
    async with resolver() as served:
        assert await served.account(chain) == (200, chain.account_jwt())
        await served.until_said(f"belongs to operator {chain.operator.public_key}")
