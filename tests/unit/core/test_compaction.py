"""Which revocations are dropped, and which stay: only those of users that are never let in again (pitfall N17)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from microbus_operator.core.actions import Annotate, PublishAccounts
from microbus_operator.core.app import decide_app
from microbus_operator.core.compaction import read
from microbus_operator.core.keys import SigningKey
from microbus_operator.core.plane import decide_plane
from microbus_operator.core.signing_keys import REVOKED_ANNOTATION

from .builders import (
    APP_KEY,
    LIFE,
    NOW,
    SETTINGS,
    app,
    broker,
    creds,
    member,
    plane,
    public,
    published,
    settled_app,
    settled_plane,
    signing_key,
    signing_keys,
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


# Users that have expired.

DAY = 86400


def expired_key(end: int, name: str = "first") -> SigningKey:
    """The key that is in use, with one revoked user that ended at `end`."""
    return signing_key(revoked=frozenset({user(name)}), ends={user(name): end})


def test_a_user_that_expired_a_day_ago_is_dropped_and_one_of_which_that_is_not_proven_stays_n17() -> None:
    known = published(revocations=REVOKED)
    assert signed(expired_key(NOW - DAY - 1), published=known) == ((public(APP_KEY),), {user("second"): NOW - 40})
    assert signed(expired_key(NOW - DAY), published=known) is None
    assert signed(signing_key(revoked=frozenset(REVOKED)), published=known) is None


def test_what_people_ask_for_stays_when_it_has_expired() -> None:
    known = published(revocations=REVOKED)
    asked = {"revocations": [{"publicKey": user("first")}]}
    for parts in ({"app": app(spec=asked)}, {"plane": plane(spec=asked)}):
        found = signed(expired_key(NOW - DAY - 1), published=known, **parts)
        assert found is not None
        assert set(found[1]) == set(REVOKED)


def test_what_an_app_waits_to_see_revoked_stays_until_it_has() -> None:
    known = published(revocations=REVOKED)
    for status in (
        {"revoking": [{"publicKey": user("first"), "issuedAt": NOW - 60}]},
        {"receipts": [{"publicKey": user("first"), "requestedAt": NOW - 50, "signedAt": NOW - 50}]},
    ):
        assert signed(expired_key(NOW - DAY - 1), app=app(status=status), published=known) is None


def test_who_signed_for_a_user_and_when_it_ends_is_noted_as_its_own_jwt_said_while_it_was_in_use() -> None:
    """Whoever may edit an app's Secret has nobody else's revocation dropped by it."""
    held = published(revocations={user("orders-0"): NOW - 10, user("bank"): NOW - 10})
    former = {user("orders-0"): NOW - 900, user("bank"): NOW - 900}
    found = creds(previous=former)
    before: dict[str, Any] = {
        "hostname": "orders.example",
        "bundle": "main",
        "secretName": "x",
        "userPublicKey": user("orders-1"),
    }
    known = {"publicKey": user("orders-0"), "issuedAt": NOW - 900, "signer": public(APP_KEY), "expiresAt": NOW + 7}
    before |= {"previous": [known, {"publicKey": user("bank"), "issuedAt": NOW - 900}]}
    observed = settled_app(app=app(status={"services": [before]}), published=held, creds={"orders.example": found})
    (text,) = [
        action.annotations[REVOKED_ANNOTATION]
        for action in decide_app(observed, NOW).actions
        if isinstance(action, Annotate) and REVOKED_ANNOTATION in action.annotations
    ]
    assert read(text or "") == (frozenset({user("orders-0")}), {user("orders-0"): NOW + 7})


def test_a_key_that_no_key_of_the_account_signed_has_no_proven_end() -> None:
    (service,) = decide_app(settled_app(), NOW).status.services
    assert (service.signer, service.expires_at) == (public(APP_KEY), NOW - 100 + LIFE)
    forged = settled_app(creds={"orders.example": creds(issuer=public("evil"), expires_at=NOW - 9 * DAY)})
    (service,) = decide_app(forged, NOW).status.services
    assert (service.signer, service.expires_at) == (None, None)


def test_a_replaced_key_keeps_the_end_that_it_had() -> None:
    before = decide_app(settled_app(), NOW).status
    replaced = creds("orders-2", previous={user("orders-1"): NOW - 100, user("orders-0"): NOW - 900})
    later = settled_app(app=app().model_copy(update={"status": before}), creds={"orders.example": replaced})
    (service,) = decide_app(later, NOW).status.services
    said = {each.public_key: (each.signer, each.expires_at) for each in service.previous}
    assert said == {user("orders-1"): (public(APP_KEY), NOW - 100 + LIFE), user("orders-0"): (None, None)}


def test_what_has_been_dropped_everywhere_is_written_down_no_longer() -> None:
    old = signing_key(
        revoked=frozenset({user("first"), user("second")}), ends={user("first"): NOW - 2 * DAY, user("second"): NOW}
    )
    held = published(revocations={user("second"): NOW - 40})
    ready = settled_app(signing_keys=signing_keys(old), published=held)
    claimed = replace(ready, app=ready.app.model_copy(update={"status": decide_app(ready, NOW).status}))
    (action,) = decide_app(claimed, NOW).actions
    assert isinstance(action, Annotate)
    assert read(action.annotations[REVOKED_ANNOTATION] or "") == (frozenset({user("second")}), {user("second"): NOW})
    behind = replace(claimed, broker=broker(published(revocations=REVOKED)))
    assert not [each for each in decide_app(behind, NOW).actions if isinstance(each, Annotate)]


def test_what_is_written_beside_a_key_is_read_as_it_was_and_nonsense_says_nothing() -> None:
    text = f"{user('a')}={NOW} {user('b')} {user('c')}=soon {user('d')}={'9' * 40} *={NOW} x=1 ="
    assert read(text) == (frozenset(map(user, "abcd")), {user("a"): NOW})
