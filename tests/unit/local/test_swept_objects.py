"""Every field of every object that the operator keeps, replaced by something else: it is refused in a line that names
the object and a field, or whatever reads it can.
"""

from __future__ import annotations

import copy
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from microbus_operator.handlers.waking import Waking
from microbus_operator.kube.errors import ApiRefused, KubeError
from microbus_operator.local.admission import admitted, check_declared, what_stays
from microbus_operator.local.documents import Document
from microbus_operator.local.editing import check_model, document_of, stamped
from microbus_operator.local.folder import Folder
from microbus_operator.local.places import Place
from microbus_operator.local.runtime.kubelet import container_of
from microbus_operator.local.runtime.pods import PodSpec
from microbus_operator.local.runtime.progress import Progress
from microbus_operator.local.runtime.volumes import sources_of
from microbus_operator.local.runtime.workloads import status_of
from microbus_operator.local.store import Store

from ..core.builders import app, plane, settled_app, settled_plane, workload_of
from .objects import config_map, key_secret

GONE = object()
VALUES: tuple[Any, ...] = (5, "x", [], {}, None, True, "a\nb", -1, [None], {"x": {"y": 5}}, GONE)
MOST = 4000
OF_ANOTHER = (("apiVersion",), ("kind",), ("metadata",), ("metadata", "name"), ("metadata", "namespace"))
Path_ = tuple[str | int, ...]


def kept() -> list[dict[str, Any]]:
    """What the operator keeps of a Plane with an app."""
    condition = {"type": "Ready", "status": "True", "reason": "InSync", "message": "m"}
    status = {"conditions": [{**condition, "lastTransitionTime": "2026-01-01T00:00:00Z"}]}
    observed = settled_app()
    service = {"hostname": "orders.example", "bundle": "main", "secretName": "s"}
    kinds = [("Plane", plane(status=status)), ("MicrobusApp", app(status={**status, "services": [service]}))]
    ours = [{"apiVersion": "microbus.io/v1alpha1", "kind": kind, **one.to_manifest()} for kind, one in kinds]
    event = {"apiVersion": "v1", "kind": "Event", "metadata": {"name": "e"}, "involvedObject": {"name": "prod"}}
    found = [*settled_plane().objects.values(), workload_of(observed), *ours, event, key_secret(), config_map(a="b")]
    return [copy.deepcopy(dict(each)) for each in found]


def paths(value: Any, at: Path_ = ()) -> Iterator[Path_]:
    """Of every part of a value."""
    if at:
        yield at
    if isinstance(value, dict):
        inside: list[tuple[str | int, Any]] = list(value.items())
    else:
        inside = list(enumerate(value)) if isinstance(value, list) else []
    for key, item in inside:
        yield from paths(item, (*at, key))


def changed(found: dict[str, Any], path: Path_, value: Any) -> dict[str, Any]:
    """The object with something else there."""
    result = copy.deepcopy(found)
    around: Any = result
    for key in path[:-1]:
        around = around[key]
    if value is GONE:
        del around[path[-1]]
    else:
        around[path[-1]] = copy.deepcopy(value)
    return result


def cases(objects: list[dict[str, Any]]) -> list[tuple[dict[str, Any], Path_, Any]]:
    """Which object, what in it, and what instead: all of them, or as many of them as there is time for."""
    every = [(found, path, value) for found in objects for path in paths(found) for value in VALUES]
    return random.Random(20261124).sample(every, min(MOST, len(every)))


def used(found: dict[str, Any]) -> None:
    """Whatever reads an object, as far as it needs no process."""
    kind, metadata = found["kind"], found["metadata"]
    what_stays(kind, found)
    waking = Waking(lambda _: None)
    waking.child_changed(found)
    if kind in ("Plane", "MicrobusApp"):
        (waking.plane_changed if kind == "Plane" else waking.app_changed)(found, "ADDED")
        progress = Progress(lambda _: None, list)
        progress.saw("ADDED", found)
        progress.failure()
        progress.all_ready()
    if kind in ("Deployment", "StatefulSet"):
        status_of(kind, found, [])
        template = found["spec"]["template"]
        spec = PodSpec(kind, "n", "w", "p", "t", template["spec"], template.get("metadata", {}))
        container_of(spec)
        for volume in spec.pod.get("volumes", ()):
            sources_of(volume)
    assert isinstance(metadata["name"], str)


@pytest.fixture
async def objects(tmp_path: Path) -> AsyncIterator[list[dict[str, Any]]]:
    """As they are in files, with identity and owners of fields."""
    async with await Store.open(tmp_path) as store:
        found = []
        for manifest in kept():
            name, namespace = manifest["metadata"]["name"], manifest["metadata"].get("namespace", "default")
            if await store.get("Namespace", None, namespace) is None:
                await store.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
            status = manifest.get("status")
            metadata = {key: manifest["metadata"][key] for key in manifest["metadata"] if key in STATED}
            await store.create({**manifest, "metadata": {**metadata, "name": name, "namespace": namespace}})
            if status and manifest["kind"] in ("Plane", "MicrobusApp", "Deployment"):
                await store.merge(manifest["kind"], namespace, name, {"status": status}, "status")
            made = await store.get(manifest["kind"], namespace, name)
            assert made is not None
            found.append(made)
        yield found


STATED = ("labels", "annotations", "finalizers", "ownerReferences")


async def test_whatever_a_field_is_replaced_by_the_object_is_refused_in_a_line_or_can_be_read(
    objects: list[dict[str, Any]],
) -> None:
    refused = 0
    for found, path, value in cases(objects):
        edited, kind, name = changed(found, path, value), found["kind"], found["metadata"]["name"]
        if path in OF_ANOTHER:
            # A file of another object, which is told before this.
            continue
        said = refusal(kind, name, edited)
        if said is None:
            continue
        refused += 1
        assert said.startswith(f'{kind} "{name}" is invalid: '), said
        assert "\n" not in said
        assert any(str(part) in said for part in path) or "immutable" in said, (path, value, said)
    assert refused > MOST / 4


def refusal(kind: str, name: str, edited: dict[str, Any]) -> str | None:
    """Why it is refused; where it is not, it is used."""
    place = Place(kind, edited["metadata"].get("namespace", ""), name)
    try:
        check_declared(kind, edited, name)
        found = admitted(kind, edited, None)
        check_model(place, found)
    except ApiRefused as error:
        return str(error)
    used(stamped(place, found, None, Document(edited, False, False), set()))
    return None


@pytest.mark.usefixtures("objects")
def test_files_that_are_cut_or_hold_other_bytes_are_a_line_or_an_object(tmp_path: Path) -> None:
    chance, folder = random.Random(20261125), Folder.look_into(tmp_path)
    told = set[str]()
    for place, _ in list(folder.places()):
        path = Path(folder.shown(place))
        good = path.read_bytes()
        for turn in range(12):
            at = chance.randrange(len(good))
            more = chance.randbytes(chance.randrange(1, 9)) + good[at:] if turn % 2 else b""
            path.write_bytes(good[:at] + more)
            said = as_read(folder, place)
            assert "\n" not in said
            told.add(said.replace(str(path), "").split(";")[0])
        path.write_bytes(good)
    assert len(told) > 10


def as_read(folder: Folder, place: Place) -> str:
    """Why a file cannot be read, empty where it can."""
    try:
        document = document_of(folder, place)
        assert document is not None
        check_declared(place.kind, document.found, place.name)
        stamped(place, admitted(place.kind, document.found, document.stays), None, document, set())
    except KubeError as error:
        return str(error)
    return ""
