"""`gencreds explain-parity`: what it says of each difference, in each form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gencreds.cli import main
from gencreds.microbus.model import Microservice
from gencreds.parity.comparing import Because, Difference, Meaning, Side, compare
from gencreds.pipeline import scan
from gencreds.upstream.engine import scan_as_upstream

from .golang_trees import write
from .upstream_trees import BODY, DEFINITIONS, FILES

_BOUND = 'c := targetapi.NewClient(svc).ForHost("a.b")\nc.Save(ctx)'
_SAVE = "P.safe.443.caller_x.{}.*.POST.save"


def _differences(root: Path, body: str, **files: str) -> list[Difference]:
    write(root, {**FILES, "caller/service.go": BODY % body, **files})
    where = [root / "caller"]
    found = compare(scan(None, where), scan_as_upstream(None, where), "P")
    return [difference for service in found for difference in service.differences]


def _reasons(found: list[Difference]) -> list[tuple[str, str]]:
    return sorted({(each.side.value, because.reason) for each in found for because in each.because})


def test_a_difference_has_its_reason_place_and_meaning(tmp_path: Path) -> None:
    because = (Because("bound-for-host", "caller/service.go", 11),)
    assert _differences(tmp_path, _BOUND) == [
        Difference(Side.OURS, "pub", _SAVE.format("a_b"), Meaning.REFUSED, "", because),
        Difference(Side.UPSTREAM, "pub", _SAVE.format("target_x"), Meaning.TOO_MUCH, "", because),
    ]


def test_what_the_other_side_has_within_something_wider_is_no_refusal(tmp_path: Path) -> None:
    found = _differences(tmp_path, "targetapi.NewClient(svc).ForHost(otherapi.Hostname).Save(ctx)")
    wide = _SAVE.format("*")
    assert [(each.subject, each.meaning, each.within) for each in found] == [
        (_SAVE.format("other_x"), Meaning.WIDER_THERE, wide),
        (wide, Meaning.TOO_MUCH, ""),
    ]
    assert _reasons(found) == [("+", "for-host-constant"), ("-", "for-host-constant")]


def test_a_microservice_without_differences_says_so(tmp_path: Path) -> None:
    assert _differences(tmp_path, "targetapi.NewClient(svc).Save(ctx)") == []


def test_a_tail_that_upstream_drops_beside_a_star_is_its_error(tmp_path: Path) -> None:
    text = DEFINITIONS % (
        'var Star = define.Web{Host: Hostname, Method: "GET", Route: "/files/{name}"}\n\n'
        'var Tail = define.Web{Host: Hostname, Method: "GET", Route: "/files/{path...}"}'
    )
    body = "targetapi.NewClient(svc).Tail(ctx)\ntargetapi.NewClient(svc).Star(ctx)"
    found = _differences(tmp_path, body, **{"target/targetapi/definition.go": text})
    assert _reasons(found) == [("+", "star-swallows-tail"), ("-", "covered")]


def test_a_trust_root_outside_intermediate_go_is_what_upstream_does_not_let_it_serve(tmp_path: Path) -> None:
    api = (
        FILES["caller/callerapi/definition.go"].replace(
            "\n\nconst", '\n\nimport "github.com/microbus-io/fabric/define"\n\nconst'
        )
        + 'var Mint = define.Function{Host: Hostname, Method: "POST", Route: ":666/mint"}\n'
    )
    body = 'svc.Subscribe("Mint", svc.mint, sub.At(callerapi.Mint.Method, callerapi.Mint.Route))'
    imports = 'import (\n\t"example.com/shop/caller/callerapi"\n\t"github.com/microbus-io/fabric/sub"\n)\n'
    mint = f"package caller\n\n{imports}\nfunc (svc *Service) OnStartup() {{\n{body}\n}}\n"
    found = _differences(tmp_path, "", **{"caller/callerapi/definition.go": api, "caller/mint.go": mint})
    assert [(each.meaning, each.because[0].reason) for each in found] == [
        (Meaning.UNHEARD, "route-outside-intermediate")
    ]


def test_errors_of_upstream_and_refusals_of_ours_are_told_beside(tmp_path: Path) -> None:
    write(tmp_path, {**FILES, "caller/service.go": BODY % "svc.Request(ctx, opts...)"})
    (tmp_path / "caller" / "intermediate.go").unlink()
    ours = scan(None, [tmp_path / "caller"])
    (service,) = compare(ours, scan_as_upstream(None, [tmp_path / "caller"]), "P")
    assert service.upstream_error.startswith("scan source: parse caller/intermediate.go")
    assert [finding.rule for finding in service.refused_by_ours] == ["unfollowed-request"]
    assert service.differences == ()


def test_a_microservice_that_upstream_does_not_find_is_told(tmp_path: Path) -> None:
    lost = Microservice("lost.x", "lost", (), ())
    write(tmp_path, FILES)
    (_, service) = compare([lost], scan_as_upstream(None, [tmp_path / "caller"]), "P")
    assert service.upstream_error.endswith("signs nothing for it")
    (service,) = compare([lost], "resolve bundle: no app.Add(...) services found in main.go", "P")
    assert service.upstream_error.startswith("resolve bundle")


def test_a_microservice_that_only_upstream_signs_is_told(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    (service,) = compare([], scan_as_upstream(None, [tmp_path / "caller"]), "P")
    reasons = {because.reason for each in service.differences for because in each.because}
    assert (service.hostname, len(service.differences), reasons) == ("caller.x", 5, {"no-application"})


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    write(tmp_path, {**FILES, "caller/service.go": BODY % _BOUND})
    return ["explain-parity", "--manifests", str(tmp_path / "caller"), "--plane", "P"]


def test_the_text_is_a_block_per_microservice_and_a_summary(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 0
    assert (
        capsys.readouterr().out
        == f"""caller.x  caller
  + PUB {_SAVE.format("a_b")}
      bound-for-host  caller/service.go:11
      upstream would refuse it at runtime
  - PUB {_SAVE.format("target_x")}
      bound-for-host  caller/service.go:11
      upstream grants more than the code needs

1 microservice, 0 alike; 1 subject only ours (1 that upstream would refuse at runtime); \
1 only upstream's (1 that the code does not need)
"""
    )


def test_the_json_has_all_of_it(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*arguments, "--format", "json"]) == 0
    (service,) = json.loads(capsys.readouterr().out)["services"]
    assert (service["hostname"], service["upstreamError"], service["refusedByOurs"]) == ("caller.x", "", [])
    assert service["differences"][0] == {
        "side": "+",
        "verb": "pub",
        "subject": _SAVE.format("a_b"),
        "meaning": "upstream would refuse it at runtime",
        "within": "",
        "because": [{"reason": "bound-for-host", "file": "caller/service.go", "line": 11}],
    }


def test_the_markdown_is_a_table_per_microservice(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*arguments, "--format", "markdown"]) == 0
    assert (
        f"| + | PUB `{_SAVE.format('a_b')}` | `bound-for-host` | `caller/service.go:11` "
        "| upstream would refuse it at runtime |"
    ) in capsys.readouterr().out.splitlines()


def test_only_what_our_engine_cannot_scan_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain-parity", "--manifests", str(tmp_path)]) == 1
    assert "read manifest.yaml" in capsys.readouterr().err
    assert main(["explain-parity"]) == 1
