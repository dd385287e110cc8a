"""`microbus-operator local status` and `logs`: what is there, what runs, and what it prints. Reads only."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from microbus_operator.api.app import MicrobusApp
from microbus_operator.api.plane import Plane
from microbus_operator.cli.answers import as_json, one_line, table
from microbus_operator.cli.status import overview
from microbus_operator.kube.observe import parsed
from microbus_operator.local.runtime.control import Control
from microbus_operator.local.runtime.errors import Unusable
from microbus_operator.local.runtime.places import Places
from microbus_operator.local.store import Store

_FOLLOW_EVERY = 0.2


async def status(options: argparse.Namespace) -> int:
    """Planes, apps and processes. 0 where all of it is ready."""
    async with await Store.look_into(options.state) as store:
        planes = [parsed(Plane, item) for item in await store.list("Plane", None)]
        apps = [parsed(MicrobusApp, item) for item in await store.list("MicrobusApp", None)]
    control = await Control.connect(options.state / "run")
    said: dict[str, Any] = {"ready": False, "processes": []}
    if control is not None:
        said = await control.ask("status")
        control.close()
    if options.output == "json":
        objects = [
            {"kind": type(item).__name__, "name": item.metadata.name, "namespace": item.metadata.namespace,
             "status": item.status.to_manifest()}
            for item in (*planes, *apps)
        ]  # fmt: skip
        print(as_json({"running": control is not None, **said, "objects": objects}), end="")
        return 0 if said["ready"] else 1
    if control is None:
        print("nothing runs; what follows is as it was when it last did\n")
    print(overview(planes, apps, time.time(), namespaced=True, wide=True))
    if control is not None:
        print(_processes(said["processes"]), end="")
    return 0 if said["ready"] else 1


def _processes(processes: list[dict[str, Any]]) -> str:
    rows = [
        (item["name"], "yes" if item["ready"] else "no", item["pid"], item["restarts"], item["runs"] or item["reason"])
        for item in processes
    ]
    text = table(["PROCESS", "READY", "PID", "RESTARTS", "RUNS"], rows)
    return text + "".join(f"{item['name']}: {one_line(item['message'])}\n" for item in processes if item["message"])


async def logs(options: argparse.Namespace) -> int:
    """The last lines of the logs that a name is for, and what comes after them."""
    async with await Store.look_into(options.state) as store:
        apps = [parsed(MicrobusApp, item) for item in await store.list("MicrobusApp", None)]
    places = Places(options.state)
    word, files = _chosen(places, options.name, apps)
    if not files:
        there = ", ".join(sorted(_short(path) for path in places.logs.glob("*.log"))) or "none"
        raise Unusable(f"there is no log of {options.name}; there are those of {there}")
    positions = {}
    for path in files:
        data = path.read_bytes()
        positions[path] = len(data)
        lines = [line for line in data.decode(errors="replace").splitlines() if word in line]
        for line in lines[max(0, len(lines) - options.tail) :]:
            _show(path, line, several=len(files) > 1)
    while options.follow:
        await asyncio.sleep(_FOLLOW_EVERY)
        for path in files:
            for line in _more(path, positions):
                if word in line:
                    _show(path, line, several=len(files) > 1)
        sys.stdout.flush()
    return 0


def _chosen(places: Places, name: str | None, apps: list[MicrobusApp]) -> tuple[str, list[Path]]:
    """The files for a name, and a word that each line must have: a microservice shares its bundle's file."""
    every = sorted(path for path in places.logs.glob("*.log") if path.is_file())
    if name is None:
        return "", [path for path in every if path != places.own_log]
    for app in apps:
        for service in app.status.services:
            if service.hostname == name:
                return name, [p for p in every if _short(p) == f"{app.metadata.name}-{service.bundle}"]
    bundles = {
        f"{app.metadata.name}-{bundle.name}" for app in apps for bundle in app.spec.bundles if bundle.name == name
    }
    return "", [path for path in every if _short(path) == name or _short(path) in bundles]


def _short(path: Path) -> str:
    """`shop-main` of `shop.shop-main.log`."""
    return path.stem.partition(".")[2] or path.stem


def _more(path: Path, positions: dict[Path, int]) -> Iterator[str]:
    """Whole lines that were added since."""
    with path.open("rb") as file:
        file.seek(positions[path])
        data = file.read()
    whole = data.rfind(b"\n") + 1
    positions[path] += whole
    yield from data[:whole].decode(errors="replace").splitlines()


def _show(path: Path, line: str, *, several: bool) -> None:
    print(f"{_short(path)}  {line}" if several else line)
