"""Credentials that are replaced on request, on schedule and together, and what is said while that goes on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from microbus_operator.core.actions import Decision, IssueUser
from microbus_operator.core.app import decide_app
from microbus_operator.core.issuing import GENERATION_ANNOTATION
from microbus_operator.core.observed import AppObserved, BrokerObservation, CredsObservation, Trouble
from microbus_operator.core.planning import rotation_interval
from microbus_operator.core.rotation import STALLS_AFTER

from .builders import LIFE, NOW, app, broker, connection, creds, plane, reading, service, settled_app, user

HOUR = 3600
TWO = ("orders.example", "pay.example")


def shop(found: dict[str, CredsObservation] | None = None, **credentials: object) -> AppObserved:
    """An app of two microservices that was delivered; `credentials` is of its spec."""
    readings = {"main": reading(*map(service, TWO))}
    held = found or {"orders.example": creds(), "pay.example": creds("pay-1", service("pay.example"))}
    bare = settled_app(app=app(spec={"credentials": credentials}), readings=readings, creds=held)
    return replace(bare, app=bare.app.model_copy(update={"status": decide_app(bare, NOW).status}))


def issued(decision: Decision) -> dict[str, str]:
    """What is issued, and why."""
    return {
        action.hostname: action.annotations["microbus.io/issued-because"]
        for action in decision.actions
        if isinstance(action, IssueUser)
    }


def aged(hostname: str, seconds: int, **more: object) -> CredsObservation:
    """Credentials that are so old at `NOW`."""
    at = NOW - seconds
    return creds(f"{hostname}-1", service(hostname), issued_at=at, expires_at=at + LIFE, **more)


def said(decision: Decision) -> tuple[str, str]:
    """Reason and message of `CredentialsReplaced`."""
    return next((c.reason, c.message) for c in decision.status.conditions if c.type == "CredentialsReplaced")


def test_credentials_without_a_generation_are_of_the_first_k4() -> None:
    assert issued(decide_app(shop(), NOW)) == {}
    assert issued(decide_app(shop(generation=1), NOW)) == {}


def test_a_raised_generation_replaces_every_credential_of_the_app_once() -> None:
    decision = decide_app(shop(generation=2), NOW)
    assert issued(decision) == dict.fromkeys(TWO, "RotationRequested")
    assert {
        action.annotations[GENERATION_ANNOTATION] for action in decision.actions if isinstance(action, IssueUser)
    } == {"2"}
    done = {name: replace(found, generation=2) for name, found in shop().creds.items()}
    assert issued(decide_app(shop(done, generation=2), NOW)) == {}


def test_a_generation_that_went_back_asks_for_nothing() -> None:
    done = {name: replace(found, generation=7) for name, found in shop().creds.items()}
    assert issued(decide_app(shop(done, generation=2), NOW)) == {}


def test_a_schedule_replaces_credentials_when_they_are_old_enough_and_not_before() -> None:
    interval = rotation_interval(shop(rotateEvery="24h").app, plane())
    young = {name: aged(name, interval - 1) for name in TWO}
    due = {name: aged(name, interval) for name in TWO}
    assert issued(decide_app(shop(young, rotateEvery="24h"), NOW)) == {}
    assert issued(decide_app(shop(due, rotateEvery="24h"), NOW)) == dict.fromkeys(TWO, "RotationScheduled")


def test_a_schedule_waits_for_the_rotation_before_it_r4() -> None:
    due = {name: aged(name, 48 * HOUR, previous={user("old"): NOW - 96 * HOUR}) for name in TWO}
    assert issued(decide_app(shop(due, rotateEvery="24h"), NOW)) == {}


def test_apps_rotate_within_the_last_tenth_of_their_interval_and_each_always_at_the_same_point() -> None:
    apps = [app(spec={"credentials": {"rotateEvery": "24h"}}, uid=f"uid-{number}") for number in range(200)]
    intervals = [rotation_interval(each, plane()) for each in apps]
    assert intervals == [rotation_interval(each, plane()) for each in apps]
    assert 24 * HOUR * 0.9 <= min(intervals) < 24 * HOUR * 0.91
    assert 24 * HOUR * 0.99 < max(intervals) <= 24 * HOUR


def test_the_planes_schedule_counts_where_the_app_has_none_and_never_means_never() -> None:
    daily = plane(spec={"credentials": {"rotateEvery": "24h"}})
    assert rotation_interval(app(), daily) > 0
    assert rotation_interval(app(spec={"credentials": {"rotateEvery": "0s"}}), daily) == 0
    assert rotation_interval(app(), plane()) == 0


@pytest.mark.parametrize(("share", "joins"), [(0.4, False), (0.6, True)])
def test_what_is_past_half_of_its_way_is_replaced_with_what_is_due(share: float, joins: bool) -> None:
    way = LIFE * 2 // 3
    held = {"orders.example": aged("orders.example", way + 1), "pay.example": aged("pay.example", int(way * share))}
    expected = {"orders.example": "Expiring"} | ({"pay.example": "RotatedTogether"} if joins else {})
    assert issued(decide_app(shop(held), NOW)) == expected


def test_what_the_code_changed_takes_nothing_along() -> None:
    held = {
        "orders.example": replace(aged("orders.example", LIFE // 2), pub=("prod.other",)),
        "pay.example": aged("pay.example", LIFE // 2),
    }
    assert issued(decide_app(shop(held), NOW)) == {"orders.example": "GrantsChanged"}


def replacing(minutes: int, **parts: object) -> Decision:
    """The decision so long after a rotation of which one old connection is left."""
    held = {
        "orders.example": aged("orders.example", minutes * 60, previous={user("old"): NOW - 9 * HOUR}),
        "pay.example": aged("pay.example", minutes * 60),
    }
    connections = broker(connections=[connection("old"), connection("old")])
    return decide_app(replace(shop(held), **{"broker": connections, **parts}), NOW)


def test_what_was_replaced_is_said_until_it_is_revoked_and_the_app_is_looked_at_again_soon() -> None:
    decision = replacing(3)
    assert said(decision) == ("Replacing", "connections that still use a replaced key: orders.example (2)")
    assert decision.look_again == 1.0
    assert decision.status.revoking == ()
    assert said(decide_app(shop(), NOW))[0] == "Current"


def test_a_replaced_key_that_stays_in_use_stalls_with_both_keys_valid() -> None:
    decision = replacing(STALLS_AFTER // 60 + 1)
    reason, message = said(decision)
    assert reason == "ReplacementStalled"
    assert "orders.example (2)" in message
    assert "restart the pods" in message
    assert decision.status.revoking == ()
    assert decision.look_again is None


def test_nothing_is_concluded_while_the_brokers_do_not_answer() -> None:
    silent = BrokerObservation(trouble=Trouble("NatsUnavailable", "no answer", passing=True))
    decision = replacing(3, broker=silent)
    assert said(decision)[0] == "ConnectionsUnknown"
    assert decision.status.revoking == ()
