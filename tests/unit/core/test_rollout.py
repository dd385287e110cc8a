"""Whether a Deployment has reached all its pods."""

from __future__ import annotations

from typing import Any

import pytest

from microbus_operator.core.rollout import rollout_of

from .builders import app, app_observed, workload_of

BUNDLE = app().spec.bundles[0]


@pytest.mark.parametrize(
    ("status", "complete", "says"),
    [
        ({}, True, "1 of 1 pods run"),
        ({"observedGeneration": 0}, False, "not been looked at by Kubernetes"),
        ({"updatedReplicas": 0}, False, "0 updated"),
        ({"replicas": 2}, False, "1 updated"),
        ({"availableReplicas": 0}, False, "0 of 1 pods available"),
    ],
)
def test_a_rollout_is_complete_when_no_older_pod_is_left(status: dict[str, Any], complete: bool, says: str) -> None:
    found = workload_of(app_observed())
    rollout = rollout_of(BUNDLE, {**found, "status": {**found["status"], **status}})
    assert rollout.complete is complete
    assert says in rollout.message


def test_a_missing_deployment_is_not_complete() -> None:
    assert not rollout_of(BUNDLE, None).complete


def test_a_stuck_rollout_gives_kubernetes_own_reason() -> None:
    stuck = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "too long"}
    found = workload_of(app_observed())
    status = {**found["status"], "availableReplicas": 0, "conditions": [stuck]}
    assert "(ProgressDeadlineExceeded: too long)" in rollout_of(BUNDLE, {**found, "status": status}).message
