"""The corpus is Go: every case compiles, or its code says why it must not.

All cases go into one module, so that `go vet` runs once and what cases share of `base/` is compiled once: each
directory that a case brings, or that imports one it brings, moves to an import path of the case's own.
A case with `// does not compile: <why>` in one of its Go files is left out.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.golden.corpus import BASE, CASES, is_whole, lay_out

FABRIC = Path(__file__).parents[2] / "e2e" / "fabric"
MODULE = "golden.example"
_EXCUSE = re.compile(rb"^\s*// does not compile: \S", re.MULTILINE)
_IMPORT = re.compile(rb'"golden\.example/([^"]+)"')
_PLACE = re.compile(r"cases/([\w-]+)/")
COMPILING = [case for case in CASES if not any(_EXCUSE.search(path.read_bytes()) for path in case.rglob("*.go"))]


def _directories(tree: Path) -> Iterator[tuple[str, list[Path]]]:
    folders = sorted({path.parent for path in tree.rglob("*.go") if "vendor" not in path.relative_to(tree).parts})
    return ((folder.relative_to(tree).as_posix(), sorted(folder.glob("*.go"))) for folder in folders)


def _moved(case: Path, tree: Path) -> dict[str, list[Path]]:
    """The directories of `tree` that are the case's own: those it brings, and those that import them."""
    everything = dict(_directories(tree))
    imports = {
        folder: {match.decode() for file in files for match in _IMPORT.findall(file.read_bytes())}
        for folder, files in everything.items()
    }
    own = set(everything) if is_whole(case) else {folder for folder, _ in _directories(case)}
    while more := {folder for folder in everything if imports[folder] & own} - own:
        own |= more
    return {folder: everything[folder] for folder in sorted(own)}


def _add(case: Path, module: Path, scratch: Path) -> None:
    moved = _moved(case, lay_out(case, scratch / case.name))

    def placed(match: re.Match[bytes]) -> bytes:
        path = match[1].decode()
        return f'"{MODULE}/cases/{case.name}/{path}"'.encode() if path in moved else match[0]

    for folder, files in moved.items():
        place = module / "cases" / case.name / folder
        place.mkdir(parents=True, exist_ok=True)
        for file in files:
            (place / file.name).write_bytes(_IMPORT.sub(placed, file.read_bytes()))


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What `go vet` says, by case."""
    directory = tmp_path_factory.mktemp("compiled")
    module = Path(shutil.copytree(BASE, directory / "module", ignore=shutil.ignore_patterns("intermediate.go")))
    (module / "go.mod").write_text(
        f"module {MODULE}\n\ngo 1.26.0\n\nrequire github.com/microbus-io/fabric v1.45.0\n\n"
        f"replace github.com/microbus-io/fabric => {FABRIC}\n"
        + "".join(line for line in (FABRIC / "go.mod").read_text().split("go 1.26.0\n")[1])
    )
    shutil.copy(FABRIC / "go.sum", module / "go.sum")
    for case in COMPILING:
        _add(case, module, directory / "scratch")
    # Of vet's checks only the compiler's: cases hold unreachable code and the like on purpose.
    done = subprocess.run(
        ["go", "vet", "-mod=readonly", "-atomic", "./..."], cwd=module, capture_output=True, text=True, timeout=600
    )
    found: dict[str, list[str]] = {case.name: [] for case in COMPILING}
    for line in done.stderr.splitlines():
        if place := _PLACE.search(line):
            if not line.startswith("#"):
                found[place[1]].append(line)
        else:
            assert line.startswith(("#", "\t")) or not line.strip(), done.stderr
    return found


@pytest.mark.parametrize("case", COMPILING, ids=lambda case: case.name)
def test_a_case_is_go_unless_it_says_why_not(case: Path, complaints: dict[str, list[str]]) -> None:
    assert complaints[case.name] == []
