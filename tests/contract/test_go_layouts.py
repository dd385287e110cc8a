"""The layouts that the go command itself makes (vendor, workspaces, module cache) resolve as the go command says."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from gencreds.golang.files import Files, Tree
from gencreds.golang.limits import InputRefused, Limits
from gencreds.golang.modules import Modules
from gencreds.golang.packages import Packages

from .go_programs import cache_directory

# Small, old and unlikely to change; it has a requirement of its own.
_QUOTE = "rsc.io/quote"
_MAIN = """package main

import (
	"fmt"

	"example.com/shop/local"
	"rsc.io/quote"
)

func main() { fmt.Println(quote.Hello(), local.Name) }
"""
_TREE = {
    "shop/go.mod": "module example.com/shop\n\ngo 1.24\n\nrequire rsc.io/quote v1.5.2\n"
    "\nrequire example.com/lib v0.0.0\n\nreplace example.com/lib => ../lib\n",
    "shop/main/main.go": _MAIN,
    "shop/local/local.go": 'package local\n\nimport "example.com/lib"\n\nconst Name = lib.Name\n',
    "lib/go.mod": "module example.com/lib\n\ngo 1.24\n",
    "lib/lib.go": 'package lib\n\nconst Name = "lib"\n',
}


def _write(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def _go(folder: Path, *arguments: str) -> str:
    own = {"GOMODCACHE": str(cache_directory() / "go-layouts"), "GOFLAGS": "-modcacherw", "GOTOOLCHAIN": "local"}
    done = subprocess.run(
        ["go", *arguments], cwd=folder, capture_output=True, text=True, timeout=300, env={**os.environ, **own}
    )
    assert done.returncode == 0, f"go {' '.join(arguments)}: {done.stderr[-3000:]}"
    return done.stdout


def _packages(root: Path, *, is_work: bool = False, confined: bool = False) -> Packages:
    files = Files(Limits(confined=confined))
    return Packages(Modules(Tree(str(root.resolve())), files, is_work=is_work), files)


def _dependencies(folder: Path) -> dict[str, str]:
    """Return the directory of every package outside of the standard library that main needs, as go says."""
    listed = _go(folder, "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}\t{{.Dir}}{{end}}", "./main")
    return dict(line.split("\t") for line in listed.splitlines() if line)


def _contents(found: Packages, import_paths: Iterable[str]) -> dict[str, list[bytes]]:
    read = {import_path: found.find(import_path) for import_path in import_paths}
    assert None not in read.values()
    return {path: [file.data for file in package.files] for path, package in read.items() if package is not None}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GOMODCACHE", str(cache_directory() / "go-layouts"))
    monkeypatch.delenv("GOWORK", raising=False)
    _write(tmp_path / "tree", _TREE)
    _go(tmp_path / "tree" / "shop", "mod", "tidy")
    return tmp_path / "tree"


def _agrees(found: Packages, wanted: Mapping[str, str]) -> None:
    assert len(wanted) > 4
    for import_path, folder in wanted.items():
        directory = found.modules.resolve(import_path)
        assert directory is not None, import_path
        assert os.path.realpath(directory.path) == os.path.realpath(folder)


def test_the_module_cache_is_searched_as_go_does(tree: Path) -> None:
    _go(tree / "shop", "mod", "download")
    found = _packages(tree / "shop")
    _agrees(found, _dependencies(tree / "shop"))
    package = found.find(_QUOTE)
    assert package is not None, "and the files there have the sum in go.sum"
    assert package.files


def test_zips_that_go_downloaded_have_the_sums_in_go_sum_and_read_like_the_extracted_files(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _go(tree / "shop", "mod", "download")
    wanted = _dependencies(tree / "shop")
    expected = _contents(_packages(tree / "shop"), wanted)
    shutil.copytree(cache_directory() / "go-layouts" / "cache", tmp_path / "zips" / "cache")
    monkeypatch.setenv("GOMODCACHE", str(tmp_path / "zips"))
    zipped = _packages(tree / "shop")
    assert {
        path: [file.data for file in package.files] for path in wanted if (package := zipped.find(path))
    } == expected
    assert set(expected) == set(wanted)
    directory = zipped.modules.resolve(_QUOTE)
    assert directory is not None
    assert directory.tree.archive is not None


def test_a_sum_that_go_would_refuse_is_refused(tree: Path) -> None:
    go_sum = tree / "shop" / "go.sum"
    lines = [line for line in go_sum.read_text().splitlines(keepends=True) if line.startswith(f"{_QUOTE} ")]
    go_sum.write_text(go_sum.read_text().replace(lines[0].split()[2], "h1:" + "A" * 43 + "="))
    done = subprocess.run(["go", "build", "./..."], cwd=tree / "shop", capture_output=True, text=True, timeout=300)
    assert "checksum mismatch" in done.stderr
    with pytest.raises(InputRefused, match="checksum mismatch"):
        _packages(tree / "shop").find(_QUOTE)


def test_a_vendor_directory_is_enough_and_is_consistent_until_go_mod_changes(tree: Path) -> None:
    _go(tree / "shop", "mod", "vendor")
    found = _packages(tree / "shop", confined=True)
    _agrees(found, _dependencies(tree / "shop"))
    assert found.modules.is_local("example.com/lib")
    go_mod = tree / "shop" / "go.mod"
    go_mod.write_text(go_mod.read_text().replace("quote v1.5.2", "quote v1.5.1"))
    done = subprocess.run(["go", "build", "./..."], cwd=tree / "shop", capture_output=True, text=True, timeout=300)
    assert "inconsistent vendoring" in done.stderr
    with pytest.raises(InputRefused, match=r"inconsistent vendoring: .*run go mod vendor"):
        _packages(tree / "shop", confined=True)


def test_a_workspace_and_its_vendor_directory_resolve_as_go_says(tree: Path) -> None:
    _go(tree, "work", "init", "./shop", "./lib")
    _go(tree, "work", "sync")
    _agrees(_packages(tree, is_work=True), _dependencies(tree / "shop"))
    _go(tree, "work", "vendor")
    _agrees(_packages(tree, is_work=True, confined=True), _dependencies(tree / "shop"))
    shutil.copytree(tree / "vendor", tree / "shop" / "vendor")
    with pytest.raises(InputRefused, match="was made for a workspace"):
        _packages(tree / "shop", confined=True)


def test_a_directory_with_a_replacement_of_one_version_is_vendored_as_such(tree: Path) -> None:
    go_mod = tree / "shop" / "go.mod"
    go_mod.write_text(go_mod.read_text() + "\nreplace rsc.io/quote v1.5.2 => rsc.io/quote v1.5.1\n")
    _go(tree / "shop", "mod", "tidy")
    _agrees(_packages(tree / "shop"), _dependencies(tree / "shop"))
    _go(tree / "shop", "mod", "vendor")
    _agrees(_packages(tree / "shop", confined=True), _dependencies(tree / "shop"))
