"""Hostile credentials, keys and folders: the real command refuses them in a line, in time, and never shows a seed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.contract.hostile_credentials import CREDS, KEYS, ODD_NAME, Place, make_pipe
from tests.contract.measuring import MEBIBYTES, SECONDS, Measured, gencreds

_SEED = re.compile(r"\bS[AUONCX][A-Z2-7]{40,}", re.IGNORECASE)
# Runs the command with 16 MiB more than it has once it is loaded.
_WITH_LITTLE_MEMORY = """
import resource, sys
import gencreds.cli.comparing
from gencreds.cli import main
pages = int(open("/proc/self/statm").read().split()[0])
most = pages * resource.getpagesize() + (16 << 20)
resource.setrlimit(resource.RLIMIT_AS, (most, most))
sys.exit(main(sys.argv[1:]))
"""
# The kernel writes here, nobody else: whoever runs the tests.
_UNWRITABLE = Path("/proc/sys/kernel/creds")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A folder with a bundle and a key."""
    return Place(tmp_path)


def assert_harmless(measured: Measured, place: Place) -> None:
    """Check what holds for every input: bounds kept, no traceback, no seed, nothing that a terminal would obey."""
    assert measured.seconds < SECONDS
    assert measured.mebibytes < MEBIBYTES
    said = measured.output + measured.complaint
    assert "Traceback" not in said
    assert not any(seed in said for seed in place.seeds)
    assert not _SEED.search(said)
    assert all(char.isprintable() for char in said.replace("\n", ""))


def assert_refused(measured: Measured, place: Place, says: str) -> None:
    """Check that one line says what is wrong, and nothing else is said or left behind."""
    assert_harmless(measured, place)
    assert (measured.code, len(measured.complaint.splitlines())) == (1, 1), measured.complaint
    assert measured.complaint.startswith("gencreds: ")
    assert says in measured.complaint
    assert not measured.output or json.loads(measured.output)["credentials"] == []
    assert not place.out.exists() or not list(place.out.iterdir())


def _signed(place: Place, *flags: str, folder: Path | None = None) -> Measured:
    given = {"-bundle": str(place.main), "-signing-key": str(place.key), "-out": str(place.out)}
    given |= dict(zip(flags[::2], flags[1::2], strict=True))
    return gencreds(*(word for pair in given.items() for word in pair), folder=folder)


@pytest.mark.parametrize("name", CREDS)
@pytest.mark.parametrize("command", ["inspect", "verify"])
def test_hostile_credentials_are_refused_in_a_line(place: Place, name: str, command: str) -> None:
    made, says = CREDS[name]
    data = made(place)
    file = place.folder / "x.creds"
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    flags = ("-quiet", "-source", str(place.main)) if command == "verify" else ("-format", "json")
    assert_refused(gencreds(command, *flags, str(file)), place, says)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (make_pipe, "nothing came out of it for 5 s"),
        (Path.mkdir, "the folder holds no *.creds file"),
        (lambda path: path.symlink_to(path.name), "too many levels of symbolic links"),
        (lambda path: path.symlink_to("/dev/zero"), "larger than any .creds file"),
        (lambda path: path.symlink_to("nowhere"), "no such file"),
        (lambda path: None, "no such file"),
    ],
    ids=["a pipe", "a folder", "a link to itself", "a device without end", "a link to nothing", "nothing"],
)
def test_what_is_no_file_is_no_credentials(place: Place, make: Callable[[Path], None], says: str) -> None:
    file = place.folder / "x.creds"
    make(file)
    assert_refused(gencreds("inspect", str(file)), place, says)


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_credentials_say_reaches_no_terminal_as_it_is(place: Place, form: str) -> None:
    folder = place.folder / "many"
    folder.mkdir()
    (folder / f"{ODD_NAME}.creds").write_text(place.creds(ODD_NAME, (ODD_NAME, "P.>")))
    for command in (("inspect",), ("verify", "-quiet", "-source", str(place.shop))):
        measured = gencreds(*command, "-format", form, str(folder))
        assert_harmless(measured, place)
        assert measured.code in (0, 1, 3)
        assert measured.output


