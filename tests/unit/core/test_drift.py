"""Whether an object must be applied: drift is seen, what Kubernetes merely writes otherwise is not (pitfall P11)."""

from __future__ import annotations

from typing import Any

import pytest

from microbus_operator.core.drift import differs, is_strangers, stamped

OWNER = {"kind": "Plane", "name": "prod", "uid": "1"}


def manifest(spec: dict[str, Any]) -> dict[str, Any]:
    """An object of ours with that spec."""
    return {"kind": "Deployment", "metadata": {"name": "a", "ownerReferences": [OWNER]}, "spec": spec}


def found(wanted: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    """The object as the API server returns it after `wanted` was applied: same stamp, `spec` as it now is."""
    return {**stamped(wanted), "spec": spec, "status": {}}


@pytest.mark.parametrize(
    ("wanted", "returned"),
    [
        ({"replicas": 1}, {"replicas": 1, "defaulted": True}),
        ({"resources": {"requests": {"cpu": "0.5"}}}, {"resources": {"requests": {"cpu": "500m"}}}),
        ({"resources": {"limits": {"memory": "1024Mi"}}}, {"resources": {"limits": {"memory": "1Gi"}}}),
        ({"resources": {"limits": {"cpu": 1}}}, {"resources": {"limits": {"cpu": "1"}}}),
        ({"emptyDir": {"sizeLimit": "1000M"}}, {"emptyDir": {"sizeLimit": "1G"}}),
        ({"nodeSelector": {}, "tolerations": [], "hostNetwork": False, "note": ""}, {}),
        ({"securityContext": {"sysctls": []}}, {}),
        ({"env": [{"name": "A", "value": ""}]}, {"env": [{"name": "A"}]}),
        ({"env": [{"name": "A", "value": "1"}]}, {"env": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}]}),
        (
            {"volumeMounts": [{"name": "v", "mountPath": "/a"}, {"name": "v", "mountPath": "/b"}]},
            {"volumeMounts": [{"name": "v", "mountPath": "/b"}, {"name": "v", "mountPath": "/a", "readOnly": True}]},
        ),
    ],
)
def test_what_the_api_server_writes_otherwise_is_no_drift(wanted: dict[str, Any], returned: dict[str, Any]) -> None:
    mine = manifest(wanted)
    assert not differs(mine, found(mine, returned))


@pytest.mark.parametrize(
    ("wanted", "returned"),
    [
        ({"replicas": 1}, {"replicas": 2}),
        ({"replicas": 1}, {}),
        ({"image": "1000m"}, {"image": "1"}),
        ({"resources": {"requests": {"cpu": "0.5"}}}, {"resources": {"requests": {"cpu": "501m"}}}),
        ({"args": ["a", "b"]}, {"args": ["a"]}),
        ({"args": ["a"]}, {"args": ["a", "b"]}),
        ({"env": [{"name": "A", "value": "1"}]}, {"env": [{"name": "A", "value": "2"}]}),
        ({"env": [{"name": "A", "value": "1"}]}, {"env": []}),
        ({"automountServiceAccountToken": False}, {}),
        ({"allowPrivilegeEscalation": False}, {"allowPrivilegeEscalation": True}),
    ],
)
def test_what_says_something_else_is_drift(wanted: dict[str, Any], returned: dict[str, Any]) -> None:
    mine = manifest(wanted)
    assert differs(mine, found(mine, returned))


def test_a_missing_object_is_drift() -> None:
    assert differs(manifest({}), None)


def test_a_field_that_is_no_longer_stated_is_drift() -> None:
    before, after = manifest({"replicas": 1, "paused": True}), manifest({"replicas": 1})
    assert differs(after, found(before, {"replicas": 1, "paused": True}))


@pytest.mark.parametrize(("uid", "strange"), [("1", False), ("2", True)])
def test_an_object_of_another_owner_is_a_strangers_k9(uid: str, strange: bool) -> None:
    theirs = {"metadata": {"name": "a", "ownerReferences": [{**OWNER, "uid": uid}]}}
    assert is_strangers(manifest({}), theirs) is strange


def test_an_object_without_an_owner_is_a_strangers_and_a_missing_one_is_not_k9() -> None:
    assert is_strangers(manifest({}), {"metadata": {"name": "a"}})
    assert not is_strangers(manifest({}), None)
