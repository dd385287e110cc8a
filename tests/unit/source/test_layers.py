"""One layer's word on `/.microbus/source.tar.gz`, as the image specification has it: here, hidden, or nothing."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from microbus_operator.source.errors import ArchiveRefused
from microbus_operator.source.layers import Found, LayerScan, scan_layer
from microbus_operator.source.settings import SourceSettings

from .tar_making import Entry, make_tar

LIMITS = SourceSettings().layer
FILE = ".microbus/source.tar.gz"


def scanned(layer: bytes, tmp_path: Path) -> LayerScan:
    stream = io.BytesIO(layer)
    scan = scan_layer(stream, tmp_path / "sink", LIMITS)
    assert stream.read() == b"", "whoever feeds the layer hashes all of it"
    return scan


@pytest.mark.parametrize("name", [FILE, f"/{FILE}", f"./{FILE}", f".//{FILE}", f"usr/../{FILE}"])
def test_the_archive_is_found_however_a_builder_spells_its_name(name: str, tmp_path: Path) -> None:
    scan = scanned(make_tar([Entry("app", b"\x7fELF"), Entry(name, b"source")]), tmp_path)
    assert scan == LayerScan(Found.HERE, "sha256:" + hashlib.sha256(b"source").hexdigest())
    assert (tmp_path / "sink").read_bytes() == b"source"


def test_plain_and_gzipped_layers_of_several_members_are_read(tmp_path: Path) -> None:
    plain = make_tar([Entry("app", bytes(200_000)), Entry(FILE, b"source")])
    stargz = gzip.compress(plain[:1024]) + gzip.compress(b"") + gzip.compress(plain[1024:]) + bytes(512)
    assert scanned(plain, tmp_path) == scanned(gzip.compress(plain), tmp_path) == scanned(stargz, tmp_path)


def test_of_two_entries_of_one_name_the_later_counts(tmp_path: Path) -> None:
    scanned(make_tar([Entry(FILE, b"first, and longer"), Entry(FILE, b"second")]), tmp_path)
    assert (tmp_path / "sink").read_bytes() == b"second"


@pytest.mark.parametrize(
    "whiteout",
    [".microbus/.wh.source.tar.gz", ".wh..microbus", ".microbus/.wh..wh..opq", ".wh..wh..opq", "./.wh..microbus"],
)
def test_whiteouts_hide_what_lower_layers_hold(whiteout: str, tmp_path: Path) -> None:
    assert scanned(make_tar([Entry(whiteout)]), tmp_path) == LayerScan(Found.HIDDEN)


def test_a_whiteout_does_not_hide_what_its_own_layer_holds(tmp_path: Path) -> None:
    layer = make_tar([Entry(FILE, b"new"), Entry(".microbus/.wh..wh..opq"), Entry(".microbus/.wh.source.tar.gz")])
    assert scanned(layer, tmp_path).found is Found.HERE


@pytest.mark.parametrize(
    "name",
    ["opt/.wh..wh..opq", "opt/.wh.source.tar.gz", "source.tar.gz", ".microbus/other", "opt/.microbus/source.tar.gz"],
)
def test_other_names_say_nothing(name: str, tmp_path: Path) -> None:
    layer = make_tar([Entry(".microbus", kind=tarfile.DIRTYPE), Entry(name, b"x")])
    assert scanned(layer, tmp_path) == LayerScan(Found.NOTHING)


def test_links_and_devices_elsewhere_in_an_image_are_no_matter(tmp_path: Path) -> None:
    layer = [
        Entry("bin", kind=tarfile.SYMTYPE, link="usr/bin"),
        Entry("dev/null", kind=tarfile.CHRTYPE),
        Entry("etc/passwd", kind=tarfile.LNKTYPE, link="etc/shadow"),
        Entry(FILE, b"source"),
    ]
    assert scanned(make_tar(layer), tmp_path).found is Found.HERE


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (Entry(FILE, kind=tarfile.SYMTYPE, link="/etc/passwd"), "source.tar.gz as a link"),
        (Entry(FILE, kind=tarfile.LNKTYPE, link="app"), "source.tar.gz as a link"),
        (Entry(FILE, kind=tarfile.FIFOTYPE), "source.tar.gz as a device or pipe"),
        (Entry(FILE, kind=tarfile.DIRTYPE), "source.tar.gz as a folder"),
        (Entry(".microbus", kind=tarfile.SYMTYPE, link="elsewhere"), "/.microbus as a link"),
        (Entry(".microbus", b"x"), "/.microbus as a regular file"),
    ],
)
def test_an_archive_that_is_no_regular_file_is_refused(entry: Entry, message: str, tmp_path: Path) -> None:
    with pytest.raises(ArchiveRefused, match=message):
        scan_layer(io.BytesIO(make_tar([entry])), tmp_path / "sink", LIMITS)


def test_an_archive_beyond_bounds_is_not_copied(tmp_path: Path) -> None:
    with pytest.raises(ArchiveRefused, match=r"of 101 bytes, more than 100; let `gencreds bundle` prune it"):
        scan_layer(io.BytesIO(make_tar([Entry(FILE, bytes(101))])), tmp_path / "sink", replace(LIMITS, file_bytes=100))
    assert not (tmp_path / "sink").exists()


def test_an_empty_layer_says_nothing(tmp_path: Path) -> None:
    assert scanned(gzip.compress(bytes(1024)), tmp_path) == LayerScan(Found.NOTHING)
