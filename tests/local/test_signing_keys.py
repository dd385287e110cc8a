"""Signing keys replaced, with real servers and processes: no call fails, and what the old one signed is dead."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml
from e2e.attempts import can_connect
from tests.contract.waiting import until

from gencreds.nats.claims import AccountClaims
from gencreds.nats.jwt import decode
from gencreds.nats.nkeys import KeyKind
from microbus_operator.core.names import KEY_LABEL
from microbus_operator.local.runtime.errors import Unusable

from .calling import calling
from .sessions import SHOP, Up
from .test_rotating import condition, text_of

PLANE, APP = SHOP / "deploy" / "plane.yaml", SHOP / "deploy" / "app.yaml"


def changed(folder: Path, manifest: Path, spec: dict[str, Any]) -> Path:
    """A manifest of the shop with more in its spec. Without its ports, since what has one is replaced with a gap."""
    found = yaml.safe_load(manifest.read_text())
    found["spec"] |= spec
    for bundle in found["spec"].get("bundles", ()):
        bundle["workload"]["template"] = {}
    file = folder / manifest.name
    file.write_text(yaml.safe_dump(found))
    return file


async def account_of(up: Up, key: str = "") -> AccountClaims:
    """An account as it is published, by default the Plane's."""
    (plane,) = await up.objects("Plane")
    found = next(item for item in await up.objects("ConfigMap") if item["metadata"]["name"] == "prod-accounts")
    claims = decode(found["data"][f"{key or plane['status']['accountPublicKey']}.jwt"], KeyKind.ACCOUNT).claims
    assert isinstance(claims, AccountClaims)
    return claims


async def app_keys(up: Up) -> list[str]:
    """The Secrets of apps' signing keys."""
    found = [item["metadata"] for item in await up.objects("Secret")]
    return sorted(meta["name"][-2:] for meta in found if meta.get("labels", {}).get(KEY_LABEL) == "app-signing")


@pytest.mark.parametrize("whose", ["the app's", "the Plane's"])
async def test_a_raised_generation_replaces_the_signing_key_and_no_call_fails(
    up: Up, tmp_path: Path, whose: str
) -> None:
    async with up.ready([PLANE, changed(tmp_path, APP, {})]):
        (app,) = await up.objects("MicrobusApp")
        (old,) = [item["publicKey"] for item in app["status"]["signingKeys"]]
        creds = [await text_of(up, service["hostname"]) for service in app["status"]["services"]]
        async with calling(up) as calls:
            if whose == "the app's":
                await up.applied(changed(tmp_path, APP, {"credentials": {"signingKey": {"generation": 2}}}))
            else:
                await up.applied(changed(tmp_path, PLANE, {"keys": {"signingKeys": {"generation": 2}}}))

            async def seen() -> dict[str, Any]:
                return (await up.objects("MicrobusApp"))[0]

            def is_done(app: dict[str, Any]) -> bool:
                is_new = [item["publicKey"] for item in app["status"]["signingKeys"]] != [old]
                return is_new and condition(app, "SigningKeyReplaced") == ("True", "Current")

            done = await until(seen, is_done, "the new signing key to be the only one", 60.0)
        assert calls.failed == []
        assert calls.answered > 0
        (new,) = done["status"]["signingKeys"]
        account = await account_of(up)
        assert account.signing_keys == (new["publicKey"],)
        assert dict(account.revocations) == {}
        assert await app_keys(up) == ["-2"]
        (receipt,) = [item for item in done["status"]["receipts"] if item["publicKey"] == old]
        assert receipt["requestedAt"] <= receipt["signedAt"] <= receipt["servedAt"] <= receipt["closedAt"]
        (plane,) = await up.objects("Plane")
        port = int(plane["status"]["url"].rpartition(":")[2])
        assert [text for text in creds if await asyncio.to_thread(can_connect, port, text)] == []


async def test_a_generation_of_signing_keys_that_goes_back_is_refused_in_a_line(up: Up, tmp_path: Path) -> None:
    raised = {"keys": {"signingKeys": {"generation": 3}}}
    async with up.ready([changed(tmp_path, PLANE, raised), APP]):
        with pytest.raises(Unusable, match=r"spec\.keys\.signingKeys\.generation: .*generation only grows"):
            await up.applied(changed(tmp_path, PLANE, {"keys": {"signingKeys": {"generation": 2}}}))
