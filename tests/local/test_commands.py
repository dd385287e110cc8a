"""The commands as people type them, in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from .kills import is_alive
from .sessions import SHOP

WITHIN = 60.0


def local(state: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """One command, to its end."""
    command = [sys.executable, "-m", "microbus_operator.cli.main", "local", *words, "--state", str(state)]
    return subprocess.run(command, capture_output=True, text=True, timeout=WITHIN)


def test_up_in_the_background_status_apply_logs_and_down(tmp_path: Path) -> None:
    # Deeper than the path of a socket may be long.
    state = tmp_path / ("deep" * 20) / ("deeper" * 10) / "state"
    up = local(state, "up", "-f", str(SHOP / "deploy"), "--source", str(SHOP), "--stand-in", "--detach")
    try:
        assert (up.returncode, up.stderr) == (0, "")
        assert up.stdout.splitlines()[-1].startswith("ready in ")

        status = local(state, "status")
        assert status.returncode == 0
        assert "the built-in stand-in: as asked for" in status.stdout
        assert "Delivered" in status.stdout
        found = json.loads(local(state, "status", "-o", "json").stdout)
        assert (found["running"], found["ready"]) == (True, True)

        assert local(state, "apply", "-f", str(SHOP / "deploy" / "plane.yaml")).stdout == (
            "Plane microbus-system/prod unchanged\n"
        )
        assert '"msg": "Startup", "host": "orders.shop"' in local(state, "logs", "orders.shop").stdout
        assert "inventory.shop" not in local(state, "logs", "orders.shop").stdout
        assert "Server is ready" in local(state, "logs", "prod-nats-0").stdout
        assert local(state, "logs", "nobody").stderr == (
            "error: there is no log of nobody; there are those of operator, prod-nats-0, shop-main, shop-signer\n"
        )
        again = local(state, "up", "--stand-in")
        assert again.returncode == 1
        assert "is held by another process" in again.stderr
    finally:
        down = local(state, "down")
    assert (down.returncode, down.stdout) == (0, "stopped\n")
    assert [item["pid"] for item in found["processes"] if is_alive(item["pid"])] == []
    assert local(state, "status").returncode == 1
    assert local(state, "down").stdout == "nothing was running\n"
    assert "error: " in local(state, "down", "--delete").stderr
    assert local(state, "down", "--delete", "--yes").returncode == 0
    assert not state.exists()


def test_what_is_not_ours_in_the_folder_stays_when_it_is_deleted(tmp_path: Path) -> None:
    state = tmp_path / "state"
    assert local(state, "apply", "-f", str(SHOP / "deploy")).returncode == 0
    (state / "notes.txt").write_text("mine")
    assert local(state, "down", "--delete").returncode == 0
    assert os.listdir(state) == ["notes.txt"]
