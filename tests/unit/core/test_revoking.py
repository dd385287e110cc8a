"""Credentials that a person wants dead: which keys that is, when they are refused, and the proof of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from microbus_operator.api.app import MicrobusApp, MicrobusAppStatus
from microbus_operator.core.actions import IssueUser, PublishAccounts
from microbus_operator.core.app import decide_app
from microbus_operator.core.observed import AppObserved, PlaneObserved, PublishedAccounts, Trouble
from microbus_operator.core.plane import decide_plane
from microbus_operator.core.receipts import MOST_RECEIPTS
from microbus_operator.core.revoking import LATEST_TIME, requested

from .builders import (
    NOW,
    SETTINGS,
    app,
    broker,
    connection,
    creds,
    member,
    plane,
    public,
    published,
    reading,
    settled_app,
    settled_plane,
    user,
)

BEFORE_NOW = "2027-01-15T07:59:00Z"
AT_NOW = "2027-01-15T08:00:00Z"
LEAKED = {"publicKey": user("leaked"), "reason": "found in a log"}


def shop(*requests: dict[str, str], name: str = "shop") -> MicrobusApp:
    """An app with two microservices on record, one with a replaced key, and these requests."""
    services = [
        {"hostname": f"{host}.example", "bundle": "main", "secretName": host, "userPublicKey": user(f"{name}-{host}")}
        | {"issuedAt": NOW - 100, "previous": [{"publicKey": user(f"{name}-{host}-old"), "issuedAt": NOW - 900}]}
        for host in ("orders", "pay")
    ]
    return app(name=name, uid=f"{name}-uid", spec={"revocations": list(requests)}, status={"services": services})


def keys_of(*requests: dict[str, str], others: tuple[MicrobusApp, ...] = ()) -> dict[str, int]:
    """The keys that are asked for."""
    return requested(shop(*requests), others, NOW).keys


def refusals(*requests: dict[str, str], others: tuple[MicrobusApp, ...] = ()) -> str:
    """What is wrong with the requests."""
    found = requested(shop(*requests), others, NOW)
    assert found.keys == {}
    return "; ".join(found.refused)


def test_a_key_that_was_issued_here_is_refused_as_of_its_issuance_and_any_other_for_all_time() -> None:
    assert keys_of({"publicKey": user("shop-pay")}) == {user("shop-pay"): NOW - 100}
    assert keys_of(LEAKED) == {user("leaked"): LATEST_TIME}


def test_what_was_issued_before_a_time_is_asked_for_by_microservice_and_of_the_whole_app() -> None:
    orders = {"service": "orders.example"}
    assert keys_of({"issuedBefore": AT_NOW, **orders}) == {
        user("shop-orders"): NOW - 100,
        user("shop-orders-old"): NOW - 900,
    }
    assert keys_of({"issuedBefore": "2027-01-15T07:50:00Z", **orders}) == {user("shop-orders-old"): NOW - 900}
    assert len(keys_of({"issuedBefore": AT_NOW})) == 4


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        ({}, "spec.revocations[0]: it needs one of publicKey and issuedBefore"),
        ({"service": "orders.example"}, "it needs one of publicKey and issuedBefore"),
        ({**LEAKED, "issuedBefore": AT_NOW}, "it needs one of publicKey and issuedBefore"),
        ({"issuedBefore": "2027-01-15T08:00:01Z"}, "is in the future; it counts once that time has come"),
        ({"issuedBefore": "2027-13-45T99:00:00Z"}, "is no time"),
        ({"issuedBefore": AT_NOW, "service": "stock.example"}, "has no microservice stock.example; it has orders.ex"),
    ],
)
def test_a_request_that_cannot_be_meant_revokes_nothing_and_is_told_by_its_field(
    request_: dict[str, str], says: str
) -> None:
    assert says in refusals(request_)


def test_no_app_has_another_apps_user_revoked() -> None:
    other = shop(name="bank")
    assert "is a user of MicrobusApp infra/bank" in refusals({"publicKey": user("bank-pay")}, others=(other,))
    evil = shop({"publicKey": user("bank-pay")})
    observed = settled_plane(members=(member(evil), member(other)))
    assert revoked(observed) == {}


def revoked(observed: PlaneObserved) -> dict[str, int]:
    """What the Plane signs as revoked, nothing where it signs nothing."""
    found: dict[str, int] = {}
    for action in decide_plane(observed, SETTINGS, NOW).actions:
        if isinstance(action, PublishAccounts):
            (claims,) = [item.claims for item in action.accounts if item.claims.subject == public("account")]
            found = dict(claims.revocations)
    return found


def test_the_plane_revokes_what_is_asked_for_without_waiting_for_a_look_at_the_app() -> None:
    observed = settled_plane(members=(member(shop(LEAKED, {"publicKey": user("shop-pay")})),))
    assert revoked(observed) == {user("leaked"): LATEST_TIME, user("shop-pay"): NOW}


def test_no_revocation_is_dated_beyond_what_a_server_can_say_and_a_second_look_signs_nothing() -> None:
    held = published(revocations={user("leaked"): LATEST_TIME, user("shop-pay"): NOW - 50})
    members = (member(shop(LEAKED, {"publicKey": user("shop-pay")})),)
    assert revoked(settled_plane(members=members, published=held)) == {}


def test_taking_a_request_out_again_undoes_nothing() -> None:
    held = published(revocations={user("leaked"): LATEST_TIME})
    assert revoked(settled_plane(members=(member(shop()),), published=held)) == {}


# The app's own look: what takes the place of what is dead, and the receipt.


def running(requests: list[dict[str, str]], held: PublishedAccounts | None = None, **parts: Any) -> AppObserved:
    """An app of one microservice that runs, with these requests; the user key is `orders-1`."""
    bare = settled_app(published=held or published(), creds={"orders.example": creds()}, readings={"main": reading()})
    status = decide_app(bare, NOW).status
    spec = bare.app.spec.model_copy(update={"revocations": app(spec={"revocations": requests}).spec.revocations})
    return replace(bare, app=bare.app.model_copy(update={"spec": spec, "status": status}), **parts)


def after(observed: AppObserved, status: object, **parts: Any) -> AppObserved:
    """What the next look sees."""
    return replace(observed, app=observed.app.model_copy(update={"status": status}), **parts)


def said(status: MicrobusAppStatus) -> tuple[str, str]:
    """Reason and message of `Revoked`."""
    return next((c.reason, c.message) for c in status.conditions if c.type == "Revoked")


def test_a_credential_that_was_revoked_on_request_is_issued_anew_at_once() -> None:
    request = {"publicKey": user("orders-1")}
    (action,) = decide_app(running([request], published(revocations={user("orders-1"): NOW})), NOW).actions
    assert isinstance(action, IssueUser)
    assert action.annotations["microbus.io/issued-because"] == "Revoked"


def test_a_receipts_times_are_each_of_the_step_they_were_first_seen_at_and_written_once() -> None:
    asked = running([LEAKED])
    first = decide_app(asked, NOW)
    (receipt,) = first.status.receipts
    assert (receipt.public_key, receipt.reason, receipt.requested_at) == (user("leaked"), "found in a log", NOW)
    assert (receipt.signed_at, receipt.served_at, receipt.servers, receipt.closed_at) == (None, None, (), None)
    assert said(first.status)[0] == "Revoking"
    assert first.look_again == 1.0

    signed = published(revocations={user("leaked"): LATEST_TIME})
    behind = Trouble("ResolverBehind", "not yet", passing=True)
    second = decide_app(after(asked, first.status, published=signed, served=behind), NOW + 1)
    (receipt,) = second.status.receipts
    assert (receipt.signed_at, receipt.served_at) == (NOW + 1, None)

    third = decide_app(after(asked, second.status, published=signed), NOW + 2)
    (receipt,) = third.status.receipts
    assert (receipt.served_at, receipt.servers) == (NOW + 2, ())

    connected = broker(signed, connections=[connection("leaked")])
    fourth = decide_app(after(asked, third.status, published=signed, broker=connected), NOW + 3)
    (receipt,) = fourth.status.receipts
    assert [(server.name, server.acknowledged_at) for server in receipt.servers] == [("prod-nats-0", NOW + 3)]
    assert receipt.closed_at is None

    fifth = decide_app(after(asked, fourth.status, published=signed, broker=broker(signed)), NOW + 4)
    (receipt,) = fifth.status.receipts
    assert (receipt.requested_at, receipt.signed_at, receipt.served_at) == (NOW, NOW + 1, NOW + 2)
    assert (receipt.servers[0].acknowledged_at, receipt.closed_at) == (NOW + 3, NOW + 4)
    assert said(fifth.status)[0] == "Revoked"
    assert fifth.look_again is None

    last = decide_app(after(asked, fifth.status, published=signed, broker=broker(signed)), NOW + 99)
    assert last.status == fifth.status


def test_a_receipt_is_not_complete_while_a_server_is_missing_or_nobody_can_be_asked() -> None:
    signed = published(revocations={user("leaked"): LATEST_TIME})
    three = plane(spec={"plane": "prod", "nats": {"replicas": 3, "image": "nats"}})
    for seen in (
        broker(signed, servers=2),
        replace(broker(signed), trouble=Trouble("NatsUnavailable", "", passing=True)),
    ):
        observed = running([LEAKED], signed, plane=three, broker=seen)
        (receipt,) = decide_app(observed, NOW).status.receipts
        assert receipt.closed_at is None


def test_what_is_refused_is_said_and_revokes_nothing() -> None:
    decision = decide_app(running([{"issuedBefore": BEFORE_NOW, "service": "stock.example"}]), NOW)
    assert said(decision.status)[0] == "RevocationRefused"
    assert decision.status.receipts == ()


def test_the_operators_own_user_is_not_revoked_and_nothing_else_waits_for_that() -> None:
    own = user("microbus-operator")
    seen = replace(broker(), system_user=own)
    asked = running([{"publicKey": own}, LEAKED], broker=seen)
    decision = decide_app(asked, NOW)
    reason, message = said(decision.status)
    assert reason == "SystemUser"
    assert f"spec.revocations[0].publicKey: {own} is the user that the operator itself" in message
    assert "restart the operator" in message
    assert [receipt.public_key for receipt in decision.status.receipts] == [user("leaked")]
    assert decision.status.phase == "Ready"
    members = (member(shop({"publicKey": own}, LEAKED)),)
    assert revoked(settled_plane(members=members, broker=seen)) == {user("leaked"): LATEST_TIME}


def test_receipts_are_bounded_and_however_many_are_asked_for_a_settled_app_writes_nothing_more() -> None:
    leaked = [{"publicKey": user(f"leak-{number}")} for number in range(MOST_RECEIPTS * 2)]
    signed = published(revocations={request["publicKey"]: LATEST_TIME for request in leaked})
    observed = running(leaked, signed, broker=broker(signed))
    first = decide_app(observed, NOW)
    assert len(first.status.receipts) == MOST_RECEIPTS
    assert {each.public_key for each in first.status.receipts} == {each["publicKey"] for each in leaked[MOST_RECEIPTS:]}
    assert said(first.status)[0] == "Revoked"
    second = decide_app(after(observed, first.status), NOW + 60)
    assert (second.actions, second.status) == ((), first.status)


def test_a_key_without_a_receipt_counts_as_alive_until_it_is_signed_and_has_no_connection() -> None:
    leaked = [{"publicKey": user(f"leak-{number}")} for number in range(MOST_RECEIPTS + 1)]
    signed = published(revocations={request["publicKey"]: LATEST_TIME for request in leaked})
    connected = broker(signed, connections=[connection("leak-0")])
    reason, message = said(decide_app(running(leaked, signed, broker=connected), NOW).status)
    assert (reason, user("leak-0") in message) == ("Revoking", True)


def test_nothing_asked_for_is_said_too() -> None:
    assert said(decide_app(running([]), NOW).status)[0] == "NothingRequested"
