"""Must credentials be issued, and why: each policy alone, and their order. Pitfalls K4, K5, N10, R8."""

from __future__ import annotations

from typing import Any

import pytest

from microbus_operator.core.observed import CredsObservation
from microbus_operator.core.policies import WantedCreds, must_issue, renewal_time

from .builders import LIFE, NOW, creds, public, service, user

ISSUED = NOW - 100


def wanted(**more: Any) -> WantedCreds:
    """What `creds()` already satisfies."""
    said = service()
    defaults: dict[str, Any] = {"hostname": "orders.example", "account": public("account"), "life": LIFE}
    defaults |= {"signing_key": public("app-signing"), "pub": said.pub, "sub": said.sub}
    return WantedCreds(**{**defaults, **more})


def word(want: WantedCreds, found: CredsObservation | None, now: int = NOW) -> str | None:
    """The reason's word."""
    reason = must_issue(want, found, now)
    return reason.word if reason else None


@pytest.mark.parametrize(
    ("want", "found", "expected"),
    [
        ({}, creds(), None),
        ({}, None, "NoCredentials"),
        ({}, creds(invalid="nats.creds: CredsInvalid"), "CredentialsInvalid"),
        ({"account": public("other")}, creds(), "AccountChanged"),
        ({"signing_key": public("other")}, creds(), "SigningKeyChanged"),
        ({"revoked": {user("orders-1"): ISSUED}}, creds(), "Revoked"),
        ({"revoked": {user("orders-1"): ISSUED - 1}}, creds(), None),
        ({"revoked": {user("another"): NOW}}, creds(), None),
        ({"pub": ("prod.safe.443.orders_example.x.~.GET.y",)}, creds(), "GrantsChanged"),
        ({"sub": ()}, creds(), "GrantsChanged"),
        ({}, creds(expires_at=None), "ExpirationChanged"),
        ({"life": 0}, creds(expires_at=None), None),
        ({"life": 0}, creds(), None),
    ],
)
def test_each_policy_has_its_word(want: dict[str, Any], found: CredsObservation | None, expected: str | None) -> None:
    assert word(wanted(**want), found) == expected


def test_an_equal_allow_list_in_another_order_is_no_change_k4() -> None:
    said = service(pub=("prod.safe.443.orders_example.a.~.GET.x", "prod.safe.443.orders_example.b.~.GET.x"))
    assert word(wanted(pub=tuple(reversed(said.pub))), creds(of=said)) is None


@pytest.mark.parametrize(("passed", "expected"), [(LIFE * 2 // 3 - 1, None), (LIFE * 2 // 3, "Expiring")])
def test_credentials_are_renewed_at_two_thirds_of_their_life_n10(passed: int, expected: str | None) -> None:
    assert renewal_time(ISSUED, ISSUED + LIFE) == ISSUED + LIFE * 2 // 3
    assert word(wanted(), creds(), ISSUED + passed) == expected


def test_a_shortened_life_counts_for_what_was_issued_before() -> None:
    assert word(wanted(life=90), creds(), ISSUED + 59) is None
    assert word(wanted(life=90), creds(), ISSUED + 60) == "Expiring"


def test_what_cannot_be_read_is_not_judged_by_what_it_says() -> None:
    found = CredsObservation(resource_version="1", invalid="JWT and seed differ")
    assert word(wanted(), found) == "CredentialsInvalid"


def test_reasons_tell_the_microservice_and_no_subject() -> None:
    reason = must_issue(wanted(sub=()), creds(), NOW)
    assert reason is not None
    assert reason.message == "the source of orders.example changed its grants: 0 added, 1 removed"
