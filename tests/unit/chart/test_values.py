"""What values.yaml accepts, and what becomes of it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from .charts import CHART, HelmRefused, Manifest, render

ACCOUNTS = "http://microbus-operator-resolver.microbus-system.svc:8080/jwt/v1/accounts/"


def arguments(manifest: Manifest) -> list[str]:
    (container,) = manifest["spec"].get("template", manifest)["spec"]["containers"]
    return list(container["args"])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"imagee": {}}, "additional properties 'imagee' not allowed"),
        ({"watch": {"namespace": ["shop"]}}, "additional properties 'namespace' not allowed"),
        ({"watch": {"namespaces": "shop"}}, "got string, want array"),
        ({"watch": {"namespaces": ["Shop"]}}, "'Shop' does not match pattern"),
        ({"watch": {"allNamespaces": "yes"}}, "got string, want boolean"),
        ({"crds": {"kep": False}}, "additional properties 'kep' not allowed"),
        ({"image": {"digest": "sha256:abc"}}, "'sha256:abc' does not match pattern"),
        ({"image": {"pullPolicy": "Sometimes"}}, "value must be one of"),
        ({"registries": {"insecure": ["http://registry:5000"]}}, "does not match pattern"),
        ({"resolver": {"replicas": 0}}, "minimum: got 0, want 1"),
        ({"resolver": {"replicas": "2"}}, "got string, want integer"),
        ({"operator": {"resources": {"limit": {}}}}, "additional properties 'limit' not allowed"),
        ({"operator": {"replicas": 0}}, "minimum: got 0, want 1"),
        ({"logLevel": "verbose"}, "value must be one of"),
        ({"podLabels": {"a": 1}}, "got number, want string"),
        ({"watch": {"allNamespaces": True, "namespaces": ["shop"]}}, "give one of the two"),
    ],
)
def test_a_typo_or_a_wrong_type_is_refused_by_name(values: dict[str, Any], said: str) -> None:
    with pytest.raises(HelmRefused) as refused:
        render(values=values)
    assert said in str(refused.value)


def test_an_image_has_to_be_named() -> None:
    with pytest.raises(HelmRefused, match=r"image\.repository is empty: say where"):
        render("--set", "image.repository=")


def test_every_value_has_a_place_in_the_schema_and_the_other_way_round() -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    schema = yaml.safe_load((CHART / "values.schema.json").read_text())
    assert values.keys() == schema["properties"].keys() - {"global"}
    for key, section in schema["properties"].items():
        if section.get("additionalProperties") is False:
            assert values[key].keys() == section["properties"].keys(), key


def test_the_linters_values_render() -> None:
    assert render("-f", str(CHART / "ci" / "default-values.yaml")).of("Deployment")


def test_the_release_namespace_is_watched_unless_others_are_named() -> None:
    for values, expected in (
        ({}, ["--namespace=microbus-system"]),
        ({"watch": {"namespaces": ["a", "b"]}}, ["--namespace=a", "--namespace=b"]),
        ({"watch": {"allNamespaces": True}}, ["--all-namespaces"]),
    ):
        rendered = render(values=values)
        for deployment in rendered.of("Deployment"):
            assert [item for item in arguments(deployment) if "namespace" in item] == expected


def test_the_operator_publishes_the_urls_that_the_services_answer_at() -> None:
    rendered = render()
    given = arguments(rendered.one("Deployment", "microbus-operator"))
    assert f"--resolver-url={ACCOUNTS}" in given
    assert "--resolver-pods=microbus-operator-resolver-pods.microbus-system.svc:8080" in given
    pods = rendered.one("Deployment", "microbus-operator-resolver")["spec"]["template"]
    for name in ("microbus-operator-resolver", "microbus-operator-resolver-pods"):
        service = rendered.one("Service", name)["spec"]
        assert service["ports"] == [{"name": "http", "port": 8080, "targetPort": "http"}]
        assert service["selector"].items() <= pods["metadata"]["labels"].items()
    assert rendered.one("Service", "microbus-operator-resolver-pods")["spec"]["clusterIP"] == "None"


def test_the_longest_names_stay_within_what_a_service_may_be_called() -> None:
    rendered = render(release="r" * 53)
    assert max(len(item["metadata"]["name"]) for item in rendered.of("Service")) <= 63


@pytest.mark.parametrize("component", ["operator", "resolver"])
def test_two_of_each_survive_a_drain_and_a_new_one_is_ready_before_an_old_one_goes(component: str) -> None:
    rendered = render()
    name = "microbus-operator" if component == "operator" else "microbus-operator-resolver"
    found = rendered.one("Deployment", name)["spec"]
    assert found["replicas"] == 2
    assert found["strategy"] == {"rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    labels = found["template"]["metadata"]["labels"]
    for spread in found["template"]["spec"]["topologySpreadConstraints"]:
        assert spread["whenUnsatisfiable"] == "ScheduleAnyway"
        assert spread["labelSelector"]["matchLabels"].items() <= labels.items()
    budget = rendered.one("PodDisruptionBudget", f"microbus-operator-{component}")["spec"]
    assert budget["maxUnavailable"] == 1
    assert budget["selector"]["matchLabels"].items() <= labels.items()


def test_one_operator_can_be_drained_too() -> None:
    rendered = render(values={"operator": {"replicas": 1}})
    assert [item["metadata"]["name"] for item in rendered.of("PodDisruptionBudget")] == ["microbus-operator-resolver"]
    assert rendered.one("Deployment", "microbus-operator")["spec"]["replicas"] == 1


def test_the_operators_agree_by_the_lease_of_their_release_and_the_chart_says_nothing_of_who_holds_it() -> None:
    rendered = render(release="eu")
    (lease,) = rendered.of("Lease")
    operator = rendered.one("Deployment", "eu-microbus-operator")
    assert f"--lease-name={lease['metadata']['name']}" in arguments(operator)
    assert "spec" not in lease
    (container,) = operator["spec"]["template"]["spec"]["containers"]
    assert {"name": "POD_NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}} in container["env"]
    # A standby is ready: it is asked otherwise than whether it is alive.
    assert (container["livenessProbe"]["httpGet"]["path"], container["readinessProbe"]["httpGet"]["path"]) == (
        "/healthz",
        "/readyz",
    )


def test_a_pods_own_labels_win_over_the_users() -> None:
    rendered = render(values={"podLabels": {"app.kubernetes.io/component": "other", "team": "shop"}})
    for deployment in rendered.of("Deployment"):
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        assert deployment["spec"]["selector"]["matchLabels"].items() <= labels.items()
        assert labels["team"] == "shop"


def test_nobody_connects_to_the_operator_and_only_brokers_and_we_to_the_resolver() -> None:
    rendered = render(values={"watch": {"namespaces": ["planes"]}})
    assert rendered.one("NetworkPolicy", "microbus-operator-operator")["spec"]["ingress"] == []
    (ingress,) = rendered.one("NetworkPolicy", "microbus-operator-resolver")["spec"]["ingress"]
    assert [port["port"] for port in ingress["ports"]] == ["http"]
    brokers, ours = ingress["from"]
    assert brokers["namespaceSelector"]["matchExpressions"][0]["values"] == ["planes"]
    assert brokers["podSelector"]["matchLabels"]["app.kubernetes.io/name"] == "nats"
    assert "namespaceSelector" not in ours
    assert not render(values={"networkPolicy": {"enabled": False}}).of("NetworkPolicy")


def test_a_digest_pins_the_image() -> None:
    digest = "sha256:" + "ab" * 32
    rendered = render(values={"image": {"digest": digest}})
    for item in rendered.of("Deployment", "Pod"):
        (container,) = item["spec"].get("template", item)["spec"]["containers"]
        assert container["image"] == f"registry.example/microbus-operator:0.1.0@{digest}"


def test_chart_and_distribution_have_one_version() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    project = (CHART.parents[1] / "pyproject.toml").read_text()
    assert f'version = "{chart["appVersion"]}"' in project
    assert chart["version"] == chart["appVersion"]
