"""A rotation on request, with real servers, a resolver and processes: new keys run, the old ones are dead."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml
from e2e.attempts import can_connect
from tests.contract.waiting import until

from gencreds.nats.creds import format_creds
from microbus_operator.local.runtime.errors import Unusable

from .sessions import SHOP, Up, stored_creds


def of_generation(folder: Path, generation: int, **more: Any) -> Path:
    """The shop's manifest with that generation of credentials."""
    manifest = yaml.safe_load((SHOP / "deploy" / "app.yaml").read_text())
    manifest["spec"]["credentials"] = {"generation": generation, **more}
    file = folder / "app.yaml"
    file.write_text(yaml.safe_dump(manifest))
    return file


async def text_of(up: Up, hostname: str) -> str:
    """A microservice's `.creds`."""
    creds = await stored_creds(up, hostname)
    return format_creds(creds.jwt, creds.seed)


def condition(app: dict[str, Any], kind: str) -> tuple[str, str]:
    """A condition's status and reason."""
    found = next((item for item in app["status"]["conditions"] if item["type"] == kind), None)
    return (found["status"], found["reason"]) if found else ("", "")


async def test_a_raised_generation_replaces_every_key_and_the_old_ones_are_refused(up: Up, tmp_path: Path) -> None:
    async with up.ready():
        (app,) = await up.objects("MicrobusApp")
        before = {service["hostname"]: service["userPublicKey"] for service in app["status"]["services"]}
        old = {hostname: await text_of(up, hostname) for hostname in before}
        await up.applied(of_generation(tmp_path, 2))

        async def seen() -> dict[str, Any]:
            return (await up.objects("MicrobusApp"))[0]

        def is_rotated(app: dict[str, Any]) -> bool:
            now = {service["hostname"]: service["userPublicKey"] for service in app["status"]["services"]}
            is_new = now.keys() == before.keys() and not set(now.values()) & set(before.values())
            return is_new and condition(app, "CredentialsReplaced") == ("True", "Current")

        done = await until(seen, is_rotated, "the rotation", 60.0)
        assert condition(done, "Ready") == ("True", "Delivered")
        (plane,) = await up.objects("Plane")
        port = int(plane["status"]["url"].rpartition(":")[2])
        for hostname, text in old.items():
            assert not await asyncio.to_thread(can_connect, port, text), hostname
            assert await asyncio.to_thread(can_connect, port, await text_of(up, hostname)), hostname


async def test_with_reload_every_key_is_replaced_and_no_process_is_started_anew(up: Up, tmp_path: Path) -> None:
    async with up.ready([SHOP / "deploy" / "plane.yaml", of_generation(tmp_path, 1, delivery="Reload")]):
        (app,) = await up.objects("MicrobusApp")
        before = {service["hostname"]: service["userPublicKey"] for service in app["status"]["services"]}
        pids = {name: item["pid"] for name, item in (await up.processes()).items()}
        await up.applied(of_generation(tmp_path, 2, delivery="Reload"))

        async def seen() -> dict[str, Any]:
            return (await up.objects("MicrobusApp"))[0]

        def is_rotated(app: dict[str, Any]) -> bool:
            now = {service["hostname"]: service["userPublicKey"] for service in app["status"]["services"]}
            is_new = not set(now.values()) & set(before.values())
            return is_new and condition(app, "CredentialsReplaced") == ("True", "Current")

        await until(seen, is_rotated, "the rotation", 60.0)
        assert {name: item["pid"] for name, item in (await up.processes()).items()} == pids


async def test_a_generation_that_goes_back_is_refused_in_a_line(up: Up, tmp_path: Path) -> None:
    async with up.ready([SHOP / "deploy" / "plane.yaml", of_generation(tmp_path, 3)]):
        with pytest.raises(Unusable, match=r"spec\.credentials\.generation: .*generation only grows"):
            await up.applied(of_generation(tmp_path, 2))
