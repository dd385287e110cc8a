"""Files of a state folder, and manifests, that nobody should have written: each is a line that names file and field."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from microbus_operator.cli.local import parser
from microbus_operator.local.documents import MOST_PARTS, DocumentInvalid, read
from microbus_operator.local.errors import ObjectUnreadable, StateRefused
from microbus_operator.local.holding import format_of
from microbus_operator.local.runtime.errors import Unusable
from microbus_operator.local.runtime.manifests import read_manifests
from microbus_operator.local.schema import problems
from microbus_operator.local.store import Store

from .objects import key_secret, plane

SECRET: dict[str, Any] = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "mine", "namespace": "default"}}
BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """A store that holds a Secret."""
    async with await Store.open(tmp_path / "state") as made:
        await made.create(SECRET)
        yield made


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"spec": 5}, "spec: field not declared in schema"),
        ({"data": "x"}, "data: Invalid value: it is a string and must be a map"),
        ({"data": {"a": 5}}, "data.a: Invalid value: it is an integer and must be a string"),
        ({"data": {"a": "###"}}, "data.a: Invalid value: it is no base64"),
        ({"type": [5]}, "type: Invalid value: it is a list and must be a string"),
        ({"metadata": {"labels": [1]}}, "metadata.labels: Invalid value: it is a list and must be a map"),
        ({"metadata": {"labels": {"a b": "c"}}}, 'metadata.labels: Invalid value: "a b" is no qualified name'),
        ({"metadata": {"uid": 7}}, "metadata.uid: Invalid value: it is an integer and must be a string"),
        ({"metadata": {"finalizers": "x"}}, "metadata.finalizers: Invalid value: it is a string and must be a list"),
        ({"metadata": {"ownerReferences": 5}}, "metadata.ownerReferences: Invalid value: it is an integer"),
        ({"metadata": {"ownerReferences": [{"uid": [1]}]}}, r"ownerReferences\[0\].uid: Invalid value: it is a list"),
        ({"metadata": {"managedFields": 5}}, "metadata.managedFields: Invalid value: it is an integer"),
        (
            {"metadata": {"managedFields": [{"manager": "m", "fieldsV1": {"f:spec": 5}}]}},
            r"metadata.managedFields\[0\].fieldsV1: it is no set of fields",
        ),
        *(({"metadata": {"resourceVersion": odd}}, "metadata.resourceVersion") for odd in ("²", "9" * 5000, [1], 4)),
    ],
)
async def test_an_edit_that_spoils_a_field_is_told_with_file_and_field(
    store: Store, tmp_path: Path, change: dict[str, Any], says: str
) -> None:
    file = tmp_path / "state" / "objects" / "Secret" / "default" / "mine.yaml"
    found = yaml.safe_load(file.read_text())
    file.write_text(
        yaml.safe_dump({**found, **change, "metadata": {**found["metadata"], **change.get("metadata", {})}})
    )
    with pytest.raises(
        ObjectUnreadable, match=rf"Secret/default/mine\.yaml: .*{says}.*; correct (it|the file), or restore"
    ) as told:
        await store.get("Secret", "default", "mine")
    assert "\n" not in str(told.value)


async def test_fields_that_are_left_empty_say_nothing(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "state" / "objects" / "Secret" / "default" / "mine.yaml"
    file.write_text(yaml.safe_dump({**SECRET, "data": None, "metadata": {**SECRET["metadata"], "labels": None}}))
    assert await store.get("Secret", "default", "mine") is not None


WORKLOAD: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "w", "namespace": "default"},
    "spec": {
        "selector": {"matchLabels": {"app": "x"}},
        "template": {
            "metadata": {"labels": {"app": "x", "also": "y"}},
            "spec": {"containers": [{"name": "c", "image": "i"}]},
        },
    },
}
APP: dict[str, Any] = {
    "apiVersion": "microbus.io/v1alpha1",
    "kind": "MicrobusApp",
    "metadata": {"name": "shop", "namespace": "default"},
    "spec": {
        "planeRef": {"name": "prod"},
        "bundles": [{"name": "main", "image": "i"}],
        "credentials": {"generation": 7},
    },
}


@pytest.mark.parametrize(
    ("manifest", "before", "after", "says"),
    [
        (plane(), "plane: prod", "plane: other", "spec.plane: Invalid value: plane is part of every subject"),
        (APP, "name: prod", "name: other", "spec.planeRef: Invalid value: an app cannot move"),
        (APP, "generation: 7", "generation: 6", "spec.credentials.generation: Invalid value: generation only grows"),
        (key_secret(), "c2VlZA==", "b3RoZXI=", "data: Forbidden: field is immutable"),
        (key_secret(), "immutable: true", "immutable: false", "immutable: Forbidden: field is immutable"),
        (key_secret(), "immutable: true\n", "", "immutable: Forbidden: field is immutable"),
        (SECRET, "type: Opaque", "type: microbus.io/nkey", "type: field is immutable"),
        (WORKLOAD, "      app: x\n  template", "      also: y\n  template", "spec.selector: field is immutable"),
    ],
)
async def test_what_may_not_change_is_refused_where_it_was_edited_while_nothing_ran(
    tmp_path: Path, manifest: dict[str, Any], before: str, after: str, says: str
) -> None:
    async with await Store.open(tmp_path) as store:
        await store.create(manifest)
    file = tmp_path / "objects" / manifest["kind"] / "default" / f"{manifest['metadata']['name']}.yaml"
    good = file.read_text()
    assert "seed" not in good.splitlines()[1]
    file.write_text(good.replace(before, after, 2))
    with pytest.raises(ObjectUnreadable, match=says) as told:
        await Store.open(tmp_path)
    assert "\n" not in str(told.value)
    file.write_text(good)
    async with await Store.open(tmp_path) as store:
        assert await store.get(manifest["kind"], "default", manifest["metadata"]["name"]) is not None


@pytest.mark.parametrize("text", [BOMB, "a: &a [*a]\n"])
def test_aliases_that_make_more_than_there_is_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DocumentInvalid, match="no YAML of a Kubernetes object"):
        read(f"metadata: {{}}\n{text}")
    file = tmp_path / "bomb.yaml"
    file.write_text(text)
    with pytest.raises(Unusable, match="is no YAML"):
        read_manifests([file])
    assert MOST_PARTS > 100_000


@pytest.mark.parametrize("text", ["kind: [a]", "kind: {a: b}", "kind: List\nitems: 5"])
def test_a_manifest_of_no_kind_is_a_line_or_nothing(tmp_path: Path, text: str) -> None:
    file = tmp_path / "odd.yaml"
    file.write_text(f"apiVersion: v1\nmetadata: {{name: x}}\n{text}\n")
    with pytest.raises(Unusable):
        read_manifests([file])


def test_a_time_in_a_manifest_is_a_text_as_kubectl_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "app.yaml"
    file.write_text("apiVersion: v1\nkind: Secret\nmetadata: {name: x}\nstringData: {at: 2026-11-23T10:00:00Z}\n")
    (found,) = read_manifests([file])
    assert found["stringData"] == {"at": "2026-11-23T10:00:00Z"}


@pytest.mark.parametrize("content", ["²".encode(), b"\xff\xfe", b"9" * 5000, b""])
def test_a_version_that_is_none_is_refused_in_a_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "version").write_bytes(content)
    with pytest.raises(StateRefused, match="version holds no format"):
        format_of(tmp_path)


def test_a_pattern_ends_at_the_end_of_the_text() -> None:
    schema = {"type": "string", "pattern": "^[a-z]+$"}
    assert list(problems("prod", schema)) == []
    assert list(problems("prod\n", schema)) != []


@pytest.mark.parametrize(
    "arguments", [["--det"], ["--nats-port", "0"], ["--nats-port", "99999"], ["--nats-port", "-1"]]
)
def test_flags_are_given_in_full_and_ports_exist(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["up", *arguments])
    assert "error: " in capsys.readouterr().err
