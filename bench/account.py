"""An account replaced in local mode: how long until all is in the new one, and for how long no call is answered."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from bench.rotation import app_of
from bench.starts import started
from tests.local.calling import Calls, calling
from tests.local.sessions import Up

WITHIN = 600.0
_EVERY = 0.2


def moved_under_calls(
    command: Sequence[str], up: Sequence[str], state: Path, manifests: Path, monorepo: Path
) -> tuple[float, Calls]:
    """Seconds from `apply` of a raised generation until nobody is let into the old account, and the calls meanwhile.

    `up` starts what is in `manifests`, whose first object is the Plane. Callers stay connected, as microservices do.
    Raises `RuntimeError`.
    """
    with started(up, state, GOMODCACHE=str(monorepo)) as ready:
        count = len(app_of(state)["status"]["services"])
        plane, *others = yaml.safe_load_all(manifests.read_text())
        plane["spec"]["keys"] = {"account": {"generation": 2}}
        manifests.write_text(yaml.safe_dump_all([plane, *others]))
        seconds, calls = asyncio.run(_moved(command, state, manifests))
        connected = ready.connected(".shop")
        if connected != count:
            raise RuntimeError(f"{connected} of {count} microservices are connected after the flip")
        return seconds, calls


async def _moved(command: Sequence[str], state: Path, manifests: Path) -> tuple[float, Calls]:
    async with calling(Up(state), stays=True) as calls:
        begun = time.monotonic()
        apply = [*command, "apply", "-f", str(manifests), "--state", str(state)]
        await asyncio.to_thread(subprocess.run, apply, check=True, capture_output=True)
        while (found := await asyncio.to_thread(_rotation, state)).get("phase") != "Done":
            if time.monotonic() - begun > WITHIN:
                raise RuntimeError(f"not moved after {WITHIN:g} s: {found}")
            await asyncio.sleep(_EVERY)
        return time.monotonic() - begun, calls


def _rotation(state: Path) -> dict[str, Any]:
    (file,) = (state / "objects" / "Plane").glob("*/*.yaml")
    found: dict[str, Any] = yaml.load(file.read_text(), Loader=yaml.CSafeLoader)["status"].get("rotation") or {}
    return found
