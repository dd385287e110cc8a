"""Markdown for pull requests: what it says of the example shop, word for word, and what hostile names cannot do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gencreds.cli import main
from gencreds.rendering.markdown import code, report_as_markdown
from gencreds.report import Evidence, Finding, Grant, Report, ServiceReport

from .shop_trees import calling, copied, without_functions

EVERYTHING = r"""`|<img src=x onerror=alert(1)>@team #1 [a](javascript:b) ![c](d) *e* _f_ https://g.h \n"""


def test_the_shop_reads_as_endpoints_per_microservice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", "--bundle", str(copied(tmp_path / "s") / "main" / "main.go"), "--format", "markdown"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("## gencreds: 6 microservices, 25 pub, 20 sub, 1 trust root\n\n### `inventory.shop`\n")
    start = text.index("### `orders.shop`")
    order, sign, reserve = (
        "microbus.safe.417.orders_shop.orders_shop.*.POST.on-order-placed",
        "microbus.danger.666.orders_shop.signer_shop.*.POST.sign",
        "microbus.safe.444.orders_shop.inventory_shop.*.POST.reserve",
    )
    assert without_functions(text[start : text.index("### `outlet.shop`")]).splitlines() == [
        "### `orders.shop`",
        "",
        "1 trust root, 5 standard entries not listed, CONNECT 1433 of 4096 bytes",
        "",
        "|  | endpoint | kind |",
        "| --- | --- | --- |",
        "| PUB | `POST signer.shop:666/sign` | call, 🔴 **trust root** |",
        "| PUB | `POST orders.shop:417/on-order-placed` | event |",
        "| PUB | `POST inventory.shop:444/reserve` | call |",
        "",
        "<details><summary>Subjects and call sites (3 entries)</summary>",
        "",
        "| subject | call sites |",
        "| --- | --- |",
        f"| `{sign}` | `orders/service.go:44` |",
        f"| `{order}` | `orders/ordersapi/definition.go:82`<br>`orders/service.go:51` |",
        f"| `{reserve}` | `orders/service.go:40` |",
        "",
        "</details>",
        "",
    ]


def test_a_difference_names_what_a_person_has_to_judge_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    copied(tmp_path / "old")
    calling(copied(tmp_path / "new"), 'signerapi.NewClient(svc).Sign(ctx, "audit")')
    assert main(["diff", "old", "new", "--format", "markdown"]) == 3
    lines = capsys.readouterr().out.splitlines()
    assert lines[:9] == [
        "## gencreds: 1 of 6 microservices differ, 1 subject added, 0 removed, 1 new trust root",
        "",
        "`old` → `new`",
        "",
        "New, and to be judged by a person:",
        "",
        "- 🔴 **trust root**: `inventory.shop` PUB `POST signer.shop:666/sign`",
        "",
        "### `inventory.shop`",
    ]
    assert "| + | PUB | `POST signer.shop:666/sign` | call, 🔴 **trust root** |" in lines
    assert main(["diff", "old", "old", "--format", "markdown"]) == 0
    assert capsys.readouterr().out == "## gencreds: no difference in 6 microservices\n\n`old` → `old`\n"


def test_hostile_names_stay_code() -> None:
    place = Evidence(f"a/{EVERYTHING}\x1b[2J\n.go", 3, EVERYTHING)
    finding = Finding(EVERYTHING, "blocking", EVERYTHING + "\n\n# heading", EVERYTHING, 1)
    grant = Grant("pub", "p.safe.443.a.b.*.GET." + EVERYTHING.replace(".", "%"), "call", (place,))
    service = ServiceReport(EVERYTHING, EVERYTHING, ("p.x",), ("p.x",), (grant,), (finding,))
    text = report_as_markdown(Report((service,)), 4096)
    outside = re.sub(r"`[^`\n]*`|<code>[^<]*</code>|&#\d+;", "", text)
    for word in ("<img", "@team", "#1", "[a]", "![", "*e*", "https:", "\x1b", "alert"):
        assert word not in outside
    assert "\n# heading" not in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows} == {4, 3}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("a b", "`a b`"),
        ("a`b", "<code>a&#96;b</code>"),
        ("a|b<", "<code>a&#124;b&#60;</code>"),
        ("a\nb", "`a\N{REPLACEMENT CHARACTER}b`"),
    ],
)
def test_code_is_never_interpreted(text: str, expected: str) -> None:
    assert code(text) == expected
