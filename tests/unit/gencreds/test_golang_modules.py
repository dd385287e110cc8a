"""Import paths are resolved as Go would, without Go."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.gencreds.golang_trees import packages, write

from gencreds.golang.limits import Limits
from gencreds.golang.modcache import escaped, module_cache
from gencreds.golang.workspace import module_root

_GO_MOD = """module example.com/shop // the shop

go 1.24

require (
	example.com/lib v1.2.3
	example.com/lib/deep v0.1.0 // indirect
	github.com/Microbus-IO/Fabric v1.41.0
	example.com/moved v1.0.0
)

require example.com/local v0.0.0

replace example.com/local => ./third/local

replace (
	example.com/outside => ../outside
	example.com/moved v1.0.0 => example.com/fork v2.0.0
)
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    cache = {
        "example.com/lib@v1.2.3/lib.go": "package lib\n",
        "example.com/lib@v1.2.3/deep/shadowed.go": "package deep\n",
        "example.com/lib/deep@v0.1.0/deep.go": "package deep\n",
        "github.com/!microbus-!i!o/!fabric@v1.41.0/pub/pub.go": "package pub\n",
        "example.com/fork@v2.0.0/moved.go": "package moved\n",
    }
    write(tmp_path / "cache", cache)
    write(tmp_path / "outside", {"go.mod": "module example.com/outside\n", "outside.go": "package outside\n"})
    monkeypatch.setenv("GOMODCACHE", str(tmp_path / "cache"))
    return write(
        tmp_path / "shop",
        {
            "go.mod": _GO_MOD,
            "orders/orders.go": "package orders\n",
            "third/local/local.go": "package local\n",
            "vendor/example.com/vendored/v.go": "package vendored\n",
        },
    )


@pytest.mark.parametrize(
    ("import_path", "name"),
    [
        ("example.com/shop/orders", "orders"),
        ("example.com/vendored", "vendor/example.com/vendored"),
        ("example.com/local", "third/local"),
        ("example.com/outside", "example.com/outside"),
        ("example.com/lib", "example.com/lib"),
        ("example.com/lib/deep", "example.com/lib/deep"),
        ("github.com/Microbus-IO/Fabric/pub", "github.com/Microbus-IO/Fabric/pub"),
        ("example.com/moved", "example.com/moved"),
        ("example.com/shop/none", None),
        ("example.com/shop/../orders", None),
        ("example.com/unknown", None),
        ("fmt", None),
    ],
)
def test_an_import_path_is_resolved_to_a_directory_with_a_name_that_is_the_same_everywhere(
    shop: Path, import_path: str, name: str | None
) -> None:
    directory = packages(shop).modules.resolve(import_path)
    assert (directory.name if directory is not None else None) == name


def test_the_longest_module_path_wins(shop: Path) -> None:
    directory = packages(shop).modules.resolve("example.com/lib/deep")
    assert directory is not None
    assert directory.path.endswith("deep@v0.1.0")


@pytest.mark.parametrize("import_path", ["example.com/outside", "example.com/lib"])
def test_a_confined_scan_reads_nothing_outside_the_source_root(shop: Path, import_path: str) -> None:
    modules = packages(shop, Limits(confined=True)).modules
    assert modules.resolve(import_path) is None
    assert modules.resolve("example.com/local") is not None


def test_the_module_cache_is_found_as_go_finds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GOMODCACHE", "GOPATH", "HOME"):
        monkeypatch.delenv(name, raising=False)
    assert module_cache() is None
    monkeypatch.setenv("HOME", "/home/ann")
    assert module_cache() == "/home/ann/go/pkg/mod"
    monkeypatch.setenv("GOPATH", "/gopath:/other")
    assert module_cache() == "/gopath/pkg/mod"
    monkeypatch.setenv("GOMODCACHE", "/cache")
    assert module_cache() == "/cache"


def test_upper_case_is_escaped_as_in_the_module_cache() -> None:
    assert escaped("github.com/Azure/SDK") == "github.com/!azure/!s!d!k"


def test_the_nearest_go_mod_is_the_module_root(shop: Path) -> None:
    assert module_root(str(shop / "orders")) == str(shop)
