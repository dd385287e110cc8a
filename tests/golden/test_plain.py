"""What is known by how it is written is what following values finds, too: over the whole corpus, and the example."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from bench.monorepo import write_monorepo
from tests.golden.corpus import CASES, lay_out, scan_tree
from tree_sitter import Node

from gencreds.microbus import solve
from gencreds.microbus.fileview import FileView
from gencreds.microbus.model import Microservice

SHOP = Path(__file__).parents[2] / "examples" / "shop"


def _everything(tmp_path: Path) -> dict[str, list[Microservice]]:
    found = {case.name: scan_tree(lay_out(case, tmp_path / case.name)) for case in CASES}
    return {**found, "the example": scan_tree(SHOP)}


def _sorted(services: list[Microservice]) -> list[tuple[str, list[str], tuple[object, ...]]]:
    return [(each.hostname, sorted(map(repr, each.accesses)), each.findings) for each in services]


def test_plain_uses_are_found_as_following_values_finds_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shortest = _everything(tmp_path / "plain")
    met = 0

    def never(*_: object) -> None:
        nonlocal met
        met += 1

    monkeypatch.setattr(solve, "plain", never)
    longest = _everything(tmp_path / "followed")
    assert met > len(CASES)
    assert {name: _sorted(found) for name, found in shortest.items()} == {
        name: _sorted(found) for name, found in longest.items()
    }


def test_what_generated_and_usual_code_does_is_plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_monorepo(tmp_path, 11)
    followed: list[str] = []
    add_unit = solve.Solver.add_unit

    def noted(self: solve.Solver, view: FileView, node: Node, *rest: Any) -> object:
        followed.append(f"{view.file.name}:{node.start_point.row + 1}")
        return add_unit(self, view, node, *rest)

    monkeypatch.setattr(solve.Solver, "add_unit", noted)
    assert sum(len(service.accesses) for service in scan_tree(tmp_path)) > 11
    assert followed == []
