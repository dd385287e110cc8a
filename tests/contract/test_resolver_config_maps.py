"""The resolver on a real API server: which ConfigMaps it reads, and what it does while the API server is away.

What it makes of them is in `test_published_accounts.py`.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import pytest

from microbus_operator.kube.cluster import Cluster

from .api_servers import ApiServer
from .planes import ChainOfTrust
from .relays import Relay, relay_to
from .resolvers import Resolver, running_resolver

LABELS = {"microbus.io/accounts": "true"}


@dataclass(frozen=True)
class Published:
    """ConfigMaps of one namespace."""

    cluster: Cluster
    namespace: str

    async def apply(self, name: str, data: dict[str, str], labels: dict[str, str] | None = None) -> None:
        """Create or change a ConfigMap."""
        metadata = {"name": name, "namespace": self.namespace, "labels": LABELS if labels is None else labels}
        await self.cluster.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})

    async def created(self, name: str) -> str:
        """When the API server says that it was created, to the second."""
        found = await self.cluster.get("ConfigMap", self.namespace, name)
        assert found is not None
        return str(found["metadata"]["creationTimestamp"])

    async def delete(self, name: str) -> None:
        """Delete a ConfigMap."""
        await self.cluster.delete("ConfigMap", self.namespace, name)


def entries(chain: ChainOfTrust, account_jwt: str | None = None) -> dict[str, str]:
    """What the operator writes into a Plane's ConfigMap."""
    return {
        "operator.jwt": chain.operator_jwt(),
        f"{chain.system.public_key}.jwt": chain.system_jwt(),
        f"{chain.account.public_key}.jwt": account_jwt or chain.account_jwt(),
    }


@pytest.fixture
async def maps(api_server: ApiServer) -> AsyncIterator[Published]:
    """A namespace of the test's own."""
    cluster, namespace = api_server.cluster(), f"resolver-{uuid4().hex[:8]}"
    async with cluster:
        # Namespaces have no namespace, and the operator never makes one.
        manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
        await cluster._request("POST", "/api/v1/namespaces", {}, manifest)
        yield Published(cluster, namespace)


@contextmanager
def resolver_of(server: ApiServer, directory: Path, *namespaces: str) -> Iterator[tuple[Resolver, Relay]]:
    """A resolver that reaches the API server through a relay, which can be cut."""
    with relay_to(int(server.url.rpartition(":")[2])) as relay:
        kubeconfig = json.loads(server.kubeconfig.read_text())
        kubeconfig["clusters"][0]["cluster"]["server"] = f"https://127.0.0.1:{relay.port}"
        (directory / "kubeconfig").write_text(json.dumps(kubeconfig))
        arguments = ["--state-dir", str(directory / "state")]
        arguments += [part for name in namespaces for part in ("--namespace", name)] or ["--all-namespaces"]
        with running_resolver(
            directory, *arguments, variables={"KUBECONFIG": str(directory / "kubeconfig")}
        ) as resolver:
            yield resolver, relay


async def test_only_labelled_config_maps_of_watched_namespaces_are_read(
    api_server: ApiServer, maps: Published, tmp_path: Path
) -> None:
    unlabelled, elsewhere = ChainOfTrust(), ChainOfTrust()
    await maps.apply("unlabelled", entries(unlabelled), labels={})
    await Published(maps.cluster, "default").apply("elsewhere", entries(elsewhere))
    with resolver_of(api_server, tmp_path, maps.namespace) as (resolver, _):
        resolver.wait_until_read()
        assert resolver.account(unlabelled.account.public_key)[0] == 404
        assert resolver.account(elsewhere.account.public_key)[0] == 404
    with resolver_of(api_server, tmp_path) as (resolver, _):
        resolver.wait_until_read()
        assert resolver.account(elsewhere.account.public_key)[0] == 200
    await Published(maps.cluster, "default").delete("elsewhere")


async def test_while_the_api_server_is_away_accounts_are_served_and_afterwards_caught_up(
    api_server: ApiServer, maps: Published, tmp_path: Path
) -> None:
    chain = ChainOfTrust()
    await maps.apply("prod-accounts", entries(chain))
    with resolver_of(api_server, tmp_path, maps.namespace) as (resolver, relay):
        resolver.wait_until_read()
        relay.cut()
        resolver.wait_until_said("what was read stays served")
        assert resolver.account(chain.account.public_key) == (200, chain.account_jwt())
        newer = chain.account_jwt(10)
        await maps.apply("prod-accounts", entries(chain, newer))
        relay.mend()
        resolver.wait_until_served(chain.account.public_key, chain.start + 10)


async def test_a_resolver_that_starts_without_the_api_server_serves_what_it_knew(
    api_server: ApiServer, maps: Published, tmp_path: Path
) -> None:
    chain = ChainOfTrust()
    await maps.apply("prod-accounts", entries(chain))
    with resolver_of(api_server, tmp_path, maps.namespace) as (resolver, _):
        resolver.wait_until_read()
    unreachable = replace(api_server, url="https://127.0.0.1:1")
    with resolver_of(unreachable, tmp_path, maps.namespace) as (resolver, relay):
        relay.cut()
        resolver.wait_until_said("the API server did not answer")
        assert resolver.answers("/readyz")[0] == 200
        assert resolver.account(chain.account.public_key) == (200, chain.account_jwt())
