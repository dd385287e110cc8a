"""Observe: what becomes files beside a bundle's credentials, by name. What a Secret holds stays in this module."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from microbus_operator.api.app import ConfigSource, MicrobusApp
from microbus_operator.api.plane import PLANE_PATTERN
from microbus_operator.core.actions import Manifest
from microbus_operator.core.config_files import ENVIRONMENT_FILES, PLANE_VARIABLE, ConfigFiles
from microbus_operator.core.existing import config_refs
from microbus_operator.kube.cluster import Cluster

# An environment file is a flat map, a variable a line.
_VARIABLE = re.compile(r"""^["']?(MICROBUS_[A-Z_]+)["']?[ \t]*:(.*)$""", re.MULTILINE)
_UNREADABLE = "something that is no plane"


async def observe_configs(
    cluster: Cluster, app: MicrobusApp, existing: Mapping[str, Manifest]
) -> dict[str, tuple[ConfigFiles, ...]]:
    """What lies beside each bundle's credentials: what its `config` names, Secret first, or what its workload of
    `existing` mounts there. By bundle; bundles without are left out.
    """
    wanted = {
        bundle.name: config_refs(app, bundle, existing[bundle.name])
        if bundle.name in existing
        else _config(bundle.config)
        for bundle in app.spec.bundles
    }
    namespace = app.metadata.namespace
    return {
        bundle: tuple([await observe_files(cluster, kind, namespace, name) for kind, name in refs])
        for bundle, refs in wanted.items()
        if refs
    }


def _config(config: ConfigSource | None) -> tuple[tuple[str, str], ...]:
    wanted = (("Secret", config.secret_ref), ("ConfigMap", config.config_map_ref)) if config else ()
    return tuple((kind, name) for kind, name in wanted if name)


async def observe_files(cluster: Cluster, kind: str, namespace: str, name: str) -> ConfigFiles:
    """The keys of a Secret or ConfigMap, and what its environment files say of Microbus."""
    found = await cluster.get(kind, namespace, name)
    if found is None:
        return ConfigFiles(kind, name, None)
    said = {key: dict(_VARIABLE.findall(text)) for key in ENVIRONMENT_FILES if (text := _text(kind, found, key))}
    return ConfigFiles(
        kind,
        name,
        frozenset({*(found.get("data") or {}), *(found.get("binaryData") or {})}),
        {key: frozenset(variables) for key, variables in said.items() if variables},
        {key: _plane(variables[PLANE_VARIABLE]) for key, variables in said.items() if PLANE_VARIABLE in variables},
    )


def _text(kind: str, found: Mapping[str, Any], key: str) -> str:
    text = str((found.get("data") or {}).get(key) or "")
    if kind != "Secret":
        return text
    try:
        return base64.b64decode(text).decode(errors="replace")
    except binascii.Error:
        return ""


def _plane(said: str) -> str:
    """What may be repeated in a status: a plane's name, and nothing that only stands where one should."""
    value = said.partition(" #")[0].strip().strip("\"'")
    return value if re.fullmatch(PLANE_PATTERN, value) else _UNREADABLE
