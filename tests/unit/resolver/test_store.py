"""By which rules a published JWT is served."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gencreds.nats.nkeys import KeyKind, Seed
from microbus_operator.resolver import store as rules
from microbus_operator.resolver.store import AccountStore, Judgement, Publication

from .publications import Publisher, take


def refused(judgement: Judgement) -> str:
    """The only refusal's reason."""
    assert judgement.accounts == ()
    assert len(judgement.refusals) == 1
    return judgement.refusals[0].reason


def test_what_an_operator_vouches_for_is_served() -> None:
    publisher, store = Publisher(), AccountStore()
    take(store, publisher.publication(publisher.jwt()))
    assert store.body(publisher.account.public_key) == publisher.jwt().encode()
    assert store.body(Seed.create(KeyKind.ACCOUNT).public_key) is None


def test_white_space_around_a_jwt_is_no_part_of_it() -> None:
    publisher, store = Publisher(), AccountStore()
    take(store, publisher.publication(f"\n {publisher.jwt()}\n"))
    assert store.body(publisher.account.public_key) == publisher.jwt().encode()


def test_a_second_look_at_the_same_changes_nothing() -> None:
    publisher, store = Publisher(), AccountStore()
    take(store, publisher.publication(publisher.jwt()))
    assert take(store, publisher.publication(publisher.jwt())) == Judgement()


@given(st.lists(st.integers(0, 50), min_size=1, max_size=8))
@settings(max_examples=50, deadline=None)
def test_whatever_is_replayed_in_whatever_order_the_newest_is_served(order: list[int]) -> None:
    """N6, N18: nobody else on the way compares dates."""
    publisher, store = PUBLISHER, AccountStore()
    for iat in order:
        take(store, publisher.publication(publisher.jwt(iat)))
    assert store.body(publisher.account.public_key) == publisher.jwt(max(order)).encode()


PUBLISHER = Publisher()


def test_another_jwt_of_the_same_second_is_refused() -> None:
    publisher, store = Publisher(), AccountStore()
    take(store, publisher.publication(publisher.jwt(5)))
    revoked = {Seed.create(KeyKind.USER).public_key: 1}
    assert "is not later than" in refused(take(store, publisher.publication(publisher.jwt(5, revoked))))
    assert store.body(publisher.account.public_key) == publisher.jwt(5).encode()


def test_a_jwt_under_another_accounts_name_is_refused() -> None:
    publisher, other, store = Publisher(), Seed.create(KeyKind.ACCOUNT).public_key, AccountStore()
    entries = {"operator.jwt": publisher.operator(), f"{other}.jwt": publisher.jwt()}
    assert publisher.account.public_key in refused(take(store, Publication("x", entries)))
    assert store.body(other) is None


@pytest.mark.parametrize("signer", ["identity", "account", "stranger"])
def test_a_jwt_that_no_signing_key_of_the_operator_signed_is_refused(signer: str) -> None:
    publisher, store = Publisher(), AccountStore()
    keys = {
        "identity": publisher.identity,
        "account": publisher.account,
        "stranger": Seed.create(KeyKind.OPERATOR),
    }
    reason = refused(take(store, publisher.publication(publisher.jwt(signer=keys[signer]))))
    assert "may not sign accounts of operator" in reason


def test_the_identity_may_sign_where_signing_keys_are_not_strict() -> None:
    publisher, store = Publisher(), AccountStore()
    jwt = publisher.jwt(signer=publisher.identity)
    assert take(store, publisher.publication(jwt, publisher.operator(strict=False))).accounts


def test_an_operator_jwt_that_a_signing_key_signed_vouches_for_nothing() -> None:
    """A stolen signing key could otherwise name its thief's keys."""
    publisher, store = Publisher(), AccountStore()
    publication = publisher.publication(publisher.jwt(), publisher.operator(signer=publisher.signing))
    assert "did not sign it itself" in refused(take(store, publication))


def test_without_an_operator_jwt_nobody_vouches() -> None:
    publisher, store = Publisher(), AccountStore()
    assert "nobody vouches" in refused(take(store, Publication("x", {publisher.entry: publisher.jwt()})))


