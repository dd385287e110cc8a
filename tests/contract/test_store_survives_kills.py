"""A process that writes is killed at any moment, again and again: what it said was written is there, whole, and nothing
goes back.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

from microbus_operator.local.store import Store

from ..unit.local.objects import config_map
from . import writing_process

KILLS = 100


def killed_while_writing(root: Path, start: int, after: int) -> list[tuple[str, int, int]]:
    """What the process said it wrote until it was killed in the midst of what came after `after` lines."""
    command = [sys.executable, writing_process.__file__, str(root), str(start)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        lines = [process.stdout.readline() for _ in range(after)]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
    said = [line.split() for line in lines if line.endswith("\n")]
    return [(name, int(number), int(revision)) for name, number, revision in said]


async def test_a_kill_at_any_moment_loses_nothing_tears_nothing_and_goes_back_nowhere(tmp_path: Path) -> None:
    root, moments = tmp_path / "state", random.Random(20261123)
    newest: dict[str, int] = {}
    highest = last = 0
    for _ in range(KILLS):
        start = max(newest.values(), default=0) + 10
        for name, number, revision in killed_while_writing(root, start, moments.randrange(1, 40)):
            assert revision > last, (name, number, revision, last)
            newest[name] = max(number, newest.get(name, 0))
            highest = max(highest, revision)
        async with await Store.open(root) as store:
            found = {item["metadata"]["name"]: item for item in await store.list("ConfigMap", "default")}
            for name, number in newest.items():
                data = found[name]["data"]
                assert int(data["number"]) >= number
                assert data["long"] == f"{data['number']} " * 4000
                newest[name] = int(data["number"])
            made = await store.apply(config_map("last", highest=str(highest)))
            last = int(made["metadata"]["resourceVersion"])
            assert last > highest
        assert list((root / "tmp").iterdir()) == []