def test_of_a_folder_each_file_that_is_no_credentials_has_its_line(place: Place) -> None:
    folder = place.folder / "many"
    folder.mkdir()
    for at, (made, _) in enumerate(CREDS.values()):
        data = made(place)
        (folder / f"{at}.creds").write_bytes(data.encode() if isinstance(data, str) else data)
    measured = gencreds("inspect", str(folder))
    assert_harmless(measured, place)
    assert (measured.code, len(measured.complaint.splitlines())) == (1, len(CREDS))


def test_more_credentials_than_are_read_at_once_are_refused(place: Place) -> None:
    folder = place.folder / "many"
    folder.mkdir()
    for at in range(1_001):
        (folder / f"{at}.creds").touch()
    assert_refused(gencreds("inspect", str(folder)), place, "1000 are the most")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "JWT"),
        (b"\xff\xfe" * 99, "JWT"),
        (b"a.b.c", "JWT"),
        (b"." * 3_000_000, "1048576"),
        (None, "nothing came out"),
    ],
    ids=["nothing", "bytes", "letters", "three megabytes", "a pipe"],
)
def test_an_account_that_is_none_is_refused(place: Place, data: bytes | None, says: str) -> None:
    (place.folder / "x.creds").write_text(place.creds())
    token = place.folder / "plane.jwt"
    make_pipe(token) if data is None else token.write_bytes(data)
    flags = ("-quiet", "-source", str(place.main), "-account-jwt", str(token))
    assert_refused(gencreds("verify", *flags, str(place.folder / "x.creds")), place, says)


@pytest.mark.parametrize("name", KEYS)
def test_a_key_that_is_none_signs_nothing(place: Place, name: str) -> None:
    made, says = KEYS[name]
    data = made(place)
    place.key.write_bytes(data.encode() if isinstance(data, str) else data)
    assert_refused(_signed(place), place, says)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (make_pipe, "nothing came out of it"),
        (Path.mkdir, "is a directory"),
        (lambda path: path.symlink_to(path.name), "too many levels"),
        (lambda path: path.symlink_to("/dev/zero"), "seed"),
    ],
    ids=["a pipe", "a folder", "a link to itself", "a device without end"],
)
def test_what_is_no_file_is_no_key(place: Place, make: Callable[[Path], None], says: str) -> None:
    place.key.unlink()
    make(place.key)
    assert_refused(_signed(place), place, says)


def test_a_key_that_comes_out_of_a_pipe_signs(place: Place) -> None:
    read, write = os.pipe()
    os.write(write, place.account.reveal().encode())
    os.close(write)
    try:
        measured = _signed(place, "-signing-key", f"/proc/{os.getpid()}/fd/{read}")
    finally:
        os.close(read)
    assert_harmless(measured, place)
    assert (measured.code, [path.name for path in place.out.iterdir()]) == (0, ["caller.example_nats.creds"])


@pytest.mark.parametrize("flag", ["-signing-key", "-account", "-out", "-persist-user-nkeys"])
def test_a_seed_in_place_of_a_path_is_neither_repeated_nor_made_a_folder(place: Place, flag: str) -> None:
    seed = place.account.reveal()
    assert_refused(_signed(place, flag, seed, folder=place.folder), place, "")
    assert not any(seed in str(path) for path in place.folder.rglob("*"))


def test_a_seed_in_place_of_a_plane_is_not_repeated(place: Place) -> None:
    assert_harmless(_signed(place, "-plane", place.account.reveal()), place)


@pytest.mark.parametrize(
    ("flag", "value", "says"),
    [
        ("-account", ODD_NAME, "-account"),
        ("-account", "", ""),
        ("-plane", ODD_NAME, "-plane"),
        ("-bundle", ODD_NAME, "does not exist"),
        ("-bundle", "\x7f" * 5_000, "resolve bundle"),
        ("-out", "/dev/null", "create out dir"),
        ("-out", "/dev/null/below", "create out dir"),
        ("-out", str(_UNWRITABLE), "create out dir"),
        ("-out", "x" * 5_000, "create out dir"),
        ("-persist-user-nkeys", "/dev/null", "create user nkeys dir"),
        ("-persist-user-nkeys", str(_UNWRITABLE), "create user nkeys dir"),
    ],
)
def test_flags_that_lead_nowhere_are_refused(place: Place, flag: str, value: str, says: str) -> None:
    measured = _signed(place, flag, value)
    if says:
        assert_refused(measured, place, says)
    else:
        assert (measured.code, measured.complaint) == (0, "")


