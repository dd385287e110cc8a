"""CustomResourceDefinitions, generated from the models: pydantic's JSON schema made structural, as the API server
wants it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from microbus_operator.api.app import MicrobusApp, MicrobusAppSpec, MicrobusAppStatus
from microbus_operator.api.meta import GROUP, VERSION, Model
from microbus_operator.api.plane import Plane, PlaneSpec, PlaneStatus

# A Plane's name becomes that of Services, which the API server wants as DNS-1035 labels.
_RULES: dict[str, list[dict[str, str]]] = {
    "Plane": [
        {
            "rule": "self.metadata.name.matches('^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$')",
            "message": "metadata.name must be a DNS label that starts with a letter (a-z, 0-9 and -, at most 63): "
            "the brokers' Services are named after it",
        }
    ],
}
_COLUMNS: dict[str, list[dict[str, Any]]] = {
    "Plane": [
        {"name": "Plane", "type": "string", "jsonPath": ".spec.plane"},
        {"name": "Ready", "type": "string", "jsonPath": '.status.conditions[?(@.type=="Ready")].status'},
        {"name": "Reason", "type": "string", "jsonPath": '.status.conditions[?(@.type=="Ready")].reason'},
        {"name": "Servers", "type": "integer", "jsonPath": ".spec.nats.replicas"},
        {"name": "URL", "type": "string", "jsonPath": ".status.url", "priority": 1},
        {"name": "Account", "type": "string", "jsonPath": ".status.accountPublicKey", "priority": 1},
        {
            "name": "Operator May Be Down Until",
            "type": "string",
            "jsonPath": ".status.operatorMayBeDownUntil",
            "priority": 1,
        },
        {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
    ],
    "MicrobusApp": [
        {"name": "Plane", "type": "string", "jsonPath": ".spec.planeRef.name"},
        {"name": "Ready", "type": "string", "jsonPath": '.status.conditions[?(@.type=="Ready")].status'},
        {"name": "Reason", "type": "string", "jsonPath": '.status.conditions[?(@.type=="Ready")].reason'},
        {"name": "Phase", "type": "string", "jsonPath": ".status.phase"},
        {
            "name": "Message",
            "type": "string",
            "jsonPath": '.status.conditions[?(@.type=="Ready")].message',
            "priority": 1,
        },
        {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
    ],
}


def crds() -> list[dict[str, Any]]:
    """Every CustomResourceDefinition of the operator, ordered by name."""
    return [
        _crd("MicrobusApp", "microbusapps", ["mba"], MicrobusApp, MicrobusAppSpec, MicrobusAppStatus),
        _crd("Plane", "planes", [], Plane, PlaneSpec, PlaneStatus),
    ]


def _crd(
    kind: str, plural: str, short: list[str], model: type[Model], spec: type[Model], status: type[Model]
) -> dict[str, Any]:
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "names": {
                "kind": kind,
                "listKind": f"{kind}List",
                "plural": plural,
                "singular": kind.lower(),
                **({"shortNames": short} if short else {}),
                "categories": ["microbus"],
            },
            "scope": "Namespaced",
            "versions": [
                {
                    "name": VERSION,
                    "served": True,
                    "storage": True,
                    "subresources": {"status": {}},
                    "additionalPrinterColumns": _COLUMNS[kind],
                    "schema": {
                        "openAPIV3Schema": {
                            "type": "object",
                            "description": (model.__doc__ or "").strip(),
                            **({"x-kubernetes-validations": _RULES[kind]} if kind in _RULES else {}),
                            "required": ["spec"],
                            "properties": {
                                "apiVersion": {"type": "string"},
                                "kind": {"type": "string"},
                                "metadata": {"type": "object"},
                                "spec": structural(spec, "validation"),
                                "status": structural(status, "serialization"),
                            },
                        }
                    },
                }
            ],
        },
    }


def structural(model: type[Model], mode: Literal["validation", "serialization"]) -> dict[str, Any]:
    """A model's JSON schema without references, unions with null, titles and defaults that say null."""
    schema = model.model_json_schema(by_alias=True, mode=mode)
    result = _inlined(schema, schema.get("$defs", {}))
    if mode == "serialization":
        _forget_required(result)
    return result


def _inlined(node: dict[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    if "$ref" in node:
        target = definitions[node["$ref"].rsplit("/", 1)[1]]
        node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
    if "anyOf" in node:
        (real,) = [option for option in node["anyOf"] if option.get("type") != "null"]
        kept = {key: value for key, value in node.items() if key not in ("anyOf", "default")}
        return _inlined({**kept, **real}, definitions)
    result: dict[str, Any] = {}
    for key, value in node.items():
        if key in ("title", "$defs") or (key == "additionalProperties" and value is True):
            continue
        if key == "properties":
            result[key] = {name: _inlined(child, definitions) for name, child in value.items()}
        elif key == "default":
            result[key] = _without_null(value)
        elif key in ("items", "additionalProperties") and isinstance(value, dict):
            result[key] = _inlined(value, definitions)
        else:
            result[key] = value
    if "const" in result:
        result["enum"] = [result.pop("const")]
    if "enum" in result and "type" not in result:
        result["type"] = "integer" if isinstance(result["enum"][0], int) else "string"
    return result


def _without_null(value: Any) -> Any:  # noqa: ANN401 - a default is any JSON
    """What the API server would prune from a default, it refuses to install instead."""
    if isinstance(value, dict):
        return {key: _without_null(item) for key, item in value.items() if item is not None}
    return value


def _forget_required(node: dict[str, Any]) -> None:
    """Status is ours to write: a missing field must never make the API server refuse it."""
    for child in (
        *node.get("properties", {}).values(),
        *([node["items"]] if isinstance(node.get("items"), dict) else []),
    ):
        _forget_required(child)
    node.pop("default", None)
    if node.get("type") == "object" and "properties" in node:
        node.pop("required", None)
