"""The example shop where it lies, with the framework beside it that its go.mod puts in the real one's place."""

from __future__ import annotations

from pathlib import Path

import pytest

from gencreds.pipeline import scan
from gencreds.report import is_wildcard, report_of

from .shop_trees import SHOP


@pytest.mark.parametrize("bundle", [SHOP / "main" / "main.go", SHOP / "signerapp" / "main.go"])
def test_a_framework_that_is_replaced_locally_is_no_code_of_the_microservices(bundle: Path) -> None:
    report = report_of(scan(bundle), "microbus")
    assert [finding for service in report.services for finding in service.findings] == []
    assert not any(is_wildcard(grant) for service in report.services for grant in service.grants)
    places = {place.file for service in report.services for grant in service.grants for place in grant.evidence}
    assert not any("fabric" in place for place in places)