def test_an_account_stays_with_the_operator_it_was_first_seen_with() -> None:
    first, store = Publisher(), AccountStore()
    second = Publisher(account=first.account)
    take(store, first.publication(first.jwt()))
    reason = refused(take(store, second.publication(second.jwt(99), origin="ConfigMap c/d")))
    assert f"belongs to operator {first.identity.public_key}" in reason
    assert store.body(first.account.public_key) == first.jwt().encode()


def test_a_signing_key_that_a_newer_operator_jwt_dropped_signs_nothing_any_more() -> None:
    publisher, store, new = Publisher(), AccountStore(), Seed.create(KeyKind.OPERATOR)
    take(store, publisher.publication(publisher.jwt()))
    take(store, publisher.publication(publisher.jwt(10, signer=new), publisher.operator(10, signing=new)))
    # The old operator JWT, replayed beside an account that the dropped key signed.
    assert "may not sign" in refused(take(store, publisher.publication(publisher.jwt(20), publisher.operator())))


def test_what_disappears_is_served_on_and_told() -> None:
    """N5: a 404 locks nobody out, and keeps servers from starting."""
    publisher, store = Publisher(), AccountStore()
    take(store, publisher.publication(publisher.jwt()))
    account = publisher.account.public_key
    assert take(store, Publication("ConfigMap a/b", {})).missing == (account,)
    assert take(store, Publication("ConfigMap a/b", {"operator.jwt": publisher.operator()})).missing == (account,)
    assert store.body(account) == publisher.jwt().encode()


@pytest.mark.parametrize("garbage", ["", "x", "a.b.c", "é", "eyJ" * 1000, "." * 9, "\x00"])
def test_garbage_is_refused_beside_what_is_good(garbage: str) -> None:
    publisher, store, other = Publisher(), AccountStore(), Seed.create(KeyKind.ACCOUNT).public_key
    entries = {"operator.jwt": publisher.operator(), publisher.entry: publisher.jwt(), f"{other}.jwt": garbage}
    judgement = take(store, Publication("x", entries))
    assert [known.account for known in judgement.accounts] == [publisher.account.public_key]
    assert [refusal.entry for refusal in judgement.refusals] == [f"{other}.jwt"]


@given(st.binary(max_size=200), st.integers(0, 400))
@settings(max_examples=200, deadline=None)
def test_a_jwt_that_was_changed_anywhere_is_refused(noise: bytes, at: int) -> None:
    jwt, store = PUBLISHER.jwt(), AccountStore()
    changed = jwt[:at] + noise.hex() + jwt[at + len(noise.hex()) :]
    judgement = take(store, PUBLISHER.publication(changed))
    assert bool(judgement.accounts) == (changed == jwt)


def test_more_entries_than_are_read_refuse_the_whole_publication() -> None:
    publisher, store = Publisher(), AccountStore()
    many = {f"{number}.jwt": "x" for number in range(rules.MOST_ENTRIES)}
    publication = Publication("x", {"operator.jwt": publisher.operator(), publisher.entry: publisher.jwt(), **many})
    assert "are the most that are read" in refused(take(store, publication))


def test_where_there_is_no_room_known_accounts_still_change(monkeypatch: pytest.MonkeyPatch) -> None:
    publisher, store = Publisher(), AccountStore()
    take(store, publisher.publication(publisher.jwt()))
    monkeypatch.setattr(rules, "MOST_ACCOUNTS", 1)
    other = Publisher()
    assert "would be exceeded" in refused(take(store, other.publication(other.jwt(), origin="ConfigMap c/d")))
    assert take(store, publisher.publication(publisher.jwt(5))).accounts
    monkeypatch.setattr(rules, "MOST_BYTES", len(publisher.jwt(5)))
    revoked = {Seed.create(KeyKind.USER).public_key: 1}
    assert "would be exceeded" in refused(take(store, publisher.publication(publisher.jwt(6, revoked))))


def test_a_publications_repr_has_no_jwt_in_it() -> None:
    publisher, store = Publisher(), AccountStore()
    publication = publisher.publication(publisher.jwt())
    judgement = take(store, publication)
    assert "eyJ" not in f"{publication!r}{judgement!r}"
