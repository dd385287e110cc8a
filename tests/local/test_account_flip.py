"""The Plane's account replaced, with real servers and processes: all move at once, and the old account is dead."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from e2e.attempts import can_connect
from tests.contract.waiting import until

from gencreds.nats.claims import UserClaims
from gencreds.nats.jwt import decode
from gencreds.nats.nkeys import KeyKind
from microbus_operator.core.account_keys import is_tombstone

from .calling import calling
from .sessions import Up, stored_creds
from .test_rotating import text_of
from .test_signing_keys import APP, PLANE, account_of, changed

# Seconds that nothing may be answered: a server restarts to know the new account, and then the fleet moves.
WITHOUT_SERVICE = 5.0


async def rotation(up: Up) -> dict[str, Any]:
    """What the Plane's status says of the replacement."""
    (plane,) = await up.objects("Plane")
    found: dict[str, Any] = plane["status"].get("rotation", {})
    return found


async def accounts_of_creds(up: Up) -> set[str]:
    """The accounts that microservices have credentials of."""
    (app,) = await up.objects("MicrobusApp")
    found = set()
    for service in app["status"]["services"]:
        claims = decode((await stored_creds(up, service["hostname"])).jwt, KeyKind.USER).claims
        assert isinstance(claims, UserClaims)
        found.add(str(claims.issuer_account))
    return found


async def test_a_raised_account_generation_moves_everything_into_a_new_account_at_once(up: Up, tmp_path: Path) -> None:
    async with up.ready([PLANE, changed(tmp_path, APP, {})]):
        (plane,), (app,) = await up.objects("Plane"), await up.objects("MicrobusApp")
        old, pids = (
            plane["status"]["accountPublicKey"],
            {name: item["pid"] for name, item in (await up.processes()).items() if "shop" in name},
        )
        creds = [await text_of(up, service["hostname"]) for service in app["status"]["services"]]
        async with calling(up, stays=True) as calls:
            await up.applied(changed(tmp_path, PLANE, {"keys": {"account": {"generation": 2}}}))
            done = await until(
                lambda: rotation(up), lambda said: said.get("phase") == "Done", "the account to be another one", 90.0
            )
        assert calls.answered > 0
        assert calls.longest_silence < WITHOUT_SERVICE
        (plane,) = await up.objects("Plane")
        new = plane["status"]["accountPublicKey"]
        assert (done["kind"], done["from"], done["to"], done["generation"]) == ("Account", old, new, 2)
        receipt = done["receipt"]
        assert receipt["publicKey"] == old
        assert receipt["requestedAt"] <= receipt["signedAt"] <= receipt["servedAt"] <= receipt["closedAt"]
        assert await accounts_of_creds(up) == {new}
        assert is_tombstone(await account_of(up, old))
        account = await account_of(up)
        assert len(account.signing_keys) == 1
        assert dict(account.revocations) == {}
        # Nobody was restarted: the same processes are connected anew.
        assert {name: item["pid"] for name, item in (await up.processes()).items() if "shop" in name} == pids
        port = int(plane["status"]["url"].rpartition(":")[2])
        assert [text for text in creds if await asyncio.to_thread(can_connect, port, text)] == []


async def test_a_new_account_that_is_called_off_in_time_leaves_everything_where_it_was(up: Up, tmp_path: Path) -> None:
    async with up.ready([PLANE, changed(tmp_path, APP, {})]):
        (plane,), (app,) = await up.objects("Plane"), await up.objects("MicrobusApp")
        old, count = plane["status"]["accountPublicKey"], len(app["status"]["services"])
        raised = {"keys": {"account": {"generation": 2}}}
        await up.applied(changed(tmp_path, PLANE, raised))
        await until(lambda: rotation(up), lambda said: said.get("phase") == "Projecting", "all to be issued", 60.0)
        assert old not in await accounts_of_creds(up)
        raised["keys"]["account"] |= {"abandoned": [2]}  # type: ignore[dict-item]
        await up.applied(changed(tmp_path, PLANE, raised))
        said = await until(lambda: rotation(up), lambda said: said.get("phase") == "CalledOff", "it to be off", 60.0)
        assert said["from"] == old
        assert said["receipt"]["publicKey"] == said["to"]
        assert await accounts_of_creds(up) == {old}

        async def replaced() -> list[dict[str, Any]]:
            (app,) = await up.objects("MicrobusApp")
            return [service.get("previous", []) for service in app["status"]["services"]]

        # Its clients read their files again, one after the other.
        await until(replaced, lambda left: left == [[]] * count, "what was issued meanwhile to be forgotten", 60.0)
        (plane,) = await up.objects("Plane")
        assert plane["status"]["accountPublicKey"] == old
        assert is_tombstone(await account_of(up, said["to"]))
