"""The source archive: reproducible, pruned, complete, and analysed alike wherever it is unpacked."""

from __future__ import annotations

import io
import json
import os
import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest
from tests.golden.corpus import CASES, lay_out

from gencreds.archive import BundleRefused, pack, unpack
from gencreds.cli import main
from gencreds.golang.gosum import hash_of, tree_lines
from gencreds.golang.limits import Limits
from gencreds.microbus.model import Microservice
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
        return {entry.name: (entry, archive.extractfile(entry).read()) for entry in archive}


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
    unpack(pack(bundle).data, tmp_path / "unpacked")
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


def _unpacked(data: bytes, folder: Path) -> list[Microservice]:
    unpack(data, folder)
    main_file = json.loads((folder / "source.json").read_text())["bundle"]
    return scan(folder / "src" / main_file, limits=Limits(confined=True))


def _assert_round_trip(bundle: Path, folder: Path) -> dict[str, str]:
    """The archive of `bundle`, unpacked elsewhere and confined, gives the same report; returns its modules."""
    packed = pack(bundle)
    assert report_of(_unpacked(packed.data, folder), "p").to_json() == report_of(scan(bundle), "p").to_json()
    return dict(json.loads((folder / "source.json").read_text())["modules"])


@pytest.mark.parametrize(
    "case", [case for case in CASES if (case / "main" / "main.go").exists()], ids=lambda case: case.name
)
def test_every_bundle_of_the_corpus_makes_the_round_trip(case: Path, tmp_path: Path) -> None:
    tree = lay_out(case, tmp_path / "tree")
    (tmp_path / "unpacked").mkdir()
    _assert_round_trip(tree / "main" / "main.go", tmp_path / "unpacked")


@pytest.mark.parametrize("main_in", ["shop", "lib"])
def test_modules_that_a_go_work_joins_make_the_round_trip(bundle: Path, tmp_path: Path, main_in: str) -> None:
    (tmp_path / "shop" / "go.mod").write_text("module example.com/shop\n")
    (tmp_path / "shop" / "go.work").write_text("go 1.24\n\nuse (\n\t.\n\t../lib\n)\n\nreplace x.org/y v1.0.0 => ../y\n")
    if main_in == "lib":
        (tmp_path / "lib" / "main").mkdir()
        (tmp_path / "lib" / "main" / "main.go").write_text(bundle.read_text())
        (tmp_path / "shop" / "go.work").rename(tmp_path / "go.work")
        (tmp_path / "go.work").write_text("use ./shop\nuse ./lib\n")
        bundle = tmp_path / "lib" / "main" / "main.go"
    modules = _assert_round_trip(bundle, tmp_path / "unpacked")
    assert modules == ({} if main_in == "lib" else {"example.com/lib": "local"})


def test_a_module_outside_that_holds_the_main_package_is_packed(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shop" / "go.mod").write_text("module example.com/shop\n")
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "go.work").write_text("use ../shop\nuse ../lib\n")
    monkeypatch.setenv("GOWORK", str(tmp_path / "work" / "go.work"))
    packed = pack(bundle)
    monkeypatch.delenv("GOWORK")
    services = _unpacked(packed.data, tmp_path / "unpacked")
    assert [service.hostname for service in services] == ["ledger.lib", "orders.shop"]


@pytest.mark.parametrize("zipped", [True, False])
def test_modules_of_the_module_cache_make_the_round_trip(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, zipped: bool
) -> None:
    prefix, cache = "example.com/lib@v1.2.3", tmp_path / "cache"
    (tmp_path / "shop" / "go.mod").write_text("module example.com/shop\n\nrequire example.com/lib v1.2.3\n")
    go_sum = hash_of(tree_lines(str(tmp_path / "lib"), prefix, Limits()))
    (tmp_path / "shop" / "go.sum").write_text(f"{prefix.replace('@', ' ')} {go_sum}\n")
    if zipped:
        path = cache / "cache" / "download" / "example.com" / "lib" / "@v" / "v1.2.3.zip"
        path.parent.mkdir(parents=True)
        with zipfile.ZipFile(path, "w") as archive:
            for file in sorted((tmp_path / "lib").rglob("*")):
                if file.is_file():
                    archive.write(file, f"{prefix}/{file.relative_to(tmp_path / 'lib')}")
    else:
        shutil.copytree(tmp_path / "lib", cache / "example.com" / "lib@v1.2.3")
    shutil.rmtree(tmp_path / "lib")
    monkeypatch.setenv("GOMODCACHE", str(cache))
    assert _assert_round_trip(bundle, tmp_path / "unpacked") == {"example.com/lib": "v1.2.3"}
