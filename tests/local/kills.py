"""Kills any process of the local mode at any moment, again and again, and sees that nothing is lost.

    python -m tests.local.kills [ROUNDS] [SEED]

A round kills one process while something goes on, the kinds of moments in turn: a first start, another start, a change
of the source, a stop, or nothing at all. The victim is any of the processes there are then. Any but the one that keeps
all up has to be got over by that one, which is killed afterwards. And the next start has to become ready with what was
on disk.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from enum import Enum
from itertools import cycle
from pathlib import Path
from typing import Any

from microbus_operator.local.errors import StateRefused
from microbus_operator.local.runtime.control import Control
from microbus_operator.local.runtime.errors import Unusable
from microbus_operator.local.store import Store

from ..contract.waiting import until
from .sessions import SHOP, free_port

COMMAND = (sys.executable, "-m", "microbus_operator.cli.main", "local", "up", "--stand-in")
READY_WITHIN = 60.0
# The Secret of the microservice whose source is changed, and what is added to its source or taken away.
CHANGED = "shop-reports.shop-creds"
CALL = """
func (svc *Service) changed(ctx context.Context) (err error) {
	_, err = svc.Request(ctx, pub.GET("https://orders.shop:443/changed"))
	return err
}
"""


class Moment(Enum):
    """What goes on when the kill comes, and how many seconds from its beginning on it may come."""

    FIRST_START = ("first start", 4.0)
    START = ("start", 2.5)
    CHANGE = ("change of the source", 2.0)
    STOP = ("stop", 0.25)
    REST = ("rest", 2.0)


class Lost(AssertionError):
    """Something that there was before a kill is not there after it."""


@dataclass
class Kills:
    """Rounds on state folders below `folder`, with all choices from `choose`."""

    folder: Path
    choose: random.Random
    tell: Callable[[str], object] = lambda _: None
    port: int = field(default_factory=lambda: free_port())
    state: Path = Path()
    kept: dict[str, str] = field(default_factory=dict)
    ran: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shutil.copytree(SHOP, self.source)

    @property
    def source(self) -> Path:
        """The shop, to be changed."""
        return self.folder / "shop"

    @property
    def said(self) -> str:
        """What the starts have printed last."""
        return (self.folder / "said").read_text(errors="replace")[-800:]

    async def rounds(self, count: int) -> None:
        """So many kills, a good start after each. Raises `Lost`, and `NotReached` where one does not become ready."""
        # A first start comes first: the others go on with what it made.
        moments, killed = cycle(Moment), 0
        while killed < count:
            moment = next(moments)
            if moment is Moment.FIRST_START:
                self.state, self.kept = self.folder / f"state-{killed}", {}
            before = self.kept.get(CHANGED)
            what = await self.kill_at(moment)
            await self.start_again(moment)
            if moment is Moment.CHANGE and self.kept[CHANGED] == before:
                raise Lost(f"the change of the source has not come to the credentials: {self.said}")
            # A stop may be over before the kill comes: that one does not count.
            killed += what is not None
            self.tell(f"{killed}: {moment.value[0]}: killed {what}; {len(self.kept)} Secrets are as they were")

    async def kill_at(self, moment: Moment) -> str | None:
        """Start, kill something, and return what it was; None where all had ended before."""
        process = await self.started()
        if moment not in (Moment.FIRST_START, Moment.START):
            await self.ready(process)
        going_on = None
        if moment is Moment.CHANGE:
            going_on = asyncio.create_task(self.change())
        elif moment is Moment.STOP:
            process.send_signal(signal.SIGINT)
        family = await self.some_time(process, moment)
        victim, what = (self.choose.choice(family) if family else None), None
        if victim is not None:
            what = "`local up`" if victim == process.pid else named(victim)
            kill(victim)
        if moment is not Moment.STOP and victim != process.pid:
            await self.ready(process, without=victim)
            family = descendants(process.pid)
            kill(process.pid)
        self.ran = {pid: named(pid) for pid in family if is_alive(pid)}
        await asyncio.wait_for(process.wait(), READY_WITHIN)
        if going_on is not None:
            await going_on
        self.compare(await self.on_disk(), moment)
        return what

    async def some_time(self, process: asyncio.subprocess.Process, moment: Moment) -> list[int]:
        """Wait for the kill's time; the processes that may be its victim.

        An analysis is there for a tenth of a second: one in three times that there will be one, it is waited for.
        """
        if moment in (Moment.FIRST_START, Moment.CHANGE) and self.choose.random() < 1 / 3:

            async def analyses() -> list[int]:
                return [pid for pid in descendants(process.pid) if " gencreds " in f" {named(pid, 1000)} "]

            return await until(analyses, bool, f"an analysis ({self.said})", READY_WITHIN)
        never = asyncio.Event()
        with suppress(TimeoutError):
            async with asyncio.timeout(self.choose.uniform(0, moment.value[1])):
                await never.wait()
        return descendants(process.pid) if process.returncode is None else []

    async def start_again(self, moment: Moment) -> None:
        """The next start has to become ready, with all that there was; it is stopped as a person stops it."""
        process = await self.started()
        await self.ready(process)
        if over := [what for pid, what in self.ran.items() if is_alive(pid) and named(pid) == what != "gone"]:
            raise Lost(f"{over} still run after another start: {self.said}")
        family = [pid for pid in descendants(process.pid) if pid != process.pid]
        process.send_signal(signal.SIGINT)
        code = await asyncio.wait_for(process.wait(), READY_WITHIN)
        left = [named(pid) for pid in family if is_alive(pid)]
        if code != 0 or left:
            raise Lost(f"it ended with {code} and left {left}: {self.said}")
        self.compare(await self.on_disk(), moment)

    def compare(self, found: dict[str, str], moment: Moment) -> None:
        """What is there now is kept from here on. Raises `Lost` where it is not what there was."""
        for name, held in self.kept.items():
            again = moment is Moment.CHANGE and name == CHANGED and name in found
            if found.get(name) != held and not again:
                raise Lost(f"Secret {name} is another one or gone, after a {moment.value[0]}: {self.said}")
        self.kept = found

    async def on_disk(self) -> dict[str, str]:
        """What each Secret holds, keys and credentials, by name."""
        try:
            async with await Store.look_into(self.state) as store:
                found = await store.list("Secret", None)
        except StateRefused:
            # Killed before there was a state folder.
            return {}
        return {item["metadata"]["name"]: repr(sorted(item.get("data", {}).items())) for item in found}

    async def change(self) -> None:
        """A microservice calls the other way than before, and whoever runs is told to read it at once."""
        file = self.source / "reports" / "service.go"
        text = file.read_text()
        file.write_text(text.removesuffix(CALL) if text.endswith(CALL) else text + CALL)
        control = await Control.connect(self.state / "run")
        if control is not None:
            with closing(control), suppress(Unusable):
                await control.ask("derive")

    async def started(self) -> asyncio.subprocess.Process:
        """`local up`, in a process."""
        files = ("-f", str(SHOP / "deploy"), "--source", str(self.source), "--state", str(self.state))
        with (self.folder / "said").open("ab") as said:
            return await asyncio.create_subprocess_exec(
                *COMMAND, *files, "--nats-port", str(self.port), stdout=said, stderr=asyncio.subprocess.STDOUT
            )

    async def ready(self, process: asyncio.subprocess.Process, without: int | None = None) -> None:
        """Wait until it says that everything is, and that a process that was killed is not among what runs."""

        async def seen() -> dict[str, Any]:
            if process.returncode is not None:
                raise Lost(f"it ended by itself: {self.said}")
            control = await Control.connect(self.state / "run")
            if control is None:
                return {}
            with closing(control), suppress(Unusable):
                return await control.ask("status")
            return {}

        def whole(answer: dict[str, Any]) -> bool:
            processes = answer.get("processes", ())
            return bool(answer.get("ready")) and without not in [item["pid"] for item in processes]

        await until(seen, whole, f"everything to be ready ({self.said})", READY_WITHIN)


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


def named(pid: int, length: int = 60) -> str:
    """The end of a process' command line."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return "gone"
    return " ".join(word for word in words if word and not word.startswith("-"))[-length:]


def kill(pid: int) -> None:
    """SIGKILL, if it is still there."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:]]
    count, seed = words + [100, 1][len(words) :]
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(Kills(Path(folder), random.Random(seed), print).rounds(count))
