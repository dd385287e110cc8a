"""`make local`: the README's first command, with Go and without."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from .sessions import ROOT

WITHIN = 180
MICROSERVICES = 7


def test_it_shows_calls_that_pass_calls_that_are_refused_and_credentials_that_die() -> None:
    done = subprocess.run(["make", "local"], cwd=ROOT, capture_output=True, text=True, timeout=WITHIN, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "go build ./main" in done.stderr
    lines = done.stdout.splitlines()
    assert "  orders.shop Place: inventory.shop Reserve, signer.shop Sign, OnOrderPlaced passed" in lines
    assert sum(line.endswith("refused by the broker") for line in lines) == MICROSERVICES
    assert sum(line.endswith(" dead") for line in lines) == MICROSERVICES
    assert "failed" not in done.stdout
    assert "SUA" not in done.stdout + done.stderr


def test_without_go_the_built_in_stand_in_plays_the_shop(tmp_path: Path) -> None:
    needed = tmp_path / "bin"
    needed.mkdir()
    for program in ("env", "sh"):
        found = shutil.which(program)
        assert found is not None
        (needed / program).symlink_to(found)
    environment = {**os.environ, "PATH": str(needed), "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-m", "e2e.show_local"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=WITHIN, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the built-in stand-in: there is no go on PATH" in done.stderr
    lines = done.stdout.splitlines()
    assert [line.endswith(" passed") for line in lines if "POST signer.shop/sign" in line] == [True]
    assert sum(line.endswith("refused by the broker") for line in lines) == MICROSERVICES
    assert sum(line.endswith(" dead") for line in lines) == MICROSERVICES
    assert not list(tmp_path.glob("microbus-local-*"))
