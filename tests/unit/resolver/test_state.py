"""What is kept on disk, and what is made of it at the next start."""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path

import pytest

from gencreds.nats.nkeys import KeyKind, Seed
from microbus_operator.resolver.intake import Intake
from microbus_operator.resolver.state import StateDirectory
from microbus_operator.resolver.store import AccountStore, Publication

from .publications import Publisher


async def remembered(directory: Path, *publications: Publication) -> AccountStore:
    """A store that took `publications`, and wrote them down."""
    store = AccountStore()
    intake = Intake(store, StateDirectory(directory), sources=1)
    await intake.restore()
    for publication in publications:
        await intake.take(publication)
    return store


async def test_what_was_served_is_served_again(tmp_path: Path) -> None:
    publisher = Publisher()
    await remembered(tmp_path, publisher.publication(publisher.jwt(5)))
    store = await remembered(tmp_path)
    assert store.body(publisher.account.public_key) == publisher.jwt(5).encode()


async def test_what_was_known_of_operators_outlives_a_restart(tmp_path: Path) -> None:
    publisher, new = Publisher(), Seed.create(KeyKind.OPERATOR)
    await remembered(tmp_path, publisher.publication(publisher.jwt()))
    await remembered(tmp_path, publisher.publication(publisher.jwt(10, signer=new), publisher.operator(10, new)))
    squatter = Publisher(account=publisher.account)
    store = await remembered(tmp_path, publisher.publication(publisher.jwt(20)), squatter.publication(squatter.jwt(30)))
    assert store.body(publisher.account.public_key) == publisher.jwt(10, signer=new).encode()


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"jwt": 5}', '{"jwt": "x"}', "[" * 100_000, "\xff"])
async def test_a_damaged_file_costs_that_account_only(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    publisher, other = Publisher(), Publisher()
    await remembered(
        tmp_path, publisher.publication(publisher.jwt()), other.publication(other.jwt(), origin="ConfigMap c/d")
    )
    (tmp_path / f"{publisher.account.public_key}.json").write_text(content, "latin-1")
    store = await remembered(tmp_path)
    assert store.body(other.account.public_key) == other.jwt().encode()
    assert store.body(publisher.account.public_key) is None
    assert f"{publisher.account.public_key}.json is not used" in caplog.text


async def test_a_file_under_another_name_is_not_used(tmp_path: Path) -> None:
    publisher, other = Publisher(), Seed.create(KeyKind.ACCOUNT).public_key
    await remembered(tmp_path, publisher.publication(publisher.jwt()))
    (tmp_path / f"{publisher.account.public_key}.json").rename(tmp_path / f"{other}.json")
    (tmp_path / "left.new").write_text("half a file")
    assert len(await remembered(tmp_path)) == 0


async def test_a_crash_between_writing_and_renaming_leaves_the_former_jwt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = Publisher()
    await remembered(tmp_path, publisher.publication(publisher.jwt()))

    def crash(self: Path, target: Path) -> Path:
        raise OSError(f"no rename of {self} to {target}")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", crash)
        store = await remembered(tmp_path, publisher.publication(publisher.jwt(5)))
        assert store.body(publisher.account.public_key) == publisher.jwt(5).encode(), "served all the same"
    store = await remembered(tmp_path)
    assert store.body(publisher.account.public_key) == publisher.jwt().encode()


async def test_a_full_disk_is_told_and_served_from_memory(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    publisher = Publisher()
    store = await remembered(tmp_path, publisher.publication(publisher.jwt()))
    assert store.body(publisher.account.public_key) == publisher.jwt().encode()
    assert "No space left on device" in caplog.text


async def test_it_is_ready_when_every_source_was_read_or_something_was_remembered(tmp_path: Path) -> None:
    publisher, store = Publisher(), AccountStore()
    intake = Intake(store, StateDirectory(tmp_path), sources=2)
    await intake.restore()
    assert not intake.is_ready
    await intake.take(publisher.publication(publisher.jwt()))
    intake.source_was_read()
    assert not intake.is_ready
    intake.source_was_read()
    assert intake.is_ready
    again = Intake(AccountStore(), StateDirectory(tmp_path), sources=2)
    await again.restore()
    assert again.is_ready


async def test_a_refusal_is_told_once_until_it_changes(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    publisher = Publisher()
    intake = Intake(AccountStore(), None, sources=1)
    bad = Publication("x", {publisher.entry: publisher.jwt()})
    for _ in range(5):
        await intake.take(bad)
    assert caplog.text.count("nobody vouches") == 1
    await intake.take(publisher.publication(publisher.jwt(), origin="x"))
    await intake.take(bad)
    assert caplog.text.count("nobody vouches") == 2
    assert "eyJ" not in caplog.text


async def test_publications_are_taken_one_after_the_other() -> None:
    publisher, store = Publisher(), AccountStore()
    intake = Intake(store, None, sources=1)
    await asyncio.gather(*(intake.take(publisher.publication(publisher.jwt(iat))) for iat in (3, 9, 1, 7)))
    assert store.body(publisher.account.public_key) == publisher.jwt(9).encode()
