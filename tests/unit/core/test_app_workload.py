"""A bundle's Deployment: what the user's template may add, and what it cannot take away. Pitfalls N11, N12, R3."""

from __future__ import annotations

from typing import Any

import pytest

from microbus_operator.core.app_workload import (
    CREDENTIALS_ANNOTATION,
    WORKING_DIRECTORY,
    credentials_hash,
    deployment,
    overlaid,
    pull_secrets,
)
from microbus_operator.core.config_files import ConfigFiles

from .builders import IMAGE, app, plane, user

KEYS = {"orders.example": user("orders-1"), "pay.example": user("pay-1")}


def made(template: dict[str, Any] | None = None, **bundle: Any) -> dict[str, Any]:
    """The Deployment of a bundle with that partial template."""
    spec = {"name": "main", "image": "shop:1", "workload": {"replicas": 2, "template": template or {}}, **bundle}
    subject = app(spec={"bundles": [spec]})
    return deployment(subject, plane(), subject.spec.bundles[0], IMAGE, KEYS)


def container(manifest: dict[str, Any]) -> dict[str, Any]:
    """Our container of it."""
    first: dict[str, Any] = manifest["spec"]["template"]["spec"]["containers"][0]
    return first


def test_credentials_are_the_working_directory_one_file_a_microservice_and_never_a_sub_path_n11_n12() -> None:
    ours = container(made())
    assert ours["workingDir"] == WORKING_DIRECTORY
    assert ours["volumeMounts"] == [{"name": "microbus", "mountPath": WORKING_DIRECTORY, "readOnly": True}]
    (volume,) = made()["spec"]["template"]["spec"]["volumes"]
    files = [item["path"] for source in volume["projected"]["sources"] for item in source["secret"]["items"]]
    assert files == ["orders.example_nats.creds", "pay.example_nats.creds"]
    assert "nats.creds" not in files
    assert volume["projected"]["defaultMode"] == 0o440


def test_the_image_runs_by_digest_on_the_planes_brokers() -> None:
    ours = container(made())
    assert ours["image"] == IMAGE
    assert {item["name"]: item["value"] for item in ours["env"]} == {
        "MICROBUS_NATS": "nats://prod-nats.infra.svc:4222",
        "MICROBUS_PLANE": "prod",
        "MICROBUS_DEPLOYMENT": "PROD",
    }


def sources(*configs: ConfigFiles) -> list[dict[str, Any]]:
    """What is projected beside the credentials."""
    subject = app()
    manifest = deployment(subject, plane(), subject.spec.bundles[0], IMAGE, KEYS, configs=configs)
    found: list[dict[str, Any]] = manifest["spec"]["template"]["spec"]["volumes"][0]["projected"]["sources"]
    return found[len(KEYS) :]


def items(*keys: str) -> list[dict[str, str]]:
    """Keys as files of the same name."""
    return [{"key": key, "path": key} for key in keys]


def test_config_files_lie_beside_the_credentials_each_by_its_name_and_none_with_credentials_n12() -> None:
    conf = ConfigFiles("Secret", "conf", frozenset({"env.yaml", "config.yaml", "nats.creds", "ca.pem", "notes.txt"}))
    more = ConfigFiles("ConfigMap", "more", frozenset({"config.yaml", "orders.example_nats.creds"}))
    assert sources(conf, more) == [
        {"secret": {"name": "conf", "items": items("ca.pem", "env.yaml")}},
        {"configMap": {"name": "more", "items": items("config.yaml")}},
    ]


def test_a_source_without_a_file_for_microbus_is_left_out_since_without_items_all_of_it_would_be_there_n12() -> None:
    assert sources(ConfigFiles("Secret", "conf", frozenset({"nats.creds"})), ConfigFiles("Secret", "gone", None)) == []


def test_what_the_template_says_of_our_own_entries_is_left_out_whole_n11() -> None:
    theirs = {
        "name": "main",
        "env": [{"name": "MICROBUS_PLANE", "valueFrom": {"configMapKeyRef": {"name": "a", "key": "b"}}}],
        "volumeMounts": [{"name": "microbus", "mountPath": "/x", "subPath": "orders.example_nats.creds"}],
    }
    hostile = {"spec": {"containers": [theirs], "volumes": [{"name": "microbus", "secret": {"secretName": "other"}}]}}
    assert made(hostile) == made()


def test_the_template_changes_with_a_key_and_with_nothing_else_r3() -> None:
    assert made() == made()
    assert credentials_hash(KEYS) == credentials_hash(dict(reversed(KEYS.items())))
    assert credentials_hash(KEYS) != credentials_hash({**KEYS, "pay.example": user("pay-2")})
    annotations = made()["spec"]["template"]["metadata"]["annotations"]
    assert annotations == {CREDENTIALS_ANNOTATION: credentials_hash(KEYS)}


