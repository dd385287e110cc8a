"""The fields of Kubernetes' own kinds and their types, in a line each, from an API server's OpenAPI.

    python -m tests.contract.built_in_types

writes `local/built_in.json` anew, as after a change of the Kubernetes version; a test holds the two to each other.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from microbus_operator.kube.resources import RESOURCES
from microbus_operator.local import built_in
from microbus_operator.local.merge_rules import BUILT_IN

from .api_servers import ApiServer, running

FILE = Path(built_in.__file__).with_name("built_in.json")
_SCALARS = {"Quantity": "quantity", "IntOrString": "int-or-string", "FieldsV1": "any"}
_FORMATS = {"int32": "int32", "int64": "int64", "byte": "bytes", "date-time": "time"}


def schemas_of(api_server: ApiServer, api_versions: set[str]) -> dict[str, Any]:
    """All schemas of those versions, by their full names."""
    result: dict[str, Any] = {}
    for version in sorted(api_versions):
        status, body = api_server.answers(f"/openapi/v3/{'apis' if '/' in version else 'api'}/{version}")
        assert status == 200
        result |= json.loads(body)["components"]["schemas"]
    return result


def types_of(api_server: ApiServer) -> dict[str, dict[str, str]]:
    """The fields of each built-in kind, and of all that is in them: `[x]` a list, `{x}` a map, `name!` required."""
    versions = {kind: RESOURCES[kind].api_version for kind in BUILT_IN}
    schemas, result = schemas_of(api_server, set(versions.values())), dict[str, dict[str, str]]()

    def word(said: dict[str, Any]) -> str:
        (reference,) = [one["$ref"] for one in [said, *said.get("allOf", ())] if "$ref" in one] or [""]
        name = reference.rpartition("/")[2]
        short = name.rpartition(".")[2]
        if short in _SCALARS:
            return _SCALARS[short]
        if not name or "properties" not in schemas[name]:
            return scalar(schemas[name] if name else said)
        visit(name)
        return short

    def scalar(said: dict[str, Any]) -> str:
        match said["type"]:
            case "array":
                return f"[{word(said['items'])}]"
            case "object":
                return f"{{{word(said['additionalProperties'])}}}" if "additionalProperties" in said else "any"
        return _FORMATS.get(said.get("format", ""), said["type"])

    def visit(name: str) -> None:
        short, said = name.rpartition(".")[2], schemas[name]
        if short not in result:
            result[short] = {}
            for field, child in sorted(said["properties"].items()):
                result[short][field + "!" * (field in said.get("required", ()))] = word(child)

    for kind, api_version in versions.items():
        group, _, version = api_version.rpartition("/")
        wanted = {"group": group, "version": version, "kind": kind}
        for name, said in schemas.items():
            if wanted in said.get("x-kubernetes-group-version-kind", ()):
                visit(name)
    return dict(sorted(result.items()))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as server:
        lines = [f"{json.dumps(name)}: {json.dumps(fields)}" for name, fields in types_of(server).items()]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n")
