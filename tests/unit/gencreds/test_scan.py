"""The whole scan, where it must refuse, warn or stay upright."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.gencreds.golang_trees import CALLER, caller, write

from gencreds.microbus.model import Microservice, Severity
from gencreds.pipeline import Limits, ScanError, scan

_HEAD = 'package caller\n\nimport (\n\t"context"\n\n\t"example.com/shop/target/targetapi"\n)\n\n'


def _rules(service: Microservice, severity: Severity = Severity.BLOCKING) -> list[str]:
    return [finding.rule for finding in service.findings if finding.severity is severity]


def _only(directory: Path) -> Microservice:
    (service,) = scan(None, [directory])
    return service


def test_without_input_there_is_nothing_to_scan() -> None:
    with pytest.raises(ScanError, match="--bundle or --manifests"):
        scan(None)


def test_manifests_win_over_a_bundle(tmp_path: Path) -> None:
    directory = caller(tmp_path, "package caller\n")
    assert [service.hostname for service in scan(tmp_path / "no" / "main.go", [directory])] == ["caller.example"]


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ("general:\n  name: x\n", "general.hostname is empty"),
        ("hostname: caller.example\n", "general.hostname is empty"),
        ("general:\n  deeper:\n    hostname: caller.example\n", "general.hostname is empty"),
        ("general: [\n", "parse caller/manifest.yaml"),
        ("general: &a\n  name: &b x\n  hostname: *b\n", "general.hostname is empty"),
        ("\x00", "parse caller/manifest.yaml"),
    ],
)
def test_a_manifest_without_a_hostname_fails_the_scan(tmp_path: Path, manifest: str, message: str) -> None:
    directory = caller(tmp_path, "package caller\n")
    (directory / "manifest.yaml").write_text(manifest)
    with pytest.raises(ScanError, match=message):
        scan(None, [directory])


def test_a_missing_manifest_fails_the_scan(tmp_path: Path) -> None:
    directory = caller(tmp_path, "package caller\n")
    (directory / "manifest.yaml").unlink()
    with pytest.raises(ScanError, match=r"caller/manifest\.yaml"):
        scan(None, [directory])


def test_two_directories_with_one_hostname_are_a_blocking_finding(tmp_path: Path) -> None:
    directory = caller(tmp_path, "package caller\n")
    write(tmp_path, {name.replace("caller", "double"): text for name, text in CALLER.items() if "caller" in name})
    (service,) = scan(None, [directory, tmp_path / "double", directory])
    assert service.directory == "caller"
    assert _rules(service) == ["duplicate-hostname"]


def test_a_microservice_without_an_api_package_is_a_blocking_finding(tmp_path: Path) -> None:
    directory = caller(tmp_path, "package caller\n")
    (directory / "callerapi" / "definition.go").rename(directory / "callerapi" / "other.go")
    assert _rules(_only(directory)) == ["no-api-package"]


@pytest.mark.parametrize("place", ["caller/other.go", "caller/callerapi/client.go", "caller/mock.go"])
def test_a_syntax_error_anywhere_in_a_microservice_blocks_it(tmp_path: Path, place: str) -> None:
    """D3: what could not be read must not become "needs nothing"."""
    service = _only(caller(tmp_path, "package caller\n", **{place: "package x\n\nfunc f( {\n"}))
    assert "syntax-error" in _rules(service)
    assert (place, 3) in {(finding.location.file, finding.location.line) for finding in service.findings}


def test_a_syntax_error_in_a_called_api_package_blocks_the_caller(tmp_path: Path) -> None:
    text = _HEAD + "func (svc *Service) F(ctx context.Context) {\n\ttargetapi.NewClient(svc).Gone(ctx)\n}\n"
    service = _only(caller(tmp_path, text, **{"target/targetapi/more.go": "package targetapi\n\nvar x = {\n"}))
    assert "syntax-error" in _rules(service)


def test_a_deeply_nested_expression_is_a_finding_and_no_crash(tmp_path: Path) -> None:
    """D6: 300 levels are within what a file may have, but beyond what is followed."""
    nested = "g(" * 300 + "targetapi.NewClient(svc).Load(ctx)" + ")" * 300
    service = _only(caller(tmp_path, _HEAD + f"func (svc *Service) F(ctx context.Context) {{\n\t{nested}\n}}\n"))
    assert _rules(service) == ["nesting-too-deep"]


@pytest.mark.parametrize(
    "expression",
    [
        "targetapi.NewClient(svc)" + ".WithOptions()" * 3000 + ".Load(ctx)",
        "x" + ".y" * 20000 + "(targetapi.NewClient(svc))",
        "!" * 20000 + "targetapi.NewClient(svc).Ok()",
        "targetapi.NewClient(svc)" + " + 1" * 20000,
    ],
)
def test_long_chains_are_findings_and_no_crash(tmp_path: Path, expression: str) -> None:
    service = _only(
        caller(tmp_path, _HEAD + f"func (svc *Service) F(ctx context.Context) {{\n\t_ = {expression}\n}}\n")
    )
    assert _rules(service)


def test_a_long_sum_of_literals_is_followed(tmp_path: Path) -> None:
    host = " + ".join(f'"{letter}"' for letter in "target." * 300 + "x")
    call = f"targetapi.NewClient(svc).ForHost({host}).Load(ctx)"
    service = _only(caller(tmp_path, _HEAD + f"func (svc *Service) F(ctx context.Context) {{\n\t{call}\n}}\n"))
    assert [access.endpoint.host for access in service.accesses] == ["target." * 300 + "x"]


def test_many_files_are_refused_with_what_to_do(tmp_path: Path) -> None:
    directory = caller(tmp_path, "package caller\n")
    with pytest.raises(ScanError, match="scan fewer microservices"):
        scan(None, [directory], Limits(files=2))


def test_a_bundle_that_is_no_file_fails_the_scan(tmp_path: Path) -> None:
    with pytest.raises(ScanError, match="resolve bundle"):
        scan(tmp_path / "main.go")


def test_a_bundle_without_services_fails_the_scan(tmp_path: Path) -> None:
    write(tmp_path, {"go.mod": "module m\n", "main/main.go": "package main\n\nfunc main() {\n\twg.Add(1)\n}\n"})
    with pytest.raises(ScanError, match=r"no app\.Add"):
        scan(tmp_path / "main" / "main.go")


def test_a_bundle_whose_service_cannot_be_found_fails_the_scan(tmp_path: Path) -> None:
    text = 'package main\n\nimport "example.com/gone/orders"\n\nfunc main() {\n\tapp.Add(orders.NewService())\n}\n'
    write(tmp_path, {"go.mod": "module m\n", "main/main.go": text})
    with pytest.raises(ScanError, match=r"example.com/gone/orders cannot be found"):
        scan(tmp_path / "main" / "main.go")


def test_a_handwritten_mock_is_code_like_any_other(tmp_path: Path) -> None:
    mock = _HEAD + "func (svc *Mock) F(ctx context.Context) {\n\ttargetapi.NewClient(svc).Load(ctx)\n}\n"
    service = _only(caller(tmp_path, "package caller\n", **{"caller/mock.go": mock}))
    assert [access.name for access in service.accesses] == ["Load"]
    (tmp_path / "caller" / "mock.go").write_text("// Code generated. DO NOT EDIT.\n" + mock)
    assert _only(tmp_path / "caller").accesses == ()


@pytest.mark.parametrize(
    "call",
    [
        "targetapi . NewClient ( svc ) . Load ( ctx )",
        "targetapi./* hidden */NewClient(svc).Load(ctx)",
        "targetapi.\n\t\tNewClient(svc).\n\t\tLoad(ctx)",
    ],
)
def test_odd_layout_hides_no_call(tmp_path: Path, call: str) -> None:
    service = _only(caller(tmp_path, _HEAD + f"func (svc *Service) F(ctx context.Context) {{\n\t{call}\n}}\n"))
    assert [access.name for access in service.accesses] == ["Load"]
    assert service.findings == ()


def test_progress_is_told_after_each_microservice(tmp_path: Path) -> None:
    directory = caller(tmp_path, "package caller\n")
    write(tmp_path, {name.replace("caller", "other"): text for name, text in CALLER.items() if "caller" in name})
    manifest = tmp_path / "other" / "manifest.yaml"
    manifest.write_text(manifest.read_text().replace("caller", "other"))
    told: list[tuple[int, int]] = []
    scan(None, [directory, tmp_path / "other"], progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)]
