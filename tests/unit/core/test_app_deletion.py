"""How an app ends: its signing key leaves the account, servers confirm, then its finalizer goes. Pitfalls N5, P4."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from microbus_operator.api.app import MicrobusApp
from microbus_operator.core.actions import Delete, SetFinalizer
from microbus_operator.core.app import decide_app
from microbus_operator.core.app_deletion import CONFIRMED_WITHIN
from microbus_operator.core.conditions import timestamp
from microbus_operator.core.keys import KeyState
from microbus_operator.core.observed import AppObserved, BrokerObservation, PublishedAccounts, Trouble

from .builders import (
    NOW,
    app,
    app_observed,
    broker,
    connection,
    plane,
    published,
    signing_key,
    signing_keys,
)

LEFT = published(signing=())
RELEASED = SetFinalizer("MicrobusApp", "infra", "shop", present=False)
GONE = (Delete("Secret", "infra", "prod-app-signing-1", "app-signing-1-uid", "AppDeleted"), RELEASED)


def deleted(**meta: Any) -> MicrobusApp:
    """An app that was deleted a moment ago."""
    return app(deletionTimestamp=timestamp(NOW - 10), **meta)


def leaving(**parts: Any) -> AppObserved:
    """An app that is being deleted, its key out of the account."""
    return app_observed(**{"app": deleted(), "readings": {}, "published": LEFT, "broker": broker(LEFT), **parts})


def test_it_ends_when_its_key_is_out_of_the_account_everywhere_and_no_connection_is_left() -> None:
    assert decide_app(leaving(), NOW).actions == GONE


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"published": published(), "broker": broker()}, "is being removed from the Plane's account"),
        ({"served": Trouble("ResolverBehind", "10.0.0.1 serves another")}, "10.0.0.1 serves another"),
        ({"broker": BrokerObservation(trouble=Trouble("NatsUnavailable", "no answer"))}, "no answer"),
        ({"broker": broker()}, "servers N0 have not confirmed"),
        ({"broker": broker(LEFT, servers=0)}, "servers prod-nats-0 have not confirmed"),
        ({"broker": broker(LEFT, [connection("orders-1")])}, "1 connections of the app are still open"),
        ({"published": PublishedAccounts(trouble=Trouble("AccountsInvalid", "a JWT"))}, "a JWT"),
    ],
)
def test_until_then_it_waits_and_says_for_what(parts: dict[str, Any], says: str) -> None:
    decision = decide_app(leaving(**parts), NOW)
    assert decision.actions == ()
    assert decision.look_again == 0.5
    assert decision.status.phase == "Deleting"
    assert says in next(item.message for item in decision.status.conditions if item.type == "Ready")


def test_other_apps_connections_do_not_hold_it_up() -> None:
    assert decide_app(leaving(broker=broker(LEFT, [connection("x", signer="other")])), NOW).actions == GONE


def test_servers_that_never_confirm_hold_it_up_for_a_bounded_time_p4() -> None:
    silent = leaving(broker=BrokerObservation(trouble=Trouble("NatsUnavailable", "no answer")))
    assert decide_app(silent, NOW - 10 + CONFIRMED_WITHIN - 1).actions == ()
    assert decide_app(silent, NOW - 10 + CONFIRMED_WITHIN).actions == GONE


def test_a_key_that_is_still_in_the_account_is_waited_for_however_long_it_takes_n5() -> None:
    assert decide_app(leaving(published=published(), broker=broker()), NOW + 10 * CONFIRMED_WITHIN).actions == ()


def test_behind_a_stalled_plane_it_says_how_to_let_go() -> None:
    stalled = {"type": "Stalled", "status": "True", "reason": "SeedLost", "message": "m", "lastTransitionTime": "x"}
    host = plane(status={"conditions": [stalled]})
    decision = decide_app(leaving(plane=host, published=published(), broker=broker()), NOW)
    assert "remove its finalizer microbus.io/operator" in decision.status.conditions[1].message


@pytest.mark.parametrize("parts", [{"plane": None}, {"published": PublishedAccounts()}])
def test_what_is_gone_is_not_waited_for_p4(parts: dict[str, Any]) -> None:
    assert decide_app(leaving(**parts), NOW).actions[-1] == RELEASED


@pytest.mark.parametrize("state", [KeyState.ABSENT, KeyState.INVALID, KeyState.FOREIGN])
def test_a_secret_that_is_not_provably_ours_stays_k9(state: KeyState) -> None:
    assert decide_app(leaving(signing_keys=signing_keys(signing_key(state))), NOW).actions == (RELEASED,)


def test_a_lost_key_is_waited_for_by_the_one_that_is_recorded() -> None:
    lost = leaving(signing_keys=signing_keys(signing_key(KeyState.ABSENT)), published=published(), broker=broker())
    assert decide_app(lost, NOW).actions == ()


def test_without_our_finalizer_nothing_is_ours_to_do() -> None:
    observed = leaving()
    assert decide_app(replace(observed, app=deleted(finalizers=["x"])), NOW).actions == ()
