"""What an analysis may take: a microservice that is too costly is refused by name, and costs the others nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.gencreds.golang_trees import caller, write

from gencreds.cli import main
from gencreds.golang.limits import Limits
from gencreds.pipeline import ScanError, scan
from gencreds.rescan import Request

_FIELDS = 200
_CLIENT = 'targetapi.NewClient(svc).ForHost("h%d.example")'


def _costly(count: int = _FIELDS) -> str:
    """Every field may be every other: the cost is that of a transitive closure."""
    fields = " ".join(f"f{at} targetapi.Client;" for at in range(count))
    writes = [f"b.f{at} = {_CLIENT % at}" for at in range(count)]
    writes += [f"b.f{at} = b.f{(at * 7 + by) % count}" for at in range(count) for by in range(20)]
    return "\n\t".join(
        (
            'package caller\n\nimport "example.com/shop/target/targetapi"\n',
            f"type Box struct {{ {fields} }}\n\nfunc (svc *Service) Run(b *Box) {{",
            *writes,
            "b.f0.Load(nil)\n}\n",
        )
    )


def _two(root: Path) -> list[Path]:
    caller(root, _costly())
    write(
        root,
        {
            "cheap/manifest.yaml": "general:\n  hostname: cheap.example\n",
            "cheap/cheapapi/definition.go": 'package cheapapi\n\nconst Hostname = "cheap.example"\n',
            "cheap/service.go": 'package cheap\n\nimport "example.com/shop/target/targetapi"\n\n'
            "func (svc *Service) Run() { targetapi.NewClient(svc).Load(nil) }\n",
        },
    )
    return [root / "caller", root / "cheap"]


def test_of_a_microservice_that_takes_too_long_nothing_is_granted_and_the_others_are_analysed(tmp_path: Path) -> None:
    costly, cheap = scan(None, _two(tmp_path), Limits(seconds=0.3, further_seconds=10.0))
    assert costly.hostname == "caller.example"
    assert costly.accesses == ()
    (finding,) = costly.findings
    assert (finding.rule, finding.severity, finding.location.file) == ("too-costly", "blocking", "caller/manifest.yaml")
    assert finding.message.startswith("caller takes more than 0.3 s of processor time to analyse; ")
    assert (len(cheap.accesses), cheap.findings) == (1, ())


def test_with_the_usual_time_the_same_microservice_is_analysed(tmp_path: Path) -> None:
    costly, _ = scan(None, _two(tmp_path))
    assert (len({access.endpoint for access in costly.accesses}), costly.findings) == (_FIELDS, ())


@pytest.mark.parametrize("limits", [Limits(seconds=0.3, further_seconds=0.0), Limits(seconds=60.0, total_seconds=0.3)])
def test_a_scan_that_takes_too_long_in_all_says_how_far_it_came(tmp_path: Path, limits: Limits) -> None:
    with pytest.raises(ScanError, match=r"more than 0\.3 s of processor time.*has come to (caller|cheap); .*fewer"):
        scan(None, _two(tmp_path), limits)


def test_opening_a_source_takes_no_longer_than_that_either(tmp_path: Path) -> None:
    with pytest.raises(ScanError, match=r"the analysis takes more than 0 s of processor time; "):
        scan(None, _two(tmp_path), Limits(seconds=0.0, further_seconds=0.0))


@pytest.mark.parametrize("flags", [(), ("-jobs", "2"), ("-cache", "scan.cache")])
def test_the_command_line_says_how_long_a_microservice_may_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], flags: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    caller(tmp_path, _costly(480))
    refusal = "the analysis takes more than 1 s of processor time and has come to caller; "
    assert main(["scan", "-quiet", "-max-seconds", "1", *flags, "-manifests", "caller"]) == 1
    assert refusal in capfd.readouterr().err


@pytest.mark.parametrize("command", [("scan",), ("scan", "-jobs", "2"), ("-signing-key", "a.nk"), ("explain-parity",)])
def test_no_time_at_all_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str], command: tuple[str, ...]) -> None:
    assert main([*command, "-max-seconds", "0", "-manifests", str(_two(tmp_path)[1])]) == 1
    assert capfd.readouterr().err == (
        "gencreds: -max-seconds 0: it is the processor time for one microservice, 1 second at least\n"
    )


def test_more_time_is_another_question_to_what_was_remembered(tmp_path: Path) -> None:
    short, long = (Request(None, [tmp_path], "microbus", seconds=seconds).question for seconds in (1, 60))
    assert short != long
