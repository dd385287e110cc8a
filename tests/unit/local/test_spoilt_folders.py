"""Things in a state folder that are no plain files, or not of ours: each is a line that says what to do, at once."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from microbus_operator.cli.answers import one_line
from microbus_operator.cli.main import main
from microbus_operator.kube.errors import ApiRefused, KubeError
from microbus_operator.local.errors import StateRefused
from microbus_operator.local.places import place_of
from microbus_operator.local.runtime.addresses import Ports
from microbus_operator.local.runtime.errors import LocalError, Unusable, line_of
from microbus_operator.local.runtime.manifests import read_manifests
from microbus_operator.local.runtime.places import Places
from microbus_operator.local.runtime.programs import parse_runs
from microbus_operator.local.store import Store

from .objects import config_map


def large(path: Path) -> None:
    """A file larger than any object."""
    path.touch(0o600)
    os.truncate(path, 50 * 1024 * 1024)


THINGS: dict[str, Callable[[Path], object]] = {
    "a folder": lambda path: path.mkdir(),
    "a pipe": lambda path: os.mkfifo(path),
    "a socket": lambda path: os.mknod(path, stat.S_IFSOCK | 0o600),
    "a link to nowhere": lambda path: path.symlink_to("nowhere"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "an endless file": lambda path: path.symlink_to("/dev/zero"),
    "50 MB": large,
    "empty": lambda path: path.touch(0o600),
    "bytes": lambda path: path.write_bytes(bytes(range(256))),
}
LONG = "n" * 253
FILES = ["version", "lock", "revision", "objects/ConfigMap/default/a.yaml", "objects/Namespace/default.yaml"]


async def opened(root: Path) -> None:
    """Open it and look at what is there, as whoever holds it and as whoever looks in."""
    async with asyncio.timeout(20):
        async with await Store.look_into(root) as store:
            await store.list("ConfigMap", None)
        async with await Store.open(root) as store:
            await store.list("ConfigMap", None)


async def refusal(root: Path) -> str | None:
    """Why it is not opened."""
    try:
        await opened(root)
    except KubeError as error:
        return str(error)
    return None


@pytest.fixture
async def root(tmp_path: Path) -> Path:
    """A state folder with objects."""
    async with await Store.open(tmp_path) as store:
        await store.create(config_map(one="1"))
        await store.create(config_map(LONG))
    return tmp_path


@pytest.mark.parametrize("thing", sorted(THINGS))
@pytest.mark.parametrize("file", [*FILES, "long"])
async def test_another_thing_in_a_files_place_is_a_line_and_no_wait(root: Path, file: str, thing: str) -> None:
    path = root / (place_of("ConfigMap", "default", LONG).path.join(("objects/", "")) if file == "long" else file)
    path.unlink()
    THINGS[thing](path)
    before = os.lstat(path)
    said = await refusal(root)
    if file == "lock" and said is None:
        return
    assert said is not None
    assert "\n" not in said
    assert path.name in said or ("objects" not in file and str(root) in said)
    after = os.lstat(path)
    assert (after.st_ino, after.st_size, after.st_mtime_ns) == (before.st_ino, before.st_size, before.st_mtime_ns)


@pytest.mark.parametrize("folder", ["objects", "objects/ConfigMap", "tmp"])
@pytest.mark.parametrize("thing", ["a pipe", "a link to itself", "empty"])
async def test_another_thing_in_a_folders_place_is_a_line(root: Path, folder: str, thing: str) -> None:
    path = root / folder
    shutil.rmtree(path)
    THINGS[thing](path)
    with pytest.raises(KubeError) as told:
        await opened(root)
    assert folder.rpartition("/")[2] in str(told.value)


@pytest.mark.parametrize("content", ["-1", "²", "9" * 5000, "1e3", "1 2"])
async def test_a_revision_that_is_no_number_is_a_line(root: Path, content: str) -> None:
    (root / "revision").write_text(content)
    with pytest.raises(StateRefused, match=r"revision holds no number; write one above every resourceVersion into it$"):
        await opened(root)


@pytest.mark.parametrize("mode", [0o700, 0o755])
async def test_nothing_is_written_into_a_folder_of_other_things(tmp_path: Path, mode: int) -> None:
    root = tmp_path / "foreign"
    root.mkdir(mode=mode)
    (root / "notes").write_text("mine")
    with pytest.raises(StateRefused, match="is not empty and no state folder: notes is in it"):
        await Store.open(root)
    (root / "notes").rename(root / "version")
    (root / "version").write_text("99")
    with pytest.raises(StateRefused, match="is of format 99"):
        await Store.open(root)
    assert [path.name for path in root.iterdir()] == ["version"]


@pytest.mark.parametrize("content", ["99\n", "spoilt"])
def test_nobody_waits_for_a_format_to_become_another(
    root: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "version").write_text(content)
    started = time.monotonic()
    assert main(["local", "down", "--state", str(root)]) == 1
    assert time.monotonic() - started < 5
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("thing", ["a folder", "a pipe", "a socket", "an endless file"])
def test_another_thing_in_place_of_a_file_of_the_run_is_a_line(tmp_path: Path, thing: str) -> None:
    places = Places(tmp_path)
    places.make()
    THINGS[thing](places.own_log)
    with pytest.raises(Unusable, match=r"operator\.log is no plain file; move it away$"):
        places.make()
    THINGS[thing](places.run / "ports.json")
    with pytest.raises((Unusable, OSError)) as told:
        Ports(places.run / "ports.json").load({})
    assert "ports.json" in line_of(told.value)


@pytest.mark.parametrize("content", [b"", b"[1]", b"\xff", b'{"a": "b"}', b"[" * 100_000])
def test_ports_that_cannot_be_read_are_chosen_anew_and_that_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ports.json").write_bytes(content)
    lines: list[str] = []
    ports = Ports(tmp_path / "ports.json", lines.append)
    ports.load({})
    assert ports.of("a") > 0


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/s/x"), "/s/x: No space left on device; make room on that"),
        (IsADirectoryError(errno.EISDIR, "Is a directory", b"/s/x"), "something else is in its place: move that away"),
        (OSError(errno.ENAMETOOLONG, "File name too long", "/s" * 500), "File name too long; give a shorter path"),
        (PermissionError(errno.EACCES, "Permission denied", "/s/x"), "see its owner and permissions"),
        (ExceptionGroup("two", [Unusable("give another one"), OSError()]), "give another one"),
        (OSError(), "OSError; try again"),
    ],
)
def test_what_the_system_refuses_is_told_with_what_to_do(error: Exception, says: str) -> None:
    assert says in line_of(error)
    assert len(line_of(error)) < 300


def test_a_path_that_is_too_long_for_the_system_is_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for verb in ("down", "apply", "status", "logs", "delete app x", "watch"):
        assert main(["local", *verb.split(), "--state", str(tmp_path / ("x" * 300))]) == 1
        error = capsys.readouterr().err
        assert error.startswith("error: ")
        assert error.count("\n") == 1
        assert "; " in error


@pytest.mark.parametrize("command", ["main='", 'main="a', "main=a\\"])
def test_a_command_that_no_shell_reads_is_told_as_that(command: str) -> None:
    with pytest.raises(Unusable, match=r"^--run main=…: the command is none for a shell: no .*; correct it$"):
        parse_runs([command])


def test_what_was_given_is_echoed_in_one_line() -> None:
    assert one_line("a\nb\x1b[31m\u2028c\x00") == r"a\nb\x1b[31m\u2028c\x00"
    assert len(one_line("x" * 10_000_000)) < 5000
    for name in ("a\nb", 5, None, ["a"], "x" * 10_000):
        with pytest.raises(ApiRefused) as told:
            place_of("ConfigMap", "default", name)
        assert "\n" not in str(told.value)
        assert len(str(told.value)) < 300
        with pytest.raises(ApiRefused):
            place_of("ConfigMap", name, "a")


def test_a_manifest_with_odd_names_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, text in enumerate(
        (
            'metadata: {name: "a\\nb"}\nkind: Secret\napiVersion: v1\n',
            'metadata: {name: a}\nkind: "Sec\\nret"\napiVersion: v1\n',
            'metadata: {name: a}\nkind: Secret\napiVersion: "v\\n1"\n',
            'metadata: {name: a}\nkind: Secret\napiVersion: v1\n"da\\nta": {}\n',
            'metadata: {name: a, namespace: "x\\ny"}\nkind: Secret\napiVersion: v1\n',
            "metadata: {name: a}\nkind: Secret\napiVersion: v1\ndata: {a: !!binary eA==}\n",
            "metadata: {name: a}\nkind: Secret\napiVersion: v1\ndata: {a: x}\ndata: {a: y}\n",
            "metadata: {name: a}\nkind: Secret\napiVersion: v1\ndata: " + "[" * 200 + "]" * 200 + "\n",
        )
    ):
        file = tmp_path / f"{number}.yaml"
        file.write_text(text)
        assert main(["local", "apply", "--state", str(tmp_path / "state"), "-f", str(file)]) == 1
        error = capsys.readouterr().err
        assert error.startswith("error: ")
        assert error.count("\n") == 1


def test_a_folder_of_manifests_with_a_pipe_in_it_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    assert read_manifests([tmp_path]) == []
    with pytest.raises(LocalError, match="is larger than"):
        read_manifests([Path("/dev/zero")])
