"""A bundle's Deployment: the image by digest, the credentials as its working directory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from microbus_operator.api.app import Bundle, ConfigSource, MicrobusApp
from microbus_operator.api.meta import API_VERSION
from microbus_operator.api.plane import Plane
from microbus_operator.core import names
from microbus_operator.core.config_files import ConfigFiles, projected
from microbus_operator.core.nats_workload import owner_reference
from microbus_operator.core.network import SERVICES, Network
from microbus_operator.core.pods import container_security, pod_security

WORKING_DIRECTORY = "/var/run/microbus"
VOLUME = "microbus"
# An entry of ours takes the whole place of a user's of that name: a `subPath` or `valueFrom` in it would count.
_WHOLE = ("env", "volumeMounts", "volumes")
# Of so many replicas Kubernetes rounds a quarter down to none that may be away, and up to one more.
_QUARTER_IS_NONE = 3
HOST_NAMESPACES = ("hostNetwork", "hostPID", "hostIPC", "hostUsers")
CREDENTIALS_ANNOTATION = "microbus.io/credentials"


def credentials_hash(public_keys: Mapping[str, str]) -> str:
    """What the pod template is annotated with: it changes with a credential, and never with a restart of ours
    (pitfall R3).
    """
    text = "\n".join(f"{hostname} {key}" for hostname, key in sorted(public_keys.items()))
    return sha256(text.encode()).hexdigest()[:16]


def deployment(
    app: MicrobusApp,
    plane: Plane,
    bundle: Bundle,
    image: str,
    keys: Mapping[str, str],
    network: Network = SERVICES,
    configs: Sequence[ConfigFiles] = (),
    mark: str = "",
    *,
    former: bool = False,
) -> dict[str, Any]:
    """The Deployment of `bundle`. `image` is by digest; `keys` maps its microservices to their users' public keys.

    `configs` are the objects of its `config`, as they are. `mark` is what names the credentials that its pods are made
    with, by default these `keys`. With `former` it is as an earlier version made it, which is no reason to write.
    """
    name = names.workload(app.metadata.name, bundle.name)
    labels = {**names.app_labels(app), "microbus.io/bundle": bundle.name}
    selector = {names.APP_LABEL: labels[names.APP_LABEL], "microbus.io/bundle": bundle.name}
    container: dict[str, Any] = {
        "name": bundle.name,
        "image": image,
        "workingDir": WORKING_DIRECTORY,
        "env": [
            {"name": "MICROBUS_NATS", "value": network.client_url(plane)},
            {"name": "MICROBUS_PLANE", "value": plane.spec.plane},
            {"name": "MICROBUS_DEPLOYMENT", "value": "PROD"},
        ],
        "securityContext": container_security(),
        "volumeMounts": [{"name": VOLUME, "mountPath": WORKING_DIRECTORY, "readOnly": True}],
    }
    if bundle.workload.command:
        container["command"] = list(bundle.workload.command)
    ours = {
        "metadata": {"labels": labels, "annotations": {CREDENTIALS_ANNOTATION: mark or credentials_hash(keys)}},
        "spec": {
            "automountServiceAccountToken": False,
            "securityContext": pod_security(),
            "containers": [container],
            "volumes": [_volume(app, bundle, sorted(keys), None if former else configs)],
        },
    }
    owner = owner_reference(API_VERSION, "MicrobusApp", app.metadata.name, app.metadata.uid)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": app.metadata.namespace, "labels": labels, "ownerReferences": [owner]},
        "spec": {
            "replicas": bundle.workload.replicas,
            "selector": {"matchLabels": selector},
            **({} if former else _strategy(bundle.workload.replicas)),
            "template": overlaid(bundle.workload.template, ours),
        },
    }


def _strategy(replicas: int) -> dict[str, Any]:
    """A new pod first, then an old one goes. With few replicas that is what Kubernetes does by itself (a quarter)."""
    if replicas <= _QUARTER_IS_NONE:
        return {}
    return {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}}


def _volume(
    app: MicrobusApp, bundle: Bundle, hostnames: Sequence[str], configs: Sequence[ConfigFiles] | None
) -> dict[str, Any]:
    """A projected volume, whole: a `subPath` mount would never be updated (pitfall N11).

    Keys of `config` are named one by one, so that none of them is ever taken for credentials (pitfall N12).
    """
    sources: list[dict[str, Any]] = [
        {
            "secret": {
                "name": names.creds_secret(app.metadata.name, hostname),
                "items": [{"key": names.creds_file(hostname), "path": names.creds_file(hostname)}],
            }
        }
        for hostname in hostnames
    ]
    if configs is None:
        config = bundle.config or ConfigSource()
        sources += [{"secret": {"name": config.secret_ref}}] if config.secret_ref else []
        sources += [{"configMap": {"name": config.config_map_ref}}] if config.config_map_ref else []
    for found, keys in projected(configs or ()):
        # Without `items` all of it would be projected.
        if keys:
            field = "secret" if found.kind == "Secret" else "configMap"
            sources.append({field: {"name": found.name, "items": [{"key": key, "path": key} for key in keys]}})
    return {"name": VOLUME, "projected": {"defaultMode": 0o440, "sources": sources}}


def pull_secrets(bundle: Bundle) -> tuple[str, ...]:
    """The names of `imagePullSecrets` in the user's partial template, any YAML until the API server sees it."""
    spec = bundle.workload.template.get("spec")
    named = spec.get("imagePullSecrets") if isinstance(spec, Mapping) else None
    items = named if isinstance(named, list) else []
    return tuple(item["name"] for item in items if isinstance(item, Mapping) and isinstance(item.get("name"), str))


def overlaid(base: Mapping[str, Any], top: Mapping[str, Any]) -> dict[str, Any]:
    """`top` laid over `base`: maps by key, lists of named things by name (ours first), anything else replaced.

    The user's partial template is the base, so that nothing in it can take the working directory, the plane or the
    security context away; a security context is ours as a whole, and the host's namespaces are nobody's.
    """
    result = {key: value for key, value in base.items() if key not in HOST_NAMESPACES}
    for key, value in top.items():
        below = base.get(key)
        if key == "securityContext":
            result[key] = value
        elif isinstance(value, Mapping) and isinstance(below, Mapping):
            result[key] = overlaid(below, value)
        elif isinstance(value, list) and isinstance(below, list):
            result[key] = _overlaid_list(below, value, whole=key in _WHOLE)
        else:
            result[key] = value
    return result


def _overlaid_list(base: list[Any], top: list[Any], *, whole: bool) -> list[Any]:
    if not all(isinstance(item, Mapping) and isinstance(item.get("name"), str) for item in (*base, *top)):
        return top
    below = {} if whole else {item["name"]: item for item in base}
    ours = [overlaid(below.get(item["name"], {}), item) for item in top]
    taken = {item["name"] for item in top}
    return ours + [item for item in base if item["name"] not in taken]
