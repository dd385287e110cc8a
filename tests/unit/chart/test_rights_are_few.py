"""What the chart lets the operator and the resolver do at the API server (pitfall P7)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from microbus_operator import core
from microbus_operator.kube.resources import RESOURCES

from .charts import NAMESPACE, Manifest, Rendered, render

WATCHED = {"watch": {"namespaces": ["planes", "shop"]}}
EVERYWHERE = {"watch": {"allNamespaces": True}}
ALL_SETTINGS: list[dict[str, Any]] = [{}, WATCHED, EVERYWHERE, {"rbac": {"aggregateToDefaultRoles": True}}]

# Every verb the operator uses, by resource, and for what. A verb that is not here is one too many.
OPERATOR = {
    "microbus.io/planes": {"get", "list", "watch", "patch"},  # looked at and woken by; patch: the finalizer
    "microbus.io/microbusapps": {"get", "list", "watch", "patch"},
    "microbus.io/planes/status": {"patch"},
    "microbus.io/microbusapps/status": {"patch"},
    "microbus.io/planes/finalizers": {"update"},  # owner references with blockOwnerDeletion
    "microbus.io/microbusapps/finalizers": {"update"},
    "/secrets": {"get", "create", "patch", "delete"},  # keys, credentials, pull secrets; delete: a microservice gone
    "/configmaps": {"get", "create", "patch", "delete"},  # accounts, nats.conf; delete: deletionPolicy Destroy
    "/services": {"get", "create", "patch"},
    "apps/deployments": {"get", "list", "watch", "create", "patch", "delete"},  # delete: a bundle gone
    "apps/statefulsets": {"get", "list", "watch", "create", "patch"},
    "apps/daemonsets": {"get", "patch"},  # existing workloads: looked at, and rolled by one annotation
    "/pods/eviction": {"create"},  # deaf ones, where the app wants it
    "/pods": {"list"},  # whose address a connection comes from
    "policy/poddisruptionbudgets": {"get", "create", "patch"},
    "/events": {"create"},
    "/namespaces": {"get"},  # its labels, for allowedNamespaces
}
RESOLVER = {"/configmaps": {"list", "watch"}}
LEASE = "coordination.k8s.io/leases"  # in the release's namespace, by which one of the replicas is the one that works


def granted(rendered: Rendered, component: str, scope: str) -> dict[str, set[str]]:
    result: dict[str, set[str]] = {}
    for where, rule in rendered.rules(component):
        for group in rule["apiGroups"] if where == scope else ():
            for resource in rule["resources"]:
                result.setdefault(f"{group}/{resource}", set()).update(rule["verbs"])
    return result


def all_rules(rendered: Rendered) -> Iterator[tuple[Manifest, Manifest]]:
    for role in rendered.of("Role", "ClusterRole"):
        for rule in role["rules"]:
            yield role, rule


def test_whatever_the_core_deletes_may_be_deleted() -> None:
    kinds = {
        node.args[0].value
        for path in Path(core.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Delete"
        if isinstance(node.args[0], ast.Constant)
    }
    assert {"Secret", "ConfigMap"} <= kinds
    may = {resource for resource, verbs in OPERATOR.items() if "delete" in verbs}
    assert {RESOURCES[str(kind)].plural for kind in kinds} <= {resource.rpartition("/")[2] for resource in may}


@pytest.mark.parametrize("values", [{}, WATCHED])
def test_the_default_install_has_no_cluster_wide_right_at_all(values: dict[str, Any]) -> None:
    assert render(values=values).of("ClusterRole", "ClusterRoleBinding") == []


def test_the_default_install_reaches_the_releases_namespace_only() -> None:
    rendered = render()
    assert {role["metadata"]["namespace"] for role in rendered.of("Role")} == {NAMESPACE}


def test_each_watched_namespace_has_exactly_the_verbs_that_are_used_and_no_other_namespace_has_any() -> None:
    rendered = render(values=WATCHED)
    places = {item["metadata"]["namespace"] for item in rendered.of("Role", "RoleBinding")}
    assert places == {"planes", "shop", NAMESPACE}
    assert granted(rendered, "operator", NAMESPACE) == {LEASE: {"get", "patch", "create"}}
    assert granted(rendered, "resolver", NAMESPACE) == {}
    for namespace in ("planes", "shop"):
        assert granted(rendered, "operator", namespace) == OPERATOR
        assert granted(rendered, "resolver", namespace) == RESOLVER


def test_all_namespaces_is_the_same_rights_cluster_wide_and_has_to_be_asked_for() -> None:
    rendered = render(values=EVERYWHERE)
    assert granted(rendered, "operator", "*") == OPERATOR
    assert granted(rendered, "resolver", "*") == RESOLVER
    assert {item["metadata"]["name"] for item in rendered.of("Role", "RoleBinding")} == {
        "microbus-operator-operator-lease"
    }


@pytest.mark.parametrize("values", ALL_SETTINGS)
def test_of_leases_the_operator_reads_and_writes_its_own_alone(values: dict[str, Any]) -> None:
    rendered = render(values=values)
    (lease,) = rendered.of("Lease")
    rules = [(scope, rule) for scope, rule in rendered.rules("operator") if "leases" in rule["resources"]]
    assert [(scope, rule.get("resourceNames"), rule["verbs"]) for scope, rule in rules] == [
        (NAMESPACE, [lease["metadata"]["name"]], ["get", "patch"]),
        (NAMESPACE, None, ["create"]),
    ]


@pytest.mark.parametrize("values", ALL_SETTINGS)
def test_secrets_are_never_listed_or_watched(values: dict[str, Any]) -> None:
    verbs = {
        verb for _, rule in all_rules(render(values=values)) if "secrets" in rule["resources"] for verb in rule["verbs"]
    }
    assert verbs == {"get", "create", "patch", "delete"}


@pytest.mark.parametrize("values", ALL_SETTINGS)
def test_no_rule_has_a_wildcard_or_a_way_to_more_rights(values: dict[str, Any]) -> None:
    for role, rule in all_rules(render(values=values)):
        stated = {*rule["apiGroups"], *rule["resources"], *rule["verbs"]}
        assert not stated & {"*", "escalate", "bind", "impersonate"}, role["metadata"]["name"]
        forbidden = ("pods/", "nodes", "serviceaccounts", "rbac.", "roles", "webhookconfigurations", "token")
        # An eviction gives no more than what a disruption budget lets anybody lose.
        others = stated - {"pods/eviction"}
        assert not [item for item in others if any(part in item for part in forbidden)], role["metadata"]["name"]
        assert rule.get("nonResourceURLs") is None


@pytest.mark.parametrize("values", ALL_SETTINGS)
def test_only_the_operators_own_accounts_are_bound(values: dict[str, Any]) -> None:
    rendered = render(values=values)
    accounts = {item["metadata"]["name"] for item in rendered.of("ServiceAccount")}
    for binding in rendered.of("RoleBinding", "ClusterRoleBinding"):
        (subject,) = binding["subjects"]
        assert (subject["kind"], subject["namespace"]) == ("ServiceAccount", NAMESPACE)
        assert subject["name"] in accounts
    assert all(item["automountServiceAccountToken"] is False for item in rendered.of("ServiceAccount"))


def test_the_default_roles_are_extended_only_on_request_and_edit_cannot_write_planes() -> None:
    rendered = render(values={"rbac": {"aggregateToDefaultRoles": True}})
    roles = {item["metadata"]["name"].rsplit("-", 1)[1]: item["rules"][0] for item in rendered.of("ClusterRole")}
    assert set(roles) == {"view", "edit", "admin"}
    assert roles["view"]["verbs"] == ["get", "list", "watch"]
    assert roles["edit"]["resources"] == ["microbusapps"]
    assert roles["admin"]["resources"] == ["planes"]
