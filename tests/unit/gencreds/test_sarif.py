"""SARIF for code scanning: the shape that OASIS' 2.1.0 asks for, stable fingerprints, paths from the top."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gencreds.cli import main
from gencreds.rendering.sarif import report_as_sarif
from gencreds.report import Finding, Report, ServiceReport

from .shop_trees import calling, committed, copied

WILD = 'ordersapi.NewClient(svc).ForHost(host).Pending(ctx, "mug")'
SIGN = 'signerapi.NewClient(svc).Sign(ctx, "audit")'


def checked(text: str) -> dict[str, Any]:
    """Return the only run of a log after checking what the specification requires of it."""
    log = json.loads(text)
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert isinstance(driver["name"], str)
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(set(ids)) == len(ids)
    for rule in driver["rules"]:
        assert rule["helpUri"].endswith(f".md#{rule['id']}")
        assert all(rule[part]["text"] for part in ("shortDescription", "fullDescription", "help"))
        assert rule["defaultConfiguration"]["level"] in ("error", "warning")
    prints = [result["partialFingerprints"]["gencreds/v1"] for result in run["results"]]
    assert len(set(prints)) == len(prints)
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning")
        assert result["message"]["text"]
        for place in (*result["locations"], *result.get("relatedLocations", ())):
            physical = place["physicalLocation"]
            assert physical["artifactLocation"]["uriBaseId"] in run["originalUriBaseIds"]
            assert not physical["artifactLocation"]["uri"].startswith("/")
            assert physical["artifactLocation"]["uri"].isascii()
            assert physical.get("region", {"startLine": 1})["startLine"] >= 1
    return run


def place_of(result: dict[str, Any]) -> tuple[str, int]:
    physical = result["locations"][0]["physicalLocation"]
    return physical["artifactLocation"]["uri"], physical["region"]["startLine"]


@pytest.fixture
def trees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    monkeypatch.chdir(tmp_path)
    return copied(tmp_path / "old"), copied(tmp_path / "new")


def test_a_scan_has_a_result_for_each_finding(trees: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    calling(trees[1], WILD, "orders/ordersapi")
    assert main(["scan", "--bundle", "new/main/main.go", "--format", "sarif"]) == 0
    (result,) = checked(capsys.readouterr().out)["results"]
    assert (result["ruleId"], result["level"]) == ("wildcard-host", "warning")
    assert place_of(result) == ("new/inventory/audit.go", 10)
    assert result["properties"] == {"microservices": ["inventory.shop"]}
    assert main(["scan", "--manifests", "new/inventory", "--format", "sarif"]) == 0
    assert place_of(checked(capsys.readouterr().out)["results"][0]) == ("new/inventory/audit.go", 10)
    assert main(["scan", "--bundle", "old/main/main.go", "--format", "sarif"]) == 0
    assert checked(capsys.readouterr().out)["results"] == []


def test_a_blocking_finding_is_an_error(trees: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    calling(trees[1], "signerapi.NewClient(")
    assert main(["scan", "--bundle", "new/main/main.go", "--format", "sarif"]) == 1
    results = checked(capsys.readouterr().out)["results"]
    assert ("syntax-error", "error") in {(result["ruleId"], result["level"]) for result in results}


def test_a_difference_has_results_for_new_trust_roots_and_wildcards(
    trees: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    calling(trees[1], SIGN)
    assert main(["diff", "old", "new", "--format", "sarif"]) == 3
    (result,) = checked(capsys.readouterr().out)["results"]
    assert (result["ruleId"], result["level"], place_of(result)) == (
        *("new-trust-root", "error"),
        ("new/inventory/audit.go", 10),
    )
    assert result["message"]["text"] == (
        "new trust root: inventory.shop may publish POST signer.shop:666/sign "
        "(microbus.danger.666.inventory_shop.signer_shop.*.POST.sign)"
    )
    calling(trees[1], WILD, "orders/ordersapi")
    assert main(["diff", "old", "new", "--format", "sarif"]) == 3
    rules = {result["ruleId"]: result["level"] for result in checked(capsys.readouterr().out)["results"]}
    assert rules == {"new-wildcard": "warning", "wildcard-host": "warning"}


def test_a_revisions_files_are_named_from_the_repositorys_top(
    trees: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    committed(tmp_path)
    calling(trees[1], SIGN)
    committed(tmp_path)
    assert main(["diff", "HEAD~1:new", "HEAD:new", "--format", "sarif"]) == 3
    (result,) = checked(capsys.readouterr().out)["results"]
    assert place_of(result) == ("new/inventory/audit.go", 10)


def test_a_fingerprint_outlives_a_moved_line(trees: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    prints = []
    for lead in ("", "\n// Moved.\n"):
        calling(trees[1], lead + WILD, "orders/ordersapi")
        assert main(["scan", "--bundle", "new/main/main.go", "--format", "sarif"]) == 0
        (result,) = checked(capsys.readouterr().out)["results"]
        prints.append((place_of(result)[1], result["partialFingerprints"]))
    (before, first), (after, second) = prints
    assert before != after
    assert first == second


def test_hostile_names_are_quoted_and_one_finding_of_many_microservices_is_one_result() -> None:
    finding = Finding("syntax-error", "blocking", "a\x1b[2J", "a b/\x1b<?#%\u65e5.go", 0)
    twice = Finding("syntax-error", "blocking", "a\x1b[2J", "a b/\x1b<?#%\u65e5.go", 7)
    services = tuple(ServiceReport(name, findings=(finding, twice)) for name in ("b\x1b.c", "a.c"))
    run = checked(report_as_sarif(Report(services), "dir x/", "1"))
    one, other = run["results"]
    assert one["properties"]["microservices"] == ["a.c", "b\N{REPLACEMENT CHARACTER}.c"]
    assert one["message"]["text"] == "a\N{REPLACEMENT CHARACTER}[2J"
    physical = one["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "dir%20x/a%20b/%1B%3C%3F%23%25%E6%97%A5.go"
    assert "region" not in physical
    assert place_of(other)[1] == 7
