"""The usual mistakes in what a bundle's pods are made from: found, named, and where they matter not delivered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from microbus_operator.core.actions import Apply, Decision, IssueUser
from microbus_operator.core.app import decide_app
from microbus_operator.core.app_workload import deployment
from microbus_operator.core.config_files import OTHER_CREDENTIALS, ConfigFiles
from microbus_operator.core.observed import AppObserved

from .builders import IMAGE, NOW, app, app_observed, creds, rolled_out, settled_app, user

CONFIG = {"secretRef": "conf"}


def bundle(**more: Any) -> dict[str, Any]:
    """The spec of an app of one bundle."""
    return {"bundles": [{"name": "main", "image": "shop:1", **more}]}


def with_config(*configs: ConfigFiles, **more: Any) -> AppObserved:
    """An app that runs as it is wanted, with those objects for its config."""
    bare = app_observed(app=app(spec=bundle(config=CONFIG)), configs={"main": configs}, **more)
    manifest = deployment(bare.app, bare.plane, bare.app.spec.bundles[0], IMAGE, held(bare), configs=configs)
    return replace(bare, deployments={"main": rolled_out(manifest)})


def held(observed: AppObserved) -> dict[str, str]:
    """The user keys that it has."""
    return {name: found.public_key or "" for name, found in observed.creds.items()}


def secret(*keys: str, **more: Any) -> ConfigFiles:
    """The Secret of the config."""
    return ConfigFiles("Secret", "conf", frozenset(keys), **more)


def verified(decision: Decision) -> tuple[str, str, str]:
    """Status, reason and message of `DeliveryVerified`."""
    (found,) = [c for c in decision.status.conditions if c.type == "DeliveryVerified"]
    return found.status, found.reason, found.message


def ready(decision: Decision) -> tuple[str, str]:
    """Status and reason of `Ready`."""
    (found,) = [c for c in decision.status.conditions if c.type == "Ready"]
    return found.status, found.reason


def in_template(**container: Any) -> AppObserved:
    """An app that is not deployed yet, whose template says that of its container."""
    template = {"spec": {"containers": [{"name": "main", **container}]}}
    return app_observed(app=app(spec=bundle(workload={"template": template})))


def test_an_app_without_a_mistake_is_verified() -> None:
    decision = decide_app(settled_app(), NOW)
    assert verified(decision)[:2] == ("True", "Verified")
    assert decide_app(with_config(secret("config.yaml", "env.yaml")), NOW).actions == ()


BLOCKING = [
    (
        with_config(secret("config.yaml", "nats.creds")),
        "StrayCredentials",
        "bundle main: Secret conf has the key nats.creds",
    ),
    (
        with_config(secret("orders.example_nats.creds")),
        "StrayCredentials",
        "has the key orders.example_nats.creds",
    ),
    (with_config(ConfigFiles("Secret", "conf", None)), "ConfigNotFound", "Secret conf does not exist; create it"),
    (
        with_config(secret("env.yaml", variables={"env.yaml": frozenset({"MICROBUS_NATS_TOKEN"})})),
        "OtherCredentials",
        "env.yaml of Secret conf sets MICROBUS_NATS_TOKEN",
    ),
    (app_observed(app=app(spec=bundle(config=CONFIG))), "ConfigPending", "has not been looked up"),
    (
        in_template(
            volumeMounts=[{"name": "own", "mountPath": "/var/run/microbus/nats.creds", "subPath": "nats.creds"}]
        ),
        "CredentialsShadowed",
        "workload.template's container main mounts volume own at /var/run/microbus/nats.creds",
    ),
    (
        in_template(volumeMounts=[{"name": "own", "mountPath": "/run/microbus/"}]),
        "CredentialsShadowed",
        "at /run/microbus/",
    ),
    (
        in_template(env=[{"name": "MICROBUS_NATS_USER_JWT", "value": "x"}]),
        "OtherCredentials",
        "workload.template's container main sets MICROBUS_NATS_USER_JWT",
    ),
]


@pytest.mark.parametrize(("observed", "reason", "said"), BLOCKING)
def test_what_would_give_a_client_other_credentials_is_not_delivered_n12(
    observed: AppObserved, reason: str, said: str
) -> None:
    decision = decide_app(replace(observed, deployments={}), NOW)
    assert decision.actions == ()
    assert verified(decision)[:2] == ("False", reason)
    assert said in verified(decision)[2]
    assert ready(decision) == ("False", reason)


def test_what_runs_stays_as_it_is_while_a_mistake_blocks_and_new_credentials_wait_n12() -> None:
    running = with_config(secret("config.yaml"))
    renewed = {"orders.example": creds("orders-2", previous={user("orders-1"): NOW - 200})}
    mistaken = replace(running, creds=renewed, configs={"main": (secret("config.yaml", "nats.creds"),)})
    decision = decide_app(mistaken, NOW)
    assert decision.actions == ()
    assert ready(decision) == ("False", "StrayCredentials")
    assert decision.status.revoking == ()
    assert decision.look_again == 5.0
    corrected = decide_app(replace(mistaken, configs=running.configs), NOW)
    assert [type(action) for action in corrected.actions] == [Apply]


def test_a_mistake_in_one_bundle_holds_no_other() -> None:
    two = {"bundles": [*bundle(config=CONFIG)["bundles"], {"name": "pay", "image": "pay:1"}]}
    observed = app_observed(app=app(spec=two), configs={"main": (secret("nats.creds"),)})
    observed = replace(observed, readings={"pay": observed.readings["main"]})
    assert [type(action) for action in decide_app(observed, NOW).actions] == [Apply]


WARNED = [
    (with_config(secret("orders.example.creds")), "MisnamedCredentials", "the key orders.example.creds"),
    (with_config(secret("notes.txt")), "FileIgnored", "the key notes.txt"),
    (
        with_config(secret("env.yaml", planes={"env.yaml": "test"})),
        "PlaneDiffers",
        "env.yaml of Secret conf sets MICROBUS_PLANE to test, and the Plane is prod",
    ),
    (
        with_config(secret("env.yaml", variables={"env.yaml": frozenset({"MICROBUS_NATS"})})),
        "BrokerDiffers",
        "env.yaml of Secret conf sets MICROBUS_NATS",
    ),
    (with_config(secret("orders.example_ca.pem")), "NoTls", "with orders.example_ca.pem beside its credentials"),
    (
        with_config(secret("config.yaml"), ConfigFiles("ConfigMap", "more", frozenset({"config.yaml"}))),
        "FileTwice",
        "config.yaml (Secret conf and ConfigMap more)",
    ),
    (in_template(env=[{"name": "MICROBUS_PLANE", "value": "test"}]), "PlaneDiffers", "MICROBUS_PLANE to test"),
    (
        in_template(env=[{"name": "MICROBUS_PLANE", "valueFrom": {"fieldRef": {}}}]),
        "PlaneDiffers",
        "MICROBUS_PLANE from elsewhere",
    ),
    (in_template(env=[{"name": "MICROBUS_NATS", "value": "nats://x"}]), "BrokerDiffers", "sets MICROBUS_NATS"),
    (
        in_template(volumeMounts=[{"name": "microbus", "mountPath": "/x", "subPath": "a"}]),
        "SubPath",
        "mounts microbus by subPath",
    ),
    (in_template(command=["./shop"]), "RelativeCommand", "its command is ./shop"),
    (
        app_observed(app=app(spec=bundle(workload={"command": ["bin/shop"]}))),
        "RelativeCommand",
        "its command is bin/shop",
    ),
    (
        app_observed(app=app(spec=bundle(workload={"template": {"spec": {"volumes": [{"name": "microbus"}]}}}))),
        "VolumeReplaced",
        "a volume microbus",
    ),
]


@pytest.mark.parametrize(("observed", "reason", "said"), WARNED)
def test_other_mistakes_are_said_and_delivery_goes_on_n11_n12(observed: AppObserved, reason: str, said: str) -> None:
    decision = decide_app(replace(observed, deployments={}), NOW)
    assert [type(action) for action in decision.actions] == [Apply]
    assert verified(decision)[:2] == ("False", reason)
    assert said in verified(decision)[2]
    assert decide_app(observed, NOW).actions == () or not observed.deployments


def test_half_of_a_certificate_counts_for_nothing_and_is_told() -> None:
    decision = decide_app(with_config(secret("cert.pem", "443-cert.pem", "443-key.pem")), NOW)
    assert "cert.pem is there without its key.pem" in verified(decision)[2]
    assert "443" not in verified(decision)[2]


@pytest.mark.parametrize("command", [["/app/shop"], ["shop", "./relative"], []])
def test_an_absolute_command_and_one_that_is_looked_up_in_path_are_fine(command: list[str]) -> None:
    assert verified(decide_app(in_template(command=command), NOW))[1] == "Verified"


@pytest.mark.parametrize(
    "template",
    [
        {"spec": "text"},
        {"spec": {"containers": "text", "volumes": {}}},
        {
            "spec": {
                "containers": [3, {"name": ["main"]}, {"name": "main", "env": 1, "volumeMounts": [2], "command": 4}]
            }
        },
        {"spec": {"containers": [{"name": "main", "env": [{"name": 1}, "x"], "volumeMounts": [{"mountPath": 2}]}]}},
        {
            "spec": {
                "containers": [{"name": "main", "volumeMounts": [{"name": "a", "mountPath": "/var/run/microbuses"}]}]
            }
        },
    ],
)
def test_a_template_of_any_shape_is_read(template: dict[str, Any]) -> None:
    observed = app_observed(app=app(spec=bundle(workload={"template": template})))
    assert verified(decide_app(observed, NOW))[1] == "Verified"


def test_what_an_earlier_version_projected_whole_restarts_nobody_and_the_next_rollout_names_each_key_k4_r3() -> None:
    running = with_config(secret("config.yaml", "env.yaml"))
    subject = running.app
    whole = deployment(subject, running.plane, subject.spec.bundles[0], IMAGE, held(running), former=True)
    assert whole["spec"]["template"]["spec"]["volumes"][0]["projected"]["sources"][-1] == {"secret": {"name": "conf"}}
    before = replace(running, deployments={"main": rolled_out(whole)})
    assert decide_app(before, NOW).actions == ()
    (action,) = decide_app(replace(before, creds={"orders.example": creds("orders-2")}), NOW).actions
    assert isinstance(action, Apply)
    sources = action.manifest["spec"]["template"]["spec"]["volumes"][0]["projected"]["sources"]
    assert [item["key"] for item in sources[-1]["secret"]["items"]] == ["config.yaml", "env.yaml"]


def test_many_replicas_that_an_earlier_version_made_are_left_alone_until_their_next_rollout_k4_r3() -> None:
    many = app(spec=bundle(workload={"replicas": 9}))
    bare = app_observed(app=many)
    before = deployment(many, bare.plane, many.spec.bundles[0], IMAGE, held(bare), former=True)
    assert "strategy" not in before["spec"]
    running = replace(bare, deployments={"main": rolled_out(before)})
    assert decide_app(running, NOW).actions == ()
    (action,) = decide_app(replace(running, creds={"orders.example": creds("orders-2")}), NOW).actions
    assert isinstance(action, Apply)
    assert action.manifest["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}


def test_every_variable_that_a_client_connects_with_is_known() -> None:
    assert set(OTHER_CREDENTIALS) == {
        *("MICROBUS_NATS_USER", "MICROBUS_NATS_PASSWORD", "MICROBUS_NATS_TOKEN"),
        *("MICROBUS_NATS_USER_JWT", "MICROBUS_NATS_NKEY_SEED"),
    }


def test_credentials_are_issued_all_the_same() -> None:
    observed = replace(app_observed(app=app(spec=bundle(config=CONFIG))), creds={})
    claimed = replace(observed, app=observed.app.model_copy(update={"status": decide_app(observed, NOW).status}))
    assert [type(action) for action in decide_app(claimed, NOW).actions] == [IssueUser]
