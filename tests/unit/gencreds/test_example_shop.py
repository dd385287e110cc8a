"""The example shop where it lies, with the framework beside it that its go.mod puts in the real one's place."""

from __future__ import annotations

from pathlib import Path

import pytest

from gencreds.cli import main
from gencreds.pipeline import scan
from gencreds.report import is_wildcard, report_of

from .shop_trees import SHOP, without_functions


@pytest.mark.parametrize("bundle", [SHOP / "main" / "main.go", SHOP / "signerapp" / "main.go"])
def test_a_framework_that_is_replaced_locally_is_no_code_of_the_microservices(bundle: Path) -> None:
    report = report_of(scan(bundle), "microbus")
    assert [finding for service in report.services for finding in service.findings] == []
    assert not any(is_wildcard(grant) for service in report.services for grant in service.grants)
    places = {place.file for service in report.services for grant in service.grants for place in grant.evidence}
    assert not any("fabric" in place for place in places)


def test_a_scan_of_the_shop_reads_as_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", "--bundle", str(SHOP / "main" / "main.go"), "--format", "text"]) == 0
    blocks = without_functions(capsys.readouterr().out).split("\n\n")
    assert [block.split()[0] for block in blocks] == [
        *(f"{name}.shop" for name in ("inventory", "notifier", "orders", "outlet", "reports", "storefront")),
        "6",
    ]
    place, order = (
        "microbus.danger.666.orders_shop.signer_shop.*.POST.sign",
        "microbus.safe.417.orders_shop.orders_shop.*.POST",
    )
    reserve = "microbus.safe.444.orders_shop.inventory_shop.*.POST.reserve"
    assert [" ".join(line.split()) for line in blocks[2].splitlines()] == [
        "orders.shop orders 5 pub, 3 sub, 1 trust root, CONNECT 1433 of 4096 bytes",
        "VERB ENDPOINT KIND SUBJECT EVIDENCE",
        f"PUB POST signer.shop:666/sign call, trust root {place} orders/service.go:44",
        "PUB replies to any caller standard microbus.reply._.orders_shop.>",
        f"PUB POST orders.shop:417/on-order-placed event {order}.on-order-placed orders/ordersapi/definition.go:82",
        "orders/service.go:51",
        f"PUB POST inventory.shop:444/reserve call {reserve} orders/service.go:40",
        "PUB control requests to any host standard microbus.safe.888.orders_shop.>",
        "SUB replies to its own requests standard microbus.reply._.*.orders_shop.*",
        "SUB all requests to orders.shop but to its trust roots standard microbus.safe.*.*.orders_shop.>",
        "SUB control broadcasts on port 888 standard microbus.safe.888.*.all.>",
    ]
    starts = {line.index("microbus.") for line in blocks[2].splitlines() if "microbus." in line}
    assert len(starts) == 1, "subjects stand below one another"
    assert blocks[-1] == "6 microservices, 25 pub, 20 sub, 1 trust root\n"
