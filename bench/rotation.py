"""A rotation of many microservices in local mode, with proof: from the request until no old key is valid any more."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from bench.starts import started

WITHIN = 120.0
_EVERY = 0.1


def seconds_of_rotation(
    command: Sequence[str], up: Sequence[str], state: Path, manifests: Path, monorepo: Path
) -> float:
    """Seconds from `apply` of a raised generation until all keys are new, connected, and the old ones are revoked.

    `up` starts the app of `manifests`, whose last object it is; that has no `credentials` yet. Raises `RuntimeError`.
    """
    with started(up, state, GOMODCACHE=str(monorepo)) as ready:
        before = _keys(app_of(state))
        manifests.write_text(manifests.read_text() + "  credentials: {generation: 2}\n")
        begun = time.monotonic()
        subprocess.run(
            [*command, "apply", "-f", str(manifests), "--state", str(state)], check=True, capture_output=True
        )
        while not _is_rotated(app := app_of(state), before):
            if time.monotonic() - begun > WITHIN:
                raise RuntimeError(f"not rotated after {WITHIN:g} s: {app['status']['conditions']}")
            time.sleep(_EVERY)
        seconds = time.monotonic() - begun
        connected = ready.connected(".shop")
        if connected != len(before):
            raise RuntimeError(f"{connected} of {len(before)} microservices are connected after the rotation")
        return seconds


def app_of(state: Path) -> dict[str, Any]:
    """The only app of a state folder."""
    (file,) = (state / "objects" / "MicrobusApp").glob("*/*.yaml")
    found: dict[str, Any] = yaml.load(file.read_text(), Loader=yaml.CSafeLoader)
    return found


def _keys(app: dict[str, Any]) -> dict[str, str]:
    return {service["hostname"]: service["userPublicKey"] for service in app["status"]["services"]}


def _is_rotated(app: dict[str, Any], before: dict[str, str]) -> bool:
    now = _keys(app)
    said = {condition["type"]: condition["status"] for condition in app["status"]["conditions"]}
    is_new = now.keys() == before.keys() and not set(now.values()) & set(before.values())
    return is_new and said["CredentialsReplaced"] == said["Ready"] == "True"
