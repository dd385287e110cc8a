"""Clients that were refused twice and gave up, as nats.go does: found, told, and replaced where the app wants it."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import yaml

from gencreds.nats.claims import AccountClaims
from gencreds.nats.jwt import decode, encode
from gencreds.nats.nkeys import KeyKind
from microbus_operator.core.plane_keys import OPERATOR_SIGNING, SYSTEM, SYSTEM_SIGNING, key_refs
from microbus_operator.kube.keys import load_seed, observe_key
from microbus_operator.kube.observe import get_plane
from microbus_operator.local.runtime.stand_in import DEAF_VARIABLE
from microbus_operator.local.store import Store
from microbus_operator.nats.permissions import system_user
from microbus_operator.nats.system import SystemConnection

from ..contract.waiting import until
from .sessions import SHOP, Up

PLANE = SHOP / "deploy" / "plane.yaml"


def app_file(folder: Path, per_hour: int) -> Path:
    """The shop, whose signer gives up when it is refused twice."""
    app = yaml.safe_load((SHOP / "deploy" / "app.yaml").read_text())
    app["spec"]["credentials"] = {"restartDeafPerHour": per_hour}
    container = app["spec"]["bundles"][1]["workload"]["template"]["spec"]["containers"][0]
    container["env"] = [{"name": DEAF_VARIABLE, "value": "1"}]
    path = folder / "app.yaml"
    path.write_text(yaml.safe_dump(app))
    return path


async def without_signing_keys(up: Up) -> None:
    """For the moment until the operator looks, the server refuses the whole account."""
    async with await Store.look_into(up.state) as store:
        plane = await get_plane(store, "microbus-system", "prod")
        assert plane is not None
        refs = key_refs(plane)
        account, url = str(plane.status.account_public_key), str(plane.status.url)
        config = await store.get("ConfigMap", "microbus-system", "prod-accounts")
        assert config is not None
        system = (await observe_key(store, refs[SYSTEM])).public_key or ""
        signer, operator = [await load_seed(store, refs[role]) for role in (SYSTEM_SIGNING, OPERATOR_SIGNING)]
    claims = decode(config["data"][f"{account}.jwt"], KeyKind.ACCOUNT).claims
    assert isinstance(claims, AccountClaims)
    nobody = AccountClaims(subject=account, name=claims.name, revocations=claims.revocations)
    now = int(time.time())
    connection = await SystemConnection.connect([url], lambda: system_user(system, signer, now))
    try:
        await connection.push(account, encode(nobody, operator, issued_at=now))
    finally:
        await connection.close()


async def connected(up: Up) -> tuple[str, str]:
    """Reason and message of the condition."""
    (app,) = await up.objects("MicrobusApp")
    return next((c["reason"], c["message"]) for c in app["status"]["conditions"] if c["type"] == "Connected")


async def test_a_deaf_pod_is_told_by_name_and_replaced_once_the_app_wants_it(up: Up, tmp_path: Path) -> None:
    async with up.ready([PLANE, app_file(tmp_path, 0)]):
        (before,) = [item for item in (await up.processes()).values() if item["workload"] == "shop-signer"]

        async def gave_up() -> str:
            # The operator may put the account right before a client was refused twice.
            await without_signing_keys(up)
            return await asyncio.to_thread(Path(before["log"]).read_text)

        await until(gave_up, lambda log: "connection closed" in log, "the signer to give up", 60.0)

        async def seen() -> tuple[str, str]:
            return await connected(up)

        _, message = await until(seen, lambda found: found[0] == "Deaf", "the deaf pod to be told", 120.0)
        assert f"signer.shop in pod {before['name']} since " in message
        assert "orders.shop" not in message, "who tries again is back"
        (running,) = [item for item in (await up.processes()).values() if item["workload"] == "shop-signer"]
        assert running == before, "its process lives, and only tells of it"
        await up.applied(app_file(tmp_path, 1))
        await until(seen, lambda found: found[0] == "Connected", "everybody to be connected", 120.0)

        async def signers() -> list[dict[str, Any]]:
            return [item for item in (await up.processes()).values() if item["workload"] == "shop-signer"]

        (after,) = await signers()
        assert after["name"] != before["name"]
        (app,) = await up.objects("MicrobusApp")
        assert [item["pod"] for item in app["status"]["restarts"]] == [before["name"]]
