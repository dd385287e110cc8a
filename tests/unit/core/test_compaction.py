"""Which revocations are dropped, and which stay: only those whose signer is never let in again (pitfall N17)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from microbus_operator.core.actions import PublishAccounts
from microbus_operator.core.keys import SigningKey
from microbus_operator.core.plane import decide_plane

from .builders import (
    APP_KEY,
    NOW,
    SETTINGS,
    app,
    member,
    plane,
    public,
    published,
    settled_plane,
    signing_key,
    user,
)

REVOKED = {user("first"): NOW - 50, user("second"): NOW - 40}
NEWER = signing_key(name="next", place=2, generation=2)


def signed(old: SigningKey, *more: SigningKey, **parts: Any) -> tuple[tuple[str, ...], Mapping[str, int]] | None:
    """The account that is signed anew, where it is: its signing keys and what it revokes."""
    of = parts.pop("app", app())
    allowed = parts.pop("allowed", True)
    known = published((APP_KEY, "next"), revocations=REVOKED)
    observed = settled_plane(**{"members": (member(of, old, *more, allowed=allowed),), "published": known, **parts})
    for action in decide_plane(observed, SETTINGS, NOW).actions:
        assert isinstance(action, PublishAccounts)
        for item in action.accounts:
            if item.claims.subject == public("account"):
                return item.claims.signing_keys, item.claims.revocations
    return None


def old_key(**more: Any) -> SigningKey:
    """A key that signed for the first of the two."""
    return signing_key(revoked=frozenset({user("first")}), **more)


def test_a_key_that_is_replaced_takes_its_users_revocations_with_it() -> None:
    assert signed(old_key(replaced_by=public("next")), NEWER) == ((public("next"),), {user("second"): NOW - 40})


def test_while_both_keys_are_valid_nothing_is_dropped() -> None:
    assert signed(old_key(), NEWER) is None


def test_what_people_ask_for_stays_whoever_signed_for_it() -> None:
    asked = app(spec={"revocations": [{"publicKey": user("first")}]})
    found = signed(old_key(replaced_by=public("next")), NEWER, app=asked)
    assert found is not None
    assert set(found[1]) == set(REVOKED)


def test_an_app_that_is_deleted_takes_its_users_revocations_with_it() -> None:
    found = signed(old_key(), app=app(deletionTimestamp="2027-01-15T08:00:00Z"))
    assert found == ((), {user("second"): NOW - 40})


def test_an_app_that_is_not_allowed_any_more_may_come_back_so_that_nothing_is_dropped() -> None:
    found = signed(old_key(), app=app(namespace="out"), allowed=False)
    assert found is not None
    assert set(found[1]) == set(REVOKED)


def test_a_replaced_key_does_not_come_back_with_an_older_config_map_n18() -> None:
    old = old_key(replaced_by=public("next"))
    host = plane(status={"signingKeys": [{"app": "infra/shop", "publicKey": public("next")}]})
    found = signed(old, NEWER, published=published((APP_KEY,), revocations=REVOKED), plane=host)
    assert found == ((public("next"),), {user("second"): NOW - 40})
