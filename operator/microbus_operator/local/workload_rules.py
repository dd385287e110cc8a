"""What the API server says of labels, pod templates and Services beyond the types of their fields.

Of its many rules it is those that something here relies on: an object that is kept can be run. What is yielded is a
field and what is wrong with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from microbus_operator.kube.cluster import Object
from microbus_operator.local.schema import REQUIRED

# As the bundle's `workload.replicas`: a typing error must not start processes without end.
MOST_REPLICAS = 1000
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_LABEL_VALUE = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9])?")
_QUALIFIED = re.compile(r"([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]")
_VARIABLE = re.compile(r"[ -<>-~]+")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")

Items = Sequence[Mapping[str, Any]]


def is_qualified(name: str) -> bool:
    """Whether it is a name as of labels, annotations and finalizers."""
    return _QUALIFIED.fullmatch(name) is not None


def label_problems(metadata: Mapping[str, Any], path: str) -> Iterator[str]:
    """What is wrong with labels and annotations."""
    for field in ("labels", "annotations"):
        for key in metadata.get(field, {}):
            if not is_qualified(key):
                yield f"{path}.{field}: Invalid value: {_shown(key)} is no qualified name"
    for key, value in metadata.get("labels", {}).items():
        if not _LABEL_VALUE.fullmatch(value):
            yield f"{path}.labels: Invalid value: {_shown(value)} of {_shown(key)} is no valid label value"


def workload_problems(kind: str, found: Object) -> Iterator[str]:
    """What is wrong with an object whose fields are all of their types."""
    spec = found.get("spec", {})
    if kind == "Service":
        if not spec.get("ports") and spec.get("clusterIP") != "None" and spec.get("type") != "ExternalName":
            yield f"spec.ports: {REQUIRED}"
        for index, port in enumerate(spec.get("ports", ())):
            yield from _port(port, "port", f"spec.ports[{index}]")
    if kind in WORKLOADS:
        yield from _workload(spec)


def _workload(spec: Mapping[str, Any]) -> Iterator[str]:
    for field in ("selector", "template"):
        if field not in spec:
            yield f"spec.{field}: {REQUIRED}"
            return
    if not 0 <= spec.get("replicas", 1) <= MOST_REPLICAS:
        yield f"spec.replicas: Invalid value: it must be from 0 to {MOST_REPLICAS}"
    selector, template = spec["selector"], spec["template"]
    metadata, pod = template.get("metadata", {}), template.get("spec", {})
    chosen = selector.get("matchLabels", {})
    if not chosen and "matchExpressions" not in selector:
        yield "spec.selector: Invalid value: an empty selector is invalid"
    if not chosen.items() <= metadata.get("labels", {}).items():
        yield "spec.template.metadata.labels: Invalid value: `selector` does not match template `labels`"
    yield from label_problems(metadata, "spec.template.metadata")
    yield from _pod(pod, "spec.template.spec")


def _pod(pod: Mapping[str, Any], path: str) -> Iterator[str]:
    volumes: Items = pod.get("volumes", ())
    yield from _named(volumes, f"{path}.volumes")
    for index, volume in enumerate(volumes):
        yield from _volume(volume, f"{path}.volumes[{index}]")
    there = {volume["name"] for volume in volumes}
    if not pod.get("containers"):
        yield f"{path}.containers: {REQUIRED}"
    for field in ("initContainers", "containers"):
        yield from _named(pod.get(field, ()), f"{path}.{field}")
        for index, container in enumerate(pod.get(field, ())):
            yield from _container(container, f"{path}.{field}[{index}]", there)


def _named(items: Items, path: str) -> Iterator[str]:
    seen = set[str]()
    for index, item in enumerate(items):
        if not item["name"]:
            yield f"{path}[{index}].name: {REQUIRED}"
        elif not _LABEL.fullmatch(item["name"]):
            yield f"{path}[{index}].name: Invalid value: {_shown(item['name'])} is no lowercase RFC 1123 label"
        elif item["name"] in seen:
            yield f"{path}[{index}].name: Duplicate value: {_shown(item['name'])}"
        seen.add(item["name"])


def _volume(volume: Mapping[str, Any], path: str) -> Iterator[str]:
    projected: Items = volume.get("projected", {}).get("sources", ())
    below = [(source, f".projected.sources[{index}]") for index, source in enumerate(projected)]
    for source, at in [(volume, ""), *below]:
        for field, name in (("secret", "name" if at else "secretName"), ("configMap", "name")):
            if field not in source:
                continue
            if not source[field].get(name):
                yield f"{path}{at}.{field}.{name}: {REQUIRED}"
            for index, item in enumerate(source[field].get("items", ())):
                for key in ("key", "path"):
                    if not item[key]:
                        yield f"{path}{at}.{field}.items[{index}].{key}: {REQUIRED}"


def _container(container: Mapping[str, Any], path: str, volumes: set[str]) -> Iterator[str]:
    if not container.get("image"):
        yield f"{path}.image: {REQUIRED}"
    for index, entry in enumerate(container.get("env", ())):
        yield from _variable(entry, f"{path}.env[{index}]")
    for index, port in enumerate(container.get("ports", ())):
        yield from _port(port, "containerPort", f"{path}.ports[{index}]")
    paths = set[str]()
    for index, mount in enumerate(container.get("volumeMounts", ())):
        at = f"{path}.volumeMounts[{index}]"
        if mount["name"] not in volumes:
            yield f"{at}.name: Not found: {_shown(mount['name'])}"
        if not mount["mountPath"]:
            yield f"{at}.mountPath: {REQUIRED}"
        if mount["mountPath"] in paths:
            yield f"{at}.mountPath: Invalid value: it must be unique"
        paths.add(mount["mountPath"])
    for name in _PROBES:
        if name in container:
            yield from _probe(container[name], f"{path}.{name}")


def _variable(entry: Mapping[str, Any], path: str) -> Iterator[str]:
    if not entry["name"]:
        yield f"{path}.name: {REQUIRED}"
    elif not _VARIABLE.fullmatch(entry["name"]):
        yield f'{path}.name: Invalid value: {_shown(entry["name"])}: only printable ASCII other than "=" may be in it'
    source = entry.get("valueFrom")
    if source is None:
        return
    if len(source) != 1:
        yield f"{path}.valueFrom: Invalid value: it must have one source"
    if entry.get("value"):
        yield f"{path}.valueFrom: Invalid value: it may not be there together with value"
    for field in ("secretKeyRef", "configMapKeyRef"):
        for name in ("name", "key"):
            if field in source and not source[field].get(name):
                yield f"{path}.valueFrom.{field}.{name}: {REQUIRED}"


def _port(port: Mapping[str, Any], field: str, path: str) -> Iterator[str]:
    if not 1 <= port[field] <= 65535:
        yield f"{path}.{field}: Invalid value: it must be between 1 and 65535"


def _probe(probe: Mapping[str, Any], path: str) -> Iterator[str]:
    if sum(name in probe for name in _HANDLERS) != 1:
        yield f"{path}: {REQUIRED}: it must have one handler type"
    for name in ("httpGet", "tcpSocket"):
        port = probe.get(name, {}).get("port", 1)
        if isinstance(port, int) and not 1 <= port <= 65535:
            yield f"{path}.{name}.port: Invalid value: it must be between 1 and 65535"


def _shown(text: str) -> str:
    """A name in a message: in one line, and not all of it where it is long."""
    return json.dumps(text if len(text) <= 100 else f"{text[:100]}…")
