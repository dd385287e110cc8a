"""Several modules in one tree: go.work, nested go.mod, replacements by directories; each package has one place."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.gencreds.golang_trees import CALLER, write

from gencreds.golang.files import Directory, Files, Tree
from gencreds.golang.limits import InputRefused, Limits
from gencreds.golang.modules import Modules
from gencreds.pipeline import ScanError, scan

_WORK = {
    "go.work": "go 1.24\n\nuse (\n\t./shop\n\t./libs/lib\n\t../outside\n)\n\nreplace example.com/fork => ./fork\n",
    "shop/go.mod": "module example.com/shop\n\nrequire example.com/dep v1.0.0\nrequire example.com/fork v1.0.0\n",
    "shop/orders/orders.go": "package orders\n",
    "shop/nested/go.mod": "module example.com/shop/nested\n",
    "shop/nested/n.go": "package nested\n",
    "libs/lib/go.mod": "module example.com/lib/v2\n\nrequire example.com/dep v1.10.0\n",
    "libs/lib/deep/deep.go": "package deep\n",
    "fork/go.mod": "module example.com/fork\n",
    "fork/fork.go": "package fork\n",
    "../outside/go.mod": "module example.com/outside\n",
    "../outside/o/o.go": "package o\n",
}


def _modules(root: Path, limits: Limits | None = None, *, is_work: bool = True) -> Modules:
    return Modules(Tree(str(root.resolve())), Files(limits or Limits()), is_work=is_work)


def _name(modules: Modules, import_path: str) -> str | None:
    directory = modules.resolve(import_path)
    return directory.name if directory is not None else None


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(
        tmp_path / "cache",
        {"example.com/dep@v1.0.0/d.go": "package old\n", "example.com/dep@v1.10.0/d.go": "package dep\n"},
    )
    monkeypatch.setenv("GOMODCACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("GOWORK", raising=False)
    return write(tmp_path / "tree", _WORK)


@pytest.mark.parametrize(
    ("import_path", "name"),
    [
        ("example.com/shop/orders", "shop/orders"),
        ("example.com/lib/v2/deep", "libs/lib/deep"),
        ("example.com/outside/o", "example.com/outside/o"),
        ("example.com/fork", "fork"),
        ("example.com/shop/nested", None),
        ("example.com/lib/deep", None),
    ],
)
def test_a_go_work_joins_modules(work: Path, import_path: str, name: str | None) -> None:
    modules = _modules(work)
    assert _name(modules, import_path) == name
    if name is not None:
        directory = modules.resolve(import_path)
        assert directory is not None
        assert modules.import_path(directory) == import_path
        assert modules.is_local(import_path)


def test_the_highest_version_that_any_module_requires_is_the_one_in_use(work: Path) -> None:
    modules = _modules(work)
    directory = modules.resolve("example.com/dep")
    assert directory is not None
    assert directory.path.endswith("dep@v1.10.0")
    assert modules.version("example.com/dep/x") == "v1.10.0"
    assert not modules.is_local("example.com/dep")


def test_a_directory_belongs_to_the_nearest_go_mod(work: Path) -> None:
    modules = _modules(work)
    directory = Directory(modules.tree, str(work / "shop" / "nested"))
    assert modules.import_path(directory) == "example.com/shop/nested"
    assert not modules.is_main(directory)
    assert modules.is_main(Directory(modules.tree, str(work / "shop" / "none")))


def test_a_confined_scan_refuses_a_go_work_that_leaves_the_root(work: Path) -> None:
    with pytest.raises(InputRefused, match=r"go\.work uses '\.\./outside', which leaves the source root"):
        _modules(work, Limits(confined=True))


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("go.work", "use ./none\n", r"go\.work uses './none', where there is no go\.mod"),
        ("go.work", "use (\n", r"go\.work: the block 'use' is not closed"),
        ("shop/go.mod", "go 1.24\n", r"go\.work uses './shop', whose go\.mod has no module line"),
        ("shop/go.mod", "module example.com/lib/v2\n", r"go\.work uses module example\.com/lib/v2 twice"),
        ("shop/go.mod", "module a\nmodule b\n", r"shop/go\.mod: line 2: a second module line"),
    ],
)
def test_a_go_work_that_makes_no_sense_is_refused(work: Path, name: str, text: str, complaint: str) -> None:
    (work / name).write_text(text)
    with pytest.raises(InputRefused, match=complaint):
        _modules(work)


def test_modules_that_replace_the_same_module_differently_are_refused_unless_go_work_decides(work: Path) -> None:
    for name in ("shop", "libs/lib"):
        with (work / name / "go.mod").open("a") as file:
            file.write(f"\nreplace example.com/dep => ../{name}\n")
    with pytest.raises(InputRefused, match=r"replace example\.com/dep differently"):
        _modules(work)
    with (work / "go.work").open("a") as file:
        file.write("\nreplace example.com/dep => ./fork\n")
    assert _name(_modules(work), "example.com/dep") == "fork"


def test_without_go_work_a_nested_module_is_not_part_of_the_one_around_it(tmp_path: Path) -> None:
    write(tmp_path, {"go.mod": "module example.com/shop\n", "in/go.mod": "module other\n", "in/x/x.go": "package x\n"})
    modules = _modules(tmp_path, is_work=False)
    assert _name(modules, "example.com/shop/in/x") is None


def test_a_nested_module_that_is_replaced_is_found_by_the_name_that_is_replaced(tmp_path: Path) -> None:
    go_mod = "module example.com/shop\n\nrequire example.com/x v0.0.0\nreplace example.com/x v0.0.0 => ./in\n"
    write(tmp_path, {"go.mod": go_mod, "in/go.mod": "module example.com/x\n", "in/y/y.go": "package y\n"})
    modules = _modules(tmp_path, is_work=False)
    directory = modules.resolve("example.com/x/y")
    assert directory is not None
    assert (directory.name, modules.import_path(directory)) == ("in/y", "example.com/x/y")


def test_a_module_that_requires_itself_is_still_the_one_at_hand(tmp_path: Path) -> None:
    go_mod = "module example.com/shop\n\nrequire example.com/shop v1.0.0\nreplace example.com/shop => ../else\n"
    write(tmp_path / "tree", {"go.mod": go_mod, "x/x.go": "package x\n"})
    assert _name(_modules(tmp_path / "tree", is_work=False), "example.com/shop/x") == "x"


def test_a_module_that_go_work_leaves_out_cannot_be_scanned_within_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GOWORK", raising=False)
    write(tmp_path, {**CALLER, "caller/service.go": "package caller\n"})
    write(tmp_path, {"other/go.mod": "module other.org/x\n", "go.work": "use ./other\n"})
    with pytest.raises(ScanError, match=r"in a module that go\.work does not use"):
        scan(None, [tmp_path / "caller"])
    monkeypatch.setenv("GOWORK", "off")
    assert len(scan(None, [tmp_path / "caller"])) == 1


def test_the_environment_names_the_go_work(work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "lone", {**CALLER, "caller/service.go": "package caller\n"})
    write(tmp_path / "chosen", {"go.work": "use ../lone\n"})
    monkeypatch.setenv("GOWORK", str(tmp_path / "chosen" / "go.work"))
    (service,) = scan(None, [tmp_path / "lone" / "caller"])
    assert service.directory == "example.com/shop/caller"
    monkeypatch.setenv("GOWORK", "relative")
    with pytest.raises(ScanError, match="GOWORK is 'relative'"):
        scan(None, [tmp_path / "lone" / "caller"])


def test_microservices_of_several_modules_are_scanned_together(tmp_path: Path) -> None:
    write(tmp_path / "one", {**CALLER, "caller/service.go": "package caller\n"})
    write(
        tmp_path / "one" / "two",
        {
            "go.mod": "module example.com/two\n",
            "m/manifest.yaml": "general:\n  hostname: m.example\n",
            "m/mapi/definition.go": 'package mapi\n\nconst Hostname = "m.example"\n',
        },
    )
    services = scan(None, [tmp_path / "one" / "caller", tmp_path / "one" / "two" / "m"])
    assert [(service.hostname, service.findings) for service in services] == [("caller.example", ()), ("m.example", ())]
