"""Which pod a connection is of, and which of an app's pods have none: connections on one side, pods on the other.

A pod is known by its address. Where an address says nothing (several pods have it, or servers see another one than the
pods have), connections are only counted, and what could not be told is never held against a pod.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from microbus_operator.core.observed import AppObserved, Connection, PodSeen
from microbus_operator.core.planning import ServicePlan


class Absence(NamedTuple):
    """A pod in which a microservice has no connection."""

    pod: PodSeen
    hostname: str


def pod_of(connection: Connection, pods: Iterable[PodSeen]) -> PodSeen | None:
    """The pod that a connection is of, None where that cannot be told."""
    found = [pod for pod in pods if pod.has(connection.ip, connection.port)]
    return found[0] if len(found) == 1 else None


def place_of(connection: Connection, pods: Iterable[PodSeen]) -> str:
    """Where a connection comes from, for people: its pod, or the address that servers see."""
    pod = pod_of(connection, pods)
    return f"pod {pod.name}" if pod is not None else connection.ip


def keys_of(plan: ServicePlan) -> frozenset[str]:
    """The user keys that a microservice may be connected with."""
    found = plan.found
    return frozenset(filter(None, (found.public_key, *found.previous))) if found is not None else frozenset()


def absences(observed: AppObserved, plan: ServicePlan) -> tuple[Absence, ...]:
    """Ready pods in which the plan's microservice has no connection."""
    mine = [pod for pod in observed.pods if pod.bundle == plan.bundle and pod.is_ready]
    keys = keys_of(plan)
    connections = [each for each in observed.broker.connections if each.user in keys]
    lacking = [pod for pod in mine if not _is_connected(pod, mine, connections)]
    # Servers may see other addresses than pods have: as many connections as there are pods without one may be theirs.
    elsewhere = [each for each in connections if not any(pod.has(each.ip, each.port) for pod in mine)]
    if len(elsewhere) >= len(lacking):
        return ()
    return tuple(Absence(pod, plan.wanted.hostname) for pod in lacking)


def is_everywhere(observed: AppObserved, plan: ServicePlan, expected: int) -> bool:
    """Whether each of the bundle's pods, `expected` at least, is seen to be connected with the present key."""
    mine = [pod for pod in observed.pods if pod.bundle == plan.bundle and not pod.is_deleting]
    if len(mine) < max(expected, 1) or not all(pod.is_ready for pod in mine):
        return False
    present = plan.found.public_key if plan.found else None
    connections = [each for each in observed.broker.connections if present and each.user == present]
    return all(_is_connected(pod, mine, connections) for pod in mine)


def _is_connected(pod: PodSeen, pods: Sequence[PodSeen], connections: Sequence[Connection]) -> bool:
    from_there = sum(pod.has(each.ip, each.port) for each in connections)
    sharing = 1 if pod.ports is not None else sum(other.ip == pod.ip for other in pods)
    return from_there >= sharing
