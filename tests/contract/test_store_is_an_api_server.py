"""The store against a real API server: the same verbs lead to the same objects, owners of fields, and errors."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings

from microbus_operator.kube.resources import RESOURCES
from microbus_operator.local.merge_rules import ATOMIC, BUILT_IN, ByKeys, Members, Merged, Rule
from microbus_operator.local.store import Store

from .api_servers import ApiServer
from .built_in_types import FILE, schemas_of, types_of
from .conftest import made_namespace
from .verb_sequences import Step, Trial, sequences


class Both:
    """Both implementations, and a loop of their own: hypothesis calls plain functions."""

    def __init__(self, api_server: ApiServer, folder: Path) -> None:
        self._runner = asyncio.Runner()
        self._server = api_server.cluster()
        self._store = self._runner.run(Store.open(folder))

    def compare(self, steps: list[Step]) -> None:
        """Run the steps on both, one after the other."""
        self._runner.run(self._compare(steps))

    async def _compare(self, steps: list[Step]) -> None:
        api_server, store = [Trial(one, await made_namespace(one)) for one in (self._server, self._store)]
        for number, step in enumerate(steps):
            theirs, ours = await api_server.run(step), await store.run(step)
            assert ours == theirs, f"step {number}: {step}"

    def close(self) -> None:
        """End both."""
        self._runner.run(self._store.close())
        self._runner.run(self._server.close())
        self._runner.close()


@pytest.fixture(scope="module")
def both(api_server: ApiServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """One of each for all sequences."""
    made = Both(api_server, tmp_path_factory.mktemp("store") / "state")
    yield made
    made.close()


@seed(20261123)
@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(steps=sequences)
def test_random_verbs_do_the_same_on_both(both: Both, steps: list[Step]) -> None:
    both.compare(steps)


class OpenApi:
    """What an API server says of how its kinds are merged."""

    def __init__(self, api_server: ApiServer, api_versions: set[str]) -> None:
        self._schemas = schemas_of(api_server, api_versions)

    def rule(self, kind: str, api_version: str) -> Rule | None:
        """A kind's rule, None where it is as by default."""
        group, _, version = api_version.rpartition("/")
        wanted = {"group": group, "version": version, "kind": kind}
        (found,) = [
            schema for schema in self._schemas.values() if wanted in schema.get("x-kubernetes-group-version-kind", ())
        ]
        return self._rule(found)

    def _rule(self, said: dict[str, Any]) -> Rule | None:
        named = self._named(said)
        schema = {**named, **said}
        if schema.get("x-kubernetes-map-type") == "atomic":
            return ATOMIC
        if schema.get("type") == "array":
            return self._list(schema)
        fields = {name: rule for name, child in schema.get("properties", {}).items() if (rule := self._rule(child))}
        return Merged(fields) if fields else None

    def _named(self, schema: dict[str, Any]) -> dict[str, Any]:
        (reference,) = [one["$ref"] for one in [schema, *schema.get("allOf", ())] if "$ref" in one] or [""]
        return dict(self._schemas.get(reference.rpartition("/")[2], {}))

    def _list(self, schema: dict[str, Any]) -> Rule | None:
        how = schema.get("x-kubernetes-list-type")
        if how != "map":
            return Members() if how == "set" else None
        keys = schema["x-kubernetes-list-map-keys"]
        items = self._named(schema["items"])["properties"]
        defaults = {key: items[key]["default"] for key in keys if items[key].get("default")}
        return ByKeys(tuple(keys), self._rule(schema["items"]) or Merged(), defaults)


def test_built_in_kinds_are_merged_as_the_api_server_says_that_they_are(api_server: ApiServer) -> None:
    said = OpenApi(api_server, {RESOURCES[kind].api_version for kind in BUILT_IN})
    for kind, rule in BUILT_IN.items():
        assert said.rule(kind, RESOURCES[kind].api_version) == rule, kind


def test_fields_of_built_in_kinds_have_the_types_that_the_api_server_says(api_server: ApiServer) -> None:
    assert json.loads(FILE.read_text()) == types_of(api_server)