@pytest.mark.parametrize("name", ["bytes", "half a seed", "an operator's seed", "a pipe", "a folder"])
def test_a_kept_user_key_that_is_none_signs_nothing(place: Place, name: str) -> None:
    kept = place.folder / "kept"
    kept.mkdir()
    file = kept / "caller.example_user.nk"
    if name in KEYS:
        data = KEYS[name][0](place)
        file.write_bytes(data.encode() if isinstance(data, str) else data)
    else:
        make_pipe(file) if name == "a pipe" else file.mkdir()
    assert_refused(_signed(place, "-persist-user-nkeys", str(kept)), place, "caller.example")


@pytest.mark.parametrize("form", ["a folder", "a pipe", "a link to itself"])
def test_what_stands_where_credentials_go_is_replaced_or_refused(place: Place, form: str) -> None:
    target = place.out / "caller.example_nats.creds"
    place.out.mkdir()
    if form == "a folder":
        target.mkdir()
    elif form == "a pipe":
        make_pipe(target)
    else:
        target.symlink_to(target.name)
    measured = _signed(place)
    assert_harmless(measured, place)
    assert measured.code == int(form == "a folder")
    assert [path.name for path in place.out.iterdir()] == [target.name]
    assert target.is_dir() if form == "a folder" else (target.is_file() and not target.is_symlink())


@pytest.mark.parametrize("command", ["bundle", "sign", "verify"])
@pytest.mark.parametrize(
    "name", ["main as a pipe", "main as a folder", "go.mod as a pipe", "go.mod as a folder", "no main", "main of bytes"]
)
def test_a_bundle_that_is_none_is_refused(place: Place, command: str, name: str) -> None:
    which = place.shop / "go.mod" if name.startswith("go.mod") else place.main
    which.unlink()
    if name.endswith("pipe"):
        make_pipe(which)
    elif name.endswith("folder"):
        which.mkdir()
    elif name.endswith("bytes"):
        which.write_bytes(b"\xff\xfe\x1b[31m\0" * 99)
    (place.folder / "x.creds").write_text(place.creds())
    measured = {
        "bundle": lambda: gencreds("bundle", "-bundle", str(place.main), "-out", str(place.folder / "a.tar.gz")),
        "sign": lambda: _signed(place),
        "verify": lambda: gencreds("verify", "-source", str(place.main), str(place.folder / "x.creds")),
    }[command]()
    assert_harmless(measured, place)
    assert (measured.code in (1, 3), bool(measured.complaint or measured.output)) == (True, True)
    assert not (place.folder / "a.tar.gz").exists()
    assert not place.out.exists()


@pytest.mark.parametrize("out", ["/dev/null/below", str(_UNWRITABLE), ".", "missing/folder/a.tar.gz", "x" * 5_000, ""])
def test_an_archive_that_cannot_be_written_leaves_nothing(place: Place, out: str) -> None:
    measured = gencreds("bundle", "-bundle", str(place.main), "-out", out, folder=place.folder)
    assert_refused(measured, place, "write open")
    assert sorted(path.name for path in place.folder.iterdir()) == ["account.nk", "shop"]


def test_with_too_little_memory_a_line_says_so(place: Place) -> None:
    report = place.folder / "many.json"
    report.write_text('{"services": [' + ", ".join(["{}"] * 1_000_000) + "]}")
    given = [sys.executable, "-c", _WITH_LITTLE_MEMORY, "diff", str(report), str(report)]
    done = subprocess.run(given, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        "gencreds: out of memory; look for generated or hostile files in the source, or allow more\n",
    )
