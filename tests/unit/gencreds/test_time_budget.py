"""What an analysis may take: a microservice that is too costly is refused by name, and costs the others nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.gencreds.golang_trees import caller, write

from gencreds.golang.limits import Limits
from gencreds.pipeline import ScanError, scan

_FIELDS = 120
_CLIENT = 'targetapi.NewClient(svc).ForHost("h%d.example")'


def _costly() -> str:
    """Every field may be every other: the cost is that of a transitive closure."""
    fields = " ".join(f"f{at} targetapi.Client;" for at in range(_FIELDS))
    writes = [f"b.f{at} = {_CLIENT % at}" for at in range(_FIELDS)]
    writes += [f"b.f{at} = b.f{(at * 7 + by) % _FIELDS}" for at in range(_FIELDS) for by in range(20)]
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
