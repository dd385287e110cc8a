"""After all the other stories: no seed shows anywhere but in a Secret's data."""

from __future__ import annotations

import base64

import pytest

from gencreds.nats.nkeys import KeyKind, Seed

from .kind import Cluster
from .secrets import everything_but_secrets, leaks, seeds_in

pytestmark = pytest.mark.e2e


def test_the_search_finds_a_seed_in_any_disguise() -> None:
    seed = Seed.create(KeyKind.USER).reveal()
    for disguise in (
        seed,
        base64.b64encode(seed.encode()).decode(),
        base64.b64encode(b"x" + seed.encode()).decode(),
        base64.urlsafe_b64encode(b"xy" + seed.encode()).decode(),
    ):
        assert list(seeds_in(f'level=debug body="{disguise}"'))


def test_no_seed_shows_in_a_log_an_event_a_status_or_any_object(shop: Cluster, secrets_seen: list[str]) -> None:
    texts = list(everything_but_secrets(shop)) + [("log of a killed operator", text) for text in secrets_seen]
    assert sum(len(text) for _, text in texts) > 10_000, "there was hardly anything to search"
    assert any("log of pod/microbus-operator" in name and "DEBUG" in text for name, text in texts)
    assert leaks(texts) == []
