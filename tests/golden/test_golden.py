"""Every call pattern has a directory of Go source here; the engine must find exactly what the source says it should.

`// want <kind> <METHOD> <host>:<port><path>` and `// want finding <rule>`, several separated by `;`, stand on the line
that the engine must point to. What is found without a comment fails, and so does a comment that nothing matches.
`<hostname>.acl` beside the source is the allow-list that must come out (`{{plane}}` is kept, as upstream's goldens do).
A directory is scanned as a bundle when it has `main/main.go`, else by its manifests.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from gencreds.grants import allow_lists, grants_of
from gencreds.microbus.model import Access, Endpoint, Finding, Location, Microservice, Severity
from gencreds.pipeline import scan

HERE = Path(__file__).parent
CASES = sorted(path.parent for path in HERE.glob("*/go.mod"))
_WANT = re.compile(r"(?://|#) want (.+)$")

Found = set[tuple[str, int, str]]


def _scan(case: Path) -> list[Microservice]:
    main = case / "main" / "main.go"
    if main.exists():
        return scan(main)
    return scan(None, sorted(path.parent for path in case.glob("*/manifest.yaml")))


def _wanted(case: Path) -> Found:
    return {
        (path.relative_to(case).as_posix(), number, wanted.strip())
        for path in sorted((*case.rglob("*.go"), *case.rglob("*.yaml")))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if (match := _WANT.search(line))
        for wanted in match[1].split(";")
    }


def _endpoint(endpoint: Endpoint) -> str:
    host, port = endpoint.host or "*", endpoint.port or "*"
    return f"{endpoint.method} {host}:{port}{'>' if endpoint.path is None else endpoint.path}"


def _described(item: Access | Finding) -> str:
    return f"finding {item.rule}" if isinstance(item, Finding) else f"{item.kind} {_endpoint(item.endpoint)}"


def _found(services: Iterable[Microservice]) -> Found:
    items: list[tuple[Location, str]] = [
        (item.location, _described(item)) for service in services for item in (*service.accesses, *service.findings)
    ]
    return {(location.file, location.line, text) for location, text in items}


def _acl(service: Microservice) -> str:
    pub, sub = allow_lists(grants_of(service, "{{plane}}"))
    lines = [f"# {service.hostname}", "", *sorted(f"PUB {subject}" for subject in pub)]
    return "\n".join([*lines, "", *sorted(f"SUB {subject}" for subject in sub)]) + "\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_engine_finds_what_the_source_says_and_nothing_else(case: Path) -> None:
    found, wanted = _found(_scan(case)), _wanted(case)
    unexpected = [f"{file}:{line} {text}" for file, line, text in sorted(found - wanted)]
    unmatched = [f"{file}:{line} {text}" for file, line, text in sorted(wanted - found)]
    assert (unexpected, unmatched) == ([], [])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_allow_lists_are_the_golden_ones(case: Path) -> None:
    golden = {path.stem: path.read_text() for path in case.glob("*.acl")}
    lists = {
        service.hostname: _acl(service)
        for service in _scan(case)
        if all(finding.severity is Severity.WARNING for finding in service.findings)
    }
    assert {hostname: lists.get(hostname) for hostname in golden} == golden
    assert golden or not lists, "every directory whose microservices get a list needs at least one .acl"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_result_depends_neither_on_the_run_nor_on_where_the_source_lies(case: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "some" / "where else"
    shutil.copytree(case, elsewhere)
    assert _scan(case) == _scan(case) == _scan(elsewhere)
