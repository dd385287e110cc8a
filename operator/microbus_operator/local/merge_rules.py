"""How server-side apply merges each kind: which lists are merged by key, which are sets, which maps are one value.

Of Kubernetes' own kinds it is what the API server's OpenAPI says (`x-kubernetes-list-type`, `-list-map-keys`,
`-map-type`), and a contract test holds it to that; of ours it is what their CRDs say. What is not listed is as
Kubernetes has it by default: maps are merged, lists replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from microbus_operator.api.crds import crds


@dataclass(frozen=True)
class Merged:
    """A map whose entries are merged. `declared` is false where no schema names them: a container then counts as a
    field of its own.
    """

    fields: Mapping[str, Rule] = field(default_factory=dict)
    declared: bool = True


@dataclass(frozen=True)
class Atomic:
    """One value, whatever is in it."""


@dataclass(frozen=True)
class Members:
    """A list that is a set."""


@dataclass(frozen=True)
class ByKeys:
    """A list of things told apart by `keys`, with the values of keys that may be left out."""

    keys: tuple[str, ...]
    item: Rule = field(default_factory=Merged)
    defaults: Mapping[str, str] = field(default_factory=dict)


Rule = Merged | Atomic | Members | ByKeys

ATOMIC = Atomic()
MERGED = Merged()
_METADATA = Merged({"finalizers": Members(), "ownerReferences": ByKeys(("uid",), ATOMIC)})
_CONDITIONS = Merged({"conditions": ByKeys(("type",))})
_SECRET_REF = Merged({"secretRef": ATOMIC})
_SOURCES = ("configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef")
_RESOURCES = Merged({"claims": ByKeys(("name",))})
_CONTAINERS = ByKeys(
    ("name",),
    Merged(
        {
            "env": ByKeys(("name",), Merged({"valueFrom": Merged(dict.fromkeys(_SOURCES, ATOMIC))})),
            "ports": ByKeys(("containerPort", "protocol"), defaults={"protocol": "TCP"}),
            "resources": _RESOURCES,
            "volumeDevices": ByKeys(("devicePath",)),
            "volumeMounts": ByKeys(("mountPath",)),
        }
    ),
)
_CLAIM = Merged({"metadata": _METADATA, "spec": Merged({"dataSource": ATOMIC, "selector": ATOMIC})})
_VOLUME = Merged(
    {
        **dict.fromkeys(("cephfs", "cinder", "flexVolume", "iscsi", "rbd", "scaleIO", "storageos"), _SECRET_REF),
        "csi": Merged({"nodePublishSecretRef": ATOMIC}),
        "ephemeral": Merged({"volumeClaimTemplate": _CLAIM}),
    }
)
_POD = Merged(
    {
        "affinity": Merged({"nodeAffinity": Merged({"requiredDuringSchedulingIgnoredDuringExecution": ATOMIC})}),
        "containers": _CONTAINERS,
        "ephemeralContainers": _CONTAINERS,
        "hostAliases": ByKeys(("ip",)),
        "imagePullSecrets": ByKeys(("name",), ATOMIC),
        "initContainers": _CONTAINERS,
        "nodeSelector": ATOMIC,
        "resourceClaims": ByKeys(("name",)),
        "resources": _RESOURCES,
        "schedulingGates": ByKeys(("name",)),
        "topologySpreadConstraints": ByKeys(("topologyKey", "whenUnsatisfiable"), Merged({"labelSelector": ATOMIC})),
        "volumes": ByKeys(("name",), _VOLUME),
    }
)
_POD_STATUS = Merged(
    {"conditions": ByKeys(("type",)), "podIPs": ByKeys(("ip",)), "resourceClaimStatuses": ByKeys(("name",))}
)
_WORKLOAD = {
    "metadata": _METADATA,
    "spec": Merged({"selector": ATOMIC, "template": Merged({"metadata": _METADATA, "spec": _POD})}),
    "status": _CONDITIONS,
}
_PORTS = ByKeys(("port", "protocol"), defaults={"protocol": "TCP"})

BUILT_IN: Mapping[str, Merged] = {
    "Namespace": Merged({"metadata": _METADATA, "status": _CONDITIONS}),
    "Secret": Merged({"metadata": _METADATA}),
    "ConfigMap": Merged({"metadata": _METADATA}),
    "Service": Merged(
        {"metadata": _METADATA, "spec": Merged({"ports": _PORTS, "selector": ATOMIC}), "status": _CONDITIONS}
    ),
    "Event": Merged({"metadata": _METADATA, "involvedObject": ATOMIC, "related": ATOMIC}),
    "StatefulSet": Merged(_WORKLOAD),
    "Deployment": Merged(_WORKLOAD),
    "DaemonSet": Merged(_WORKLOAD),
    "PodDisruptionBudget": Merged({"metadata": _METADATA, "spec": Merged({"selector": ATOMIC}), "status": _CONDITIONS}),
    "Pod": Merged({"metadata": _METADATA, "spec": _POD, "status": _POD_STATUS}),
    "Lease": Merged({"metadata": _METADATA}),
}


@cache
def schemas() -> Mapping[str, Mapping[str, Any]]:
    """The structural schemas of our own kinds, as their CRDs have them."""
    return {crd["spec"]["names"]["kind"]: crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"] for crd in crds()}


@cache
def rule_of(kind: str) -> Merged:
    """How objects of that kind are merged."""
    if kind in BUILT_IN:
        return BUILT_IN[kind]
    fields = {name: _rule(child) for name, child in schemas()[kind]["properties"].items()}
    return Merged({**fields, "metadata": _METADATA})


def _rule(schema: Mapping[str, Any]) -> Rule:
    if schema.get("type") == "array":
        how = schema.get("x-kubernetes-list-type", "atomic")
        if how == "map":
            return ByKeys(tuple(schema["x-kubernetes-list-map-keys"]), _rule(schema["items"]))
        return Members() if how == "set" else ATOMIC
    if schema.get("x-kubernetes-map-type") == "atomic":
        return ATOMIC
    fields = {name: _rule(child) for name, child in schema.get("properties", {}).items()}
    return Merged(fields, declared=not schema.get("x-kubernetes-preserve-unknown-fields", False))


def child_of(rule: Rule, element: str, value: object = None) -> Rule:
    """The rule of what is at one path element below: `f:name`, `k:{…}` or `v:…`. `value` decides where no rule does."""
    if isinstance(rule, ByKeys):
        return rule.item
    if isinstance(rule, Merged):
        found = rule.fields.get(element[2:])
        if found is not None:
            return found
        if not rule.declared:
            return ATOMIC if isinstance(value, list) else Merged(declared=False)
    return ATOMIC if isinstance(value, list) else MERGED
