"""The CustomResourceDefinitions in the chart: the generated ones, upgraded with it, kept after it (pitfall P8)."""

from __future__ import annotations

import yaml

from microbus_operator.api.crds import crds

from .charts import CHART, render


def test_the_charts_definitions_are_the_generated_ones() -> None:
    found = [yaml.safe_load(path.read_text()) for path in sorted((CHART / "files" / "crds").glob("*.yaml"))]
    assert found == sorted(crds(), key=lambda crd: crd["spec"]["names"]["plural"]), "run charts/crds"


def test_the_definitions_are_templates_so_that_an_upgrade_brings_new_ones() -> None:
    rendered = {item["metadata"]["name"]: item["spec"] for item in render().of("CustomResourceDefinition")}
    assert rendered == {crd["metadata"]["name"]: crd["spec"] for crd in crds()}
    assert not (CHART / "crds").exists()


def test_uninstalling_leaves_the_definitions_unless_told_otherwise() -> None:
    for keep, expected in ((True, {"helm.sh/resource-policy": "keep"}), (False, {})):
        rendered = render(values={"crds": {"keep": keep}})
        for crd in rendered.of("CustomResourceDefinition"):
            assert crd["metadata"]["annotations"] == expected


def test_definitions_can_be_left_to_somebody_else() -> None:
    assert render(values={"crds": {"enabled": False}}).of("CustomResourceDefinition") == []
