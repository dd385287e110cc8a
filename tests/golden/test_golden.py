"""Every call pattern has a directory of Go source here; the engine must find exactly what the source says it should.

`// want <kind> <METHOD> <host>:<port><path>` and `// want finding <rule>`, several separated by `;`, stand on the line
that the engine must point to. What is found without a comment fails, and so does a comment that nothing matches.
`<hostname>.acl` beside the source is the allow-list that must come out (`{{plane}}` is kept, as upstream's goldens do).
`corpus.py` says how a case's tree is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from gencreds.microbus.model import Access, Endpoint, Finding, Location, Microservice

from .corpus import CASES, Trees, acl, is_refused, lay_out, scan_tree

_WANT = re.compile(r"(?://|#) want (.+)$")

Found = set[tuple[str, int, str]]


def _wanted(tree: Path) -> Found:
    return {
        (path.relative_to(tree).as_posix(), number, wanted.strip())
        for path in sorted((*tree.rglob("*.go"), *tree.rglob("*.yaml")))
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
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


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_engine_finds_what_the_source_says_and_nothing_else(case: Path, trees: Trees) -> None:
    found, wanted = _found(trees.scanned(case)), _wanted(trees.of(case))
    unexpected = [f"{file}:{line} {text}" for file, line, text in sorted(found - wanted)]
    unmatched = [f"{file}:{line} {text}" for file, line, text in sorted(wanted - found)]
    assert (unexpected, unmatched) == ([], [])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_allow_lists_are_the_golden_ones(case: Path, trees: Trees) -> None:
    golden = {path.stem: path.read_text() for path in case.glob("*.acl")}
    lists = {service.hostname: acl(service) for service in trees.scanned(case) if not is_refused(service)}
    assert {hostname: lists.get(hostname) for hostname in golden} == golden
    assert golden or not lists, "every directory whose microservices get a list needs at least one .acl"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_result_depends_neither_on_the_run_nor_on_where_the_source_lies(
    case: Path, trees: Trees, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "some" / "where else"
    elsewhere.parent.mkdir()
    lay_out(case, elsewhere)
    assert trees.scanned(case) == scan_tree(trees.of(case)) == scan_tree(elsewhere)
