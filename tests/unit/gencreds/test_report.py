"""The report as a contract: the same bytes each time, read back strictly, and readable by people."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from gencreds.microbus.model import Finding, Location, Severity
from gencreds.rendering.phrases import endpoint_of
from gencreds.rendering.table import Look, as_text, site
from gencreds.rendering.terminal import columns, wants_colour
from gencreds.report import Evidence, Report, ReportInvalid, Step, is_trust_root, is_wildcard, report_of

from .fixtures import KITCHEN, KITCHEN_PUB, KITCHEN_SUB, WEIRD

FINDINGS = (
    Finding("unknown-client", Severity.BLOCKING, "cannot follow \x1b[2J the client", Location("kitchen/b.go", 7)),
    Finding("dynamic-url", Severity.WARNING, "any URL", Location("kitchen/a.go", 9)),
)
REPORT = report_of([WEIRD, dataclasses.replace(KITCHEN, findings=FINDINGS)], "P")


def test_the_json_has_the_contracts_shape() -> None:
    value = json.loads(REPORT.to_json())
    kitchen, weird = value["services"]
    assert (kitchen["hostname"], weird["hostname"]) == ("kitchen.fixture", "weird.fixture")
    assert list(kitchen) == ["hostname", "directory", "pub", "sub", "grants", "findings", "connectBytes"]
    assert kitchen["pub"] == sorted(KITCHEN_PUB)
    assert kitchen["sub"] == sorted(KITCHEN_SUB)
    assert {
        "verb": "pub",
        "subject": "P.safe.443.kitchen_fixture.weird_fixture.*.GET.plain",
        "kind": "call",
        "evidence": [{"file": "kitchen/service.go", "line": line, "function": "", "via": []} for line in (11, 16, 17)],
    } in kitchen["grants"]
    assert kitchen["findings"][0] == {
        "rule": "dynamic-url",
        "severity": "warning",
        "message": "any URL",
        "file": "kitchen/a.go",
        "line": 9,
    }
    assert 1000 < kitchen["connectBytes"] < 2000


def test_the_same_source_gives_the_same_bytes_in_whatever_order_it_was_found() -> None:
    back = [dataclasses.replace(KITCHEN, findings=FINDINGS[::-1]), WEIRD]
    assert report_of(back, "P").to_json() == REPORT.to_json()


def test_it_reads_back_what_it_wrote() -> None:
    assert Report.from_json(REPORT.to_json()) == REPORT
    assert Report.from_json(REPORT.to_json().encode()) == REPORT
    assert Report.from_json('{"services": []}') == Report()


def test_files_of_other_modules_are_named_alike_vendored_or_not() -> None:
    vendored = dataclasses.replace(KITCHEN, directory="vendor/github.com/x/kitchen")
    assert report_of([vendored], "P").services[0].directory == "github.com/x/kitchen"


def _service(**values: object) -> Callable[[dict[str, Any]], None]:
    return lambda value: value["services"][0].update(values)


def _grant(**values: object) -> Callable[[dict[str, Any]], None]:
    return lambda value: value["services"][0]["grants"][0].update(values)


@pytest.mark.parametrize(
    "change",
    [
        _service(extra=1),
        _service(hostname="../../etc"),
        _service(hostname="UPPER"),
        _service(hostname="stranger.fixture"),
        _service(pub=[">"]),
        _service(pub=["P.>"]),
        _service(pub=["P.safe.443.stranger.x.*.GET.y"]),
        _service(pub=["P.safe.443.*.x.*.GET.y"]),
        _service(pub=["P.safe.666.kitchen_fixture.x.*.GET.y"]),
        _service(pub=["P.danger.443.kitchen_fixture.x.*.GET.y"]),
        _service(pub=["P.danger.*.kitchen_fixture.x.*.GET.y"]),
        _service(pub=["P.safe.443.kitchen_fixture.x.*.GET.y z"]),
        _service(pub=["P.safe.443.kitchen_fixture.>.x"]),
        _service(pub=["P.safe.443.kitchen_fixture..x"]),
        _service(pub=["$SYS.safe.443.kitchen_fixture.x"]),
        _service(pub=["{{plane}}.safe.443.kitchen_fixture.x"]),
        _service(sub=["P.safe.443.kitchen_fixture.x.*.GET.y"]),
        _service(sub=["*.safe.443.*.x.*.GET.y"]),
        _service(pub=None),
        _service(pub=[]),
        _service(sub=[]),
        _service(connectBytes=-1),
        _service(connectBytes=1.5),
        _service(directory="x" * 5000),
        _grant(verb="both"),
        _grant(kind="wish"),
        _grant(evidence=[{"file": "a.go"}]),
        _grant(evidence=[{"file": "a.go", "line": "1"}]),
        lambda value: value["services"][0]["findings"][0].update(severity="fatal"),
        lambda value: value["services"][0]["findings"][0].update(message="\ud800"),
        lambda value: value["services"][0].pop("pub"),
        lambda value: value.update(services=value["services"] * 600),
    ],
)
def test_a_report_that_says_something_odd_is_refused(change: Callable[[dict[str, Any]], None]) -> None:
    """A child that worked on hostile source may not make the operator grant what the grammar does not."""
    value = json.loads(REPORT.to_json())
    change(value)
    with pytest.raises(ReportInvalid):
        Report.from_json(json.dumps(value))


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "null", '{"services": []} x', "\ud800", '{"services":[],"services":[]}']
)
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(ReportInvalid):
        Report.from_json(text)


def test_trust_roots_and_wildcards_are_told_apart() -> None:
    grants = {grant.subject: grant for grant in REPORT.services[0].grants}
    wild = {subject for subject, grant in grants.items() if is_wildcard(grant)}
    assert wild == {
        "P.safe.*.kitchen_fixture.*.*.POST.>",
        "P.safe.*.kitchen_fixture.*.*.PUT.>",
        "P.safe.444.kitchen_fixture.*.*.POST.self-ping",
        "P.safe.888.kitchen_fixture.*.*.GET.openapi%2ejson",
    }
    assert [subject for subject in grants if is_trust_root(subject)] == [
        "P.danger.666.kitchen_fixture.weird_fixture.*.POST.dangerous"
    ]


def test_the_table_names_each_grant_with_its_reason() -> None:
    text = as_text(REPORT, Look(limit=4096))
    size = REPORT.services[0].connect_bytes
    counts = f"9 pub, 5 sub, 1 trust root, 4 wildcards, 1 blocking finding, 1 warning, CONNECT {size} of 4096 bytes"
    assert text.startswith(f"kitchen.fixture  kitchen  {counts}\n  VERB  ENDPOINT ")
    lines = text.splitlines()
    at = next(index for index, line in enumerate(lines) if ".GET.plain" in line)
    assert lines[at].split() == [
        *("PUB", "GET", "weird.fixture:443/plain", "call"),
        *("P.safe.443.kitchen_fixture.weird_fixture.*.GET.plain", "kitchen/service.go:11"),
    ]
    assert [line.split() for line in lines[at + 1 : at + 3]] == [["kitchen/service.go:16"], ["kitchen/service.go:17"]]
    assert next(line for line in lines if "POST.dangerous" in line).split()[3:6] == ["call,", "trust", "root"]
    assert "  hook, covered  " not in text
    assert any("covered" in line and "POST.internal" in line for line in lines)
    assert "  blocking  unknown-client  kitchen/b.go:7  cannot follow " in text
    assert lines[-1].startswith("2 microservices, ")


def test_on_a_narrow_terminal_subjects_and_evidence_go_below() -> None:
    lines = as_text(REPORT, Look(width=80)).splitlines()
    at = next(index for index, line in enumerate(lines) if "GET weird.fixture:443/plain" in line)
    assert lines[at + 1 : at + 3] == [
        "       P.safe.443.kitchen_fixture.weird_fixture.*.GET.plain",
        "       kitchen/service.go:11",
    ]
    assert "SUBJECT" not in lines[1]
    assert "SUBJECT" in as_text(REPORT, Look(width=400))


def test_evidence_tells_the_function_and_the_helpers_on_the_way() -> None:
    via = (Step("(*Service).Place", "orders/service.go", 9), Step("pay", "orders/pay.go", 20))
    place = Evidence("lib/send.go", 3, "send", via)
    assert site(place) == "lib/send.go:3 send ← pay orders/pay.go:20 ← (*Service).Place orders/service.go:9"
    hostile = Evidence("a\x1b[2J\nb.go", 1, "f\u202e")
    assert site(hostile) == "a\N{REPLACEMENT CHARACTER}[2J\N{REPLACEMENT CHARACTER}b.go:1 f\N{REPLACEMENT CHARACTER}"


def test_the_table_has_no_control_characters_of_the_sources() -> None:
    assert "\x1b" not in as_text(REPORT)
    assert "\x1b[2J" not in as_text(REPORT, Look(colour=True))


def test_trust_roots_are_red_and_wildcards_yellow() -> None:
    lines = as_text(REPORT, Look(colour=True)).splitlines()
    assert next(line for line in lines if "POST.dangerous" in line).startswith("  \x1b[31mPUB ")
    assert next(line for line in lines if "PUT.>" in line).startswith("  \x1b[33mPUB ")
    assert next(line for line in lines if "GET.plain" in line).startswith("  PUB ")


@pytest.mark.parametrize(
    ("verb", "subject", "expected"),
    [
        ("pub", "p.danger.666.a.signer_shop.*.POST.sign", "POST signer.shop:666/sign"),
        ("pub", "p.safe.*.a.*.*.*.>", "* *:*/…"),
        ("pub", "p.safe.443.a.b.*.GET._", "GET b:443/"),
        ("pub", "p.safe.443.a.b.*.GET.x%2ey.*.>", "GET b:443/x.y/*/…"),
        ("pub", "p.safe.888.a.>", "control requests to any host"),
        ("pub", "p.reply._.a.>", "replies to any caller"),
        ("sub", "p.reply._.*.a.*", "replies to its own requests"),
        ("sub", "p.safe.*.*.a_b.>", "all requests to a.b but to its trust roots"),
        ("sub", "p.danger.666.*.a_b.>", "* a.b:666/…"),
        ("sub", "p.safe.888.*.all.>", "control broadcasts on port 888"),
        ("pub", "not.ours", "not.ours"),
    ],
)
def test_a_subject_reads_as_an_endpoint(verb: str, subject: str, expected: str) -> None:
    assert endpoint_of(verb, subject) == expected


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environment", "expected"),
    [
        (_Terminal(), {}, True),
        (_Terminal(), {"NO_COLOR": ""}, True),
        (_Terminal(), {"NO_COLOR": "1"}, False),
        (_Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(stream: io.StringIO, environment: dict[str, str], expected: bool) -> None:
    assert wants_colour(stream, environment) is expected
    assert wants_colour(stream, environment, "always")
    assert not wants_colour(stream, environment, "never")


def test_columns_count_what_a_terminal_shows() -> None:
    assert (columns("abc"), columns("\u65e5\u672c"), columns("e\u0301")) == (3, 4, 1)
