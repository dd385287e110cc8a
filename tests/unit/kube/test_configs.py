"""Of a bundle's config its keys are read, and what its environment files say of Microbus; nothing else leaves."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from microbus_operator.kube.configs import observe_configs, observe_files

from ..core.builders import app
from .test_hostile_objects import Store

ENVIRONMENT = """
# MICROBUS_LOCALITY: none
PASSWORD: hush
MICROBUS_PLANE: "prod"  # ours
'MICROBUS_NATS_TOKEN' : hush
  MICROBUS_NATS: nested
MICROBUS_NATS
"""


def secret(**data: str) -> dict[str, Any]:
    """A Secret `conf`."""
    encoded = {key.replace("_", "."): base64.b64encode(text.encode()).decode() for key, text in data.items()}
    return {"kind": "Secret", "metadata": {"name": "conf"}, "data": encoded}


async def test_keys_and_what_environment_files_say_of_microbus_are_read_and_nothing_else() -> None:
    found = await observe_files(Store(secret(env_yaml=ENVIRONMENT, config_yaml="all: {}")), "Secret", "infra", "conf")
    assert found.keys == {"env.yaml", "config.yaml"}
    assert found.variables == {"env.yaml": {"MICROBUS_PLANE", "MICROBUS_NATS_TOKEN"}}
    assert found.planes == {"env.yaml": "prod"}
    assert "hush" not in repr(found)


@pytest.mark.parametrize("said", ["p@ss w0rd", "x" * 33, "", "[a, b]"])
async def test_what_is_no_plane_is_not_repeated(said: str) -> None:
    found = await observe_files(Store(secret(env_yaml=f"MICROBUS_PLANE: {said}")), "Secret", "infra", "conf")
    assert found.planes == {"env.yaml": "something that is no plane"}


async def test_a_config_map_and_one_that_is_not_there_are_read_by_bundle() -> None:
    kept = {"kind": "ConfigMap", "metadata": {"name": "conf"}, "data": {"env.yaml": "MICROBUS_PLANE: test"}}
    store = Store({**kept, "binaryData": {"ca.pem": "AA=="}})
    bundles = [
        {"name": "main", "image": "a", "config": {"configMapRef": "conf", "secretRef": "gone"}},
        {"name": "bare", "image": "a"},
    ]
    (gone, conf), *others = (await observe_configs(store, app(spec={"bundles": bundles}), {})).values()
    assert others == []
    assert (gone.kind, gone.keys) == ("Secret", None)
    assert (conf.keys, conf.planes) == ({"env.yaml", "ca.pem"}, {"env.yaml": "test"})


@pytest.mark.parametrize("data", [None, {"env.yaml": None}, {"env.yaml": "no base64"}, {"env.yaml": "/w=="}])
async def test_what_cannot_be_read_says_nothing(data: Any) -> None:
    store = Store({"kind": "Secret", "metadata": {"name": "conf"}, "data": data})
    found = await observe_files(store, "Secret", "infra", "conf")
    assert (found.planes, found.variables) == ({}, {})
