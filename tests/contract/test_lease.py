"""The Lease on a real API server: who gets it, what conflicts, what becomes of lost answers and of a deleted one."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from microbus_operator.core.lease import WRITE_SECONDS
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.lease import Lease, LeaseLost

from .api_servers import ApiServer, kubectl, program
from .conftest import made_namespace
from .operator_process import NAME, SHORT
from .waiting import until

UNHELD = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease"}


@pytest.fixture
async def cluster(api_server: ApiServer) -> AsyncIterator[Cluster]:
    """The API server; the folder of local mode has no Lease."""
    async with api_server.cluster() as connected:
        yield connected


@pytest.fixture
async def namespace(cluster: Cluster) -> str:
    """A namespace with the Lease that the chart makes."""
    name = await made_namespace(cluster)
    await cluster.create({**UNHELD, "metadata": {"name": NAME, "namespace": name}})
    return name


def candidate(cluster: Any, namespace: str, name: str) -> Lease:
    return Lease(cluster, namespace, NAME, SHORT, identity=name)


async def stored(cluster: Cluster, namespace: str) -> dict[str, Any]:
    found = await cluster.get("Lease", namespace, NAME)
    assert found is not None
    spec: dict[str, Any] = found["spec"]
    return spec


@asynccontextmanager
async def kept(lease: Lease) -> AsyncIterator[asyncio.Task[None]]:
    """It is renewed until the block ends."""
    keeping = asyncio.create_task(lease.keep())
    try:
        yield keeping
    finally:
        keeping.cancel()
        await asyncio.wait({keeping})


class Losing:
    """The same cluster; where `loses`, what is written is carried out and not answered."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster, self.loses, self.lost = cluster, False, 0

    def __getattr__(self, verb: str) -> Any:
        async def call(*arguments: Any, **more: Any) -> Any:
            found = await getattr(self._cluster, verb)(*arguments, **more)
            if self.loses and verb != "get":
                self.lost += 1
                await asyncio.Event().wait()
            return found

        return call


async def test_it_is_written_as_kubernetes_own_components_write_theirs(
    api_server: ApiServer, cluster: Cluster, namespace: str
) -> None:
    lease = candidate(cluster, namespace, "me")
    await lease.acquire()
    first = await stored(cluster, namespace)
    assert (first["holderIdentity"], first["leaseDurationSeconds"], first["leaseTransitions"]) == ("me", 3, 1)
    assert first["acquireTime"] == first["renewTime"]
    async with kept(lease):
        await until(
            lambda: stored(cluster, namespace), lambda now: now["renewTime"] > first["renewTime"], "it to be renewed"
        )
    again = await stored(cluster, namespace)
    assert {**again, "renewTime": ""} == {**first, "renewTime": ""}
    assert "me" in kubectl(api_server, "get", "lease", NAME, "-n", namespace)


async def test_of_two_that_want_a_free_one_one_gets_it(cluster: Cluster, namespace: str) -> None:
    both = [candidate(cluster, namespace, name) for name in ("one", "other")]
    tasks = [asyncio.create_task(lease.acquire()) for lease in both]
    done, pending = await asyncio.wait(tasks, timeout=1)
    assert (len(done), len(pending)) == (1, 1)
    for task in pending:
        task.cancel()
    assert sum(lease.may_write() for lease in both) == 1


async def test_what_somebody_else_changes_of_it_is_a_conflict_that_costs_nothing(
    cluster: Cluster, namespace: str
) -> None:
    lease = candidate(cluster, namespace, "me")
    await lease.acquire()
    async with kept(lease) as keeping:
        for number in range(5):
            before = await stored(cluster, namespace)
            await cluster.merge("Lease", namespace, NAME, {"metadata": {"labels": {"a": str(number)}}})
            await until(lambda: stored(cluster, namespace), lambda now, was=before: now != was, "it to be renewed")
        assert not keeping.done()
        assert lease.may_write()


async def test_one_that_another_has_taken_is_lost_at_the_next_renewal(cluster: Cluster, namespace: str) -> None:
    lease = candidate(cluster, namespace, "me")
    await lease.acquire()
    await cluster.merge("Lease", namespace, NAME, {"spec": {"holderIdentity": "other"}})
    with pytest.raises(LeaseLost, match=f"Lease {namespace}/{NAME} is lost: other holds it"):
        await lease.keep()
    assert not lease.may_write()
    await lease.release()
    assert (await stored(cluster, namespace))["holderIdentity"] == "other"


