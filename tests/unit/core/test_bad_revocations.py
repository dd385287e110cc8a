"""Revocations that are asked for wrongly, or while an app's workload is in no state to take another key: what is asked
for dies all the same, what cannot be meant is named, and nothing is told that is not so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from microbus_operator.api.revocations import EVERY_USER
from microbus_operator.core.actions import Annotate, Decision
from microbus_operator.core.app import decide_app
from microbus_operator.core.issuing import PREVIOUS_ANNOTATION
from microbus_operator.core.observed import AppObserved, PublishedAccounts
from microbus_operator.core.rotation import STALLS_AFTER

from .builders import NOW, app, broker, creds, published, settled_app, user
from .test_existing import changed, condition, rotating, workload
from .test_existing import observed as existing

BY_KEY = {user("orders-0"): NOW}
OF_EVERYBODY = {EVERY_USER: NOW - 1100}
ASKED = {"revocations": [{"publicKey": user("orders-0"), "reason": "found in a log"}]}


def looked(before: AppObserved, held: PublishedAccounts, spec: dict[str, Any]) -> tuple[Decision, Decision]:
    """The look that sees the revocation held everywhere, and the one after it, when what it forgot is forgotten."""
    asking = before.app.spec.model_copy(update={"revocations": app(spec=spec).spec.revocations})
    own = before.app.model_copy(update={"spec": asking})
    seen = replace(before, app=own, published=held, broker=broker(held))
    first = decide_app(seen, NOW)
    later = {name: replace(each, previous={}) for name, each in seen.creds.items()}
    again = replace(seen, app=own.model_copy(update={"status": first.status}), creds=later)
    return first, decide_app(again, NOW + 1)


def forgotten(decision: Decision) -> list[str]:
    """Secrets whose replaced keys are forgotten, being dead."""
    found = [each for each in decision.actions if isinstance(each, Annotate)]
    return [each.secret for each in found if each.annotations.get(PREVIOUS_ANNOTATION) == "{}"]


WORKLOADS = {
    "gone": (None, "WorkloadNotFound"),
    "paused": (changed("spec.paused", True), "RolloutHalted"),
    "at_0_replicas": (changed("spec.replicas", 0), "RolloutHalted"),
    "never_ready": (changed("status.availableReplicas", 1), "RollingOut"),
}


@pytest.mark.parametrize("revoked", [BY_KEY, OF_EVERYBODY], ids=["by_key", "of_everybody"])
@pytest.mark.parametrize("state", WORKLOADS)
def test_a_revocation_while_the_existing_workload_is(state: str, revoked: dict[str, int]) -> None:
    """... gone, paused, at 0 replicas or never ready: the key is dead with a receipt, and what waits is named."""
    found, reason = WORKLOADS[state]
    before = rotating(found, STALLS_AFTER // 60 + 1, app=existing(None).app)
    spec = ASKED if revoked is BY_KEY else {}
    first, second = looked(before, published(revocations=revoked), spec)
    assert condition(first, "Ready")[0] == condition(second, "Ready")[0] == reason
    assert forgotten(first) == ["shop-orders.example-creds"]
    assert condition(second, "CredentialsReplaced") == ("Current", "every key that was replaced is revoked")
    if spec:
        (receipt,) = second.status.receipts
        assert (receipt.public_key, receipt.closed_at) == (user("orders-0"), NOW)
        assert condition(second, "Revoked")[0] == "Revoked"


@pytest.mark.parametrize("revoked", [BY_KEY, OF_EVERYBODY], ids=["by_key", "of_everybody"])
def test_a_revocation_while_our_own_rollout_never_becomes_ready(revoked: dict[str, int]) -> None:
    late = NOW - STALLS_AFTER - 60
    new = creds("orders-1", issued_at=late, previous={user("orders-0"): NOW - 9000})
    ready = settled_app(creds={"orders.example": new})
    stuck = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "too long"}
    found = ready.deployments["main"]
    status = {**found["status"], "availableReplicas": 0, "conditions": [stuck]}
    claimed = ready.app.model_copy(update={"status": decide_app(ready, NOW).status})
    before = replace(ready, app=claimed, deployments={"main": {**found, "status": status}})
    first, second = looked(before, published(revocations=revoked), ASKED if revoked is BY_KEY else {})
    assert "(ProgressDeadlineExceeded: too long)" in condition(second, "Ready")[1]
    assert forgotten(first) == ["shop-orders.example-creds"]
    assert condition(second, "CredentialsReplaced")[0] == "Current"


def test_without_a_revocation_a_rollout_that_never_becomes_ready_keeps_both_keys_valid() -> None:
    before = rotating(workload(), STALLS_AFTER // 60 + 1)
    never = rotating(changed("status.availableReplicas", 1), STALLS_AFTER // 60 + 1, app=before.app)
    assert forgotten(decide_app(never, NOW)) == []
    assert condition(decide_app(never, NOW), "CredentialsReplaced")[0] == "ReplacementStalled"
