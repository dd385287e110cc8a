"""Processes as the objects want them: rolled, restarted, refreshed, and told of in Kubernetes' words."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import Any

import yaml

from ..contract.clients import connected
from ..contract.waiting import until
from .sessions import SHOP, Up, stored_creds

APP = SHOP / "deploy" / "app.yaml"


def app_file(folder: Path, change: Any) -> Path:
    """The shop's app, changed."""
    app = yaml.safe_load(APP.read_text())
    change(app["spec"])
    path = folder / "changed.yaml"
    path.write_text(yaml.safe_dump(app))
    return path


def environment_of(pid: int) -> list[str]:
    """A process' environment, as `NAME=value`."""
    return Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")


async def test_a_server_that_is_killed_comes_back_and_everyone_connects_again(up: Up) -> None:
    async with up.ready():
        before = (await up.processes())["prod-nats-0"]
        os.kill(before["pid"], signal.SIGKILL)

        async def seen() -> dict[str, Any]:
            return (await up.processes())["prod-nats-0"]

        after = await until(seen, lambda item: item["ready"] and item["pid"] != before["pid"], "a new server", 20.0)
        assert after["restarts"] == 1
        log = up.state / "run" / "logs" / "shop.shop-main.log"

        async def startups() -> int:
            return log.read_text().count('"msg": "Startup", "host": "orders.shop"')

        await until(startups, lambda count: count >= 2, "orders.shop to connect again", 20.0)


async def test_a_bundle_that_is_killed_is_started_again_and_the_app_is_ready_again(up: Up) -> None:
    async with up.ready():
        before = {name: item for name, item in (await up.processes()).items() if item["workload"] == "shop-main"}
        (pod,) = before.values()
        os.kill(pod["pid"], signal.SIGKILL)

        async def seen() -> dict[str, Any]:
            return (await up.processes())[pod["name"]]

        after = await until(seen, lambda item: item["ready"] and item["pid"] != pod["pid"], "a restart", 20.0)
        assert after["restarts"] == 1


async def test_a_changed_template_rolls_with_the_new_process_ready_before_the_old_one_goes(
    tmp_path: Path, up: Up
) -> None:
    def change(spec: Any) -> None:
        spec["bundles"][0]["workload"]["template"]["spec"]["containers"][0]["env"] = [{"name": "MORE", "value": "1"}]

    async with up.ready():
        before = {name for name, item in (await up.processes()).items() if item["workload"] == "shop-main"}
        await up.applied(app_file(tmp_path, change))
        counts: list[int] = []

        async def pods() -> set[str]:
            found = await up.processes()
            mine = {name: item for name, item in found.items() if item["workload"] == "shop-main"}
            counts.append(sum(item["ready"] for item in mine.values()))
            return set(mine)

        after = await until(pods, lambda names: not names & before and len(names) == 1, "one new process", 20.0)
        (name,) = after
        pid = (await up.processes())[name]["pid"]
        assert "MORE=1" in environment_of(pid)
        assert min(counts) >= 1
        status = next(item for item in await up.objects("Deployment") if item["metadata"]["name"] == "shop-main")[
            "status"
        ]
        assert (status["replicas"], status["updatedReplicas"]) == (1, 1)


async def test_replicas_are_processes_and_fewer_are_fewer(tmp_path: Path, up: Up) -> None:
    def scaled(count: int) -> Path:
        return app_file(tmp_path, lambda spec: spec["bundles"][1]["workload"].update(replicas=count))

    async with up.ready(files=(SHOP / "deploy" / "plane.yaml", scaled(3))):

        async def signers() -> list[dict[str, Any]]:
            found = await up.processes()
            return [item for item in found.values() if item["workload"] == "shop-signer"]

        assert [item["ready"] for item in await signers()] == [True] * 3
        await up.applied(scaled(1))
        await until(signers, lambda items: len(items) == 1, "one signer", 20.0)


async def test_credentials_that_are_lost_are_issued_anew_and_reach_the_process(up: Up) -> None:
    async with up.ready():
        path = up.state / "objects" / "Secret" / "shop" / "shop-orders.shop-creds.yaml"
        before = path.read_text()
        path.unlink()

        async def mounted() -> str:
            files = list(up.state.glob("run/pods/shop/shop-main-*/microbus/orders.shop_nats.creds"))
            return files[0].read_text() if len(files) == 1 and path.exists() else ""

        found = await until(mounted, lambda text: text and text not in before and path.exists(), "new creds", 30.0)
        assert "BEGIN NATS USER JWT" in found


async def test_three_servers_are_one_cluster_and_a_client_of_one_reaches_a_microservice_on_another(
    tmp_path: Path, up: Up
) -> None:
    plane = yaml.safe_load((SHOP / "deploy" / "plane.yaml").read_text())
    plane["spec"]["nats"]["replicas"] = 3
    path = tmp_path / "plane.yaml"
    path.write_text(yaml.safe_dump(plane))
    async with up.ready(files=(path, APP)):
        servers = (await up.objects("Plane"))[0]["status"]["servers"]
        assert [item["name"] for item in servers] == ["prod-nats-0", "prod-nats-1", "prod-nats-2"]
        url = (await up.objects("Plane"))[0]["status"]["url"].split(",")[2]
        creds = await stored_creds(up, "storefront.shop")
        async with connected(url, creds, name="storefront.shop") as client:
            answers: asyncio.Queue[bytes] = asyncio.Queue()

            async def took(message: Any) -> None:
                answers.put_nowait(message.data)

            await client.client.subscribe("prod.reply._.*.storefront_shop.*", cb=took)
            request = b"POST / HTTP/1.1\r\nMicrobus-Msg-Id: 7\r\nMicrobus-From-Id: id-test\r\n\r\n"
            await client.client.publish("prod.safe.443.storefront_shop.orders_shop._.POST.place", request)
            answer = await asyncio.wait_for(answers.get(), 10.0)
            assert b"Microbus-Msg-Id: 7" in answer
            assert json.loads(answer.split(b"\r\n\r\n", 1)[1]) == {"standIn": "orders.shop"}
