"""Kills any process of the local mode at any moment, again and again, and sees that nothing is lost.

python -m tests.local.kills [ROUNDS] [SEED]
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from microbus_operator.local.store import Store

from .sessions import SHOP, free_port

COMMAND = (sys.executable, "-m", "microbus_operator.cli.main", "local", "up", "--stand-in")
READY_WITHIN = 60.0
# Seconds from the start within which the kill comes: from before the folder is there to after everything is ready.
LATEST_KILL = 6.0


class Lost(AssertionError):
    """Something that there was before a kill is not there after it."""


@dataclass
class Kept:
    """What must survive: keys and credentials by Secret, and addresses."""

    secrets: dict[str, str] = field(default_factory=dict)
    url: str = ""


async def one_kill(state: Path, port: int, choose: random.Random) -> str:
    """Start, kill something, and return what was killed. What keeps all up has to get over the end of any other."""
    process = await started(state, port)
    never = asyncio.Event()
    with suppress(TimeoutError):
        await asyncio.wait_for(never.wait(), choose.uniform(0, LATEST_KILL))
    family = descendants(process.pid)
    victim = choose.choice(family)
    what = named(victim)
    kill(victim)
    if victim == process.pid:
        await process.wait()
    else:
        await ready(process)
        kill(process.pid)
        await process.wait()
    return what


async def after_a_kill(state: Path, port: int, before: Kept) -> Kept:
    """The next start has to become ready, with all that there was; it is stopped as a person stops it."""
    process = await started(state, port)
    await ready(process)
    family = [pid for pid in descendants(process.pid) if pid != process.pid]
    process.send_signal(signal.SIGINT)
    code = await asyncio.wait_for(process.wait(), READY_WITHIN)
    left = [named(pid) for pid in family if is_alive(pid)]
    if code != 0 or left:
        raise Lost(f"it ended with {code} and left {left}")
    return await kept(state, before)


async def kept(state: Path, before: Kept) -> Kept:
    """What is there now. Raises `Lost` where it is not what there was."""
    async with await Store.look_into(state) as store:
        secrets = {item["metadata"]["name"]: secret_of(item) for item in await store.list("Secret", None)}
        plane = (await store.list("Plane", None))[0]
    for name, held in before.secrets.items():
        if secrets.get(name) != held:
            raise Lost(f"Secret {name} is another one or gone")
    return Kept(secrets, plane["status"]["url"])


def secret_of(item: dict[str, Any]) -> str:
    """What a Secret holds, for comparing."""
    return repr(sorted(item.get("data", {}).items()))


async def started(state: Path, port: int) -> asyncio.subprocess.Process:
    """`local up`, in a process."""
    files = ("-f", str(SHOP / "deploy"), "--source", str(SHOP), "--state", str(state), "--nats-port", str(port))
    return await asyncio.create_subprocess_exec(
        *COMMAND, *files, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )


async def ready(process: asyncio.subprocess.Process) -> None:
    """Wait until it says that everything is."""
    assert process.stdout is not None
    said: list[str] = []
    async with asyncio.timeout(READY_WITHIN):
        while line := (await process.stdout.readline()).decode():
            said.append(line)
            if line.startswith("ready in"):
                return
    raise Lost("it ended: " + "".join(said[-5:]))


def is_alive(pid: int) -> bool:
    """Whether it runs: one that ended and that nobody has waited for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def descendants(pid: int) -> list[int]:
    """The process and all below it."""
    result = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            result += [found for child in task.read_text().split() for found in descendants(int(child))]
        except OSError:
            continue
    return result


def named(pid: int) -> str:
    """A process' command line, shortened."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return "gone"
    return " ".join(word for word in words if word and not word.startswith("-"))[-60:]


def kill(pid: int) -> None:
    """SIGKILL, if it is still there."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


async def again_and_again(state: Path, rounds: int, seed: int, tell: Callable[[str], object] = lambda _: None) -> None:
    """`rounds` kills, a good start after each; all from one `seed`."""
    choose, before, port = random.Random(seed), Kept(), free_port()
    for number in range(rounds):
        what = await one_kill(state, port, choose)
        before = await after_a_kill(state, port, before)
        tell(f"{number + 1}: killed {what}; {len(before.secrets)} Secrets are as they were, at {before.url}")


if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(again_and_again(Path(folder) / "state", *(words + [100, 1][len(words) :]), tell=print))
