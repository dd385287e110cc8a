"""The generations of a Plane's account: which is in use, which is to come, and what is made next."""

from __future__ import annotations

import pytest

from gencreds.nats.claims import EVERY_KEY
from microbus_operator.api.plane import Plane
from microbus_operator.core.account_keys import (
    ACCOUNT,
    account_refs,
    active,
    coming,
    is_tombstone,
    next_account,
    target,
    with_tombstones,
)
from microbus_operator.core.accounts import plane_account_claims, tombstone_claims
from microbus_operator.core.keys import AccountKey, KeyObservation, KeyState
from microbus_operator.core.plane_keys import key_trouble

from .builders import NOW, plane, plane_observed, public


def of_generation(generation: int, *abandoned: int) -> Plane:
    return plane(spec={"keys": {"account": {"generation": generation, "abandoned": list(abandoned)}}})


def accounts(subject: Plane, *made: str, known: str = "", gone: str = "") -> tuple[AccountKey, ...]:
    """Places of which those are taken that `made` has a name for; `known` and `gone` name accounts by that."""
    refs = account_refs(subject)
    named = [*made, *[""] * (len(refs) - len(made))]
    return tuple(
        AccountKey(
            KeyObservation(ref, KeyState.PRESENT if name else KeyState.ABSENT, public(name) if name else None),
            number,
            is_known=name != "" and name == known,
            replaced_by=public("another") if name and name == gone else "",
        )
        for number, (ref, name) in enumerate(zip(refs, named, strict=True), 1)
    )


def test_a_new_plane_has_its_account_made_in_the_generation_that_it_asks_for() -> None:
    asked = of_generation(3)
    mint = next_account(accounts(asked), asked)
    assert mint is not None
    assert mint.key.secret == "prod-account-3"


@pytest.mark.parametrize(
    ("asked", "made", "gone", "due"),
    [
        (of_generation(1), ["a"], "", None),
        (of_generation(2), ["a"], "", "prod-account-2"),
        (of_generation(4), ["a"], "", "prod-account-4"),
        (of_generation(2, 2), ["a"], "", None),
        (of_generation(2), ["a", "b"], "", None),
        (of_generation(3), ["a", "b"], "", None),
        (of_generation(3), ["a", "b"], "a", "prod-account-3"),
        (of_generation(2, 2), ["a", "b"], "b", None),
    ],
)
def test_one_replacement_ends_before_the_next_one_begins(
    asked: Plane, made: list[str], gone: str, due: str | None
) -> None:
    mint = next_account(accounts(asked, *made, gone=gone), asked)
    assert (mint.key.secret if mint else None) == due


def test_credentials_are_for_the_coming_account_once_every_server_knows_it_and_not_where_it_is_called_off() -> None:
    asked = of_generation(2)
    there = accounts(asked, "a", "b")
    new = coming(there)
    assert (active(there).public_key, new.public_key if new else "") == (public("a"), public("b"))
    assert target(there, asked).public_key == public("a")
    assert target(accounts(asked, "a", "b", known="b"), asked).public_key == public("b")
    assert target(accounts(asked, "a", "b", known="b"), of_generation(2, 2)).public_key == public("a")
    # Too late to call it off: the old one is closed.
    assert target(accounts(asked, "a", "b", gone="a"), of_generation(2, 2)).public_key == public("b")


def test_a_tombstone_closes_an_account_whatever_its_secret_says_and_a_revocation_of_everybody_does_not() -> None:
    asked = of_generation(2)
    there = accounts(asked, "a", "b")
    revoked = plane_account_claims(asked, public("a"), (), {EVERY_KEY: NOW})
    assert not is_tombstone(revoked)
    assert active(with_tombstones(there, [revoked])).public_key == public("a")
    assert active(with_tombstones(there, [tombstone_claims(asked, public("a"))])).public_key == public("b")


def test_an_identity_that_is_lost_is_never_made_again_by_raising_the_generation_k1() -> None:
    asked = of_generation(2)
    trouble = key_trouble(plane_observed(plane=asked, accounts=accounts(asked)))
    assert trouble is not None
    assert trouble.reason == "SeedLost"
    assert "prod-account-1" in trouble.message
    assert public(ACCOUNT) in trouble.message
