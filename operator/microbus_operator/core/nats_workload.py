"""The manifests of a Plane's brokers: configuration, Services, StatefulSet and disruption budget."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from microbus_operator.api.meta import API_VERSION
from microbus_operator.api.plane import Plane
from microbus_operator.core import names
from microbus_operator.core.nats_config import CLIENT_PORT, CLUSTER_PORT, MONITOR_PORT
from microbus_operator.core.pods import container_security, pod_security


def owner_reference(api_version: str, kind: str, name: str, uid: str) -> dict[str, Any]:
    """An owner whose deletion takes the object along. Never set on anything that holds a Plane's key."""
    return {
        "apiVersion": api_version,
        "kind": kind,
        "name": name,
        "uid": uid,
        "controller": True,
        "blockOwnerDeletion": True,
    }


def manifests(plane: Plane, config: str) -> list[dict[str, Any]]:
    """All of them, in the order in which they are applied. `config` is the rendered nats-server.conf."""
    name, labels = names.nats(plane.metadata.name), {**names.plane_labels(plane), "app.kubernetes.io/name": "nats"}
    selector = {names.PLANE_LABEL: labels[names.PLANE_LABEL], "app.kubernetes.io/name": "nats"}

    def meta(object_name: str) -> dict[str, Any]:
        owner = owner_reference(API_VERSION, "Plane", plane.metadata.name, plane.metadata.uid)
        return {
            "name": object_name,
            "namespace": plane.metadata.namespace,
            "labels": labels,
            "ownerReferences": [owner],
        }

    result: list[dict[str, Any]] = [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta(name), "data": {"nats.conf": config}},
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": meta(names.nats_peers(plane.metadata.name)),
            # Servers must find one another before they are ready: readiness waits for the cluster.
            "spec": {
                "clusterIP": "None",
                "publishNotReadyAddresses": True,
                "selector": selector,
                "ports": [{"name": "cluster", "port": CLUSTER_PORT}, {"name": "client", "port": CLIENT_PORT}],
            },
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": meta(name),
            "spec": {"selector": selector, "ports": [{"name": "client", "port": CLIENT_PORT}]},
        },
        {
            "apiVersion": "apps/v1",
            "kind": "StatefulSet",
            "metadata": meta(name),
            "spec": {
                "replicas": plane.spec.nats.replicas,
                "serviceName": names.nats_peers(plane.metadata.name),
                "podManagementPolicy": "Parallel",
                "selector": {"matchLabels": selector},
                "template": {
                    "metadata": {
                        "labels": labels,
                        # Not every setting reloads; a changed configuration rolls the servers one by one instead.
                        "annotations": {"microbus.io/config": sha256(config.encode()).hexdigest()[:16]},
                    },
                    "spec": _pod(plane, name, selector),
                },
            },
        },
    ]
    if plane.spec.nats.replicas > 1:
        result.append(
            {
                "apiVersion": "policy/v1",
                "kind": "PodDisruptionBudget",
                "metadata": meta(name),
                "spec": {"maxUnavailable": 1, "selector": {"matchLabels": selector}},
            }
        )
    return result


def _pod(plane: Plane, config_map: str, selector: dict[str, str]) -> dict[str, Any]:
    container: dict[str, Any] = {
        "name": "nats",
        "image": plane.spec.nats.image,
        "args": ["--config", "/etc/nats/nats.conf", "--name", "$(POD_NAME)"],
        "env": [{"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
        "ports": [
            {"name": "client", "containerPort": CLIENT_PORT},
            {"name": "cluster", "containerPort": CLUSTER_PORT},
            {"name": "monitor", "containerPort": MONITOR_PORT},
        ],
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": "monitor"}, "periodSeconds": 2},
        "livenessProbe": {"httpGet": {"path": "/healthz?js-enabled-only=true", "port": "monitor"}, "periodSeconds": 10},
        "startupProbe": {
            "httpGet": {"path": "/healthz", "port": "monitor"},
            "periodSeconds": 1,
            "failureThreshold": 60,
        },
        "securityContext": container_security(),
        "volumeMounts": [{"name": "config", "mountPath": "/etc/nats", "readOnly": True}],
        "resources": plane.spec.nats.resources
        or {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "512Mi"}},
    }
    return {
        "automountServiceAccountToken": False,
        "securityContext": pod_security(),
        "terminationGracePeriodSeconds": 60,
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "kubernetes.io/hostname",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": selector},
            }
        ],
        "containers": [container],
        "volumes": [{"name": "config", "configMap": {"name": config_map}}],
    }
