"""Two operators as processes on a real API server: signals, a process that stands still, and how each of them ends."""

from __future__ import annotations

import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from microbus_operator.kube.cluster import Cluster

from .api_servers import ApiServer
from .conftest import made_namespace
from .operator_process import LEADS, NAME, SHORT
from .planes import free_ports
from .processes import FollowedProcess, following
from .test_api_server import plane

ROOT = Path(__file__).parents[2]
STARTS_WITHIN, ENDS_WITHIN = 30.0, 15.0


@pytest.fixture
async def cluster(api_server: ApiServer) -> AsyncIterator[Cluster]:
    """The API server; local mode has a lock of its folder instead."""
    async with api_server.cluster() as connected:
        yield connected


@pytest.fixture
async def namespace(cluster: Cluster) -> str:
    """A namespace with the Lease that the chart makes, and a Plane to look at."""
    name = await made_namespace(cluster)
    meta = {"name": NAME, "namespace": name}
    await cluster.create({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": meta})
    await cluster.create(plane(name))
    return name


@dataclass
class Operator(FollowedProcess):
    """One of them."""

    port: int = 0

    def leads(self, within: float) -> None:
        self.wait_for(lambda log: LEADS in log, within, "operator that leads")

    def stands_by(self) -> None:
        self.wait_for(lambda log: "is held by" in log, STARTS_WITHIN, "operator that stands by")
        assert LEADS not in self.log

    def ends(self) -> int:
        """Its exit code."""
        return self.process.wait(ENDS_WITHIN)

    def answers(self, path: str) -> int:
        """The status of a probe."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code


@contextmanager
def operator(server: ApiServer, user: str, namespace: str) -> Iterator[Operator]:
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "tests.contract.operator_process", namespace, f"http://127.0.0.1:{port}/healthz"]
    # As in a pod whose user has no name and whose process is nobody's child.
    variables = {"KUBECONFIG": str(server.kubeconfig_of(user))}
    with following(lambda process: Operator(process, port=port), command, ROOT, variables) as process:
        yield process


@pytest.fixture
def both(api_server: ApiServer, namespace: str) -> Iterator[tuple[Operator, Operator]]:
    """The first leads, the second stands by."""
    with operator(api_server, "first", namespace) as first:
        first.leads(STARTS_WITHIN)
        with operator(api_server, "second", namespace) as second:
            second.stands_by()
            yield first, second


def test_a_standby_is_alive_and_ready_so_that_a_rolling_update_goes_on(both: tuple[Operator, Operator]) -> None:
    for each in both:
        assert (each.answers("/healthz"), each.answers("/readyz")) == (200, 200)


def test_one_that_cannot_read_the_lease_is_alive_and_not_ready(api_server: ApiServer, namespace: str) -> None:
    with operator(api_server, "nobody", namespace) as forbidden:
        forbidden.wait_for(lambda log: "403" in log, STARTS_WITHIN, "refusal")
        assert (forbidden.answers("/healthz"), forbidden.answers("/readyz")) == (200, 503)
        forbidden.process.send_signal(signal.SIGTERM)
        assert forbidden.ends() == 0


def test_one_that_is_told_to_end_hands_over_at_once_and_ends_well(both: tuple[Operator, Operator]) -> None:
    first, second = both
    begun = time.monotonic()
    first.process.send_signal(signal.SIGTERM)
    second.leads(ENDS_WITHIN)
    assert time.monotonic() - begun < SHORT.lease
    assert first.ends() == 0
    second.process.send_signal(signal.SIGTERM)
    assert second.ends() == 0


def test_a_standby_that_is_told_to_end_ends_and_leaves_the_other_alone(both: tuple[Operator, Operator]) -> None:
    first, second = both
    second.process.send_signal(signal.SIGTERM)
    assert second.ends() == 0
    assert first.process.poll() is None
    assert (first.answers("/healthz"), first.log.count("is held by")) == (200, 2)


def test_one_that_is_killed_is_followed_by_the_other_in_time(both: tuple[Operator, Operator]) -> None:
    first, second = both
    begun = time.monotonic()
    first.process.kill()
    second.leads(ENDS_WITHIN)
    # What the pace of a busy machine adds to requests on loopback.
    assert time.monotonic() - begun < SHORT.failover(latency=0.5)


def test_one_that_stood_still_writes_nothing_when_it_goes_on_and_ends_with_an_error(
    both: tuple[Operator, Operator], api_server: ApiServer, namespace: str
) -> None:
    first, second = both
    first.process.send_signal(signal.SIGSTOP)
    second.leads(ENDS_WITHIN)
    before = [each for each in api_server.written(namespace) if each.user == "first"]
    first.process.send_signal(signal.SIGCONT)
    assert first.ends() == 1
    assert [each for each in api_server.written(namespace) if each.user == "first"] == before
    lines = [line for line in first.log.splitlines() if line.startswith("ERROR")]
    assert [f"Lease {namespace}/{NAME} is lost: it was not renewed for 1.8 s" in line for line in lines] == [True]


def test_a_standby_writes_nothing_and_so_does_kopf(
    both: tuple[Operator, Operator], api_server: ApiServer, namespace: str
) -> None:
    found = api_server.written(namespace)
    assert {each.resource for each in found if each.user == "first"} > {"leases"}
    assert [each for each in found if each.user == "second"] == []
    assert [each for each in found if "kopf" in each.agent] == []
