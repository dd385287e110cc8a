"""The source archive is a stranger's (D6): it becomes regular files below one folder, or is refused, saying why."""

from __future__ import annotations

import gzip
import io
import os
import stat
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from microbus_operator.source.archive import Unpacked, unpack
from microbus_operator.source.errors import ArchiveRefused
from microbus_operator.source.settings import ArchiveLimits, SourceSettings

from .tar_making import Entry, make_archive, make_tar

LIMITS = SourceSettings().archive


def unpacked(archive: bytes, folder: Path, limits: ArchiveLimits = LIMITS) -> Unpacked:
    return unpack(io.BytesIO(archive), folder, limits)


def test_files_arrive_below_the_folder_with_their_content_and_for_nobody_else(tmp_path: Path) -> None:
    assert unpacked(make_archive(Entry("src/go.mod", b"module shop\n")), tmp_path) == Unpacked("main/main.go")
    module = tmp_path / "src" / "go.mod"
    assert module.read_bytes() == b"module shop\n"
    assert stat.S_IMODE(module.stat().st_mode) == 0o600
    assert stat.S_IMODE(module.parent.stat().st_mode) == 0o700


def test_entries_for_folders_are_fine(tmp_path: Path) -> None:
    folders = [Entry("src", kind=tarfile.DIRTYPE), Entry("src/empty/", kind=tarfile.DIRTYPE)]
    unpacked(make_archive(*folders, Entry("src/empty", kind=tarfile.DIRTYPE)), tmp_path)
    assert (tmp_path / "src" / "empty").is_dir()


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_every_tar_format_is_read(form: int, tmp_path: Path) -> None:
    entries = [Entry("source.json", b'{"version": 1, "bundle": "main.go"}'), Entry("src/main.go")]
    unpacked(gzip.compress(make_tar([*entries, Entry(f"src/{'a' * 60}/{'b' * 60}.go", b"x")], form)), tmp_path)
    assert len(list(tmp_path.rglob("*.go"))) == 2


HOSTILE = {
    "a symbolic link": (Entry("src/link", kind=tarfile.SYMTYPE, link="/etc/passwd"), "a link, 'src/link'"),
    "a hard link": (Entry("src/link", kind=tarfile.LNKTYPE, link="src/main/main.go"), "a link, 'src/link'"),
    "a character device": (Entry("src/null", kind=tarfile.CHRTYPE), "a device or pipe"),
    "a block device": (Entry("src/disk", kind=tarfile.BLKTYPE), "a device or pipe"),
    "a pipe": (Entry("src/pipe", kind=tarfile.FIFOTYPE), "a device or pipe"),
    "an unknown type": (Entry("src/what", kind=b"Z"), "a device or pipe"),
    "a way up": (Entry("src/../../escaped"), "not in its shortest form"),
    "a way up at once": (Entry("../escaped"), "not in its shortest form"),
    "an absolute name": (Entry("/tmp/escaped"), "absolute"),
    "a dot": (Entry("./src/dot.go"), "not in its shortest form"),
    "two slashes": (Entry("src//two.go"), "not in its shortest form"),
    "a newline": (Entry("src/a\nb.go"), "control character"),
    "an escape sequence": (Entry("src/\x1b[31mred.go"), "control character"),
    "a change of writing direction": (Entry("src/\u202eog.niam"), "control character"),
    "a backslash": (Entry("src\\main.go"), "backslash"),
    "bytes that are not UTF-8": (Entry("src/\udcff.go"), "not UTF-8"),
    "a name beyond bounds": (Entry("src/" + "a" * 1021), "more than 1024 bytes"),
    "folders beyond bounds": (Entry("src/" + "d/" * 64 + "x.go"), "more than 64 folders"),
    "a name twice": (Entry("src/main/main.go", b"other"), "'src/main/main.go' twice"),
    "a folder that is a file": (Entry("src/main/main.go/x.go"), "both as a file and as a folder"),
    "a file that is a folder": (Entry("src/main"), "'src/main' twice"),
    "a folder over a file": (Entry("src/main/main.go", kind=tarfile.DIRTYPE), "twice"),
    "a file beyond bounds": (
        Entry("src/large.go", b"\0" * (LIMITS.file_bytes + 1)),
        "'src/large.go' of 16777217 bytes",
    ),
}


