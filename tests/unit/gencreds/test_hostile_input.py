"""Input that was made to break the analysis: one clear line or a finding, in bounded time, and never a wider grant."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from tests.unit.gencreds.golang_trees import GO_MOD, caller, write

from gencreds.cli import main
from gencreds.golang.limits import Limits
from gencreds.golang.words import word_offsets
from gencreds.microbus.model import Microservice, Severity
from gencreds.nats.nkeys import KeyKind, Seed
from gencreds.pipeline import ScanError, scan
from gencreds.subjects import RouteInvalid, check_hostname, resolve_route

_MAIN = """package main

import (
	"github.com/microbus-io/fabric/application"

	"example.com/shop/caller"
	"example.com/shop/other"
)

func main() {
	app := application.New()
	%s
	app.Add(other.NewService())
}
"""


def _blocking(service: Microservice) -> list[str]:
    return [finding.rule for finding in service.findings if finding.severity is Severity.BLOCKING]


def _bundle(root: Path, statement: str) -> Path:
    caller(root, "package caller\n")
    write(
        root,
        {
            "other/manifest.yaml": "general:\n  hostname: other.example\n",
            "other/otherapi/definition.go": 'package otherapi\n\nconst Hostname = "other.example"\n',
            "main/main.go": _MAIN % statement,
        },
    )
    return root / "main" / "main.go"


@pytest.mark.parametrize(
    "hostname",
    [
        "",
        "*",
        ">",
        "a.*",
        "a b",
        "a\nb",
        "\x1b[31m",
        "A.b",
        "a_b",
        "a..b",
        "é",
        "all",
        "x.all",
        "id-x.a",
        "loc-eu",
        "a" * 254,
    ],
)
def test_a_hostname_that_is_no_identity_is_refused(hostname: str) -> None:
    with pytest.raises(ValueError, match="hostname"):
        check_hostname(hostname)


def test_a_manifest_with_a_hostname_of_another_identity_fails_the_scan(tmp_path: Path) -> None:
    directory = caller(tmp_path, "package caller\n")
    (directory / "manifest.yaml").write_text('general:\n  hostname: "caller_example"\n')
    with pytest.raises(ScanError, match=r"caller/manifest\.yaml: general\.hostname 'caller_example'"):
        scan(None, [directory])


@pytest.mark.parametrize("method", [">", "GET.>", "a.b", "G T", "GET\n", "ſ"])
def test_a_method_that_would_be_more_than_one_segment_is_no_route(method: str) -> None:
    with pytest.raises(RouteInvalid, match="is no HTTP method"):
        resolve_route("orders.shop", ":443/x", method)


@pytest.mark.parametrize("opening", ["general: " + "[" * 200_000, "x: " + "{a: " * 100_000])
def test_a_manifest_of_brackets_is_refused_at_once(tmp_path: Path, opening: str) -> None:
    directory = caller(tmp_path, "package caller\n")
    (directory / "manifest.yaml").write_text(opening)
    with pytest.raises(ScanError, match="nested deeper than 100 levels"):
        scan(None, [directory])


@pytest.mark.parametrize("kind", ["pipe", "link"])
def test_a_manifest_that_is_a_pipe_or_leads_out_of_the_tree_is_not_read(tmp_path: Path, kind: str) -> None:
    manifest = caller(tmp_path / "tree", "package caller\n") / "manifest.yaml"
    manifest.rename(tmp_path / "elsewhere.yaml")
    if kind == "pipe":
        os.mkfifo(manifest)
    else:
        manifest.symlink_to(tmp_path / "elsewhere.yaml")
    with pytest.raises(ScanError, match="is no regular file inside the source root"):
        scan(None, [manifest.parent])


def test_a_link_to_itself_hides_no_other_file(tmp_path: Path) -> None:
    directory = caller(tmp_path, "package caller\n")
    (directory / "loop.go").symlink_to("loop.go")
    (service,) = scan(None, [directory])
    assert _blocking(service) == ["outside-root"]


def test_constants_that_multiply_one_another_have_no_value(tmp_path: Path) -> None:
    directory = caller(tmp_path, "package caller\n")
    chain = "".join(f"const C{i} = {'+'.join([f'C{i + 1}'] * 50)}\n" for i in range(12))
    (directory / "callerapi" / "definition.go").write_text(
        f'package callerapi\n\nconst Hostname = C0\n\n{chain}const C12 = "caller.example"\n'
    )
    (service,) = scan(None, [directory])
    assert _blocking(service) == ["no-hostname"]


def test_a_go_mod_of_very_many_requirements_is_searched_by_the_path_alone(tmp_path: Path) -> None:
    imports = "".join(f'\t"example.org/z{i}"\n' for i in range(200))
    directory = caller(tmp_path, f"package caller\n\nimport (\n{imports})\n")
    (tmp_path / "go.mod").write_text(GO_MOD + "".join(f"require example.com/b{i} v1.0.0\n" for i in range(20_000)))
    assert len(scan(None, [directory])) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "application.New().Add(caller.NewService())",
        "holder.app.Add(caller.NewService())",
        "same := app\n\tsame.Add(caller.NewService())",
        "app.Add(caller.NewService().Init(nil))",
    ],
)
def test_a_service_is_found_whatever_expression_it_is_added_to(tmp_path: Path, statement: str) -> None:
    found = scan(_bundle(tmp_path, statement))
    assert [service.hostname for service in found] == ["caller.example", "other.example"]


def test_a_seed_given_instead_of_its_file_is_not_repeated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seed = Seed.create(KeyKind.ACCOUNT).reveal()
    assert main(["-bundle", str(_bundle(tmp_path, "")), "-signing-key", seed, "-out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert seed not in said
    assert "it is a seed, not its file" in said


def test_a_signing_key_without_end_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["-bundle", str(_bundle(tmp_path, "")), "-signing-key", "/dev/zero", "-out", str(tmp_path / "out")]) == 1
    )
    assert "parse account seed" in capsys.readouterr().err


@pytest.mark.parametrize("out", ["", "/", "."])
def test_an_archive_is_not_written_to_a_directory(tmp_path: Path, out: str, capsys: pytest.CaptureFixture[str]) -> None:
    caller(tmp_path, "package caller\n")
    bundle = write(
        tmp_path, {"main/main.go": _MAIN.replace('\t"example.com/shop/other"\n', "").replace("other", "caller") % ""}
    )
    assert main(["bundle", "-bundle", str(bundle / "main" / "main.go"), "-out", out]) == 1
    assert "is a directory" in capsys.readouterr().err


def test_a_current_directory_that_is_gone_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert main(["scan", "-manifests", "caller"]) == 1
    assert "the current directory does not exist any more" in capsys.readouterr().err


def test_a_name_on_the_command_line_cannot_drive_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", "-bundle", "a\x1b[31m.go"]) == 1
    assert "\x1b" not in capsys.readouterr().err


def test_many_words_are_found_where_each_of_them_is() -> None:
    names = [f"w{i}".encode() for i in range(100)]
    data = b" ".join([*names, b"xw1", b"w1x", b"w1.w2", b"\xc3\xa9w3", b"_w4", b"w5"])
    assert word_offsets(data, names) == sorted(at for name in names for at in word_offsets(data, [name]))


@pytest.mark.parametrize("path", ["a%d", "example.com/shop/a%dapi", "x.org/a%dapi"])
def test_a_file_of_very_many_imports_is_read_in_one_pass(tmp_path: Path, path: str) -> None:
    imports = "".join(f'\t"{path % i}"\n' for i in range(20_000))
    directory = caller(tmp_path, f"package caller\n\nimport (\n{imports})\n")
    start = time.process_time()
    (service,) = scan(None, [directory])
    assert (service.findings, time.process_time() - start < 5) == ((), True)


def test_a_tree_of_very_many_files_costs_what_is_read_of_it(tmp_path: Path) -> None:
    directory = caller(tmp_path, "package caller\n")
    for folder in range(20):
        (tmp_path / f"d{folder}").mkdir()
        for file in range(1000):
            (tmp_path / f"d{folder}" / f"f{file}.txt").touch()
    start = time.process_time()
    assert len(scan(None, [directory])) == 1
    assert time.process_time() - start < 2


def test_imports_that_go_round_in_a_circle_end(tmp_path: Path) -> None:
    directory = caller(tmp_path, 'package caller\n\nimport "example.com/shop/a"\n\nvar X = a.X\n')
    for name, other in (("a", "b"), ("b", "a")):
        text = f'package {name}\n\nimport "example.com/shop/{other}"\n\nconst X = {other}.X\n'
        write(tmp_path, {f"{name}/{name}.go": text})
    assert len(scan(None, [directory])) == 1


def test_directories_that_link_to_one_another_end(tmp_path: Path) -> None:
    directory = caller(tmp_path, 'package caller\n\nimport "example.com/shop/loop/loop/loop/targetapi"\n')
    (tmp_path / "loop").mkdir()
    (tmp_path / "loop" / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "self").symlink_to("self")
    assert len(scan(None, [directory])) == 1


@pytest.mark.parametrize("target", ["../outside", "/etc", "../../../../../..", "loop"])
def test_a_replacement_that_leaves_a_confined_tree_finds_nothing(tmp_path: Path, target: str) -> None:
    service = 'package caller\n\nimport "x.org/y/yapi"\n\nfunc (svc *Service) F() { yapi.NewClient(svc).Load(nil) }\n'
    directory = caller(tmp_path / "tree", service)
    path = target if target.startswith(("/", ".")) else f"./{target}"
    (tmp_path / "tree" / "loop").symlink_to("loop")
    write(tmp_path / "tree", {"go.mod": f"{GO_MOD}\nrequire x.org/y v1.0.0\n\nreplace x.org/y => {path}\n"})
    write(tmp_path / "outside", {"yapi/definition.go": 'package yapi\n\nconst Hostname = "y.example"\n'})
    (found,) = scan(None, [directory], limits=Limits(confined=True))
    assert _blocking(found) == ["unresolved-api"]
