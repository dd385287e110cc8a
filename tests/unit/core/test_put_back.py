"""What is put back or lost: a ConfigMap of yesterday, a status, a key. Nobody is revoked for it, and nobody let in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gencreds.nats.claims import AccountClaims
from gencreds.nats.jwt import encode
from gencreds.nats.nkeys import KeyKind
from microbus_operator.core.accounts import plane_account_claims
from microbus_operator.core.actions import PublishAccounts
from microbus_operator.core.keys import KeyState
from microbus_operator.core.observed import PlaneObserved, PublishedAccounts, Trouble
from microbus_operator.core.plane import decide_plane

from .builders import (
    APP_KEY,
    NO_BROKER,
    NOW,
    SETTINGS,
    account_jwt,
    app,
    broker,
    member,
    new_plane,
    plane,
    public,
    published,
    seed,
    settled_plane,
    signing_key,
    user,
)

YESTERDAY = NOW - 86400
BEHIND = Trouble("ResolverBehind", "it serves another JWT", passing=True)


def signed(observed: PlaneObserved) -> dict[str, tuple[AccountClaims, int]]:
    """The accounts that are signed anew: their claims, and the `iat` that theirs has to be later than."""
    found: dict[str, tuple[AccountClaims, int]] = {}
    for action in decide_plane(observed, SETTINGS, NOW).actions:
        assert isinstance(action, PublishAccounts)
        found |= {item.claims.subject: (item.claims, item.not_before) for item in action.accounts}
    return found


def serving(observed: PlaneObserved, jwt: str) -> PlaneObserved:
    """The same where a resolver serves `jwt` as the Plane's account."""
    return replace(observed, served=BEHIND, served_instead={public("account"): (jwt,)})


@pytest.mark.parametrize("state", [KeyState.ABSENT, KeyState.INVALID, KeyState.FOREIGN])
def test_a_lost_status_and_a_key_that_cannot_be_read_take_no_signing_key_out_k2(state: KeyState) -> None:
    unknown = member(app(name="pay", uid="pay-uid"), signing_key(state, name="pay"))
    held = published(signing=(APP_KEY, "pay"))
    observed = settled_plane(plane=new_plane(), members=(member(), unknown), published=held)
    assert signed(observed) == {}
    assert signed(replace(observed, members=(unknown,))) == {}


def test_a_lost_status_keeps_what_may_be_of_an_app_in_a_namespace_that_is_not_watched_k2() -> None:
    held = published(signing=(APP_KEY, "elsewhere"))
    assert signed(settled_plane(plane=new_plane(), published=held, watches_all=False)) == {}


def test_a_signing_key_that_nobody_can_have_goes_with_a_lost_status_too() -> None:
    observed = settled_plane(plane=new_plane(), published=published(signing=(APP_KEY, "stranger")))
    assert signed(observed)[public("account")][0].signing_keys == (public(APP_KEY),)


def test_the_key_of_an_app_that_is_being_deleted_goes_whatever_else_is_unknown() -> None:
    leaving = member(app(name="pay", uid="pay-uid", deletionTimestamp="2027-01-15T08:00:00Z"), signing_key(name="pay"))
    unknown = member(None, signing_key(KeyState.INVALID))
    held = published(signing=(APP_KEY, "pay"))
    observed = settled_plane(plane=new_plane(), members=(leaving, unknown), published=held)
    assert signed(observed)[public("account")][0].signing_keys == (public(APP_KEY),)


def test_yesterdays_config_map_with_the_same_claims_is_signed_anew_n18() -> None:
    observed = settled_plane(published=published(at=YESTERDAY))
    held = replace(observed, broker=broker(published(at=NOW - 100)))
    assert {not_before for _, not_before in signed(held).values()} == {NOW - 100}


def test_what_only_a_resolver_still_serves_is_signed_anew_with_its_revocations_n18() -> None:
    observed = settled_plane(published=published(at=YESTERDAY))
    found = signed(serving(observed, account_jwt(revocations={user("leaked"): NOW - 10}, at=NOW - 5)))
    claims, not_before = found[public("account")]
    assert (claims.revocations, not_before) == ({user("leaked"): NOW - 10}, NOW - 5)


def test_a_clock_that_was_set_back_does_not_sign_what_the_resolver_refuses_n6() -> None:
    observed = settled_plane(published=published(at=YESTERDAY))
    ahead = replace(observed, broker=broker(published(revocations={user("leaked"): NOW + 50}, at=NOW + 500)))
    claims, not_before = signed(ahead)[public("account")]
    assert (claims.revocations, not_before) == ({user("leaked"): NOW + 50}, NOW + 500)


def test_what_a_resolver_serves_that_no_key_of_ours_signed_says_nothing() -> None:
    claims = plane_account_claims(plane(), public("account"), [public("evil")], {"*": NOW + 9})
    forged = encode(claims, seed("evil", KeyKind.OPERATOR), issued_at=NOW + 10)
    observed = settled_plane()
    assert signed(serving(observed, forged)) == {}
    assert signed(serving(observed, "garbage")) == {}


def test_a_lost_config_map_and_status_get_revocations_back_from_a_resolver_n18() -> None:
    observed = settled_plane(plane=new_plane(), published=PublishedAccounts())
    jwt = account_jwt(revocations={user("leaked"): NOW - 10})
    assert signed(serving(observed, jwt))[public("account")][0].revocations == {user("leaked"): NOW - 10}


def test_a_lost_config_map_and_status_wait_for_brokers_that_were_set_up_n18() -> None:
    observed = replace(settled_plane(), plane=new_plane(), published=PublishedAccounts(), broker=NO_BROKER)
    decision = decide_plane(observed, SETTINGS, NOW)
    assert decision.actions == ()
    assert "AccountsLost" in {condition.reason for condition in decision.status.conditions}
    assert signed(replace(observed, objects={}))
