"""Manifests for the tests of the store."""

from __future__ import annotations

from typing import Any

from microbus_operator.api.meta import API_VERSION


def config_map(name: str = "a", namespace: str = "default", meta: dict[str, Any] | None = None, **data: str) -> Any:
    """A ConfigMap."""
    metadata = {"name": name, "namespace": namespace, **(meta or {})}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def key_secret(name: str = "key", seed: str = "c2VlZA==") -> Any:
    """A Secret that is never to be changed."""
    metadata = {"name": name, "namespace": "default"}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "immutable": True, "data": {"seed": seed}}


def plane(name: str = "prod", meta: dict[str, Any] | None = None, **spec: Any) -> Any:
    """A Plane."""
    metadata = {"name": name, "namespace": "default", **(meta or {})}
    wanted = {"plane": "prod", "nats": {"image": "nats:2.15"}, **spec}
    return {"apiVersion": API_VERSION, "kind": "Plane", "metadata": metadata, "spec": wanted}
