"""The module cache: extracted modules and zips are held against go.sum, and a zip that is no module zip is refused."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.unit.gencreds.golang_trees import packages, write

from gencreds.golang.gosum import hash_of, tree_lines
from gencreds.golang.limits import InputRefused, Limits
from gencreds.golang.packages import Packages

_GO_MOD = "module example.com/shop\n\nrequire example.com/Lib v1.2.3\n"
_PREFIX = "example.com/Lib@v1.2.3"
_FILES = {
    "go.mod": "module example.com/Lib\n",
    "deep/a.go": 'package deep\n\nconst A = "a"\n',
    "z.go": "package lib\n",
}


def _zip(path: Path, files: Mapping[str, bytes | str], prefix: str = _PREFIX + "/") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(prefix + name, data)
    return path


def _sum(tmp_path: Path) -> str:
    tree = write(tmp_path / "for-sum", _FILES)
    return hash_of(tree_lines(str(tree), _PREFIX, Limits()))


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GOMODCACHE", str(tmp_path / "cache"))
    go_sum = f"{_PREFIX.replace('@', ' ')} {_sum(tmp_path)}\n{_PREFIX.replace('@', ' ')}/go.mod h1:abc=\n"
    return write(tmp_path / "shop", {"go.mod": _GO_MOD, "go.sum": go_sum})


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "cache" / "download" / "example.com" / "!lib" / "@v" / "v1.2.3.zip"


def _constant(loader: Packages) -> str | None:
    package = loader.find("example.com/Lib/deep")
    if package is None:
        return None
    assert [file.name for file in package.files] == ["example.com/Lib/deep/a.go"]
    ((expr, file),) = package.constants["A"]
    return loader.string_constant(expr, file, package)


def test_the_hash_of_nothing_and_of_one_file_is_that_of_its_definition() -> None:
    assert hash_of([]) == "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    # printf '%s  m@v1.0.0/a\n' "$(printf x | sha256sum | cut -d' ' -f1)" | sha256sum | xxd -r -p | base64
    one = [("m@v1.0.0/a", "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881")]
    assert hash_of(one) == "h1:i5HWA6ZgkaSraMjVSNl64kSmr3tZycjfyJO7yGP7r6Y="


def test_a_zip_is_read_in_place_where_the_extracted_files_are_missing(shop: Path, archive: Path) -> None:
    _zip(archive, _FILES)
    assert _constant(packages(shop)) == "a"
    assert not (shop.parent / "cache" / "example.com").exists()


def test_extracted_files_go_before_the_zip(shop: Path, archive: Path) -> None:
    _zip(archive, {"broken": "x"})
    write(shop.parent / "cache" / "example.com" / "!lib@v1.2.3", _FILES)
    assert _constant(packages(shop)) == "a"


@pytest.mark.parametrize("extracted", [True, False])
def test_files_that_differ_from_go_sum_are_refused_naming_both_sums(
    shop: Path, archive: Path, *, extracted: bool
) -> None:
    files = {**_FILES, "deep/a.go": 'package deep\n\nconst A = "evil"\n'}
    if extracted:
        write(shop.parent / "cache" / "example.com" / "!lib@v1.2.3", files)
    else:
        _zip(archive, files)
    with pytest.raises(
        InputRefused, match=r"checksum mismatch of module example\.com/Lib@v1\.2\.3: go\.sum says h1:.*h1:"
    ):
        _constant(packages(shop))


def test_a_file_more_in_the_cache_is_a_mismatch_too(shop: Path) -> None:
    write(shop.parent / "cache" / "example.com" / "!lib@v1.2.3", {**_FILES, "deep/more.go": "package deep\n"})
    with pytest.raises(InputRefused, match="checksum mismatch"):
        _constant(packages(shop))


@pytest.mark.parametrize("go_sum", ["", "example.com/Lib v1.2.3/go.mod h1:abc=\n", None])
def test_a_module_that_is_needed_and_not_in_go_sum_is_refused(shop: Path, archive: Path, go_sum: str | None) -> None:
    _zip(archive, _FILES)
    (shop / "go.sum").unlink()
    if go_sum is not None:
        (shop / "go.sum").write_text(go_sum)
    with pytest.raises(InputRefused, match=r"go\.sum has no sum of example\.com/Lib@v1\.2\.3"):
        _constant(packages(shop))


def test_a_module_that_is_not_needed_may_be_anything(shop: Path, archive: Path) -> None:
    archive.parent.mkdir(parents=True)
    archive.write_bytes(b"no zip at all")
    (shop / "p").mkdir()
    (shop / "p" / "p.go").write_text("package p\n")
    assert packages(shop).find("example.com/shop/p") is not None


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("../up.go", "not inside|with the name"),
        ("a/../b.go", "with the name"),
        ("a//b.go", "with the name"),
        ("a\\b.go", "with the name"),
        ("a\nb.go", "with the name"),
        ("a/" * 200 + "b.go", "not inside"),
        ("DEEP/A.go", "cannot tell apart"),
    ],
)
def test_a_zip_with_a_name_that_no_module_has_is_refused(shop: Path, archive: Path, name: str, complaint: str) -> None:
    _zip(archive, {**_FILES, name: ""})
    with pytest.raises(InputRefused, match=complaint):
        _constant(packages(shop))


@pytest.mark.parametrize("prefix", ["/etc/", "", "example.com/Lib@v1.2.4/", "../" + _PREFIX + "/"])
def test_a_zip_of_another_module_is_refused(shop: Path, archive: Path, prefix: str) -> None:
    _zip(archive, _FILES, prefix)
    with pytest.raises(InputRefused, match="which is not inside"):
        _constant(packages(shop))


def test_a_zip_that_holds_a_name_twice_is_refused(shop: Path, archive: Path) -> None:
    _zip(archive, _FILES)
    with zipfile.ZipFile(archive, "a") as opened, pytest.warns(UserWarning, match="Duplicate"):
        opened.writestr(f"{_PREFIX}/z.go", "package other\n")
    with pytest.raises(InputRefused, match="cannot tell apart"):
        _constant(packages(shop))


def test_a_link_in_a_zip_is_refused(shop: Path, archive: Path) -> None:
    _zip(archive, _FILES)
    link = zipfile.ZipInfo(f"{_PREFIX}/deep/link.go")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr(link, "/etc/passwd")
    with pytest.raises(InputRefused, match="no regular file"):
        _constant(packages(shop))


def test_a_link_in_an_extracted_module_is_refused(shop: Path) -> None:
    tree = write(shop.parent / "cache" / "example.com" / "!lib@v1.2.3", _FILES)
    (tree / "link.go").symlink_to("/etc/passwd")
    with pytest.raises(InputRefused, match="no regular file"):
        _constant(packages(shop))


def test_a_zip_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(shop: Path, archive: Path) -> None:
    _zip(archive, {**_FILES, "bomb": b"\0" * 5_000_000})
    assert archive.stat().st_size < 20_000
    with pytest.raises(InputRefused, match="unpacks to more than is read"):
        _constant(packages(shop, Limits(total_bytes=4_000_000)))


def test_a_zip_that_lies_about_a_size_is_not_believed(shop: Path, archive: Path) -> None:
    _zip(archive, {**_FILES, "deep/b.go": b"\0" * 1_000_000})
    size = (1_000_000).to_bytes(4, "little")
    archive.write_bytes(archive.read_bytes().replace(size, (10).to_bytes(4, "little")))
    with pytest.raises(InputRefused, match=r"cannot be read|mismatch"):
        _constant(packages(shop))


def test_a_zip_of_very_many_files_is_refused(shop: Path, archive: Path) -> None:
    _zip(archive, {**_FILES, **{f"f{i}": "" for i in range(50)}})
    with pytest.raises(InputRefused, match="holds more than 20 files"):
        _constant(packages(shop, Limits(files=20)))


def test_a_zip_with_a_huge_list_of_names_is_refused_by_its_end_alone(shop: Path, archive: Path) -> None:
    _zip(archive, _FILES)
    data = bytearray(archive.read_bytes())
    data[-10:-6] = (9 << 20).to_bytes(4, "little")
    archive.write_bytes(bytes(data))
    with pytest.raises(InputRefused, match="larger than is read"):
        _constant(packages(shop))


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x05\x06", b"PK\x03\x04" * 100])
def test_what_is_no_zip_is_refused(shop: Path, archive: Path, data: bytes) -> None:
    archive.parent.mkdir(parents=True)
    archive.write_bytes(data)
    with pytest.raises(InputRefused, match="is no zip file"):
        _constant(packages(shop))


def test_a_zip_without_files_holds_no_packages(shop: Path, archive: Path) -> None:
    _zip(archive, {})
    assert _constant(packages(shop)) is None


@pytest.mark.parametrize("version", ["../../x", "v1.0.0/../../../x", "..", "."])
def test_a_version_that_leads_out_of_the_cache_finds_nothing(shop: Path, version: str) -> None:
    (shop / "go.mod").write_text(f"module example.com/shop\n\nrequire example.com/Lib {version}\n")
    assert packages(shop).find("example.com/Lib/deep") is None
