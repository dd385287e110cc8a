"""A revocation on request, with real servers: the key is dead on every one of them, and the receipt says so."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from e2e.attempts import can_connect
from tests.contract.waiting import until

from gencreds.nats.creds import format_creds
from gencreds.nats.nkeys import KeyKind, Seed
from microbus_operator.cli.kubectl import main
from microbus_operator.core.conditions import timestamp
from microbus_operator.core.unattended import RENEWAL_NEEDS

from .sessions import SHOP, Up, stored_creds

LEAKED = Seed.create(KeyKind.USER).public_key


def asking(folder: Path, *requests: dict[str, str]) -> Path:
    """The shop's manifest with these requests."""
    manifest = yaml.safe_load((SHOP / "deploy" / "app.yaml").read_text())
    manifest["spec"]["revocations"] = list(requests)
    file = folder / "app.yaml"
    file.write_text(yaml.safe_dump(manifest))
    return file


async def test_a_revoked_key_is_refused_and_its_microservice_runs_on_with_another(
    up: Up, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with up.ready():
        creds = await stored_creds(up, "orders.shop")
        old, dead = format_creds(creds.jwt, creds.seed), {creds.seed.public_key, LEAKED}
        await up.applied(
            asking(tmp_path, {"publicKey": creds.seed.public_key, "reason": "in a log"}, {"publicKey": LEAKED})
        )

        async def seen() -> dict[str, Any]:
            return (await up.objects("MicrobusApp"))[0]["status"]

        def is_done(status: dict[str, Any]) -> bool:
            complete = {each["publicKey"] for each in status.get("receipts", ()) if "closedAt" in each}
            said = {item["type"]: (item["status"], item["reason"]) for item in status["conditions"]}
            services = {each["hostname"]: each["userPublicKey"] for each in status["services"]}
            is_whole = said["Ready"][0] == said["Revoked"][0] == "True"
            return complete >= dead and is_whole and services["orders.shop"] not in dead

        status = await until(seen, is_done, "the revocation and what takes the key's place", 60.0)
        (plane,) = await up.objects("Plane")
        port = int(plane["status"]["url"].rpartition(":")[2])
        assert not await asyncio.to_thread(can_connect, port, old)
        new = await stored_creds(up, "orders.shop")
        assert await asyncio.to_thread(can_connect, port, format_creds(new.jwt, new.seed))
        assert new.seed.public_key in {each["userPublicKey"] for each in status["services"]}
    command = ["receipt", "shop", creds.seed.public_key, "-o", "json", "--local", str(up.state), "-n", "shop"]
    assert await asyncio.to_thread(main, command) == 0
    (item,) = json.loads(capsys.readouterr().out)["items"]
    steps = [item["requestedAt"], item["signedAt"], item["servedAt"], item["lastConnectionClosedAt"]]
    assert steps == sorted(steps)
    assert (item["hostname"], item["reason"], item["complete"]) == ("orders.shop", "in a log", True)
    assert [server["name"] for server in item["servers"]] == ["prod-nats-0"]


async def test_all_that_a_plane_issued_before_a_time_is_dead_and_the_microservices_run_on_with_what_came_later(
    up: Up, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with up.ready():
        (app,) = await up.objects("MicrobusApp")
        hostnames = sorted(each["hostname"] for each in app["status"]["services"])
        before = {hostname: await stored_creds(up, hostname) for hostname in hostnames}
        newest = max(each["issuedAt"] for each in app["status"]["services"])
        manifest = yaml.safe_load((SHOP / "deploy" / "plane.yaml").read_text())
        manifest["spec"]["revocations"] = [{"issuedBefore": timestamp(newest + 1), "reason": "a stolen laptop"}]
        file = tmp_path / "plane.yaml"
        file.write_text(yaml.safe_dump(manifest))
        await up.applied(file)

        async def seen() -> tuple[dict[str, Any], dict[str, Any]]:
            return (await up.objects("Plane"))[0]["status"], (await up.objects("MicrobusApp"))[0]["status"]

        def is_done(both: tuple[dict[str, Any], dict[str, Any]]) -> bool:
            plane, app = both
            said = {item["type"]: (item["status"], item["reason"]) for item in plane["conditions"]}
            ready = [item["status"] for item in app["conditions"] if item["type"] == "Ready"]
            is_new = all(each["issuedAt"] > newest for each in app["services"])
            first_end = min(each["expiresAt"] for each in app["services"])
            is_told = plane["operatorMayBeDownUntil"] == timestamp(first_end - RENEWAL_NEEDS)
            return said.get("Revoked") == ("True", "Revoked") and ready == ["True"] and is_new and is_told

        plane, _ = await until(seen, is_done, "every credential to be replaced and the old ones dead", 90.0)
        port = int(plane["url"].rpartition(":")[2])
        for creds in before.values():
            assert not await asyncio.to_thread(can_connect, port, format_creds(creds.jwt, creds.seed))
        new = await stored_creds(up, hostnames[0])
        assert await asyncio.to_thread(can_connect, port, format_creds(new.jwt, new.seed))
    command = ["receipt", "plane/prod", "-o", "json", "--local", str(up.state), "-n", "microbus-system"]
    assert await asyncio.to_thread(main, command) == 0
    (item,) = json.loads(capsys.readouterr().out)["items"]
    assert (item["publicKey"], item["issuedBefore"], item["complete"]) == ("*", timestamp(newest + 1), True)
    assert item["requestedAt"] <= item["signedAt"] <= item["servedAt"] <= item["lastConnectionClosedAt"]
