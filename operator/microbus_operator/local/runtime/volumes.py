"""A pod's volumes as files: projected Secrets and ConfigMaps, written as kubelet writes them.

A volume is a folder of links into `..data`, itself a link to the folder of the current contents; an update makes a new
one and moves `..data` over in one step, so that a reader sees all of the old or all of the new.
"""

from __future__ import annotations

import base64
import binascii
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from microbus_operator.kube.cluster import Cluster, Object
from microbus_operator.local.runtime.errors import NotRunnable

_CURRENT = "..data"


class Source(NamedTuple):
    """A Secret or ConfigMap that a volume projects: `items` are (key, path), none of them all keys."""

    kind: str
    name: str
    items: tuple[tuple[str, str], ...]
    optional: bool


def sources_of(volume: Mapping[str, Any]) -> list[Source]:
    """What a pod's volume projects; nothing for kinds that a laptop has no need of (`emptyDir`) or has not."""
    if "projected" in volume:
        return [source for item in volume["projected"].get("sources", ()) for source in _sources(item)]
    return list(_sources(volume))


def _sources(item: Mapping[str, Any]) -> Iterator[Source]:
    for kind, field, name in (("Secret", "secret", "secretName"), ("ConfigMap", "configMap", "name")):
        if isinstance(said := item.get(field), Mapping):
            items = tuple((entry["key"], entry["path"]) for entry in said.get("items", ()))
            yield Source(kind, said.get(name) or said.get("name", ""), items, bool(said.get("optional")))


async def contents(cluster: Cluster, namespace: str, sources: list[Source]) -> dict[str, bytes]:
    """The files of a volume. Raises `NotRunnable` where a Secret, ConfigMap or key of it is not there."""
    result: dict[str, bytes] = {}
    for source in sources:
        found = await cluster.get(source.kind, namespace, source.name)
        if found is None:
            if source.optional:
                continue
            raise NotRunnable(
                "FailedMount",
                f"{source.kind} {namespace}/{source.name} is not there; add it with `microbus-operator local apply -f`",
            )
        data = dict(_data(found))
        for key, path in source.items or [(key, key) for key in data]:
            if key not in data:
                where = f"{source.kind} {namespace}/{source.name}"
                raise NotRunnable("FailedMount", f"{where} has no key {key}; add it, or correct who refers to it")
            result[_checked(path)] = data[key]
    return result


def _data(found: Object) -> Iterator[tuple[str, bytes]]:
    for key, text in (found.get("data") or {}).items():
        yield key, base64.b64decode(text) if found["kind"] == "Secret" else str(text).encode()
    for key, text in (found.get("binaryData") or {}).items():
        try:
            yield key, base64.b64decode(text, validate=True)
        except binascii.Error:
            continue


def _checked(path: str) -> str:
    parts = path.split("/")
    if path.startswith("/") or ".." in parts or parts[0].startswith(".."):
        raise NotRunnable("FailedMount", f"a volume's path {path!r} leads out of the volume")
    return path


def write(folder: Path, files: Mapping[str, bytes], mode: int) -> None:
    """Make `folder` a volume with these files, in one step where it is one already. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    before = folder / _CURRENT
    old = folder / os.readlink(before) if before.is_symlink() else None
    if old is not None and _read(old) == dict(files):
        return
    fresh = Path(tempfile.mkdtemp(prefix="..", dir=folder))
    for path, data in files.items():
        target = fresh / path
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode & 0o700), "wb") as file:
            file.write(data)
    beside = folder / "..data_new"
    beside.unlink(missing_ok=True)
    beside.symlink_to(fresh.name)
    beside.replace(before)
    tops = {path.split("/")[0] for path in files}
    for top in tops:
        if not (folder / top).is_symlink():
            (folder / top).symlink_to(f"{_CURRENT}/{top}")
    for entry in list(folder.iterdir()):
        if entry.is_symlink() and not entry.name.startswith("..") and entry.name not in tops:
            entry.unlink()
        elif entry.name.startswith("..") and entry not in (before, fresh):
            shutil.rmtree(entry, ignore_errors=True)


def _read(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
