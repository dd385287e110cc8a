"""A signing key replaced under calls in local mode: how long with proof, and how many calls went unanswered."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from bench.rotation import WITHIN, app_of
from bench.starts import started
from tests.local.calling import Calls, calling
from tests.local.sessions import Up

_EVERY = 0.1


def replaced_under_calls(
    command: Sequence[str], up: Sequence[str], state: Path, manifests: Path, monorepo: Path
) -> tuple[float, Calls]:
    """Seconds from `apply` of a raised generation until the new key is the only one, and the calls meanwhile.

    `up` starts the app of `manifests`, whose last object it is; that has no `credentials` yet. Raises `RuntimeError`.
    """
    with started(up, state, GOMODCACHE=str(monorepo)) as ready:
        count = len(app_of(state)["status"]["services"])
        manifests.write_text(manifests.read_text() + "  credentials: {signingKey: {generation: 2}}\n")
        seconds, calls = asyncio.run(_replaced(command, state, manifests))
        connected = ready.connected(".shop")
        if connected != count:
            raise RuntimeError(f"{connected} of {count} microservices are connected after the replacement")
        return seconds, calls


async def _replaced(command: Sequence[str], state: Path, manifests: Path) -> tuple[float, Calls]:
    async with calling(Up(state)) as calls:
        begun = time.monotonic()
        apply = [*command, "apply", "-f", str(manifests), "--state", str(state)]
        await asyncio.to_thread(subprocess.run, apply, check=True, capture_output=True)
        while not await asyncio.to_thread(_is_done, state):
            if time.monotonic() - begun > WITHIN:
                raise RuntimeError(f"not replaced after {WITHIN:g} s: {app_of(state)['status']['conditions']}")
            await asyncio.sleep(_EVERY)
        return time.monotonic() - begun, calls


def _is_done(state: Path) -> bool:
    status = app_of(state)["status"]
    said = {condition["type"]: condition["status"] for condition in status["conditions"]}
    keys = [key["generation"] for key in status["signingKeys"]]
    return keys == [2] and said["SigningKeyReplaced"] == said["Ready"] == "True"
