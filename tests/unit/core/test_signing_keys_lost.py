"""Signing keys that are lost in the middle of their replacement: nobody is thrown out, and a person is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .test_convergence import accounts_lost, accounts_restored, clock_back, nothing, rekeyed, rotated, statuses_lost
from .worlds import Crash, World

SHOP = "prod-app-infra.shop-shop-uid-"


def halfway() -> list[World]:
    """The world at every write of a replacement of the shop's signing key."""
    begun = rotated()
    rekeyed(begun)
    whole = begun.copy()
    whole.settle()
    found = []
    for writes in range(whole.writes - begun.writes):
        world = begun.copy()
        world.writes_left = writes
        with pytest.raises(Crash):
            world.settle()
        world.writes_left = None
        found.append(world)
    return found


HALFWAY = halfway()


def phase(world: World) -> str:
    """The shop's."""
    return world.apps["shop"].status.phase


def keys(world: World) -> list[str]:
    """The Secrets of the shop's signing keys."""
    return sorted(secret for secret in world.seeds if secret.startswith(SHOP))


def test_a_replacement_ends_with_the_new_key_alone_and_its_receipt() -> None:
    world = rotated()
    old = world.seeds[f"{SHOP}1"].public_key
    rekeyed(world)
    world.settle()
    assert world.wrong == []
    assert keys(world) == [f"{SHOP}2"]
    status = world.apps["shop"].status
    assert [each.state for each in status.signing_keys] == ["Active"]
    assert [each.public_key for each in status.receipts if each.closed_at and each.public_key[0] == "A"] == [old]
    assert world.retired == {old}


def test_revocations_of_the_old_keys_users_are_dropped_with_it_n17() -> None:
    world = rotated()
    assert world.plane is not None
    assert world.plane.status.revocations.count == 1
    rekeyed(world)
    world.settle()
    assert world.plane.status.revocations.count == 0


def test_keys_take_turns_at_their_two_places() -> None:
    world = rotated()
    for place in ("2", "1", "2"):
        rekeyed(world)
        world.settle()
        assert keys(world) == [f"{SHOP}{place}"]
    assert world.wrong == []
    assert len(world.retired) == 3


@pytest.mark.parametrize("lost", [nothing, statuses_lost, accounts_lost, accounts_restored, clock_back])
def test_what_is_lost_or_put_back_halfway_changes_nothing_but_the_time_it_takes(
    lost: Callable[[World], None],
) -> None:
    for number, start in enumerate(HALFWAY):
        world = start.copy()
        lost(world)
        world.settle()
        assert world.wrong == [], number
        assert (phase(world), len(keys(world))) == ("Ready", 1), number


@pytest.mark.parametrize("also", [nothing, statuses_lost, accounts_restored])
def test_a_new_key_whose_secret_is_lost_is_told_and_a_further_raise_replaces_it_k2(
    also: Callable[[World], None],
) -> None:
    seen = set()
    for number, start in enumerate(HALFWAY):
        world = start.copy()
        newest = max(keys(world))
        del world.seeds[newest], world.noted[newest]
        also(world)
        world.settle()
        assert world.wrong == [], number
        seen.add(phase(world))
        assert phase(world) in ("Ready", "SeedLost"), number
        rekeyed(world)
        world.settle()
        assert world.wrong == [], number
        assert (phase(world), len(keys(world)), len(world.pods)) == ("Ready", 1, 3), number
    assert "SeedLost" in seen


def test_an_old_key_whose_secret_is_lost_halfway_is_not_needed_any_more() -> None:
    for number, start in enumerate(HALFWAY):
        world = start.copy()
        if len(keys(world)) < 2:
            continue
        del world.seeds[f"{SHOP}1"], world.noted[f"{SHOP}1"]
        world.settle()
        assert world.wrong == [], number
        assert (phase(world), keys(world)) == ("Ready", [f"{SHOP}2"]), number
        assert world.plane is not None
        assert [each.state for each in world.plane.status.signing_keys] == ["Active", "Active"], number
