"""`local up`: the same core, on folders and processes."""

from __future__ import annotations

import base64
from typing import Any

from .kills import is_alive
from .sessions import Up

HOSTNAMES = {"inventory", "notifier", "orders", "outlet", "reports", "signer", "storefront"}


def seeds(secrets: list[dict[str, Any]]) -> dict[str, str]:
    """What each Secret holds, by its name."""
    return {item["metadata"]["name"]: str(sorted(item["data"].items())) for item in secrets}


async def test_a_plane_and_an_app_become_ready_with_a_process_each_and_credentials_of_their_own(up: Up) -> None:
    async with up.ready():
        processes = await up.processes()
        assert {item["workload"] for item in processes.values()} == {"prod-nats", "shop-main", "shop-signer"}
        assert all(item["ready"] for item in processes.values())
        app = (await up.objects("MicrobusApp"))[0]
        assert {item["hostname"] for item in app["status"]["services"]} == {f"{name}.shop" for name in HOSTNAMES}
        assert {item["trust"] for item in app["status"]["bundles"]} == {"Declared"}
        plane = (await up.objects("Plane"))[0]
        assert plane["status"]["servers"][0]["connections"] >= 0
        main = next(up.state.glob("run/pods/shop/shop-main-*/microbus"))
        assert {path.name for path in main.glob("*.creds")} == {
            f"{name}.shop_nats.creds" for name in HOSTNAMES - {"signer"}
        }
        secret = next(
            item for item in await up.objects("Secret") if item["metadata"]["name"] == "shop-orders.shop-creds"
        )
        assert (main / "orders.shop_nats.creds").read_bytes() == base64.b64decode(
            secret["data"]["orders.shop_nats.creds"]
        )
        pids = [item["pid"] for item in processes.values()]
    assert [pid for pid in pids if is_alive(pid)] == []


async def test_another_start_goes_on_with_the_same_keys_credentials_and_addresses(up: Up) -> None:
    async with up.ready():
        secrets, plane = await up.objects("Secret"), (await up.objects("Plane"))[0]
    async with up.ready(files=()):
        assert seeds(await up.objects("Secret")) == seeds(secrets)
        again = (await up.objects("Plane"))[0]
        assert again["status"]["url"] == plane["status"]["url"]
        assert again["metadata"]["uid"] == plane["metadata"]["uid"]
