"""`kubectl microbus`: its command line, and what its verbs say of given objects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from microbus_operator.api.app import MicrobusApp
from microbus_operator.api.plane import Plane
from microbus_operator.cli.answers import CannotAnswer
from microbus_operator.cli.explaining import as_object, described, verdict
from microbus_operator.cli.issued import Issued
from microbus_operator.cli.kubectl import main
from microbus_operator.cli.permissions import permissions
from microbus_operator.cli.receipt import told as receipts_told
from microbus_operator.cli.rotating import told as rotation_told
from microbus_operator.cli.status import app_in_detail, overview, plane_in_detail, subject_of
from microbus_operator.cli.who_can import Target, callers

NOW = 1_800_000_000.0
DAY = 86400
CONDITION = {"type": "Ready", "status": "True", "reason": "Delivered", "message": "2 microservices run"}
ALLOWED = {
    "orders.shop": ("p.danger.666.orders_shop.signer_shop.*.POST.sign", "p.safe.888.orders_shop.>"),
    "ingress.shop": ("p.safe.*.ingress_shop.*.*.GET.>", "p.safe.443.ingress_shop.orders_shop.*.POST.place"),
}


def app(**status: Any) -> MicrobusApp:
    services = [
        {"hostname": name, "bundle": "main", "secretName": f"shop-{name}-creds", "issuedAt": 1, "phase": "Issued"}
        for name in ALLOWED
    ]
    services[0]["expiresAt"] = int(NOW) + 30 * DAY
    finding = {"rule": "raw-url", "severity": "warning", "message": "m", "file": "a.go", "line": 7}
    return MicrobusApp.model_validate(
        {
            "metadata": {"name": "shop", "namespace": "shop", "creationTimestamp": "2027-01-14T08:00:00Z"},
            "spec": {
                "planeRef": {"name": "prod", "namespace": "system"},
                "bundles": [{"name": "main", "image": "shop:1"}],
            },
            "status": {
                "conditions": [{**CONDITION, "lastTransitionTime": "2027-01-15T07:00:00Z"}],
                "bundles": [{"name": "main", "image": "shop:1", "sourceDigest": "sha256:ab", "trust": "DigestBound"}],
                "services": services,
                "findings": [{**finding, "hostname": "orders.shop"}],
                **status,
            },
        }
    )


def plane(**status: Any) -> Plane:
    return Plane.model_validate(
        {
            "metadata": {"name": "prod", "namespace": "system", "creationTimestamp": "2027-01-14T08:00:00Z"},
            "spec": {"plane": "p", "nats": {"replicas": 3, "image": "nats:2.14.2"}},
            "status": {
                "conditions": [],
                "servers": [{"name": "prod-nats-0", "id": "N", "version": "2.14.2", "accountInSync": True}],
                "signingKeys": [{"app": "shop/shop", "publicKey": "ASIGN"}],
                **status,
            },
        }
    )


def issued(hostname: str) -> Issued:
    shop = app()
    service = next(item for item in shop.status.services if item.hostname == hostname)
    return Issued(shop, service, permissions(hostname, ALLOWED[hostname], ()), "UPUBLIC", int(NOW) - DAY, None)


def who_can(target: str, method: str | None = None, path: str | None = None) -> list[tuple[str, str]]:
    found = callers([issued(name) for name in ALLOWED], Target.parse(target, method, path), "p")
    return [(item.service.hostname, permission.subject) for item, permission in found]


def test_who_can_names_the_entry_that_lets_each_caller() -> None:
    assert who_can("signer.shop:666") == [("orders.shop", ALLOWED["orders.shop"][0])]
    assert who_can("signer.shop:666", "post", "/sign") == [("orders.shop", ALLOWED["orders.shop"][0])]
    assert who_can("orders.shop", "POST", "/place") == [("ingress.shop", ALLOWED["ingress.shop"][1])]


def test_who_can_denies_what_is_next_to_a_grant() -> None:
    assert who_can("signer.shop:666", "GET", "/sign") == []
    assert who_can("signer.shop:666", "POST", "/sign/more") == []
    assert who_can("other.shop:666") == []
    assert who_can("orders.shop", "POST", "/cancel") == []


def test_a_wildcard_caller_is_among_the_callers_of_everything_but_trust_roots() -> None:
    assert who_can("anything.at.all", "GET") == [("ingress.shop", ALLOWED["ingress.shop"][0])]
    assert [host for host, _ in who_can("signer.shop")] == ["orders.shop", "ingress.shop"]


def test_control_requests_are_everybodys_and_named_only_when_asked_for() -> None:
    assert ("orders.shop", "p.safe.888.orders_shop.>") in who_can("other.shop:888")
    assert "p.safe.888.orders_shop.>" not in [subject for _, subject in who_can("other.shop")]


@pytest.mark.parametrize("target", ["", ":80", "host:http", "host:0", "host:65536", "host:²"])
def test_a_target_that_is_no_endpoint_is_refused(target: str) -> None:
    with pytest.raises(CannotAnswer, match="is not HOST or HOST:PORT"):
        Target.parse(target, None, None)


def test_explain_shows_permissions_findings_and_where_they_come_from() -> None:
    text = described(issued("orders.shop"), NOW, wide=True)
    assert "App:           shop/shop, bundle main" in text
    assert "Source:        sha256:ab (DigestBound)" in text
    (line,) = [line for line in text.splitlines() if "/sign" in line]
    assert " ".join(line.split()) == f"publish call signer.shop 666 POST /sign trust root - {ALLOWED['orders.shop'][0]}"
    assert "a.go:7" in text
    assert json.loads(json.dumps(as_object(issued("orders.shop"))))["permissions"][0]["trustRoot"] is True


def test_explain_answers_yes_with_the_entry_and_no_with_exit_code_1() -> None:
    yes = verdict(issued("orders.shop"), "p.danger.666.orders_shop.signer_shop._.POST.sign")
    assert (yes.code, yes.text) == (0, f"yes: publish, by {ALLOWED['orders.shop'][0]}\n")
    no = verdict(issued("orders.shop"), "p.danger.666.orders_shop.signer_shop._.GET.sign")
    assert (no.code, no.text) == (1, "no\n")


def test_the_overview_has_one_table_a_kind() -> None:
    planes, apps = overview([plane()], [app()], NOW, namespaced=True).split("\n\n")
    assert [" ".join(line.split()) for line in planes.splitlines()] == [
        "NAMESPACE PLANE PREFIX READY REASON SERVERS APPS AGE",
        "system prod p Unknown <none> 1/3 1 24h",
    ]
    assert [" ".join(line.split()) for line in apps.splitlines()] == [
        "NAMESPACE APP PLANE READY REASON ISSUED EXPIRES FINDINGS AGE",
        "shop shop prod True Delivered 2/2 30d 1 24h",
    ]


def test_details_show_what_status_has_and_nothing_for_what_it_has_not() -> None:
    text = app_in_detail(app(), NOW)
    assert "Ready   True     60m     Delivered   2 microservices run" in text
    assert "orders.shop    main     Issued" in text
    assert "Findings:" not in app_in_detail(app(findings=[]), NOW)
    assert "ASIGN" in plane_in_detail(plane(), NOW)
    assert "Conditions:" not in plane_in_detail(plane(), NOW)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], (None, None)),
        (["app", "shop"], ("app", "shop")),
        (["app/shop"], ("app", "shop")),
        (["microbusapps"], ("app", None)),
        (["plane", "prod"], ("plane", "prod")),
    ],
)
def test_a_subject_is_spelled_as_kubectl_spells_it(words: list[str], expected: tuple[str | None, str | None]) -> None:
    assert subject_of(words) == expected


@pytest.mark.parametrize("words", [["pod", "x"], ["app", "a", "b"], ["app/"], ["shop"]])
def test_another_subject_is_refused_in_one_line(words: list[str]) -> None:
    with pytest.raises(CannotAnswer, match="is not `app NAME` or `plane NAME`"):
        subject_of(words)


def test_a_receipt_is_a_line_with_the_time_of_each_step_that_was_seen() -> None:
    step = int(NOW)
    done = {
        "publicKey": "UDONE",
        "hostname": "orders.shop",
        "reason": "leaked",
        "requestedAt": step,
        "signedAt": step + 1,
    }
    done |= {"servedAt": step + 2, "servers": [{"name": "a", "acknowledgedAt": step + 3}], "closedAt": step + 4}
    shop = app(receipts=[done, {"publicKey": "UOPEN", "requestedAt": step}])
    every, one, none = (receipts_told(shop, of, None) for of in (None, "orders.shop", "ingress.shop"))
    assert [(answer.code, bool(answer.text)) for answer in (every, one, none)] == [(1, True), (0, True), (0, False)]
    head, row, opened = every.text.splitlines()
    assert head.split("   ")[0] == "KEY"
    assert row.split() == [
        *("UDONE", "orders.shop", "leaked", "2027-01-15T08:00:00Z", "2027-01-15T08:00:01Z"),
        *("2027-01-15T08:00:02Z", "2027-01-15T08:00:03Z", "(1)", "2027-01-15T08:00:04Z"),
    ]
    assert opened.split()[-1] == "<none>"
    assert none.remarks == ("No receipts of ingress.shop in MicrobusApp shop/shop: nothing was revoked there lately.",)
    (item,) = json.loads(receipts_told(shop, "UOPEN", "json").text)["items"]
    assert (item["complete"], item["signedAt"]) == (False, None)


def test_a_planes_receipt_of_every_user_says_before_when_they_were_issued() -> None:
    step = int(NOW)
    everybody = {"publicKey": "*", "issuedBefore": step - 60, "reason": "a stolen laptop", "requestedAt": step}
    prod = plane(receipts=[everybody])
    told = receipts_told(prod, None, None)
    assert "every user issued before 2027-01-15T07:59:00Z   <none>         a stolen laptop" in told.text
    said = json.loads(receipts_told(prod, "*", "json").text)
    assert said["items"][0]["issuedBefore"] == "2027-01-15T07:59:00Z"
    assert (said["plane"], "app" in said) == ("system/prod", False)


def test_an_error_is_one_line_on_stderr_and_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--kubeconfig", str(tmp_path / "missing")]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: the kubeconfig cannot be used: ")
    assert said.err.count("\n") == 1


def test_wrong_usage_is_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["who-can"])
    assert ended.value.code == 2
    assert "HOST[:PORT]" in capsys.readouterr().err


def test_a_dry_run_names_all_that_another_account_touches_and_what_would_hold_it_up() -> None:
    of = app()
    stuck = of.status.services[1].model_copy(update={"phase": "SecretConflict"})
    of = of.model_copy(update={"status": of.status.model_copy(update={"services": (of.status.services[0], stuck)})})
    answer = rotation_told(plane(accountPublicKey="AOLD"), [of], None, is_requested=False)
    lines = answer.text.splitlines()
    assert "Account:        AOLD is left for one of generation 2" in lines
    assert "Key Secret:     prod-account-2" in lines
    assert "Servers:        3 restart, one after the other" in lines
    assert "Requested:      no, this is a dry run" in lines
    assert any("shop/shop-orders.shop-creds" in line and "Deployment/shop-main" in line for line in lines)
    assert answer.remarks == ("ingress.shop of shop/shop is SecretConflict: it is cut off unless that is mended",)
    said = json.loads(rotation_told(plane(), [of], "json", is_requested=True).text)
    assert (said["generation"], said["requested"], len(said["items"])) == (2, True, 2)


def test_the_receipt_of_an_account_that_was_replaced_is_among_its_planes() -> None:
    receipt = {"publicKey": "AOLD", "reason": "account replaced", "requestedAt": int(NOW), "closedAt": int(NOW) + 9}
    rotation = {"phase": "Done", "from": "AOLD", "to": "ANEW", "generation": 2, "startedAt": int(NOW)}
    answer = receipts_told(plane(rotation={**rotation, "receipt": receipt}), None, None)
    assert answer.code == 0
    assert "account replaced" in answer.text
