"""Pods that run and are deaf: found, named since when, and replaced within limits only where the app wants it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from microbus_operator.core.actions import Decision, Evict
from microbus_operator.core.app import decide_app
from microbus_operator.core.observed import AppObserved, BrokerObservation, Trouble
from microbus_operator.core.settings import PACE

from .builders import NOW, app, broker, connection, pod, settled_app

ONE, TWO = pod("shop-main-1", "10.0.0.1"), pod("shop-main-2", "10.0.0.2")
SINCE = NOW - PACE.deaf_after


def observed(*ips: str, per_hour: int = 0, status: dict[str, Any] | None = None, **parts: Any) -> AppObserved:
    """An app of two pods, connected from these addresses."""
    wanted = app(spec={"credentials": {"restartDeafPerHour": per_hour}}, status=status)
    connections = [connection("orders-1", cid=cid, ip=ip) for cid, ip in enumerate(ips)]
    bare = settled_app(app=wanted, broker=broker(connections=connections))
    return replace(bare, **{"pods": (ONE, TWO), **parts})


def away(since: int = SINCE, name: str = ONE.name) -> dict[str, Any]:
    """A status that has seen a pod without a connection."""
    return {"unconnected": [{"pod": name, "hostname": "orders.example", "since": since}]}


def said(decision: Decision) -> tuple[str, str, str]:
    """Status, reason and message of `Connected`."""
    return next((c.status, c.reason, c.message) for c in decision.status.conditions if c.type == "Connected")


def evicted(decision: Decision) -> list[str]:
    """The pods that are evicted."""
    return [action.pod for action in decision.actions if isinstance(action, Evict)]


def test_with_a_connection_of_each_microservice_in_each_pod_all_is_well_and_nothing_is_written() -> None:
    first = decide_app(observed(ONE.ip, TWO.ip), NOW)
    assert said(first)[:2] == ("True", "Connected")
    assert first.status.unconnected == ()
    assert first.look_again is None


def test_one_that_is_away_is_looked_for_again_and_a_reconnect_in_time_is_nothing() -> None:
    first = decide_app(observed(TWO.ip), NOW)
    assert said(first)[1] == "Connected"
    assert [(each.pod, each.hostname, each.since) for each in first.status.unconnected] == [
        (ONE.name, "orders.example", NOW)
    ]
    assert first.look_again == 10.0
    back = decide_app(observed(ONE.ip, TWO.ip, status=away()), NOW)
    assert back.status.unconnected == ()


def test_a_pod_that_stays_away_while_the_brokers_are_well_is_named_with_the_time_and_only_reported_n9() -> None:
    decision = decide_app(observed(TWO.ip, status=away()), NOW)
    assert decision.actions == ()
    assert said(decision)[:2] == ("False", "Deaf")
    assert "orders.example in pod shop-main-1 since 2027-01-15T07:59:30Z" in said(decision)[2]
    assert "spec.credentials.restartDeafPerHour" in said(decision)[2]
    assert [each.since for each in decision.status.unconnected] == [SINCE], "the second look writes nothing"
    assert next(c.status for c in decision.status.conditions if c.type == "Ready") == "True"


def test_where_the_app_wants_it_one_pod_is_evicted_and_written_down() -> None:
    both = {"unconnected": [*away(SINCE - 1, TWO.name)["unconnected"], *away()["unconnected"]]}
    decision = decide_app(observed(per_hour=2, status=both), NOW)
    assert evicted(decision) == [TWO.name], "the one that is away for longest"
    (action,) = [action for action in decision.actions if isinstance(action, Evict)]
    assert action == Evict(
        "infra", TWO.name, f"{TWO.name}-uid", "orders.example has no connection since 2027-01-15T07:59:29Z"
    )
    assert [(each.pod, each.at) for each in decision.status.restarts] == [(TWO.name, NOW)]
    assert "one after the other" in said(decision)[2]


@pytest.mark.parametrize(
    ("per_hour", "former", "expected"),
    [
        (0, [], 0),
        (1, [], 1),
        (1, [3599], 0),
        (1, [3600], 1),
        (5, [59], 0),
        (5, [60], 1),
        (5, [500, 119], 0),
        (5, [500, 120], 1),
        (5, [900, 500, 239], 0),
    ],
)
def test_evictions_are_so_many_an_hour_and_further_apart_each_time(
    per_hour: int, former: list[int], expected: int
) -> None:
    restarts = {"restarts": [{"pod": "gone", "at": NOW - ago} for ago in former]}
    decision = decide_app(observed(TWO.ip, per_hour=per_hour, status={**away(), **restarts}), NOW)
    assert len(evicted(decision)) == expected
    if per_hour and len(former) >= per_hour and not expected:
        assert "no more are: look into their logs" in said(decision)[2]


def test_nobody_is_evicted_while_a_rollout_goes_on() -> None:
    settled = observed(TWO.ip, per_hour=5, status=away())
    rolling = {**settled.deployments["main"], "status": {}}
    assert evicted(decide_app(replace(settled, deployments={"main": rolling}), NOW)) == []


SILENT = BrokerObservation(trouble=Trouble("NatsUnavailable", "no answer", passing=True))


@pytest.mark.parametrize(
    "parts",
    [{"broker": SILENT}, {"broker": replace(broker(), servers=())}],
)
def test_nothing_is_concluded_while_a_server_is_silent(parts: dict[str, Any]) -> None:
    decision = decide_app(observed(per_hour=5, status=away(), **parts), NOW)
    assert said(decision)[:2] == ("Unknown", "ConnectionsUnknown")
    assert [each.since for each in decision.status.unconnected] == [SINCE]
    assert evicted(decision) == []


@pytest.mark.parametrize(
    "pods",
    [
        (replace(ONE, ready_at=None), TWO),
        (replace(ONE, is_deleting=True), TWO),
        (replace(ONE, ready_at=NOW - 5), TWO),
        (TWO,),
    ],
)
def test_a_pod_that_is_not_ready_or_has_only_just_become_so_is_not_away(pods: Any) -> None:
    decision = decide_app(observed(TWO.ip, status=away(), pods=pods), NOW)
    assert said(decision)[1] == "Connected"
    assert decision.status.unconnected == ()


def test_where_no_pod_is_known_nobody_says_that_all_is_well() -> None:
    assert said(decide_app(observed(pods=()), NOW))[:2] == ("Unknown", "NoPods")


def test_where_servers_see_other_addresses_connections_are_only_counted() -> None:
    assert said(decide_app(observed("10.9.9.9", "10.9.9.9", status=away()), NOW))[1] == "Connected"
    assert said(decide_app(observed("10.9.9.9", status=away()), NOW))[1] == "Deaf"
    shared = (ONE, replace(TWO, ip=ONE.ip))
    assert said(decide_app(observed(ONE.ip, ONE.ip, status=away(), pods=shared), NOW))[1] == "Connected"
    assert said(decide_app(observed(ONE.ip, status=away(), pods=shared), NOW))[1] == "Deaf"
