"""`local watch`: a change of the source is shown as a difference in permissions, issued, and run with."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gencreds.rendering.table import Look
from microbus_operator.local.runtime.errors import Unusable
from microbus_operator.local.watching.changes import changes
from microbus_operator.local.watching.session import Watch

from .sessions import SHOP, WITHIN, Up, stored_creds

RED = "\x1b[31m"
SIGNS = """
// Extra signs.
func (svc *Service) Extra(ctx context.Context) error {
	_, err := signerapi.NewClient(svc).Sign(ctx, "x")
	return err
}
"""


class Screen:
    """What a watch has told."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._told = asyncio.Event()

    def tell(self, line: str) -> None:
        """One more line."""
        self.lines.append(line)
        self._told.set()

    async def until(self, word: str) -> str:
        """Wait for a line with that word in it, and take all up to it away."""
        async with asyncio.timeout(WITHIN):
            while True:
                for number, line in enumerate(self.lines):
                    if word in line:
                        taken, self.lines = self.lines[: number + 1], self.lines[number + 1 :]
                        return "\n".join(taken)
                self._told.clear()
                await self._told.wait()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The shop's source, to be changed."""
    shutil.copytree(SHOP, tmp_path / "shop")
    return tmp_path / "shop"


@asynccontextmanager
async def watching(up: Up) -> AsyncIterator[Screen]:
    """A watch that has seen the source as it is."""
    screen = Screen()
    task = asyncio.create_task(Watch(up.state, screen.tell, Look(colour=True)).run())
    try:
        await screen.until("watching 7 microservices")
        yield screen
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def sign_in_reports(shop: Path) -> None:
    """A microservice begins to call the trust root."""
    file = shop / "reports/service.go"
    text = file.read_text().replace("import (", 'import (\n\t"example.com/shop/signer/signerapi"', 1)
    file.write_text(text + SIGNS)


async def test_a_new_call_of_a_trust_root_is_shown_in_red_issued_and_gone_again(up: Up, shop: Path) -> None:
    up.source = shop
    before = (shop / "reports/service.go").read_text()
    async with up.ready(), watching(up) as screen:
        old = await stored_creds(up, "reports.shop")
        sign_in_reports(shop)
        told = await screen.until("running with it after")
        assert "reports/service.go changed" in told
        (root,) = [line for line in told.splitlines() if "+ PUB" in line]
        assert RED in root
        assert "POST signer.shop:666/sign" in root
        assert "1 of 6 microservices differ, 1 subject added, 0 removed, 1 new trust root" in told
        new = await stored_creds(up, "reports.shop")
        assert new.jwt != old.jwt
        (shop / "reports/service.go").write_text(before)
        told = await screen.until("running with it after")
        assert "- PUB" in told
        assert "0 subjects added, 1 removed" in told


async def test_a_file_that_does_not_parse_is_told_and_credentials_stay(up: Up, shop: Path) -> None:
    up.source = shop
    file = shop / "orders/service.go"
    text = file.read_text()
    async with up.ready(), watching(up) as screen:
        old = await stored_creds(up, "orders.shop")
        file.write_text(text + "\nfunc (\n")
        told = await screen.until("credentials stay as they were")
        assert "orders/service.go" in told
        assert (await stored_creds(up, "orders.shop")).jwt == old.jwt
        file.write_text(text)
        await screen.until("no difference in 6 microservices")


async def test_a_change_without_a_difference_says_that(up: Up, shop: Path) -> None:
    up.source = shop
    async with up.ready(), watching(up) as screen:
        file = shop / "orders/service.go"
        file.write_text(file.read_text() + "\n// A remark.\n")
        told = await screen.until("bundle signer: no difference in 1 microservice")
        assert "bundle main: no difference in 6 microservices" in told


async def test_it_ends_with_the_one_that_runs(up: Up) -> None:
    screen = Screen()
    async with up.ready():
        task = asyncio.create_task(Watch(up.state, screen.tell).run())
        await screen.until("watching")
    with pytest.raises(Unusable, match="ended; start it again"):
        await task


async def test_files_written_together_are_one_change(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module a\n")
    seen = changes(tmp_path, tmp_path / "state", {})
    async with asyncio.timeout(WITHIN):
        assert await anext(seen) == [tmp_path / "go.mod"]
        for name in ("a.go", "b.go", "notes.txt"):
            (tmp_path / name).write_text("package a\n")
        assert await anext(seen) == [tmp_path / "a.go", tmp_path / "b.go"]
        (tmp_path / "a.go").unlink()
        assert await anext(seen) == [tmp_path / "a.go"]
    await seen.aclose()


async def test_ctrl_c_ends_the_command_well(up: Up) -> None:
    command = [sys.executable, "-u", "-m", "microbus_operator.cli.main", "local", "watch", "--state", str(up.state)]
    async with up.ready():
        process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdout is not None
        async with asyncio.timeout(WITHIN):
            assert b"watching 7 microservices" in await process.stdout.readline()
            process.send_signal(signal.SIGINT)
            _, complaints = await process.communicate()
        assert (process.returncode, complaints) == (0, b"")


def test_nothing_to_watch_is_one_line(tmp_path: Path) -> None:
    for state in (tmp_path, tmp_path / "nowhere"):
        command = [sys.executable, "-m", "microbus_operator.cli.main", "local", "watch", "--state", str(state)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        (line,) = done.stderr.splitlines()
        assert line.startswith(f"error: nothing runs in {state}; start it")
