"""Which keys are refused: lost, invalid, a stranger's. Pitfalls K1, K2, K9, N25."""

from __future__ import annotations

import pytest

from microbus_operator.core.keys import KeyState, judged
from microbus_operator.core.observed import PublishedAccounts
from microbus_operator.core.plane_keys import key_trouble

from .builders import key, keys, member, new_plane, plane_observed, public, signing_key

RECORDED = frozenset({public("account")})


@pytest.mark.parametrize(
    ("state", "recorded", "reason"),
    [
        (KeyState.ABSENT, frozenset(), None),
        (KeyState.ABSENT, RECORDED, "SeedLost"),
        (KeyState.PRESENT, frozenset(), None),
        (KeyState.PRESENT, RECORDED, None),
        (KeyState.PRESENT, frozenset({public("another")}), "KeyInvalid"),
        (KeyState.INVALID, frozenset(), "KeyInvalid"),
        (KeyState.INVALID, RECORDED, "KeyInvalid"),
        (KeyState.FOREIGN, frozenset(), "SecretConflict"),
        (KeyState.FOREIGN, RECORDED, "SecretConflict"),
    ],
)
def test_a_key_is_minted_only_where_it_is_provably_absent_k1_k2_k9(
    state: KeyState, recorded: frozenset[str], reason: str | None
) -> None:
    trouble = judged(key("account", state, problem="what was seen"), recorded)
    assert (trouble.reason if trouble else None) == reason
    if trouble is not None:
        assert "Secret infra/prod-account-1" in trouble.message


def test_a_lost_seed_names_the_key_and_the_way_back_k2() -> None:
    trouble = judged(key("account", KeyState.ABSENT), RECORDED)
    assert trouble is not None
    assert public("account") in trouble.message
    assert "restore that Secret from a backup" in trouble.message


def test_a_key_in_use_whose_secret_was_edited_is_to_be_restored_and_never_deleted_k9() -> None:
    free, used = (
        judged(key("account", KeyState.FOREIGN, problem="p"), known) for known in (frozenset[str](), RECORDED)
    )
    assert free is not None
    assert "rename or delete it" in free.message
    assert used is not None
    assert public("account") in used.message
    assert "restore it from a backup, and do not delete it" in used.message


@pytest.mark.parametrize("role", ["operator", "system-account", "account"])
def test_status_alone_remembers_an_identity_k1(role: str) -> None:
    observed = plane_observed(keys=keys(**{role.replace("-", "_"): KeyState.ABSENT}), published=PublishedAccounts())
    trouble = key_trouble(observed)
    assert trouble is not None
    assert trouble.reason == "SeedLost"


@pytest.mark.parametrize(
    "role", ["operator", "operator-signing", "system-account", "system-account-signing", "account"]
)
def test_the_published_jwts_alone_remember_every_key_k1(role: str) -> None:
    observed = plane_observed(plane=new_plane(), keys=keys(**{role.replace("-", "_"): KeyState.ABSENT}))
    trouble = key_trouble(observed)
    assert trouble is not None
    assert trouble.reason == "SeedLost"


def test_keys_in_their_places_are_no_trouble() -> None:
    assert key_trouble(plane_observed()) is None


def test_an_app_that_signs_with_the_system_accounts_key_is_refused_n25() -> None:
    copied = signing_key(name="system-account")
    trouble = key_trouble(plane_observed(members=(member(None, copied),)))
    assert trouble is not None
    assert trouble.reason == "KeyInvalid"
    assert "infra/prod-system-account-1 and infra/prod-app-signing-1 hold one key" in trouble.message
