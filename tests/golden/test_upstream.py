"""What upstream's engine makes of the corpus, against what each case says of it at the head of its service.go.

`// upstream: misses` a subject that ours grants, or signs silently what ours refuses; `widens` by a subject that
nothing of ours covers; `refuses` the source. Without such a comment both engines give the same allow-lists.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from gencreds.grants import allow_lists, grants_of
from gencreds.parity.comparing import compare
from gencreds.subjects import covers
from gencreds.upstream.engine import UpstreamFails, UpstreamScan, scan_as_upstream
from gencreds.upstream.rules import allow_lists as upstream_lists
from gencreds.upstream.rules import rules_of
from gencreds.upstream.shapes import NOT_SEEN

from .corpus import CASES, HERE, Trees, is_refused, upstream_verdict

_PLANE = "P"
_DOCUMENT = HERE.parents[1] / "docs" / "parity.md"


class Verdicts(NamedTuple):
    """What is true of upstream, with the subjects that show it."""

    misses: list[str]
    widens: list[str]
    refuses: list[str]
    differs: list[str]


def _scan(tree: Path) -> UpstreamScan:
    main = tree / "main" / "main.go"
    if main.exists():
        return scan_as_upstream(main)
    return scan_as_upstream(None, sorted(path.parent for path in tree.glob("*/manifest.yaml")))


def _verdicts(case: Path, trees: Trees) -> Verdicts:
    found = Verdicts([], [], [], [])
    try:
        theirs = {service.hostname: service for service in _scan(trees.of(case)).services}
    except UpstreamFails as error:
        return found._replace(refuses=[str(error)], differs=[str(error)])
    for service in trees.scanned(case):
        other = theirs.get(service.hostname)
        if other is None or other.error:
            found.refuses.append(f"{service.hostname}: {other.error if other else 'is not signed'}")
            continue
        ours = [{*subjects} for subjects in allow_lists(grants_of(service, _PLANE))]
        lists = [{*subjects} for subjects in upstream_lists(rules_of(other.identity, other.found, _PLANE))]
        if is_refused(service):
            found.misses.append(f"{service.hostname}: signed, and ours refuses it")
        for mine, its in zip(ours, lists, strict=True):
            found.misses.extend(sorted(mine - its))
            found.widens.extend(sorted(s for s in its - mine if not any(covers(each, s) for each in mine)))
            found.differs.extend(sorted(mine ^ its))
    found.differs.extend((*found.misses, *found.widens, *found.refuses))
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_upstream_differs_where_the_case_says_so_and_nowhere_else(case: Path, trees: Trees) -> None:
    verdict, found = upstream_verdict(case), _verdicts(case, trees)
    if verdict is None:
        assert found.differs == [], "say `// upstream: misses|widens|refuses …` at the head of service.go"
    else:
        assert getattr(found, verdict), f"upstream does not do that here; it has {found}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_difference_has_a_reason_that_the_documents_explain(case: Path, trees: Trees) -> None:
    try:
        scan: UpstreamScan | str = _scan(trees.of(case))
    except UpstreamFails as error:
        scan = str(error)
    given = {
        because.reason
        for service in compare(trees.scanned(case), scan, _PLANE)
        for difference in service.differences
        for because in difference.because
    }
    assert NOT_SEEN not in given
    assert given <= set(re.findall(r"`([a-z-]+)`", _DOCUMENT.read_text()))


def test_at_least_forty_cases_show_what_upstream_gets_wrong() -> None:
    counts = Counter(upstream_verdict(case) or "agrees" for case in CASES)
    print(dict(counts))  # shown by pytest -s
    assert counts.total() - counts["agrees"] >= 40
