"""Core services of the framework are taken from a table only where their source is missing and the version is known."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.gencreds.golang_trees import GO_MOD, caller, write

from gencreds.microbus.core_services import TABLES, Table, core_service, source_of
from gencreds.microbus.model import Microservice
from gencreds.pipeline import scan

_API = "github.com/microbus-io/fabric/coreservices/configurator/configuratorapi"
_SERVICE = f"""package caller

import "{_API}"

func (svc *Service) Run() {{
	configuratorapi.NewClient(svc).Refresh(nil)
	svc.Request(nil, pub.GET("https://" + configuratorapi.Hostname + "/x"))
}}
"""


def _scan(root: Path, version: str, **more: str) -> Microservice:
    directory = caller(root, _SERVICE.replace("import ", 'import "github.com/microbus-io/fabric/pub"\n\nimport '))
    write(root, {"go.mod": f"{GO_MOD}\nrequire github.com/microbus-io/fabric {version}\n", **more})
    (service,) = scan(None, [directory])
    return service


@pytest.mark.parametrize("version", ["v1.29.0", "v1.45.7"])
def test_a_version_in_the_table_is_used_and_named(tmp_path: Path, version: str) -> None:
    service = _scan(tmp_path, version)
    assert [(finding.rule, "v1.29.0 to v1.46.0" in finding.message) for finding in service.findings] == [
        ("known-core-service", True)
    ]
    hosts = {access.endpoint.host for access in service.accesses}
    assert hosts == {"configurator.core"}, "its hostname is a constant like any other"


@pytest.mark.parametrize("version", ["v1.28.9", "v1.46.0", "v2.0.0", "v1.29.0-rc.1"])
def test_a_version_that_is_not_in_the_table_stays_unresolved(tmp_path: Path, version: str) -> None:
    assert "unresolved-api" in {finding.rule for finding in _scan(tmp_path, version).findings}


def test_the_source_goes_before_the_table(tmp_path: Path) -> None:
    definition = """package configuratorapi

import "github.com/microbus-io/fabric/define"

const Hostname = "configurator.core"

var Refresh = define.Function{Host: Hostname, Method: "POST", Route: ":444/again"}
"""
    service = _scan(tmp_path, "v1.45.0", **{f"vendor/{_API}/definition.go": definition})
    assert service.findings == ()
    assert "/again" in {access.endpoint.path for access in service.accesses}


def test_only_packages_of_the_framework_are_known() -> None:
    assert core_service("example.com/coreservices/configurator/configuratorapi", "v1.45.0") is None
    assert core_service(_API, "v1.45.0") is not None
    assert core_service(_API, "") is None


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_is_source_that_can_be_read(table: Table) -> None:
    for hostname in table.services:
        word = hostname.removesuffix(".core").replace(".", "")
        service = core_service(f"github.com/microbus-io/fabric/coreservices/{word}/{word}api", table.since)
        assert service is not None
        assert source_of(service, f"{word}api").count("define.Function{") == len(service.endpoints)
