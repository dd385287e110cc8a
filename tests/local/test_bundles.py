"""Bundles built from their source run with their own credentials; needs `go`, as the contract tests do."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import yaml

from microbus_operator.local.runtime.control import Control

from ..contract.waiting import until
from .sessions import SHOP, Up, free_port
from .test_refusals import shop_with

PLANE = SHOP / "deploy" / "plane.yaml"


def shop_on(port: int, folder: Path) -> Path:
    """The shop's app, its storefront on another port, and every call over the broker."""
    app = yaml.safe_load((SHOP / "deploy" / "app.yaml").read_text())
    for bundle in app["spec"]["bundles"]:
        (container,) = bundle["workload"]["template"]["spec"]["containers"]
        container["env"] = [
            {"name": "SHOP_LISTEN", "value": f"127.0.0.1:{port}"},
            {"name": "MICROBUS_SHORT_CIRCUIT", "value": "0"},
        ]
        for declared in container.get("ports", ()):
            declared["containerPort"] = port
    path = folder / "app.yaml"
    path.write_text(yaml.safe_dump(app))
    return path


def exercised(port: int) -> list[dict[str, Any]]:
    """What became of each call path of the app."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/exercise", timeout=60) as answer:
            text = answer.read()
    except urllib.error.HTTPError as error:
        text = error.read()
    result: list[dict[str, Any]] = json.loads(text)
    return result


async def test_the_shop_is_built_and_every_call_of_it_works_with_derived_credentials_and_changed_source_is_rolled(
    tmp_path: Path, up: Up
) -> None:
    port = free_port()
    up.source = shop_with(tmp_path, "go.mod", "")
    async with up.ready(files=(PLANE, shop_on(port, tmp_path)), only_stand_ins=False):
        calls = await asyncio.to_thread(exercised, port)
        assert calls
        assert [call for call in calls if not call["ok"]] == []
        before = {name: item for name, item in (await up.processes()).items() if item["workload"] == "shop-main"}
        assert all(item["runs"].startswith("go build ./main") for item in before.values())

        with (up.source / "orders" / "service.go").open("a") as changed:
            changed.write("\n// Changed.\n")
        control = await Control.connect(up.state / "run")
        assert control is not None
        await control.ask("derive")
        control.close()

        async def mains() -> list[dict[str, Any]]:
            return [item for item in (await up.processes()).values() if item["workload"] == "shop-main"]

        def rolled(items: list[dict[str, Any]]) -> bool:
            return len(items) == 1 and items[0]["ready"] and items[0]["name"] not in before

        await until(mains, rolled, "the changed bundle", 60.0)
        assert [call for call in await asyncio.to_thread(exercised, port) if not call["ok"]] == []
