"""Types that embed each other in circles and long chains: what shows through them is found, and found cheaply."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.gencreds.golang_trees import caller

from gencreds.pipeline import scan

_HEAD = 'package caller\n\nimport "example.com/shop/target/targetapi"\n\n'
_CIRCLE = "type First struct { *Second; targetapi.Client }\n\ntype Second struct { *First }\n\n"


@pytest.mark.parametrize("order", [("First", "Second"), ("Second", "First")])
def test_a_client_shows_through_all_types_of_a_circle(tmp_path: Path, order: tuple[str, str]) -> None:
    uses = "\n".join(f"func (svc *Service) Use{name}(each {name}) {{ each.Load(nil) }}\n" for name in order)
    (service,) = scan(None, [caller(tmp_path, _HEAD + _CIRCLE + uses)])
    assert {access.function for access in service.accesses} == {"(*Service).UseFirst", "(*Service).UseSecond"}
    assert service.findings == ()


def test_a_client_shows_through_a_chain_of_a_thousand_types(tmp_path: Path) -> None:
    chain = "\n".join(f"type T{at} struct {{ *T{at + 1} }}" for at in range(1000))
    use = "\n\ntype T1000 struct { targetapi.Client }\n\nfunc (svc *Service) Run(each T0) { each.Load(nil) }\n"
    (service,) = scan(None, [caller(tmp_path, _HEAD + chain + use)])
    assert [access.name for access in service.accesses] == ["Load"]
    assert service.findings == ()
