"""The store by itself: what is private, who holds it, what a person's edits do, finalizers, owners, watches."""

from __future__ import annotations

import asyncio
import os
import stat
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from microbus_operator.core.names import key_secret as key_secret_name
from microbus_operator.kube.errors import ApiRefused, ApiUnavailable, Conflict
from microbus_operator.kube.resources import RESOURCES
from microbus_operator.local.errors import ObjectUnreadable, StateRefused
from microbus_operator.local.merge_rules import schemas
from microbus_operator.local.schema import holds
from microbus_operator.local.store import Store

from .objects import config_map, key_secret, plane


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where the state folder is."""
    return tmp_path / "state"


@pytest.fixture
async def store(root: Path) -> AsyncIterator[Store]:
    """A store of its own."""
    async with await Store.open(root) as opened:
        yield opened


def file_of(root: Path, kind: str = "ConfigMap", name: str = "a") -> Path:
    """An object's file."""
    return root / "objects" / kind / "default" / f"{name}.yaml"


def edit(path: Path, text: str) -> None:
    """Write a file as an editor did a while ago."""
    path.write_text(text)
    long_ago = time.time() - 60
    os.utime(path, (long_ago, long_ago))


def modes(root: Path) -> tuple[set[int], set[int]]:
    """The modes of all folders, and of all files."""
    found = [(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in [root, *root.rglob("*")]]
    return {mode for is_folder, mode in found if is_folder}, {mode for is_folder, mode in found if not is_folder}


def move(one: Path, other: Path) -> None:
    """Rename a folder."""
    one.rename(other)


async def test_everything_is_private(store: Store, root: Path) -> None:
    await store.create(key_secret())
    assert modes(root) == ({0o700}, {0o600})


@pytest.mark.parametrize("left", [[], ["lock"], ["lock", "tmp/version"], ["lock", "tmp/0"]])
def test_a_start_that_was_killed_is_begun_again(root: Path, left: list[str]) -> None:
    root.mkdir(mode=0o700 if left else 0o755)
    for name in left:
        (root / name).parent.mkdir(mode=0o700, exist_ok=True)
        (root / name).write_text("1")

    async def start() -> None:
        async with await Store.open(root) as store:
            assert await store.get("Namespace", None, "default") is not None

    asyncio.run(start())
    assert modes(root)[0] == {0o700}
    assert list((root / "tmp").iterdir()) == []


async def test_a_second_process_is_refused_and_told_who_holds_the_folder(store: Store, root: Path) -> None:
    with pytest.raises(StateRefused, match=rf"is held by another process \(pid {os.getpid()}\); stop that one"):
        await Store.open(root)


async def test_a_folder_is_free_again_when_it_is_closed(root: Path) -> None:
    for _ in range(2):
        async with await Store.open(root):
            pass


async def test_whoever_looks_in_beside_the_holder_reads_and_never_writes(store: Store, root: Path) -> None:
    await store.create(config_map(one="1"))
    async with await Store.look_into(root) as beside:
        await store.apply(config_map(one="2"))
        found = await beside.get("ConfigMap", "default", "a")
        assert found == await store.get("ConfigMap", "default", "a")
        for attempt in (beside.apply(config_map(one="3")), anext(aiter(beside.watch("ConfigMap")))):
            with pytest.raises(ApiRefused, match="opened to read only"):
                await attempt


@pytest.mark.parametrize(
    ("version", "said"),
    [("2\n", "is of format 2 and this microbus-operator knows 1"), ("one\n", "holds no format"), (None, "is missing")],
)
async def test_a_folder_of_another_version_is_refused_in_a_line(root: Path, version: str | None, said: str) -> None:
    async with await Store.open(root):
        pass
    if version is None:
        (root / "version").unlink()
    else:
        (root / "version").write_text(version)
    with pytest.raises(StateRefused, match=said) as refused:
        await Store.open(root)
    assert "\n" not in str(refused.value)


def test_a_folder_of_other_things_is_left_as_it_is(root: Path) -> None:
    root.mkdir(mode=0o755)
    (root / "notes").write_text("mine")
    with pytest.raises(StateRefused, match="is not empty and no state folder"):
        asyncio.run(Store.open(root))
    assert stat.S_IMODE(root.stat().st_mode) == 0o755


SPOILT = {
    "half-written": lambda text: text[: len(text) // 2],
    "empty": lambda text: "",
    "no YAML": lambda text: text + "\n\t: {",
    "of another name": lambda text: text.replace("name: key", "name: other"),
    "of another kind": lambda text: text.replace("kind: Secret", "kind: ConfigMap"),
    "without base64": lambda text: text.replace("c2VlZA==", "&&&"),
    "a list": lambda text: "- a\n",
    "deep": lambda text: "[" * 5000,
}


@pytest.mark.parametrize("how", sorted(SPOILT))
async def test_a_spoilt_file_is_an_error_and_never_an_absence_k2(root: Path, how: str) -> None:
    async with await Store.open(root) as store:
        await store.create(key_secret())
        path = file_of(root, "Secret", "key")
        good = path.read_text()
        edit(path, SPOILT[how](good))
        for attempt in (
            store.get("Secret", "default", "key"),
            store.list("Secret", "default"),
            store.create(key_secret()),
        ):
            with pytest.raises(ApiUnavailable) as error:
                await attempt
            assert str(path) in str(error.value)
            assert "seed" not in str(error.value).replace(str(path), "")
    with pytest.raises(ObjectUnreadable) as refused:
        await Store.open(root)
    assert "\n" not in str(refused.value)
    edit(path, good)
    async with await Store.open(root) as store:
        found = await store.get("Secret", "default", "key")
        assert found is not None
        assert found["data"] == {"seed": "c2VlZA=="}


async def test_a_folder_that_is_gone_proves_no_absence_k2(store: Store, root: Path) -> None:
    await store.create(key_secret())
    elsewhere = root.with_name("elsewhere")
    move(root, elsewhere)
    for kind, name in (("Secret", "key"), ("Secret", "none")):
        with pytest.raises(ObjectUnreadable, match="bring it back"):
            await store.get(kind, "default", name)
    move(elsewhere, root)
    assert await store.get("Secret", "default", "none") is None


async def test_an_edit_while_it_runs_is_a_new_generation_that_the_editor_owns(store: Store, root: Path) -> None:
    before = await store.apply(plane())
    path = file_of(root, "Plane", "prod")
    edit(path, path.read_text().replace("deletionPolicy: Retain", "deletionPolicy: Destroy"))
    found = await store.get("Plane", "default", "prod")
    assert found is not None
    assert found["spec"]["deletionPolicy"] == "Destroy"
    assert found["metadata"]["generation"] == 2
    assert int(found["metadata"]["resourceVersion"]) > int(before["metadata"]["resourceVersion"])
    assert found["metadata"]["uid"] == before["metadata"]["uid"]
    assert (await store.apply(plane()))["spec"]["deletionPolicy"] == "Destroy"


async def test_an_edit_while_nobody_runs_is_noticed_at_the_start(root: Path) -> None:
    async with await Store.open(root) as store:
        before = await store.apply(plane())
        labelled = await store.apply(config_map(one="1"))
    path = file_of(root, "Plane", "prod")
    edit(path, path.read_text().replace("deletionPolicy: Retain", "deletionPolicy: Destroy"))
    path = file_of(root)
    edit(path, path.read_text().replace("one: '1'", "one: '2'"))
    async with await Store.open(root) as store:
        found = await store.get("Plane", "default", "prod")
        other = await store.get("ConfigMap", "default", "a")
    assert found is not None
    assert other is not None
    assert found["metadata"]["generation"] == 2
    assert int(found["metadata"]["resourceVersion"]) > int(labelled["metadata"]["resourceVersion"])
    assert other["data"] == {"one": "2"}
    assert found["metadata"]["uid"] == before["metadata"]["uid"]


async def test_what_an_edit_may_not_change_is_an_error_that_names_file_and_field(store: Store, root: Path) -> None:
    await store.apply(plane())
    path = file_of(root, "Plane", "prod")
    good = path.read_text()
    edit(path, good.replace("plane: prod", "plane: other"))
    with pytest.raises(ObjectUnreadable, match=r"Plane/default/prod\.yaml: .*spec\.plane.*cannot be changed"):
        await store.get("Plane", "default", "prod")
    edit(path, good)
    assert await store.get("Plane", "default", "prod") is not None


async def test_a_file_that_a_person_puts_there_is_an_object(store: Store, root: Path) -> None:
    path = file_of(root, "Plane", "mine")
    path.parent.mkdir(parents=True)
    edit(path, "apiVersion: microbus.io/v1alpha1\nkind: Plane\nmetadata: {name: mine, namespace: default}\n"
               "spec: {plane: mine, nats: {image: nats}}\n")  # fmt: skip
    (found,) = await store.list("Plane", None)
    assert found["metadata"]["uid"]
    assert found["metadata"]["generation"] == 1
    assert found["spec"]["nats"]["replicas"] == 3
    path.unlink()
    assert await store.list("Plane", None) == []


async def test_names_never_leave_the_folder(store: Store) -> None:
    for namespace, name in (("default", "../../x"), ("../..", "x"), ("default", "a/b"), ("default", ""), ("", "a")):
        with pytest.raises(ApiRefused):
            await store.create(config_map(name, namespace))
        with pytest.raises(ApiRefused):
            await store.get("ConfigMap", namespace, name)


async def test_the_longest_names_have_files_too(root: Path) -> None:
    names = {"n" * 253, "n" * 252 + "o", key_secret_name("p" * 300, "account")}
    async with await Store.open(root) as store:
        for name in names:
            await store.create(config_map(name))
    async with await Store.open(root) as store:
        assert {item["metadata"]["name"] for item in await store.list("ConfigMap", None)} == names


async def test_a_kind_that_is_not_kept_is_refused(store: Store) -> None:
    with pytest.raises(ApiRefused, match="Job: the store keeps no such kind"):
        await store.get("Job", "default", "a")


async def test_what_an_object_owned_goes_with_it_and_what_has_another_owner_stays(store: Store) -> None:
    owners = [await store.create(config_map(name)) for name in ("one", "two")]
    refs = [
        {"apiVersion": "v1", "kind": "ConfigMap", "name": owner["metadata"]["name"], "uid": owner["metadata"]["uid"]}
        for owner in owners
    ]
    await store.create(config_map("of-one", meta={"ownerReferences": refs[:1]}))
    below = await store.create(config_map("of-both", meta={"ownerReferences": refs}))
    ref = {"apiVersion": "v1", "kind": "ConfigMap", "name": "of-both", "uid": below["metadata"]["uid"]}
    await store.create(config_map("of-of-both", meta={"ownerReferences": [ref]}))
    await store.delete("ConfigMap", "default", "one")
    left = {item["metadata"]["name"]: item for item in await store.list("ConfigMap", "default")}
    assert set(left) == {"two", "of-both", "of-of-both"}
    assert left["of-both"]["metadata"]["ownerReferences"] == refs[1:]
    await store.delete("ConfigMap", "default", "two")
    assert await store.list("ConfigMap", "default") == []


async def test_what_a_kill_left_of_an_owner_is_collected_at_the_start_and_keys_stay_k6(root: Path) -> None:
    async with await Store.open(root) as store:
        made = await store.create(config_map("owner"))
        ref = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": made["metadata"]["uid"]}
        await store.create(config_map("owned", meta={"ownerReferences": [ref]}))
        await store.create(key_secret())
    file_of(root, name="owner").unlink()
    async with await Store.open(root) as store:
        assert await store.list("ConfigMap", None) == []
        assert await store.get("Secret", "default", "key") is not None


async def test_the_default_namespace_stays(store: Store) -> None:
    with pytest.raises(ApiRefused, match="may not be deleted"):
        await store.delete("Namespace", None, "default")


async def test_what_is_no_json_is_refused_and_harms_nothing(store: Store) -> None:
    for text in ("\ud800", {1, 2}, float("nan")):
        manifest: Any = {**config_map(), "data": {"a": text}}
        with pytest.raises(ApiRefused, match="cannot be written as JSON"):
            await store.create(manifest)
    assert await store.list("ConfigMap", None) == []


async def test_a_namespace_takes_along_what_is_in_it_and_waits_for_finalizers(store: Store) -> None:
    await store.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n"}})
    await store.create(config_map("a", "n"))
    await store.create(config_map("b", "n", meta={"finalizers": ["example.com/held"]}))
    await store.delete("Namespace", None, "n")
    with pytest.raises(ApiRefused, match="is being deleted"):
        await store.create(config_map("c", "n"))
    assert [item["metadata"]["name"] for item in await store.list("ConfigMap", "n")] == ["b"]
    await store.merge("ConfigMap", "n", "b", {"metadata": {"finalizers": None}})
    assert await store.get("Namespace", None, "n") is None


async def test_a_disk_that_will_not_is_the_weather_and_nothing_is_half_done(store: Store, root: Path) -> None:
    await store.create(config_map(one="1"))
    move(root / "tmp", root / "gone")
    with pytest.raises(ApiUnavailable, match="cannot be written"):
        await store.apply(config_map(one="2"))
    with pytest.raises(ApiUnavailable, match="cannot be written"):
        await store.create(config_map("b"))
    move(root / "gone", root / "tmp")
    found = await store.get("ConfigMap", "default", "a")
    assert found is not None
    assert found["data"] == {"one": "1"}
    assert await store.get("ConfigMap", "default", "b") is None
    assert (await store.apply(config_map(one="3")))["data"] == {"one": "3"}


async def test_of_many_creators_at_once_one_succeeds_k1(store: Store) -> None:
    done = await asyncio.gather(
        *(store.create(key_secret(seed=f"c2Vl{n}A==")) for n in range(8)), return_exceptions=True
    )
    assert sum(isinstance(one, dict) for one in done) == 1
    assert sum(isinstance(one, Conflict) for one in done) == 7


async def seen(watch: AsyncIterator[tuple[str, Any]], count: int) -> list[tuple[str, str, str]]:
    """The next events: type, name and resourceVersion."""
    events = []
    async with asyncio.timeout(20):
        for _ in range(count):
            kind, found = await anext(watch)
            events.append((kind, found["metadata"]["name"], found["metadata"]["resourceVersion"]))
    return events


async def test_a_watch_begins_with_what_is_there_and_misses_nothing(store: Store, root: Path) -> None:
    await store.create(config_map("there"))
    watch = aiter(store.watch("ConfigMap", "default"))
    assert [event[:2] for event in await seen(watch, 1)] == [("ADDED", "there")]
    await store.create(config_map("a", one="1"))
    await store.apply(config_map("a", one="2"))
    await store.apply(plane())
    await store.delete("ConfigMap", "default", "a")
    events = await seen(watch, 3)
    assert [event[:2] for event in events] == [("ADDED", "a"), ("MODIFIED", "a"), ("DELETED", "a")]
    resumed = aiter(store.watch("ConfigMap", "default", since=events[0][2]))
    assert await seen(resumed, 2) == events[1:]
    path = file_of(root, name="there")
    edit(path, path.read_text() + "data: {by: hand}\n")
    assert [event[:2] for event in await seen(watch, 1)] == [("MODIFIED", "there")]


async def test_a_watch_from_before_this_start_is_told_to_list_again(root: Path) -> None:
    async with await Store.open(root) as store:
        made = await store.create(config_map())
    async with await Store.open(root) as store:
        with pytest.raises(ApiRefused) as refused:
            await anext(aiter(store.watch("ConfigMap", since=made["metadata"]["resourceVersion"])))
        assert refused.value.status == 410


def test_every_rule_of_our_kinds_can_be_evaluated() -> None:
    def rules(schema: Any) -> list[str]:
        below = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
        mine = [rule["rule"] for rule in schema.get("x-kubernetes-validations", ())]
        return mine + [rule for child in below for rule in rules(child)]

    found = [rule for schema in schemas().values() for rule in rules(schema)]
    assert len(found) >= 3
    for rule in found:
        assert holds(rule, {"metadata": {"name": "prod"}}, None)
    with pytest.raises(ValueError, match="teach it to"):
        holds("self > 1", 2, None)


def test_every_kind_that_the_operator_touches_is_kept() -> None:
    assert {"Plane", "MicrobusApp"} <= set(schemas())
    assert set(RESOURCES) >= {"Secret", "ConfigMap", "Namespace"}
