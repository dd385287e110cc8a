"""The Lease by which one of several operators is the only one to write: acquired, renewed, lost or released.

Each write of it is conditional on the version that was read. When to write, and when no more, is decided in
`core/lease.py` by this machine's own clock; `handlers/leading.py` stands by and ends the process.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from microbus_operator.core.lease import (
    UNKNOWN,
    Durations,
    Hold,
    Lost,
    Record,
    Restore,
    Sight,
    Take,
    Verdict,
    Wait,
    decide,
    may_write,
    sighted,
)
from microbus_operator.kube.cluster import Cluster, Object
from microbus_operator.kube.errors import ApiRefused, Conflict, KubeError

logger = logging.getLogger(__name__)

T = TypeVar("T")

MOST_TRANSITIONS = 2**31 - 1


class LeaseLost(Exception):
    """Another may write now: this process ends."""


def identity() -> str:
    """This process: the pod's name, for people, and what no other process has."""
    return f"{socket.gethostname()}_{uuid.uuid4()}"


def since_boot() -> float:
    """Seconds that only grow, also while the machine is suspended: after it, a Lease is as old as it is."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if sys.platform == "linux" else time.monotonic()


@dataclass
class Lease:
    """One candidate's view of a Lease. One `acquire`, then one `keep` beside the work, then `release`.

    `clock` is in seconds and only grows; `wall` writes the times that people read, and decides nothing.
    """

    cluster: Cluster
    namespace: str
    name: str
    durations: Durations = field(default_factory=Durations)
    identity: str = field(default_factory=identity)
    clock: Callable[[], float] = since_boot
    wall: Callable[[], float] = time.time
    was_seen: bool = False
    _sight: Sight | None = None
    _renewed: float | None = None
    _is_lost: bool = False
    _holder: str = ""
    _problem: str = ""

    def __str__(self) -> str:
        return f"Lease {self.namespace}/{self.name}"

    @property
    def is_lost(self) -> bool:
        """Whether it was ours and is not any more."""
        return self._is_lost

    def may_write(self) -> bool:
        """Whether what is held may be written to now."""
        return not self._is_lost and may_write(self._renewed, self.durations, self.clock())

    async def acquire(self) -> None:
        """Wait until it is ours. An API server that does not answer or refuses is told of once, and asked again."""
        while True:
            seconds = self.durations.look
            if await self._looked():
                match self._decision():
                    case Take(record):
                        if await self._wrote(record, self.durations.answer) is True:
                            return
                    case Restore():
                        await self._restore(self.durations.answer)
                    case Wait(left):
                        seconds = left
            await asyncio.sleep(seconds)

    async def keep(self) -> None:
        """Renew it until it is lost. Raises `LeaseLost`, and from then on `may_write` is false."""
        while True:
            verdict = self._decision()
            if isinstance(verdict, Lost):
                self._is_lost = True
                raise LeaseLost(f"{self} is lost: {verdict.why}")
            if isinstance(verdict, Hold):
                await asyncio.sleep(verdict.seconds)
                continue
            within = min(self.durations.answer, self._left())
            if isinstance(verdict, Take):
                outcome = await self._wrote(verdict.record, within)
            else:
                outcome = await self._restore(within)
            if outcome is False:
                # Somebody wrote it, ourselves in a request whose answer was lost, or deleted it.
                await self._looked()
            elif outcome is None:
                await asyncio.sleep(max(0.0, min(self.durations.pause, self._left())))

    async def release(self) -> None:
        """Let the next one take it at once. Only for one that will write nothing more, and has nothing under way."""
        self._renewed = None
        if not await self._looked() or self._sight is None or self._sight.record is None:
            return
        record = self._sight.record
        if record.holder != self.identity:
            return
        # The API server wants a duration, and client-go leaves one second.
        spec = {**self._spec("", 1), "leaseTransitions": record.transitions}
        if await self._carried_out(self._merge(record, spec), self.durations.answer):
            logger.info("%s is released", self)

    def _decision(self) -> Verdict:
        assert self._sight is not None
        return decide(self._sight, self.identity, self._renewed, self.durations, self.clock())

    def _left(self) -> float:
        """Seconds until a holder's deadline."""
        assert self._renewed is not None
        return self._renewed + self.durations.deadline - self.clock()

    async def _looked(self) -> bool:
        """Read it; false where it could not be."""
        try:
            found = await self._answered(self._read(), self.durations.answer)
        except KubeError as error:
            self._tell(str(error))
            return False
        if found is None:
            return False
        (record,) = found
        self._saw(record)
        return True

    def _saw(self, record: Record | None) -> None:
        self._sight = sighted(self._sight, record, self.clock())
        holder = record.holder if record is not None else ""
        if not self.was_seen or self._holder != holder:
            logger.info("%s is held by %s", self, holder or "nobody")
        self.was_seen, self._holder, self._problem = True, holder, ""

    async def _read(self) -> tuple[Record | None]:
        found = await self.cluster.get("Lease", self.namespace, self.name)
        return (_record(found) if found is not None else None,)

    async def _wrote(self, before: Record, within: float) -> bool | None:
        """Write it as ours: whether it was, or None where nobody knows."""
        spec = self._spec(self.identity, int(max(1, self.durations.lease)))
        if before.holder == self.identity:
            spec |= {"leaseTransitions": before.transitions, "acquireTime": before.acquired or spec["acquireTime"]}
        else:
            spec["leaseTransitions"] = min(before.transitions + 1, MOST_TRANSITIONS)
        sent = self.clock()
        written = await self._carried_out(self._merge(before, spec), within)
        if written:
            self._renewed = sent
        return written

    async def _restore(self, within: float) -> bool | None:
        metadata = {"name": self.name, "namespace": self.namespace}
        spec = self._spec(UNKNOWN, int(max(1, self.durations.lease)))
        manifest = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata, "spec": spec}
        return await self._carried_out(self.cluster.create(manifest), within)

    async def _merge(self, before: Record, spec: Object) -> Object:
        patch = {"metadata": {"resourceVersion": before.version}, "spec": spec}
        try:
            return await self.cluster.merge("Lease", self.namespace, self.name, patch)
        except ApiRefused as refused:
            if refused.status == 404:
                raise Conflict(f"{self} was deleted") from None
            raise

    async def _carried_out(self, write: Awaitable[Object], within: float) -> bool | None:
        """Whether it was, and then what is there is seen; false for a conflict, None where nobody knows."""
        try:
            written = await self._answered(write, within)
        except Conflict:
            return False
        except KubeError as error:
            self._tell(str(error))
            return None
        if written is None:
            return None
        self._saw(_record(written))
        return True

    async def _answered(self, request: Awaitable[T], within: float) -> T | None:
        """The answer, or None where there was none in time: it may have been carried out or not."""
        try:
            async with asyncio.timeout(max(0.0, within)):
                return await request
        except TimeoutError:
            self._tell(f"{self}: the API server did not answer within {within:.1f} s")
            return None

    def _spec(self, holder: str, seconds: int) -> dict[str, Any]:
        """Acquired and renewed now, for the first time. Times are as `metav1.MicroTime` is written."""
        now = datetime.fromtimestamp(self.wall(), UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return {
            "holderIdentity": holder,
            "leaseDurationSeconds": seconds,
            "acquireTime": now,
            "renewTime": now,
            "leaseTransitions": 0,
        }

    def _tell(self, problem: str) -> None:
        """Log a problem, once in a row."""
        if self._problem != problem:
            self._problem = problem
            logger.warning("%s", problem)


def _record(found: Object) -> Record:
    spec = found.get("spec") or {}
    return Record(
        version=found["metadata"]["resourceVersion"],
        holder=spec.get("holderIdentity") or "",
        seconds=float(spec.get("leaseDurationSeconds") or 0),
        transitions=int(spec.get("leaseTransitions") or 0),
        acquired=spec.get("acquireTime") or "",
    )
