"""A bundle whose source cannot be read is renewed as it runs: a registry that is down must not end an app."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from microbus_operator.core.actions import Apply, Decision, IssueUser
from microbus_operator.core.app import decide_app
from microbus_operator.core.app_workload import CREDENTIALS_ANNOTATION
from microbus_operator.core.evidence import EVIDENCE_ANNOTATION
from microbus_operator.core.issuing import PREVIOUS_ANNOTATION, SOURCE_ANNOTATION
from microbus_operator.core.observed import AppObserved, BundleReading, CredsObservation, Trouble

from .builders import IMAGE, LIFE, NOW, broker, connection, creds, reading, service, settled_app, user

UNREAD = BundleReading(trouble=Trouble("RegistryUnavailable", "bundle main: no answer", passing=True))
AGED = NOW + LIFE * 2 // 3 + 1
EVIDENCE = {"pub prod.x": ("orders/service.go:41 (*Service).Place",)}
BOTH = {"orders.example": creds(evidence=EVIDENCE), "pay.example": creds("pay-1", service("pay.example"))}


def unread(found: BundleReading = UNREAD, **parts: Any) -> AppObserved:
    """An app of two microservices that was delivered, and whose source cannot be read any more."""
    bare = settled_app(readings={"main": reading(service(), service("pay.example"))}, creds=BOTH)
    app = bare.app.model_copy(update={"status": decide_app(bare, NOW).status})
    return replace(bare, app=app, readings={"main": found}, **parts)


def issued(decision: Decision) -> list[IssueUser]:
    """What is issued."""
    return [action for action in decision.actions if isinstance(action, IssueUser)]


def renewed(observed: AppObserved) -> dict[str, CredsObservation]:
    """The Secrets after the renewal, each with the key that it replaces."""
    return {
        hostname: replace(
            found, public_key=user(f"{hostname}-2"), issued_at=AGED, expires_at=AGED + LIFE, previous=previous(found)
        )
        for hostname, found in observed.creds.items()
    }


def previous(found: CredsObservation) -> dict[str, int]:
    """The key that a renewal replaces."""
    return {found.public_key or "": found.issued_at}


@pytest.mark.parametrize(
    "trouble", [UNREAD, BundleReading(trouble=Trouble("NoSource", "bundle main: no source")), BundleReading()]
)
def test_credentials_do_not_expire_because_a_source_cannot_be_read_d3_n10(trouble: BundleReading) -> None:
    observed = unread(trouble)
    assert decide_app(observed, NOW).actions == ()
    actions = issued(decide_app(observed, AGED))
    assert [action.hostname for action in actions] == ["orders.example", "pay.example"]
    for action in actions:
        found = observed.creds[action.hostname]
        assert (set(action.pub), set(action.sub)) == (set(found.pub), set(found.sub))
        assert json.loads(action.annotations[PREVIOUS_ANNOTATION]) == previous(found)


def test_what_is_renewed_unread_keeps_its_evidence_and_says_of_which_source_it_is() -> None:
    (orders, _) = issued(decide_app(unread(), AGED))
    assert json.loads(orders.annotations[EVIDENCE_ANNOTATION]) == {entry: list(at) for entry, at in EVIDENCE.items()}
    assert orders.annotations[SOURCE_ANNOTATION] == reading().source_digest


def test_a_bundle_that_cannot_be_read_stands_together() -> None:
    edited = replace(BOTH["pay.example"], invalid="no JWT", public_key=None)
    for rest in ({"pay.example": edited}, {}):
        observed = unread(creds={"orders.example": BOTH["orders.example"], **rest})
        assert decide_app(observed, AGED).actions == ()


def test_a_bundle_that_never_ran_is_issued_nothing_unread() -> None:
    assert decide_app(settled_app(readings={"main": UNREAD}, creds={}, deployments={}), AGED).actions == ()


def test_what_was_renewed_unread_is_rolled_out_with_the_image_that_runs_and_then_left_alone() -> None:
    observed = unread()
    observed = replace(observed, creds=renewed(observed))
    (rollout,) = decide_app(observed, AGED).actions
    assert isinstance(rollout, Apply)
    template = rollout.manifest["spec"]["template"]
    assert template["spec"]["containers"][0]["image"] == IMAGE
    before = observed.deployments["main"]["spec"]["template"]["metadata"]["annotations"]
    assert template["metadata"]["annotations"][CREDENTIALS_ANNOTATION] != before[CREDENTIALS_ANNOTATION]


def test_an_image_that_cannot_be_read_is_not_rolled_out_for_another_reason() -> None:
    observed = unread()
    bundles = [bundle.model_copy(update={"image": "shop:2"}) for bundle in observed.app.spec.bundles]
    spec = observed.app.spec.model_copy(update={"bundles": tuple(bundles)})
    changed = replace(observed, app=observed.app.model_copy(update={"spec": spec}))
    assert decide_app(changed, NOW).actions == ()


def test_the_key_that_was_renewed_unread_is_revoked_once_nobody_uses_it_n9() -> None:
    observed = unread()
    held = renewed(observed)
    done = settled_app(readings={"main": reading(service(), service("pay.example"))}, creds=held)
    after = replace(done, app=observed.app, readings={"main": UNREAD})
    in_use = replace(after, broker=broker(connections=[connection("orders-1")]))
    assert [item.public_key for item in decide_app(in_use, AGED).status.revoking] == [user("pay-1")]
    assert {item.public_key for item in decide_app(after, AGED).status.revoking} == {user("orders-1"), user("pay-1")}
