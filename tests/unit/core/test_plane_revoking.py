"""Credentials that a person wants dead on a whole Plane: any user's, or everybody's that was issued before a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from microbus_operator.api.plane import PlaneStatus
from microbus_operator.api.revocations import EVERY_USER
from microbus_operator.core.actions import IssueUser, PublishAccounts
from microbus_operator.core.app import decide_app
from microbus_operator.core.keys import KeyState
from microbus_operator.core.observed import PlaneObserved, PublishedAccounts
from microbus_operator.core.plane import decide_plane
from microbus_operator.core.revoking import LATEST_TIME

from .builders import (
    NOW,
    SETTINGS,
    account_jwt,
    broker,
    connection,
    creds,
    member,
    new_plane,
    plane,
    public,
    published,
    settled_plane,
    signing_key,
    user,
)
from .test_put_back import serving
from .test_revoking import AT_NOW, LEAKED, running, shop

# A minute before AT_NOW, which is NOW; what is refused of everybody is what was issued up to the second before.
BEFORE = {"issuedBefore": "2027-01-15T07:59:00Z", "reason": "a laptop was stolen"}
REFUSED_TO = NOW - 61


def asking(*requests: Mapping[str, str], **parts: Any) -> PlaneObserved:
    """A settled Plane of two apps with these requests."""
    members = (member(shop()), member(shop(name="bank"), signing_key(KeyState.ABSENT)))
    held = parts.get("published", published())
    status = parts.pop("status", {})
    wanted = plane(spec={"revocations": list(requests)}, status=status)
    observed = settled_plane(**{"plane": wanted, "members": members, "broker": broker(held), **parts})
    return replace(observed, objects=settled_plane().objects)


def revoked(observed: PlaneObserved) -> dict[str, int] | None:
    """What the Plane signs as revoked, None where it signs nothing."""
    for action in decide_plane(observed, SETTINGS, NOW).actions:
        if isinstance(action, PublishAccounts):
            (claims,) = [item.claims for item in action.accounts if item.claims.subject == public("account")]
            return dict(claims.revocations)
    return None


def said(status: PlaneStatus) -> tuple[str, str] | None:
    """Reason and message of `Revoked`, None where nothing is said."""
    return next(((c.reason, c.message) for c in status.conditions if c.type == "Revoked"), None)


def looked(observed: PlaneObserved, now: int = NOW) -> PlaneStatus:
    """The status after a look."""
    status = decide_plane(observed, SETTINGS, now).status
    assert isinstance(status, PlaneStatus)
    return status


def after(observed: PlaneObserved, status: PlaneStatus, **parts: Any) -> PlaneObserved:
    """What the next look sees."""
    return replace(observed, plane=observed.plane.model_copy(update={"status": status}), **parts)


def test_a_plane_revokes_any_apps_key_as_of_its_issuance_and_one_that_was_never_issued_for_all_time() -> None:
    observed = asking({"publicKey": user("bank-pay")}, {"publicKey": user("shop-orders-old")}, LEAKED)
    assert revoked(observed) == {user("bank-pay"): NOW, user("shop-orders-old"): NOW, user("leaked"): LATEST_TIME}


def test_everything_issued_before_a_time_is_one_entry_whoever_signed_it() -> None:
    assert revoked(asking(BEFORE)) == {EVERY_USER: REFUSED_TO}


def test_a_later_time_takes_the_place_of_an_earlier_one_and_an_earlier_one_undoes_nothing() -> None:
    held = published(revocations={EVERY_USER: REFUSED_TO})
    assert revoked(asking({"issuedBefore": AT_NOW}, published=held)) == {EVERY_USER: NOW - 1}
    assert revoked(asking({"issuedBefore": "2026-01-01T00:00:00Z"}, published=held)) is None


def test_a_second_look_signs_nothing_and_taking_a_request_out_again_undoes_nothing() -> None:
    held = published(revocations={EVERY_USER: REFUSED_TO, user("leaked"): LATEST_TIME, user("bank-pay"): NOW - 50})
    assert revoked(asking(BEFORE, LEAKED, {"publicKey": user("bank-pay")}, published=held)) is None
    assert revoked(asking(published=held)) is None


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        ({}, "spec.revocations[0]: it needs one of publicKey and issuedBefore"),
        ({**LEAKED, "issuedBefore": AT_NOW}, "it needs one of publicKey and issuedBefore"),
        ({"issuedBefore": "2027-01-15T08:00:01Z"}, "is in the future; it counts once that time has come"),
        ({"issuedBefore": "2027-13-45T99:00:00Z"}, "is no time"),
    ],
)
def test_a_request_that_cannot_be_meant_revokes_nothing_is_told_by_its_field_and_leaves_the_plane_ready(
    request_: dict[str, str], says: str
) -> None:
    observed = asking(request_)
    assert revoked(observed) is None
    status = looked(observed)
    reason, message = said(status) or ("", "")
    assert (reason, says in message) == ("RevocationRefused", True)
    assert status.phase == "Ready"


def test_the_operators_own_user_is_not_revoked_by_a_plane_either_and_nothing_else_waits_for_that() -> None:
    own = user("microbus-operator")
    observed = asking({"publicKey": own}, LEAKED, broker=replace(broker(), system_user=own))
    assert revoked(observed) == {user("leaked"): LATEST_TIME}
    status = looked(asking({"publicKey": own}, broker=replace(broker(), system_user=own)))
    reason, message = said(status) or ("", "")
    assert (reason, "restart the operator to have it replaced" in message) == ("SystemUser", True)
    assert (status.phase, status.receipts) == ("Ready", ())


def test_a_plane_that_was_never_asked_says_nothing_of_revocations() -> None:
    assert said(looked(asking())) is None
    assert said(
        looked(asking(status={"conditions": [c.to_manifest() for c in looked(asking(LEAKED)).conditions]}))
    ) == (
        "NothingRequested",
        "spec.revocations asks for nothing",
    )


# Put back or lost.


def test_a_lost_config_map_and_status_get_the_planes_revocations_back_from_a_server_n18() -> None:
    observed = asking(plane=new_plane(), published=PublishedAccounts())
    held = broker(published(revocations={EVERY_USER: REFUSED_TO, user("leaked"): LATEST_TIME}))
    assert revoked(replace(observed, broker=held)) == {EVERY_USER: REFUSED_TO, user("leaked"): LATEST_TIME}


def test_a_config_map_of_yesterday_gets_them_back_from_a_resolver_n18() -> None:
    jwt = account_jwt(revocations={EVERY_USER: REFUSED_TO}, at=NOW - 5)
    assert revoked(serving(asking(published=published(at=NOW - 86400)), jwt)) == {EVERY_USER: REFUSED_TO}


def test_with_all_of_them_put_back_what_is_still_asked_for_is_revoked_again() -> None:
    observed = asking(BEFORE, LEAKED, published=published(at=NOW - 86400))
    assert revoked(observed) == {EVERY_USER: REFUSED_TO, user("leaked"): LATEST_TIME}


# What takes the place of what is dead.


def test_credentials_issued_before_the_time_are_issued_anew_and_later_ones_stand() -> None:
    held = published(revocations={EVERY_USER: REFUSED_TO})
    (action,) = decide_app(running([], held), NOW).actions
    assert isinstance(action, IssueUser)
    assert action.annotations["microbus.io/issued-because"] == "Revoked"
    fresh = creds(issued_at=REFUSED_TO + 1, expires_at=NOW + 9999)
    assert decide_app(running([], held, creds={"orders.example": fresh}), NOW).actions == ()


def test_what_is_issued_is_later_than_what_is_refused_whatever_the_clock_says_n15() -> None:
    held = published(revocations={EVERY_USER: NOW - 1})
    (action,) = decide_app(running([], held), NOW - 5000).actions
    assert isinstance(action, IssueUser)
    assert action.issued_after >= NOW - 1


# The receipts.


def test_a_planes_receipts_tell_each_step_and_are_complete_when_nobody_issued_before_is_connected() -> None:
    observed = asking(BEFORE)
    first = looked(observed)
    (receipt,) = first.receipts
    assert (receipt.public_key, receipt.issued_before, receipt.requested_at) == (EVERY_USER, NOW - 60, NOW)
    assert (receipt.reason, receipt.signed_at) == ("a laptop was stolen", None)
    assert said(first) == (
        "Revoking",
        "not yet refused by every server and without a connection: every user issued before 2027-01-15T07:59:00Z",
    )

    signed = published(revocations={EVERY_USER: REFUSED_TO})
    left = broker(signed, connections=[connection("orders", issued_at=NOW - 100)])
    second = decide_plane(after(observed, first, published=signed, broker=left), SETTINGS, NOW + 1)
    (receipt,) = second.status.receipts
    assert (receipt.signed_at, receipt.served_at, receipt.closed_at) == (NOW + 1, NOW + 1, None)
    assert [(each.name, each.acknowledged_at) for each in receipt.servers] == [("prod-nats-0", NOW + 1)]
    assert second.look_again == 1.0

    back = broker(signed, connections=[connection("orders", issued_at=NOW)])
    third = decide_plane(after(observed, second.status, published=signed, broker=back), SETTINGS, NOW + 2)
    (receipt,) = third.status.receipts
    assert receipt.closed_at == NOW + 2
    assert (said(third.status) or [""])[0] == "Revoked"
    assert third.look_again == SETTINGS.compare_every

    last = looked(after(observed, third.status, published=signed, broker=back), NOW + 99)
    assert last == third.status


def test_a_later_time_has_a_receipt_of_its_own_beside_that_of_the_earlier() -> None:
    signed = published(revocations={EVERY_USER: REFUSED_TO})
    first = looked(asking(BEFORE, published=signed))
    assert [each.closed_at for each in first.receipts] == [NOW]
    more = asking(BEFORE, {"issuedBefore": AT_NOW}, published=signed)
    second = looked(after(more, first), NOW + 1)
    assert [(each.issued_before, each.closed_at) for each in second.receipts] == [(NOW - 60, NOW), (NOW, None)]


def test_a_connection_of_which_nobody_knows_when_it_was_issued_is_no_proof() -> None:
    signed = published(revocations={EVERY_USER: REFUSED_TO})
    left = broker(signed, connections=[connection("orders", issued_at=None)])
    (receipt,) = looked(asking(BEFORE, published=signed, broker=left)).receipts
    assert receipt.closed_at is None


def test_a_planes_receipt_of_a_key_names_the_microservice_that_had_it() -> None:
    (receipt,) = looked(asking({"publicKey": user("bank-pay"), "reason": "in a log"})).receipts
    assert (receipt.public_key, receipt.hostname, receipt.reason) == (user("bank-pay"), "pay.example", "in a log")