def test_a_users_template_adds_what_we_do_not_state() -> None:
    template = {
        "metadata": {"annotations": {"team": "a"}, "labels": {"tier": "back"}},
        "spec": {
            "nodeSelector": {"disk": "ssd"},
            "containers": [
                {"name": "main", "resources": {"requests": {"cpu": "1"}}, "env": [{"name": "GOGC", "value": "50"}]},
                {"name": "sidecar", "image": "proxy"},
            ],
            "volumes": [{"name": "scratch", "emptyDir": {}}],
        },
    }
    pod = made(template)["spec"]["template"]
    assert pod["metadata"]["annotations"]["team"] == "a"
    assert pod["spec"]["nodeSelector"] == {"disk": "ssd"}
    assert [item["name"] for item in pod["spec"]["containers"]] == ["main", "sidecar"]
    assert pod["spec"]["containers"][0]["resources"] == {"requests": {"cpu": "1"}}
    assert {"name": "GOGC", "value": "50"} in pod["spec"]["containers"][0]["env"]
    assert [item["name"] for item in pod["spec"]["volumes"]] == ["microbus", "scratch"]


def test_a_users_template_cannot_take_our_fields_away() -> None:
    hostile = {
        "metadata": {"labels": {"microbus.io/app": "other"}, "annotations": {CREDENTIALS_ANNOTATION: "x"}},
        "spec": {
            "automountServiceAccountToken": True,
            "securityContext": {"runAsNonRoot": False, "runAsUser": 0},
            "containers": [
                {
                    "name": "main",
                    "image": "other",
                    "workingDir": "/tmp",
                    "env": [{"name": "MICROBUS_PLANE", "value": "other"}],
                    "securityContext": {"privileged": True, "runAsNonRoot": False, "allowPrivilegeEscalation": True},
                }
            ],
        },
    }
    pod, plain = made(hostile)["spec"]["template"], made()["spec"]["template"]
    assert pod["metadata"]["labels"]["microbus.io/app"] == "shop"
    assert pod["metadata"]["annotations"] == plain["metadata"]["annotations"]
    assert pod["spec"]["automountServiceAccountToken"] is False
    assert pod["spec"]["securityContext"] == plain["spec"]["securityContext"]
    ours, untouched = pod["spec"]["containers"][0], plain["spec"]["containers"][0]
    assert {key: ours[key] for key in untouched} == untouched


@pytest.mark.parametrize(
    ("base", "top", "expected"),
    [
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": {"x": 1, "y": 1}}, {"a": {"x": 2}}, {"a": {"x": 2, "y": 1}}),
        ({"a": "text"}, {"a": {"x": 2}}, {"a": {"x": 2}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": [{"name": ["odd"]}]}, {"a": [{"name": "n"}]}, {"a": [{"name": "n"}]}),
        ({"a": ["odd"]}, {"a": [{"name": "n"}]}, {"a": [{"name": "n"}]}),
        (
            {"a": [{"name": "m", "v": 1}, {"name": "n", "v": 1, "w": 1}]},
            {"a": [{"name": "n", "v": 2}]},
            {"a": [{"name": "n", "v": 2, "w": 1}, {"name": "m", "v": 1}]},
        ),
    ],
)
def test_overlaying(base: dict[str, Any], top: dict[str, Any], expected: dict[str, Any]) -> None:
    assert overlaid(base, top) == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ({}, ()),
        ({"spec": "text"}, ()),
        ({"spec": {"imagePullSecrets": "text"}}, ()),
        ({"spec": {"imagePullSecrets": [{"name": "a"}, {"no": "b"}, "c", {"name": 1}]}}, ("a",)),
    ],
)
def test_pull_secrets_are_read_from_any_template(template: dict[str, Any], expected: tuple[str, ...]) -> None:
    subject = app(spec={"bundles": [{"name": "main", "image": "a", "workload": {"template": template}}]})
    assert pull_secrets(subject.spec.bundles[0]) == expected


def test_a_users_template_cannot_loosen_the_pod() -> None:
    theirs = {
        "spec": {
            "hostNetwork": True,
            "hostPID": True,
            "securityContext": {"runAsUser": 0},
            "containers": [{"name": "main", "securityContext": {"privileged": True, "capabilities": {"add": ["ALL"]}}}],
        }
    }
    ours = {
        "spec": {
            "securityContext": {"runAsNonRoot": True},
            "containers": [{"name": "main", "securityContext": {"capabilities": {"drop": ["ALL"]}}}],
        }
    }
    assert overlaid(theirs, ours) == ours


def test_a_rollout_never_takes_a_pod_away_before_its_successor_is_ready_r4() -> None:
    def strategy(replicas: int) -> Any:
        return made(workload={"replicas": replicas})["spec"].get("strategy")

    # A quarter of so few is none, rounded down, and one more, rounded up: as Kubernetes does it by itself.
    assert [strategy(count) for count in (0, 1, 2, 3)] == [None] * 4
    for count in (4, 1000):
        assert strategy(count) == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
