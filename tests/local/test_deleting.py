"""`local delete`: what goes as it goes on a cluster."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from e2e.attempts import can_connect

from gencreds.nats.creds import format_creds

from .sessions import Up, stored_creds


async def delete(state: Path, *arguments: str) -> tuple[int, str, str]:
    """The command's exit code and what it prints."""
    command = [sys.executable, "-m", "microbus_operator.cli.main", "local", "delete", *arguments, "--state", str(state)]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def test_an_app_that_is_deleted_takes_its_processes_and_its_credentials_with_it(up: Up) -> None:
    async with up.ready():
        creds = await stored_creds(up, "orders.shop")
        text = format_creds(creds.jwt, creds.seed)
        (plane,) = await up.objects("Plane")
        port = int(plane["status"]["url"].rpartition(":")[2])
        assert await asyncio.to_thread(can_connect, port, text)
        assert await delete(up.state, "app", "shop") == (0, "MicrobusApp shop/shop deleted\n", "")
        assert not await asyncio.to_thread(can_connect, port, text)
        assert await up.objects("MicrobusApp") == []


async def test_what_is_not_there_is_one_line(up: Up) -> None:
    async with up.ready():
        code, out, said = await delete(up.state, "app", "other", "-n", "shop")
    assert (code, out) == (1, "")
    (line,) = said.splitlines()
    assert line.startswith("error: there is no MicrobusApp shop/other")


@pytest.mark.parametrize("made", [True, False])
async def test_where_nothing_runs_nothing_is_deleted(tmp_path: Path, made: bool) -> None:
    state = tmp_path if made else tmp_path / "nowhere"
    code, _, said = await delete(state, "app", "shop")
    assert code == 1
    (line,) = said.splitlines()
    assert line.startswith(f"error: nothing runs in {state}")