async def test_a_deleted_one_is_made_again_by_its_holder_and_by_nobody_else_before_its_time(
    cluster: Cluster, namespace: str
) -> None:
    lease, standby = candidate(cluster, namespace, "me"), candidate(cluster, namespace, "other")
    await lease.acquire()
    waiting = asyncio.create_task(standby.acquire())
    async with kept(lease) as keeping:
        await cluster.delete("Lease", namespace, NAME)

        async def seen() -> str:
            found = await cluster.get("Lease", namespace, NAME)
            return str(found["spec"]["holderIdentity"]) if found else ""

        await until(seen, lambda holder: holder == "me", "it to be there again")
        assert not keeping.done()
        assert not waiting.done()
        assert lease.may_write()
    waiting.cancel()


async def test_one_that_is_not_there_is_made_after_the_time_that_a_holder_could_have(cluster: Cluster) -> None:
    namespace = await made_namespace(cluster)
    lease = candidate(cluster, namespace, "me")
    began = asyncio.get_running_loop().time()
    await lease.acquire()
    assert SHORT.lease <= asyncio.get_running_loop().time() - began < SHORT.lease + 2
    assert (await stored(cluster, namespace))["holderIdentity"] == "me"


async def test_a_renewal_whose_answer_is_lost_counts_for_nothing_and_the_next_one_finds_it(
    cluster: Cluster, namespace: str
) -> None:
    losing = Losing(cluster)
    lease = candidate(losing, namespace, "me")
    await lease.acquire()
    async with kept(lease) as keeping:
        losing.loses = True

        async def lost() -> int:
            return losing.lost

        await until(lost, lambda found: found == 1, "an answer to be lost")
        losing.loses = False
        before = await stored(cluster, namespace)
        await until(lambda: stored(cluster, namespace), lambda now: now != before, "it to be renewed", SHORT.deadline)
        assert not keeping.done()
        losing.loses = True
        with pytest.raises(LeaseLost, match=r"it was not renewed for 1\.8 s"):
            await keeping
    assert (await stored(cluster, namespace))["holderIdentity"] == "me"


async def test_an_acquisition_whose_answer_is_lost_is_repeated(cluster: Cluster, namespace: str) -> None:
    losing = Losing(cluster)
    losing.loses = True
    lease = candidate(losing, namespace, "me")
    acquiring = asyncio.create_task(lease.acquire())
    await until(
        lambda: stored(cluster, namespace), lambda now: now.get("holderIdentity") == "me", "the Lease to be taken"
    )
    assert not lease.may_write()
    losing.loses = False
    await asyncio.wait_for(acquiring, 5)
    assert lease.may_write()


async def test_a_released_one_is_the_next_ones_at_once(cluster: Cluster, namespace: str) -> None:
    lease, standby = candidate(cluster, namespace, "me"), candidate(cluster, namespace, "other")
    await lease.acquire()
    waiting = asyncio.create_task(standby.acquire())
    async with kept(lease):
        await until(lambda: stored(cluster, namespace), lambda now: now["renewTime"] != now["acquireTime"], "a renewal")
    await lease.release()
    await asyncio.wait_for(waiting, 1)
    assert not lease.may_write()
    assert (await stored(cluster, namespace))["holderIdentity"] == "other"


async def test_the_api_server_drops_a_write_whose_time_is_up(
    api_server: ApiServer, cluster: Cluster, namespace: str
) -> None:
    await cluster.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": namespace}})
    (ours,) = [each for each in api_server.written(namespace) if each.resource == "configmaps"]
    assert f"timeout={WRITE_SECONDS:g}s" in ours.uri
    late = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "late", "namespace": namespace}}
    path = f"/api/v1/namespaces/{namespace}/configmaps?timeout=1us"
    command = [program("kubectl"), "--kubeconfig", str(api_server.kubeconfig), "create", "--raw", path, "-f", "-"]
    done = await asyncio.to_thread(
        subprocess.run, command, input=json.dumps(late), capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert await cluster.get("ConfigMap", namespace, "late") is None
