"""How the code is laid out: what no linter of ours says."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

from microbus_operator.api.crds import crds

ROOT = Path(__file__).parents[2]
SOURCE_ROOTS = ("operator", "gencreds")
LONGEST_MODULE = 300
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}
EVERYTHING = {"Exception", "BaseException"}
PLACE_FOR_BROAD_EXCEPTS = ROOT / "operator/microbus_operator/handlers/outcome.py"


def modules(*folders: str) -> list[Path]:
    """The Python files of those folders."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def test_a_source_root_is_no_package() -> None:
    for root in SOURCE_ROOTS:
        assert not (ROOT / root / "__init__.py").exists()


def test_the_standard_librarys_operator_module_is_found_from_the_repositorys_root() -> None:
    code = "import operator; print(operator.itemgetter.__module__, operator.add(1, 2))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["operator", "3"]


def test_a_module_fits_into_a_head() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules(*SOURCE_ROOTS)}
    assert {path: length for path, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_no_module_is_a_drawer() -> None:
    assert [path for path in modules(*SOURCE_ROOTS, "tests") if DRAWERS & {path.stem, path.parent.name}] == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [path for path in modules(*SOURCE_ROOTS) if not ast.get_docstring(ast.parse(path.read_text()))]
    assert silent == []


def broad(handler: ast.ExceptHandler) -> bool:
    """Whether it catches everything."""
    caught = handler.type
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(name is None or (isinstance(name, ast.Name) and name.id in EVERYTHING) for name in names)


def broad_excepts() -> Iterator[Path]:
    """The modules that catch everything somewhere."""
    for path in modules(*SOURCE_ROOTS):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ExceptHandler) and broad(node):
                yield path


def test_only_one_module_catches_everything() -> None:
    assert set(broad_excepts()) == {PLACE_FOR_BROAD_EXCEPTS}


def test_no_test_sleeps() -> None:
    calls = ("time.sleep(", "asyncio.sleep(")
    mine = Path(__file__)
    assert [path for path in modules("tests") if path != mine and any(call in path.read_text() for call in calls)] == []


def test_the_crds_are_those_of_the_models() -> None:
    written = [
        document
        for path in sorted((ROOT / "crds").glob("*.yaml"))
        for document in yaml.safe_load_all(path.read_text())
        if document
    ]
    assert sorted(written, key=lambda crd: str(crd["metadata"]["name"])) == crds(), "run `make crds`"
