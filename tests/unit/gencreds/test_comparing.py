"""`gencreds diff`: what changed is shown with its evidence, what did not change is not, and the exit code gates."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gencreds.cli import main

from .shop_trees import calling, committed, copied, edited, git, without_functions

SIGN = 'signerapi.NewClient(svc).Sign(ctx, "audit")'


@pytest.fixture
def trees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The shop, and a copy that a test may change, both in the working directory."""
    monkeypatch.chdir(tmp_path)
    return copied(tmp_path / "old"), copied(tmp_path / "new")


def test_the_same_source_is_no_difference(trees: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "./old", "./new"]) == 0
    assert capsys.readouterr().out == "--- ./old\n+++ ./new\n\nno difference in 6 microservices\n"


def test_a_call_site_that_moved_and_a_second_one_are_no_difference(trees: tuple[Path, Path]) -> None:
    new = trees[1] / "inventory" / "service.go"
    new.write_text(new.read_text().replace("package inventory\n", "package inventory\n\n// Moved.\n"))
    calling(trees[1], 'ordersapi.NewClient(svc).Pending(ctx, "mug")', "orders/ordersapi")
    assert main(["diff", "old", "new"]) == 0


def test_a_new_trust_root_ends_with_3_and_says_where(
    trees: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    calling(trees[1], SIGN)
    edited(trees[1], "reports/service.go", '.ForHost("outlet.shop")', "")
    assert main(["diff", "old", "new"]) == 3
    out, err = capsys.readouterr()
    assert err == ""
    assert without_functions(out) == (
        "--- old\n"
        "+++ new\n"
        "\n"
        "~ inventory.shop  inventory  CONNECT 1287 → 1369 bytes\n"
        "  + PUB  POST signer.shop:666/sign  call, trust root  "
        "microbus.danger.666.inventory_shop.signer_shop.*.POST.sign  inventory/audit.go:10\n"
        "\n"
        "~ reports.shop  reports  CONNECT 1495 → 1417 bytes\n"
        "  - PUB  GET outlet.shop:443/stock/*  call  "
        "microbus.safe.443.reports_shop.outlet_shop.*.GET.stock.*  reports/service.go:48\n"
        "\n"
        "2 of 6 microservices differ, 1 subject added, 1 removed, 1 new trust root\n"
    )


def test_json_holds_the_same(trees: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    calling(trees[1], SIGN)
    assert main(["diff", "old", "new", "--format", "json"]) == 3
    value = json.loads(capsys.readouterr().out)
    assert list(value) == ["old", "new", "plane", "services", "blockingOnNewSide", "compared"]
    (service,) = value["services"]
    assert (service["hostname"], service["state"], service["removed"]) == ("inventory.shop", "changed", [])
    (added,) = service["added"]
    assert (added["endpoint"], added["trustRoot"], added["wildcard"]) == ("POST signer.shop:666/sign", True, False)
    assert [(place["file"], place["line"]) for place in added["evidence"]] == [("inventory/audit.go", 10)]


def test_a_trust_root_that_went_is_harmless(trees: tuple[Path, Path]) -> None:
    calling(trees[0], SIGN)
    assert main(["diff", "old", "new"]) == 0


def test_a_new_wildcard_ends_with_3(trees: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    calling(trees[1], 'ordersapi.NewClient(svc).ForHost(host).Pending(ctx, "mug")', "orders/ordersapi")
    assert main(["diff", "old", "new"]) == 3
    out = capsys.readouterr().out
    assert "  + PUB  GET *:444/pending/*  call, wildcard  " in out
    assert "  + warning  wildcard-host  inventory/audit.go:10  " in out
    assert "1 subject added, 0 removed, 1 new wildcard\n" in out


def test_an_ordinary_new_call_is_harmless(trees: tuple[Path, Path]) -> None:
    calling(trees[1], 'ordersapi.NewClient(svc).Load(ctx, "x")', "orders/ordersapi")
    assert main(["diff", "old", "new"]) == 0


def test_microservices_come_and_go(trees: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    edited(trees[1], "main/main.go", "\t\tnotifier.NewService(),\n", "")
    edited(trees[0], "main/main.go", "\t\toutlet.NewService(),\n", "")
    assert main(["diff", "old", "new"]) == 0
    out = capsys.readouterr().out
    assert "- notifier.shop  notifier  microservice removed, CONNECT " in out
    assert "+ outlet.shop  outlet  new microservice, CONNECT 1183 bytes\n" in out


def test_a_blocking_finding_on_the_new_side_alone_ends_with_1(
    trees: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    calling(trees[1], "signerapi.NewClient(")
    assert main(["diff", "old", "new"]) == 1
    out, err = capsys.readouterr()
    assert "  + blocking  syntax-error  inventory/audit.go:" in out
    assert "blocking finding(s) on the new side" in err
    assert main(["diff", "new", "old"]) == 0
    assert "  - blocking  syntax-error  " in capsys.readouterr().out


def test_over_budget_ends_with_2_unless_there_is_worse(trees: tuple[Path, Path]) -> None:
    assert main(["diff", "old", "new", "--max-control-line", "1500"]) == 2
    calling(trees[1], SIGN)
    assert main(["diff", "old", "new", "--max-control-line", "1500"]) == 3


def test_several_bundles_of_a_tree_are_compared_together(
    trees: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", "old", "new", "--bundle", "main/main.go,signerapp/main.go"]) == 0
    assert "no difference in 7 microservices" in capsys.readouterr().out
    assert main(["diff", "old/signerapp/main.go", "new/signerapp"]) == 0
    assert "no difference in 1 microservice\n" in capsys.readouterr().out


def test_reports_compare_with_trees_on_their_own_plane(
    trees: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", "--bundle", "old/main/main.go", "--plane", "prod"]) == 0
    Path("old.json").write_text(capsys.readouterr().out)
    assert main(["diff", "old.json", "new"]) == 0
    assert "no difference" in capsys.readouterr().out
    assert main(["diff", "old.json", "new", "--plane", "test"]) == 1
    assert "old.json: its plane is prod, not test" in capsys.readouterr().err


def test_revisions_are_read_without_touching_the_checkout(
    trees: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first = committed(trees[1])
    calling(trees[1], SIGN)
    committed(trees[1])
    (trees[1] / "inventory" / "audit.go").write_text("package inventory\n")
    monkeypatch.chdir(trees[1])
    before = git(trees[1], "status", "--porcelain")
    assert main(["diff", "HEAD~1", "HEAD"]) == 3
    assert main(["diff", "trunk", "."]) == 0
    assert "  - PUB  POST signer.shop:666/sign" in capsys.readouterr().out
    assert main(["diff", f"{first}:", "HEAD:main/main.go"]) == 3
    monkeypatch.chdir(trees[1] / "main")
    assert main(["diff", "HEAD~1:./main.go", "HEAD:"]) == 3
    assert git(trees[1], "status", "--porcelain") == before


def test_an_attribute_of_the_tree_hides_no_call_site(trees: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    committed(trees[1])
    (trees[1] / ".gitattributes").write_text("audit.go export-ignore filter=evil\n")
    calling(trees[1], SIGN)
    committed(trees[1])
    git(trees[1], "config", "filter.evil.smudge", "touch ../ran; cat")
    monkeypatch.chdir(trees[1])
    assert main(["diff", "HEAD~1", "HEAD"]) == 3
    assert not (trees[1].parent / "ran").exists()


def test_a_link_out_of_a_revision_is_not_followed(
    trees: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    committed(trees[1])
    (trees[1] / "inventory" / "evil.go").symlink_to("/etc/passwd")
    committed(trees[1])
    monkeypatch.chdir(trees[1])
    assert main(["diff", "HEAD~1", "HEAD"]) == 1
    assert "outside-root  inventory/evil.go" in capsys.readouterr().out


def _raw_tree(folder: Path, *entries: tuple[str, str, str]) -> str:
    raw = b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(oid) for mode, name, oid in entries)
    return git(folder, "hash-object", "-t", "tree", "--literally", "-w", "--stdin", given=raw)


@pytest.mark.parametrize("name", ["..", ".git"])
def test_a_revision_with_a_hostile_entry_is_refused(
    trees: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    committed(trees[1])
    monkeypatch.chdir(trees[1])
    blob = git(trees[1], "rev-parse", "HEAD:go.mod")
    inner = _raw_tree(trees[1], ("100644", "x.go", blob))
    commit = git(trees[1], "commit-tree", "-m", "x", _raw_tree(trees[1], ("40000", name, inner)))
    assert main(["diff", commit, "."]) == 1
    assert "which leads out of it" in capsys.readouterr().err
    assert not (trees[1].parent / "x.go").exists()


@pytest.mark.parametrize("word", ["--output=evil", "-x", "no-such", "HEAD\n", "HEAD:../..", "", "@{upstream}"])
def test_what_is_neither_path_nor_revision_is_refused(
    trees: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    committed(trees[1])
    monkeypatch.chdir(trees[1])
    assert main(["diff", "--", word, "."]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert err.startswith("gencreds: ")
    assert not Path("evil").exists()


def test_a_name_that_is_path_and_revision_has_to_be_made_clear(
    trees: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    committed(trees[1])
    git(trees[1], "branch", "main")
    monkeypatch.chdir(trees[1])
    assert main(["diff", "main", "."]) == 1
    assert "'main' is a path and a revision; write ./main or main:" in capsys.readouterr().err
    assert main(["diff", "main:", "."]) == 0


def test_outside_of_a_repository_paths_do(trees: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    os.environ.pop("GIT_DIR", None)
    assert main(["diff", "old", "HEAD~1"]) == 1
    assert "'HEAD~1' is no tree, no report and no git revision" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["old"], ["old", "new", "newer"]])
def test_two_sides_are_needed(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", *words]) == 1
    assert "name two sides, OLD and NEW" in capsys.readouterr().err


def test_a_tree_without_a_bundle_says_how_to_name_one(
    trees: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", "old", "new/orders"]) == 1
    assert "new/orders: it holds no main/main.go; say with -bundle" in capsys.readouterr().err
    assert main(["diff", "old", "new", "--bundle", "cmd/main.go"]) == 1
    assert "old: it holds no cmd/main.go" in capsys.readouterr().err


def test_names_of_a_hostile_tree_are_printable(trees: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    calling(trees[1], SIGN)
    (trees[1] / "inventory" / "audit.go").rename(trees[1] / "inventory" / "a\x1b[2J\n.go")
    assert main(["diff", "old", "new", "--color", "never"]) == 3
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "a\N{REPLACEMENT CHARACTER}[2J\N{REPLACEMENT CHARACTER}.go:10" in out


def test_each_run_prints_the_same_bytes(trees: tuple[Path, Path]) -> None:
    calling(trees[1], SIGN)
    command = [sys.executable, "-m", "gencreds", "diff", "old", "new", "--format", "json"]
    outputs = {
        subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, timeout=60).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1
