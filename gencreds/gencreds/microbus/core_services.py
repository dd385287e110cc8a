"""Endpoints of Microbus' core services as data, for calls of them where their API packages cannot be had.

`api` asks here only when the source of such a package is nowhere to be found, and every use is reported. What is not
in the table is unknown, not absent. Facts: the framework's sources of v1.29 to v1.45 as far as they were read; API
packages are named after the hostname, endpoints after their path, as the framework's generator does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from gencreds.golang.syntax import assumed_name
from gencreds.golang.versions import version_key

_FOLDER = "github.com/microbus-io/fabric/coreservices/"


class CoreEndpoint(NamedTuple):
    """An endpoint. An empty `method` is one that is not known."""

    route: str
    method: str = ""


class Table(NamedTuple):
    """What is known of the framework from version `since` up to, and without, version `before`; hostname first."""

    since: str
    before: str
    services: Mapping[str, Mapping[str, CoreEndpoint]]

    @property
    def name(self) -> str:
        """What the table is called in reports."""
        return f"fabric {self.since} to {self.before} (exclusive)"


class CoreService(NamedTuple):
    """A core service as `table` has it."""

    hostname: str
    endpoints: Mapping[str, CoreEndpoint]
    table: Table


TABLES = (
    Table(
        "v1.29.0",
        "v1.46.0",
        {
            "access.token.core": {
                "Mint": CoreEndpoint(":666/mint", "ANY"),
                "JWKS": CoreEndpoint(":888/jwks", "ANY"),
                "LocalKeys": CoreEndpoint(":888/local-keys", "ANY"),
            },
            "bearer.token.core": {
                "Mint": CoreEndpoint(":666/mint", "ANY"),
                "JWKS": CoreEndpoint(":888/jwks"),
            },
            "configurator.core": {
                "Values": CoreEndpoint(":888/values"),
                "SyncRepo": CoreEndpoint(":888/sync-repo"),
                "Refresh": CoreEndpoint(":444/refresh"),
            },
            "control.core": {
                "Ping": CoreEndpoint(":888/ping"),
                "ConfigRefresh": CoreEndpoint(":888/config-refresh"),
                "Trace": CoreEndpoint(":888/trace"),
                "Metrics": CoreEndpoint(":888/metrics"),
            },
            "foreman.core": {
                "Create": CoreEndpoint(":444/create", "ANY"),
            },
            "metrics.core": {
                "Collect": CoreEndpoint(":443/collect", "GET"),
            },
        },
    ),
)


def core_service(import_path: str, version: str) -> CoreService | None:
    """Return what is known of the core service with the API package `import_path` in the framework's `version`."""
    key = version_key(version)
    if key is None or not import_path.startswith(_FOLDER):
        return None
    for table in TABLES:
        if (version_key(table.since) or key) <= key < (version_key(table.before) or key):
            for hostname, endpoints in table.services.items():
                if assumed_name(import_path) == hostname.removesuffix(".core").replace(".", "") + "api":
                    return CoreService(hostname, endpoints, table)
    return None


def source_of(service: CoreService, package: str) -> str:
    """Return a definition.go that says what the table does; a method that is not known is any."""
    lines = [f"package {package}", "", 'import "github.com/microbus-io/fabric/define"', ""]
    lines.append(f'const Hostname = "{service.hostname}"')
    for name, endpoint in service.endpoints.items():
        method = endpoint.method or "ANY"
        lines.append(f'var {name} = define.Function{{Host: Hostname, Method: "{method}", Route: "{endpoint.route}"}}')
    return "\n".join(lines) + "\n"
