"""Pods that run and are deaf: a microservice in them has no connection, though the brokers are well.

A client that was refused twice, or that was away for too long, gives up for good, and its process lives on (pitfall
N9). So who is connected is held against who should be; and where the app wants it, such a pod is evicted, seldom.
"""

from __future__ import annotations

from typing import NamedTuple

from microbus_operator.api.app import PodRestart, Unconnected
from microbus_operator.core.actions import Evict
from microbus_operator.core.conditions import State, listed, timestamp
from microbus_operator.core.network import server_names
from microbus_operator.core.observed import AppObserved, PodSeen
from microbus_operator.core.planning import ServicePlan
from microbus_operator.core.presence import absences
from microbus_operator.core.rollout import rollout_of

CONNECTED = "Connected"
MOST_LISTED = 50
HOUR = 3600
# Seconds between two evictions, doubled by each in the last hour.
FIRST_PAUSE = 60


class Presence(NamedTuple):
    """What is known of the app's clients: who is away since when, what to say of it, which pod to evict."""

    unconnected: tuple[Unconnected, ...]
    restarts: tuple[PodRestart, ...]
    state: State
    evictions: tuple[Evict, ...] = ()


def presence(observed: AppObserved, planned: tuple[ServicePlan, ...], now: int, deaf_after: int) -> Presence:
    """Who is connected. After `deaf_after` seconds without a connection a client does not come back by itself."""
    old, plane = observed.app.status, observed.plane
    recent = tuple(each for each in old.restarts if now - each.at < HOUR)
    broker = observed.broker
    silent = broker.missing(server_names(plane)) if plane is not None else ()
    if broker.trouble is not None or silent:
        said = broker.trouble.message if broker.trouble else f"{', '.join(silent)} did not answer"
        return Presence(old.unconnected, recent, State.unknown("ConnectionsUnknown", said))
    pods = {pod.name: pod for pod in observed.pods if pod.is_ready}
    if not pods:
        return Presence((), recent, State.unknown("NoPods", "no pod of the app is known to be ready"))
    away = _away(observed, planned, now, deaf_after)
    deaf = [each for each in away if now - each.since >= deaf_after]
    if not deaf:
        message = "each microservice is connected in every ready pod"
        return Presence(away, recent, State.true("Connected", message))
    evicted = _evicted(observed, deaf, recent, pods, now)
    restarts = (*recent, PodRestart(pod=evicted.pod, at=now)) if evicted is not None else recent
    return Presence(away, restarts, _deaf_state(observed, deaf, restarts), (evicted,) if evicted is not None else ())


def _away(
    observed: AppObserved, planned: tuple[ServicePlan, ...], now: int, deaf_after: int
) -> tuple[Unconnected, ...]:
    """Who is away, and since which look. A pod that has just become ready may still be connecting."""
    before = {(each.pod, each.hostname): each.since for each in observed.app.status.unconnected}
    found = [
        Unconnected(pod=pod.name, hostname=hostname, since=before.get((pod.name, hostname), now))
        for plan in planned
        for pod, hostname in absences(observed, plan)
        if pod.ready_at is not None and now - pod.ready_at >= deaf_after
    ]
    return tuple(sorted(found, key=lambda each: (each.since, each.pod, each.hostname))[:MOST_LISTED])


def _evicted(
    observed: AppObserved, deaf: list[Unconnected], recent: tuple[PodRestart, ...], pods: dict[str, PodSeen], now: int
) -> Evict | None:
    """The pod that is deaf for longest, where the app wants it and there were not too many; one at a time."""
    if len(recent) >= observed.app.spec.credentials.restart_deaf_per_hour:
        return None
    if recent and now - max(each.at for each in recent) < FIRST_PAUSE * 2 ** (len(recent) - 1):
        return None
    pod = pods[deaf[0].pod]
    bundle = next((each for each in observed.app.spec.bundles if each.name == pod.bundle), None)
    # Where others are on their way, this one may be all that is left.
    if bundle is None or not rollout_of(bundle, observed.deployments.get(bundle.name)).complete:
        return None
    reason = f"{deaf[0].hostname} has no connection since {timestamp(deaf[0].since)}"
    return Evict(observed.app.metadata.namespace, pod.name, pod.uid, reason)


def _deaf_state(observed: AppObserved, deaf: list[Unconnected], restarts: tuple[PodRestart, ...]) -> State:
    said = listed([f"{each.hostname} in pod {each.pod} since {timestamp(each.since)}" for each in deaf])
    most = observed.app.spec.credentials.restart_deaf_per_hour
    if not most:
        done = "restart these pods; spec.credentials.restartDeafPerHour has the operator do it"
    elif len(restarts) >= most:
        done = f"{len(restarts)} pods were restarted in the last hour, and no more are: look into their logs"
    else:
        done = "they are restarted one after the other"
    return State.false("Deaf", f"the brokers are well, and these microservices have no connection: {said}; {done}")
