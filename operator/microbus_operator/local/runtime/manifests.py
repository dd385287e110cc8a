"""Manifests from files into the store: what `kubectl apply -f` is for a cluster.

A namespace that nobody made is made, and where a Plane lets in namespaces by label, one of an app that joins it gets
those labels: on a laptop, who writes the Plane and who writes the app are the same person. It is told.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from microbus_operator.api.plane import Plane
from microbus_operator.core.names import FIELD_MANAGER
from microbus_operator.kube.cluster import Cluster, Object
from microbus_operator.kube.errors import KubeError
from microbus_operator.kube.observe import get_plane
from microbus_operator.kube.resources import RESOURCES
from microbus_operator.local.documents import Loader, plain
from microbus_operator.local.runtime.errors import Unusable
from microbus_operator.local.store import Store

MOST_BYTES = 8 * 1024 * 1024
# A namespace first, then what others need.
_ORDER = ("Namespace", "ConfigMap", "Secret", "Plane", "MicrobusApp")
_DEFAULT = "default"
_PERSON = "kubectl"
WORKLOADS = ("Deployment", "StatefulSet")
# There are no nodes to have one each.
_NOT_RUN = {"DaemonSet", "Pod"}


def read_manifests(files: Sequence[Path]) -> list[Object]:
    """The objects in YAML files, and in all of a folder's. Raises `Unusable`, naming file and line."""
    result: list[Object] = []
    for given in files:
        try:
            # A pipe may be given by itself, as by `-f <(…)`; in a folder nobody ever writes into it.
            found = sorted(path for path in given.iterdir() if path.suffix in (".yaml", ".yml", ".json"))
            inside = [path for path in found if not path.is_fifo()]
        except NotADirectoryError:
            inside = [given]
        except OSError as error:
            raise Unusable(f"{given} cannot be read: {error.strerror}; correct -f") from None
        for path in inside:
            result += _objects(path)
    return result


def _objects(path: Path) -> list[Object]:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise Unusable(f"{path} is larger than {MOST_BYTES} bytes, and no manifest is")
        documents = plain(list(yaml.load_all(data.decode(), Loader=Loader)))
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}; correct -f") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Unusable(f"{path}: line {line} is no YAML: {error.problem or error.context}") from None
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise Unusable(f"{path} is no YAML ({type(error).__name__})") from None
    result: list[Object] = []
    for number, document in enumerate(documents, 1):
        if document is None:
            continue
        items = document.get("items") if isinstance(document, dict) and document.get("kind") == "List" else [document]
        if not isinstance(items, list | None):
            raise Unusable(f"{path}: document {number}: items is no list")
        for item in items or ():
            result.append(_object(item, f"{path}: document {number}"))
    return result


def _object(item: Any, where: str) -> Object:  # noqa: ANN401 - any YAML
    metadata = item.get("metadata") if isinstance(item, dict) else None
    if not isinstance(metadata, dict) or not metadata.get("name") or not isinstance(metadata["name"], str):
        raise Unusable(f"{where} is no Kubernetes object: it needs apiVersion, kind and metadata.name, a string")
    kind = item.get("kind")
    known = sorted(set(RESOURCES) - _NOT_RUN)
    if not isinstance(kind, str) or kind not in known:
        raise Unusable(f"{where} is of kind {json.dumps(kind)[:100]}; the local mode knows {', '.join(known)}")
    found: Object = {**item, "metadata": dict(item["metadata"])}
    if RESOURCES[kind].namespaced:
        found["metadata"].setdefault("namespace", _DEFAULT)
    return found


async def apply_manifests(cluster: Store, objects: Iterable[Object], tell: Callable[[str], None]) -> None:
    """Apply them, and tell of each what became of it. Raises `Unusable` with the first refusal."""
    wanted = sorted(objects, key=lambda item: _ORDER.index(item["kind"]) if item["kind"] in _ORDER else len(_ORDER))
    for item in wanted:
        meta = item["metadata"]
        try:
            if "namespace" in meta:
                await _make_namespace(cluster, item, tell)
            before = await cluster.get(item["kind"], meta.get("namespace"), meta["name"])
            # The operator rolls a person's workload by one field of its own; a second apply of its would take the rest.
            manager = _PERSON if item["kind"] in WORKLOADS else FIELD_MANAGER
            after = await cluster.apply(item, manager=manager)
        except KubeError as error:
            raise Unusable(str(error)) from None
        tell(f"{item['kind']} {_name(item)} {_became(before, after)}")


def _became(before: Object | None, after: Object) -> str:
    if before is None:
        return "created"
    same = before["metadata"].get("resourceVersion") == after["metadata"].get("resourceVersion")
    return "unchanged" if same else "configured"


def _name(item: Object) -> str:
    meta = item["metadata"]
    return f"{meta['namespace']}/{meta['name']}" if "namespace" in meta else str(meta["name"])


async def _make_namespace(cluster: Cluster, item: Object, tell: Callable[[str], None]) -> None:
    name = item["metadata"]["namespace"]
    found = await cluster.get("Namespace", None, name)
    labels: dict[str, str] = dict(found["metadata"].get("labels", {})) if found else {}
    wanted = await _labels(cluster, item) if item["kind"] == "MicrobusApp" else {}
    if found is not None and wanted.items() <= labels.items():
        return
    manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {**labels, **wanted}}}
    await cluster.apply(manifest)
    said = ", ".join(f"{key}={value}" for key, value in sorted(wanted.items()))
    done = "created" if found is None else "labelled"
    tell(f"Namespace {name} {done}" + (f" with {said}, by which the Plane lets its apps in" if said else ""))


async def _labels(cluster: Cluster, app: Object) -> dict[str, str]:
    """The labels that the app's Plane asks of its namespace."""
    reference = app.get("spec", {}).get("planeRef") if isinstance(app.get("spec"), dict) else None
    if not isinstance(reference, dict) or not isinstance(reference.get("name"), str):
        return {}
    namespace = reference.get("namespace") or app["metadata"]["namespace"]
    plane: Plane | None = await get_plane(cluster, str(namespace), reference["name"])
    if plane is None or plane.spec.allowed_namespaces.from_ != "Selector":
        return {}
    return dict(plane.spec.allowed_namespaces.selector.match_labels)
