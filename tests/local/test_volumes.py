"""Volumes as kubelet writes them: whole, in one step, private, and without what is gone."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from microbus_operator.local.runtime.errors import NotRunnable
from microbus_operator.local.runtime.volumes import Source, contents, sources_of, write
from microbus_operator.local.store import Store

CREDS = {"orders.shop_nats.creds": b"one", "config.yaml": b"a: 1"}


def files(folder: Path) -> dict[str, bytes]:
    """What a process in the folder sees."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith("..")}


def test_an_update_takes_the_place_of_all_that_was_there_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "microbus"
    write(folder, CREDS, 0o440)
    assert files(folder) == CREDS
    before = os.readlink(folder / "..data")
    write(folder, {"orders.shop_nats.creds": b"two"}, 0o440)
    assert files(folder) == {"orders.shop_nats.creds": b"two"}
    assert os.readlink(folder / "..data") != before
    assert not (folder / before).exists()


def test_the_same_contents_again_change_nothing(tmp_path: Path) -> None:
    write(tmp_path / "microbus", CREDS, 0o440)
    before = os.readlink(tmp_path / "microbus" / "..data")
    write(tmp_path / "microbus", CREDS, 0o440)
    assert os.readlink(tmp_path / "microbus" / "..data") == before


def test_nobody_else_can_read_them(tmp_path: Path) -> None:
    write(tmp_path / "microbus", CREDS, 0o444)
    assert stat.S_IMODE((tmp_path / "microbus").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "microbus" / "config.yaml").stat().st_mode) == 0o400


def test_what_a_kill_left_half_made_is_taken_away(tmp_path: Path) -> None:
    folder = tmp_path / "microbus"
    write(folder, CREDS, 0o440)
    (folder / "..torn").mkdir()
    (folder / "..data_new").symlink_to("..torn")
    write(folder, {"config.yaml": b"b: 2"}, 0o440)
    assert sorted(path.name for path in folder.iterdir() if path.name.startswith("..") and path.is_symlink()) == [
        "..data"
    ]
    assert not (folder / "..torn").exists()


async def test_a_path_that_leads_out_of_the_volume_is_refused(tmp_path: Path) -> None:
    async with await Store.open(tmp_path / "state") as store:
        await store.create(
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": "c", "namespace": "default"},
                "data": {"k": "v"},
            }
        )
        for path in ("../x", "/etc/x", "..data/x", "a/../../x"):
            with pytest.raises(NotRunnable, match="leads out of the volume"):
                await contents(store, "default", [Source("ConfigMap", "c", (("k", path),), optional=False)])


async def test_an_optional_source_that_is_not_there_has_no_files_and_a_missing_key_is_told(tmp_path: Path) -> None:
    async with await Store.open(tmp_path / "state") as store:
        assert await contents(store, "default", [Source("Secret", "s", (), optional=True)]) == {}
        await store.create({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "default"}})
        with pytest.raises(NotRunnable, match="Secret default/s has no key k; add it"):
            await contents(store, "default", [Source("Secret", "s", (("k", "k"),), optional=False)])


def test_other_kinds_of_volumes_project_nothing() -> None:
    assert sources_of({"name": "x", "emptyDir": {}}) == []
    assert sources_of({"name": "x", "configMap": {"name": "c"}}) == [Source("ConfigMap", "c", (), optional=False)]
    assert sources_of({"name": "x", "secret": {"secretName": "s"}}) == [Source("Secret", "s", (), optional=False)]
