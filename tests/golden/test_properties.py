"""What must hold for any source, tried on the corpus: what code does matters, not how it is written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.mutation.mutants import mutants_of

from gencreds.grants import grants_of
from gencreds.microbus.model import Microservice

from . import rewriting
from .corpus import CASES, Trees, scan_tree

SETTINGS = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
PLANE = "P"
# What the go command compiles: no tests, and nothing that starts with a dot or an underscore.
_IS_SOURCE = re.compile(r"(?![._]).*(?<!_test)\.go$")
# The call of a function's result takes the function's call along, and what nobody calls any more counts by its types.
_CALLS_MORE = re.compile(r"(?<!\w)(?!New\w+\(|ForHost\(|WithOptions\()\w+\(.*\)\.\w+\(")

cases = st.sampled_from(CASES)
randoms = st.randoms(use_true_random=False)


class Copies:
    """The cases' trees, copied once, changed for the length of a block."""

    def __init__(self, directory: Path) -> None:
        self._trees = Trees(directory)
        self._copied: dict[Path, Path] = {}

    def of(self, case: Path) -> Path:
        """The copy of a case's tree."""
        if case not in self._copied:
            self._copied[case] = self._trees.copy(case)
        return self._copied[case]

    def sources(self, case: Path) -> list[Path]:
        """The Go files of a case that rewriting leaves valid, as they lie in the copy."""
        own = [self.of(case) / path.relative_to(case) for path in sorted(case.rglob("*.go")) if not path.is_symlink()]
        return [path for path in own if path.is_file() and _IS_SOURCE.match(path.name)]


@contextmanager
def holding(texts: dict[Path, bytes]) -> Iterator[None]:
    before = {path: path.read_bytes() for path in texts}
    for path, text in texts.items():
        path.write_bytes(text)
    try:
        yield
    finally:
        for path, text in before.items():
            path.write_bytes(text)


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Copies:
    return Copies(tmp_path_factory.mktemp("rewritten"))


def outcome(services: list[Microservice]) -> list[object]:
    """What a scan says, without places and without words that may name what was renamed."""
    return [
        (
            service.hostname,
            sorted((each.verb, each.subject, each.kind, len(each.evidence)) for each in grants_of(service, PLANE)),
            sorted(Counter((finding.rule, finding.severity) for finding in service.findings).items()),
        )
        for service in services
    ]


def check_rewrite(
    copies: Copies, case: Path, random: Random, rewrite: Callable[[bytes, Random], bytes], *, main: bool = True
) -> None:
    tree = copies.of(case)
    before = outcome(scan_tree(tree))
    texts = {}
    for path in copies.sources(case):
        data = path.read_bytes()
        if path.parent.name == "main" and not main:
            continue
        if rewriting.is_valid(data) and not rewriting.says_more(data):
            texts[path] = rewrite(data, random)
            assert rewriting.is_valid(texts[path]), texts[path].decode()
    with holding(texts):
        assert outcome(scan_tree(tree)) == before, b"\n".join(texts.values()).decode()


@SETTINGS
@given(case=cases, random=randoms)
def test_other_names_of_locals_change_nothing(copies: Copies, case: Path, random: Random) -> None:
    check_rewrite(copies, case, random, rewriting.renamed_local)


@SETTINGS
@given(case=cases, random=randoms)
def test_another_order_of_functions_changes_nothing(copies: Copies, case: Path, random: Random) -> None:
    check_rewrite(copies, case, random, rewriting.reordered)


@SETTINGS
@given(case=cases, random=randoms)
def test_another_layout_between_lines_changes_nothing(copies: Copies, case: Path, random: Random) -> None:
    check_rewrite(copies, case, random, partial(rewriting.reformatted, inside=False))


@SETTINGS
@given(case=cases, random=randoms)
def test_another_layout_inside_declarations_changes_nothing(copies: Copies, case: Path, random: Random) -> None:
    check_rewrite(copies, case, random, rewriting.reformatted)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_another_layout_changes_nothing_of_any_case(copies: Copies, case: Path) -> None:
    """Random cases leave some out for years: `pkg.` at the end of a line was one."""
    check_rewrite(copies, case, Random(case.name), rewriting.reformatted)


@SETTINGS
@given(case=cases, random=randoms)
def test_a_body_in_a_function_of_its_own_changes_nothing(copies: Copies, case: Path, random: Random) -> None:
    # In the main package only an Init function itself is known to act for a microservice; its helpers are refused.
    check_rewrite(copies, case, random, rewriting.split, main=False)


@SETTINGS
@given(case=cases, random=randoms)
def test_a_statement_in_a_function_of_its_own_changes_nothing(copies: Copies, case: Path, random: Random) -> None:
    check_rewrite(copies, case, random, rewriting.extracted, main=False)


@SETTINGS
@given(case=cases, random=randoms)
def test_another_order_of_files_changes_nothing(copies: Copies, case: Path, random: Random) -> None:
    tree = copies.of(case)
    before = outcome(scan_tree(tree))
    files = [
        path
        for path in copies.sources(case)
        if path.name not in ("main.go", "definition.go", "endpoints.go", "mock.go")
    ]
    moved = {path: path.with_name(f"{random.choice('amz')}{number}{path.name}") for number, path in enumerate(files)}
    for old, new in moved.items():
        old.rename(new)
    try:
        assert outcome(scan_tree(tree)) == before
    finally:
        for old, new in moved.items():
            new.rename(old)


@SETTINGS
@given(case=cases, random=randoms)
def test_a_call_less_never_adds_a_grant(copies: Copies, case: Path, random: Random) -> None:
    tree = copies.of(case)
    services = scan_tree(tree)
    own = [path.relative_to(tree).as_posix() for path in copies.sources(case)]
    calls = [
        each for each in mutants_of(tree, services, own) if each.kind == "call" and not _CALLS_MORE.search(each.before)
    ]
    if not calls:
        return
    mutant = random.choice(calls)
    with holding({tree / mutant.path: mutant.text}):
        assert subjects(scan_tree(tree)) <= subjects(services), str(mutant)


def subjects(services: list[Microservice]) -> set[tuple[str, str, str]]:
    return {
        (service.hostname, str(grant.verb), grant.subject)
        for service in services
        for grant in grants_of(service, PLANE)
    }