@pytest.mark.parametrize(("entry", "message"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_plain_file_of_a_plain_name_is_refused(entry: Entry, message: str, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    with pytest.raises(ArchiveRefused) as refused:
        unpacked(make_archive(entry), inside)
    assert message in str(refused.value)
    assert str(refused.value).isprintable()
    assert [path.name for path in tmp_path.iterdir()] == ["inside"]
    assert not Path("/tmp/escaped").exists()


def test_100_001_entries_are_too_many(tmp_path: Path) -> None:
    many = (Entry("src", kind=tarfile.DIRTYPE) for _ in range(100_001))
    with pytest.raises(ArchiveRefused, match="more than 100000 entries"):
        unpacked(gzip.compress(make_tar(many, tarfile.USTAR_FORMAT), compresslevel=1), tmp_path)


def test_a_decompression_bomb_is_stopped_by_its_ratio(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(64 << 20), compresslevel=9)
    archive = gzip.compress(make_tar([Entry("src/a.go")])[:512]) + bomb
    assert len(archive) < 70_000
    with pytest.raises(ArchiveRefused, match="more than 200 times its size"):
        unpacked(archive, tmp_path, replace(LIMITS, inflated_bytes=1 << 40, file_bytes=1 << 40))


def test_an_archive_is_stopped_at_its_total_whatever_its_ratio(tmp_path: Path) -> None:
    noise = [Entry(f"src/{index}", os.urandom(1 << 20)) for index in range(3)]
    with pytest.raises(ArchiveRefused, match="unfolds to more than 2097152 bytes"):
        unpacked(make_archive(*noise), tmp_path, replace(LIMITS, inflated_bytes=2 << 20))


def test_a_header_that_asks_for_the_memory_is_refused_before_it_is_read(tmp_path: Path) -> None:
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, 8 << 30
    with pytest.raises(ArchiveRefused, match="extended header of 8589934592 bytes"):
        unpacked(gzip.compress(header.tobuf(tarfile.GNU_FORMAT) + bytes(1024)), tmp_path)


def test_sparse_files_are_refused(tmp_path: Path) -> None:
    header = tarfile.TarInfo("src/sparse")
    header.type = tarfile.GNUTYPE_SPARSE
    with pytest.raises(ArchiveRefused, match="sparse"):
        unpacked(gzip.compress(header.tobuf(tarfile.GNU_FORMAT) + bytes(1024)), tmp_path)


def test_a_damaged_header_is_not_taken_for_the_end(tmp_path: Path) -> None:
    """What follows it would be missing without a word, and missing source is missing grants (D3)."""
    plain = bytearray(gzip.decompress(make_archive()))
    plain[1024 + 20] ^= 0xFF
    with pytest.raises(ArchiveRefused, match="damaged entry header"):
        unpacked(gzip.compress(bytes(plain)), tmp_path)


@pytest.mark.parametrize(
    ("archive", "message"),
    [
        (make_archive()[:-20], "ends in the middle of its gzip stream"),
        (make_archive()[:60] + b"\xff" * 60 + make_archive()[120:], "not valid gzip"),
        (make_archive() + b"trailing words", "not valid gzip"),
        (b"", "not a readable tar"),
        (b"package main\n" * 100, "damaged entry header"),
        (b"\x28\xb5\x2f\xfd" + bytes(100), "zstd; build it with gzip"),
    ],
    ids=["truncated", "damaged", "trailing", "empty", "no tar", "zstd"],
)
def test_what_is_not_a_whole_gzipped_tar_is_refused(archive: bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(ArchiveRefused, match=message):
        unpacked(archive, tmp_path)


@pytest.mark.parametrize(
    ("description", "message"),
    [
        (None, "has no source.json; make it with `gencreds bundle`"),
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "of version None"),
        (b'{"version": 2, "bundle": "main.go"}', "of version 2, and this operator reads 1"),
        (b'{"version": 1}', "bundle, 'None', is no Go file"),
        (b'{"version": 1, "bundle": "other.go"}', "'other.go', is no Go file below src/"),
        (b'{"version": 1, "bundle": "../source.json"}', "is no Go file"),
        (b'{"version": 1, "bundle": ["main.go"]}', "is no Go file"),
    ],
)
def test_the_description_must_name_a_main_file_that_is_there(
    description: bytes | None, message: str, tmp_path: Path
) -> None:
    entries = [Entry("src/main.go")] + ([] if description is None else [Entry("source.json", description)])
    with pytest.raises(ArchiveRefused) as refused:
        unpacked(gzip.compress(make_tar(entries)), tmp_path)
    assert message in str(refused.value)
