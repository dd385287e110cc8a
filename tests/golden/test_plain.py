"""What is known by how it is written is what following values finds, too: over the whole corpus, and the example."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.golden.corpus import CASES, lay_out, scan_tree

from gencreds.microbus import solve
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
