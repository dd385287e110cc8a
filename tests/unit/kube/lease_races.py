"""Candidates for one Lease in virtual time: requests slow or lost, clocks that run apart, people who interfere.

The API server is simulated: versions, conflicts, and requests that take effect after their sender gave up. The
candidates are the real ones. A process that stands still is a request that takes long to go or to come back; between
the fence and the wire it is bounded by the time limit of a write, which is what the Lease's figures rest on (ADR 10).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from microbus_operator.core.lease import CLOCKS_APART, Durations
from microbus_operator.kube.cluster import Object
from microbus_operator.kube.errors import ApiRefused, Conflict, KubeError
from microbus_operator.kube.lease import Lease, LeaseLost


@dataclass
class SimulatedServer:
    """Holds the one Lease that there is."""

    lease: Object | None = None
    _version: int = 0

    def create(self, manifest: Mapping[str, Any]) -> Object:
        if self.lease is not None:
            raise Conflict("it exists")
        return self._stored(dict(manifest["spec"]))

    def merge(self, patch: Mapping[str, Any]) -> Object:
        if self.lease is None:
            raise ApiRefused("not found", 404)
        if patch["metadata"]["resourceVersion"] != self.lease["metadata"]["resourceVersion"]:
            raise Conflict("another version")
        return self._stored({**self.lease["spec"], **patch["spec"]})

    def labelled(self) -> None:
        """Somebody changes something else of it."""
        if self.lease is not None:
            self._stored(self.lease["spec"])

    def _stored(self, spec: Object) -> Object:
        self._version += 1
        self.lease = {"metadata": {"resourceVersion": str(self._version)}, "spec": spec}
        return self.lease


@dataclass
class Weather:
    """How long requests take to go and to come back, and which answers are lost."""

    random: Random
    slow: float
    lost: float

    def delay(self) -> float:
        if self.random.random() >= self.slow:
            return self.random.uniform(0, 0.05)
        return self.random.uniform(0, 3 if self.random.random() < 0.7 else 30)

    def loses(self) -> bool:
        return self.random.random() < self.lost


class SimulatedConnection:
    """One candidate's `Cluster`, as far as a Lease needs it; for as long as it is cut off, nothing gets there."""

    def __init__(self, server: SimulatedServer, weather: Weather) -> None:
        self._server, self._weather = server, weather
        self.is_cut_off = False

    async def get(self, *_: object) -> Object | None:
        return await self._request(lambda: self._server.lease)

    async def create(self, manifest: Mapping[str, Any]) -> Any:
        return await self._request(lambda: self._server.create(manifest))

    async def merge(self, _kind: str, _namespace: str, _name: str, patch: Mapping[str, Any]) -> Any:
        return await self._request(lambda: self._server.merge(patch))

    async def _request(self, effect: Callable[[], Object | None]) -> Object | None:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Object | None] = loop.create_future()

        def deliver(result: Object | None, error: KubeError | None) -> None:
            if answer.done():
                return
            if error is not None:
                answer.set_exception(error)
            else:
                answer.set_result(result)

        def arrive() -> None:
            if self.is_cut_off:
                return
            result, failed = None, None
            try:
                result = effect()
            except KubeError as error:
                failed = error
            if not self._weather.loses():
                loop.call_later(self._weather.delay(), deliver, result, failed)

        loop.call_later(self._weather.delay(), arrive)
        return await answer


@dataclass(frozen=True)
class Write:
    """Something that `who` wrote, in real time: it may land at any moment from `begun` until `ends`."""

    who: str
    begun: float
    ends: float


@dataclass
class Race:
    """Some candidates for `seconds`, each with a clock of its own; `writes` are all that they wrote."""

    random: Random
    durations: Durations
    weather: Weather
    server: SimulatedServer = field(default_factory=SimulatedServer)
    writes: list[Write] = field(default_factory=list)
    connections: dict[int, SimulatedConnection] = field(default_factory=dict)

    async def run(self, candidates: int, seconds: float, *, interfering: bool) -> None:
        self.connections = {number: SimulatedConnection(self.server, self.weather) for number in range(candidates)}
        tasks = [asyncio.create_task(self._candidate(number)) for number in self.connections]
        tasks += [asyncio.create_task(self._network(connection)) for connection in self.connections.values()]
        if interfering:
            tasks.append(asyncio.create_task(self._people()))
        await asyncio.wait(tasks, timeout=seconds)
        for task in tasks:
            if task.done():  # which only an error makes it, or a network without weather
                task.result()
            task.cancel()
        await asyncio.wait(tasks)

    def overlap(self) -> tuple[Write, Write] | None:
        """Two writes of two holders that may land in the wrong order."""
        ended: dict[str, Write] = {}
        for write in sorted(self.writes, key=lambda each: each.begun):
            for who, before in ended.items():
                if who != write.who and before.ends > write.begun:
                    return before, write
            if write.who not in ended or ended[write.who].ends < write.ends:
                ended[write.who] = write
        return None

    async def _candidate(self, number: int) -> None:
        """Lives, each of which ends by a crash, a loss, or in good order."""
        loop, rate, offset = asyncio.get_running_loop(), self.random.uniform(1.0, CLOCKS_APART), self.random.random()
        life = 0
        while True:
            life += 1
            lease = Lease(
                self.connections[number],
                "namespace",
                "lease",
                self.durations,
                identity=f"{number}.{life}",
                clock=lambda: offset * 1e6 + loop.time() * rate,
                wall=lambda: self.random.uniform(0, 2e9),
            )
            await lease.acquire()
            keeping = asyncio.create_task(lease.keep())
            try:
                ends = loop.time() + self.random.expovariate(1 / 40)
                while not keeping.done() and loop.time() < ends:
                    self._write(lease, rate)
                    await self._passed(self.random.uniform(0, 0.5))
                if not keeping.done() and self.random.random() < 0.5:
                    await self._passed(self.durations.write / rate)
                    keeping.cancel()
                    await lease.release()
            finally:
                keeping.cancel()
                with contextlib.suppress(asyncio.CancelledError, LeaseLost):
                    await keeping
            await self._passed(self.random.uniform(0, 5))

    def _write(self, lease: Lease, rate: float) -> None:
        if lease.may_write():
            now = asyncio.get_running_loop().time()
            self.writes.append(Write(lease.identity, now, now + self.durations.write / rate))

    async def _network(self, connection: SimulatedConnection) -> None:
        while self.weather.slow or self.weather.lost:
            await self._passed(self.random.expovariate(1 / 40))
            connection.is_cut_off = True
            await self._passed(self.random.uniform(0, 25))
            connection.is_cut_off = False

    async def _people(self) -> None:
        while True:
            await self._passed(self.random.expovariate(1 / 30))
            if self.random.random() < 0.5:
                self.server.lease = None
            else:
                self.server.labelled()

    async def _passed(self, seconds: float) -> None:
        """Virtual time."""
        passed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def end() -> None:
            if not passed.done():
                passed.set_result(None)

        asyncio.get_running_loop().call_later(seconds, end)
        await passed
