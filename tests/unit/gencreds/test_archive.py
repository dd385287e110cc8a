"""The source archive: reproducible, pruned, complete, and analysed alike wherever it is unpacked."""

from __future__ import annotations

import io
import json
import os
import shutil
import tarfile
from pathlib import Path

import pytest

from gencreds.archive import BundleRefused, pack
from gencreds.cli import main
from gencreds.golang.limits import Limits
from gencreds.pipeline import scan
from gencreds.report import report_of

from .sources import write_shop

NAMES = [
    "source.json",
    "src/go.mod",
    "src/main/main.go",
    "src/orders/intermediate.go",
    "src/orders/manifest.yaml",
    "src/orders/ordersapi/client.go",
    "src/orders/ordersapi/definition.go",
    "src/orders/service.go",
    "src/vendor/example.com/lib/ledger/intermediate.go",
    "src/vendor/example.com/lib/ledger/ledgerapi/client.go",
    "src/vendor/example.com/lib/ledger/ledgerapi/definition.go",
    "src/vendor/example.com/lib/ledger/manifest.yaml",
    "src/vendor/example.com/lib/ledger/service.go",
]


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write_shop(tmp_path)


def members(data: bytes) -> dict[str, tuple[tarfile.TarInfo, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return {entry.name: (entry, archive.extractfile(entry).read()) for entry in archive}  # type: ignore[union-attr]


def test_it_has_what_the_analysis_reads_and_nothing_else(bundle: Path) -> None:
    assert sorted(members(pack(bundle).data)) == NAMES


def test_it_describes_itself(bundle: Path) -> None:
    _, description = members(pack(bundle).data)["source.json"]
    assert json.loads(description) == {"version": 1, "bundle": "main/main.go", "modules": {"example.com/lib": "local"}}


def test_the_same_source_gives_the_same_bytes_elsewhere_and_at_another_time(tmp_path: Path) -> None:
    first, second = write_shop(tmp_path / "here"), write_shop(tmp_path / "and" / "there")
    os.utime(second, (1, 1))
    second.chmod(0o755)
    assert pack(first).data == pack(second).data


def test_members_say_nothing_of_the_machine(bundle: Path) -> None:
    data = pack(bundle).data
    assert data[4:8] == bytes(4), "gzip's time"
    for entry, content in members(data).values():
        assert entry.isreg()
        assert (entry.mtime, entry.mode, entry.uid, entry.gid) == (0, 0o644, 0, 0)
        assert (entry.uname, entry.gname, entry.pax_headers) == ("", "", {})
        assert str(bundle.parents[2]).encode() not in content


def test_the_unpacked_archive_is_analysed_exactly_as_the_tree(bundle: Path, tmp_path: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(pack(bundle).data)) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    unpacked = scan(tmp_path / "unpacked" / "src" / "main" / "main.go", limits=Limits(confined=True))
    assert report_of(unpacked, "p").to_json() == report_of(scan(bundle), "p").to_json()


def test_a_bundle_without_a_module_is_refused(tmp_path: Path) -> None:
    source = write_shop(tmp_path)
    lone = tmp_path / "lone" / "main.go"
    shutil.copytree(tmp_path / "lib", lone.parent / "vendor" / "example.com" / "lib")
    lone.write_text(source.read_text().replace("orders.NewService(),", ""))
    with pytest.raises(BundleRefused, match=r"there is no go\.mod"):
        pack(lone)


def test_a_name_that_an_archive_cannot_carry_is_refused(bundle: Path) -> None:
    odd = bundle.parents[1] / "orders" / "od\\d.go"
    odd.write_text("package orders\n")
    with pytest.raises(BundleRefused, match="rename it"):
        pack(bundle)


def test_the_command_writes_it_and_says_what_it_holds(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "source.tar.gz"
    assert main(["bundle", "--bundle", str(bundle), "--out", str(target)]) == 0
    assert target.read_bytes() == pack(bundle).data
    assert f"{target}: {len(NAMES)} files, " in capsys.readouterr().out


def test_the_command_packs_nothing_that_has_a_blocking_finding(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (bundle.parents[1] / "orders" / "service.go").write_text("package orders\n\nfunc {\n")
    target = tmp_path / "source.tar.gz"
    assert main(["bundle", "--bundle", str(bundle), "--out", str(target)]) == 1
    assert "nothing was packed" in capsys.readouterr().err
    assert not target.exists()
