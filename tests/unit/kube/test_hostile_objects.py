"""What an app's own namespace may write into objects: it is read without harm to other apps and Planes."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from gencreds.nats.nkeys import KeyKind, Seed
from microbus_operator.api.meta import duration_seconds
from microbus_operator.core.names import CREDS_SECRET_TYPE, FIELD_MANAGER
from microbus_operator.kube.credentials import observe_creds
from microbus_operator.kube.kubeconfig import ConfigException, connected, current_namespace
from microbus_operator.kube.observe import ObjectInvalid, apps_of

OLD = Seed.create(KeyKind.USER).public_key


class Store:
    """An API server that holds these objects and nothing else."""

    def __init__(self, *objects: dict[str, Any]) -> None:
        self._objects = objects

    async def get(self, kind: str, namespace: str | None, name: str) -> dict[str, Any] | None:
        return next((item for item in self._objects if item["metadata"]["name"] == name), None)

    async def list(self, kind: str, namespace: str | None) -> list[dict[str, Any]]:
        return list(self._objects)


def secret(previous: str, public_key: str) -> dict[str, Any]:
    """A microservice's Secret whose annotations and data somebody edited."""
    return {
        "type": CREDS_SECRET_TYPE,
        "metadata": {
            "name": "creds",
            "uid": "u",
            "resourceVersion": "1",
            "labels": {"app.kubernetes.io/managed-by": FIELD_MANAGER},
            "ownerReferences": [{"uid": "app-uid"}],
            "annotations": {"microbus.io/previous-keys": previous, "microbus.io/user-public-key": public_key},
        },
        "data": {"orders.shop_nats.creds": base64.b64encode(b"garbage").decode()},
    }


@pytest.mark.parametrize(
    ("previous", "expected"),
    [
        (json.dumps({"*": 4102444800, OLD: 5}), {OLD: 5}),
        (json.dumps({OLD: 2**70}), {}),
        (json.dumps({OLD: -1}), {}),
        (f'{{"{OLD}": Infinity}}', {}),
        (f'{{"{OLD}": null}}', {}),
        ("[" * 100_000, {}),
        ("[1]", {}),
    ],
)
async def test_only_user_keys_and_times_are_read_from_an_annotation(previous: str, expected: dict[str, int]) -> None:
    store: Any = Store(secret(previous, "*"))
    found = await observe_creds(store, "shop", "creds", "orders.shop", "app-uid")
    assert found is not None
    assert found.previous == expected
    assert found.public_key is None


async def test_an_app_that_does_not_fit_the_model_stops_its_own_plane_alone() -> None:
    broken = {"metadata": {"name": "x", "namespace": "b"}, "spec": {"planeRef": {"name": "other"}, "bundles": "none"}}
    store: Any = Store(broken)
    assert await apps_of(store, [None], ("infra", "prod")) == ()
    with pytest.raises(ObjectInvalid):
        await apps_of(store, [None], ("b", "other"))


def test_a_duration_is_at_most_what_a_server_can_read() -> None:
    assert duration_seconds("9" * 31 + "h") == 9223372036


@pytest.mark.parametrize("text", ["garbage: [", "- a list", "contexts: 5\ncurrent-context: a\n", "\x00", ""])
async def test_a_file_that_is_no_kubeconfig_is_said(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config"
    path.write_text(text)
    with pytest.raises(ConfigException):
        current_namespace(str(path), None)
    with pytest.raises(ConfigException):
        await connected(str(path), None)
