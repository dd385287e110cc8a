"""Every entry of an allow-list can be asked why it is there."""

from __future__ import annotations

from gencreds.report import Evidence, Grant, ServiceReport, Step
from microbus_operator.core.evidence import EVIDENCE_ANNOTATION, MOST_BYTES, evidence_of, evidence_text

STOCK = "prod.safe.443.orders_shop.inventory_shop.*.GET.stock.*"
STOCK_OF_SEVEN = "prod.safe.443.orders_shop.inventory_shop.*.GET.stock.seven"


def report(*grants: Grant, pub: tuple[str, ...] = (STOCK,)) -> ServiceReport:
    return ServiceReport(hostname="orders.shop", directory="orders", pub=pub, sub=(), grants=grants)


def grant(subject: str, *lines: int) -> Grant:
    return Grant("pub", subject, "call", tuple(Evidence("orders/service.go", line) for line in lines))


def read_back(found: ServiceReport) -> dict[str, tuple[str, ...]]:
    return evidence_of({EVIDENCE_ANNOTATION: evidence_text(found)})


def test_an_entry_has_the_places_of_its_own_grant_and_of_those_that_it_covers() -> None:
    found = read_back(report(grant(STOCK, 41), grant(STOCK_OF_SEVEN, 7)))
    assert found == {f"pub {STOCK}": ("orders/service.go:41", "orders/service.go:7")}


def test_a_place_names_its_function_and_the_calls_that_lead_there_and_says_when_a_comment_declared_it() -> None:
    through = Evidence("lib/stock.go", 7, "reserve", (Step("(*Service).Place", "orders/service.go", 41),))
    sites = (Evidence("orders/service.go", 9, "(*Service).Cancel"), through)
    found = read_back(report(Grant("pub", STOCK, "call", sites)))
    assert found[f"pub {STOCK}"] == (
        "lib/stock.go:7 reserve via orders/service.go:41 (*Service).Place",
        "orders/service.go:9 (*Service).Cancel",
    )
    declared = read_back(report(Grant("pub", STOCK, "declared", (Evidence("orders/service.go", 3),))))
    assert declared[f"pub {STOCK}"] == ("orders/service.go:3 declared",)


def test_a_standard_entry_needs_no_place() -> None:
    assert read_back(report(Grant("pub", STOCK, "standard", ()))) == {}


def test_evidence_stays_within_what_annotations_may_hold() -> None:
    subjects = tuple(f"prod.safe.443.orders_shop.s{number}.*.GET.{'x' * 200}" for number in range(2000))
    found = report(*(grant(subject, 1) for subject in subjects), pub=subjects)
    assert len(evidence_text(found)) <= MOST_BYTES


def test_edited_evidence_is_none() -> None:
    assert evidence_of({EVIDENCE_ANNOTATION: "[1"}) == evidence_of({EVIDENCE_ANNOTATION: "[]"}) == evidence_of({}) == {}
