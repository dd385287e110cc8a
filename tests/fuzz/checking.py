"""What holds of a scan whatever the source: it ends in time, with a report or a `ScanError`, the same each time."""

from __future__ import annotations

import time
from pathlib import Path

from gencreds.difference import difference
from gencreds.golang.limits import Limits
from gencreds.microbus.model import Microservice
from gencreds.parity.comparing import compare
from gencreds.parity.reporting import report_of_upstream
from gencreds.pipeline import ScanError, scan
from gencreds.rendering.markdown import report_as_markdown
from gencreds.rendering.parity import parity_as_json, parity_as_markdown, parity_as_text
from gencreds.rendering.sarif import report_as_sarif
from gencreds.rendering.table import Look, as_text
from gencreds.report import Report, report_of
from gencreds.upstream.engine import UpstreamFails, UpstreamScan, scan_as_upstream

_PLANE = "P"
_SECONDS = 10.0
_LIMIT = 4096


def written(tree: dict[str, bytes], root: Path) -> Path:
    """Write `tree` below `root`; a file whose folder is a file is left out."""
    for name, data in sorted(tree.items()):
        path = root / name
        if any(parent.is_file() for parent in path.parents if parent != root) or path.is_dir():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def check(root: Path) -> frozenset[str]:
    """Scan the tree at `root` in all ways and render it in all; returns what was seen, as words."""
    started = time.process_time()
    bundle = root / "main" / "main.go"
    main = bundle if bundle.is_file() else None
    manifests = [] if main else sorted(path.parent for path in root.glob("*/manifest.yaml"))
    seen: set[str] = set()
    theirs = _upstream(main, manifests, seen)
    try:
        found = scan(main, manifests, Limits(confined=True))
    except ScanError as error:
        _assert_plain(str(error))
        seen.add("error " + " ".join(str(error).split()[:2]))
        found = []
    else:
        report = report_of(found, _PLANE)
        text = _rendered(report)
        assert Report.from_json(report.to_json()) == report
        assert text == _rendered(report_of(scan(main, manifests, Limits(confined=True)), _PLANE))
        seen.update(_words(found))
    parity = compare(found, theirs, _PLANE)
    for shown in (parity_as_json(parity), parity_as_markdown(parity), parity_as_text(parity, False)):
        _assert_plain(shown)
    seen.update(because.reason for one in parity for each in one.differences for because in each.because)
    assert time.process_time() - started < _SECONDS
    return frozenset(seen)


def _upstream(main: Path | None, manifests: list[Path], seen: set[str]) -> UpstreamScan | str:
    try:
        theirs = scan_as_upstream(main, manifests, Limits(confined=True))
    except UpstreamFails as error:
        seen.add("upstream fails")
        return str(error)
    # Not read back: what upstream grants may be no subject at all.
    _rendered(report_of_upstream(theirs, _PLANE))
    seen.update(f"upstream {each.error.split(':')[0]}" for each in theirs.services if each.error)
    return theirs


def _rendered(report: Report) -> str:
    text = report.to_json()
    shown = [as_text(report, Look(False, width, _LIMIT)) for width in (40, 120)]
    shown += [report_as_markdown(report, _LIMIT), report_as_sarif(report, "", "0.0.0"), text]
    for each in shown:
        _assert_plain(each)
    assert not difference(report, report).services
    return "".join(shown)


def _words(found: list[Microservice]) -> set[str]:
    rules = {f"{finding.severity} {finding.rule}" for one in found for finding in one.findings}
    kinds = {f"{access.kind} {bool(access.via)}" for one in found for access in one.accesses}
    return rules | kinds


def _assert_plain(text: str) -> None:
    assert all(char.isprintable() for char in text.replace("\n", ""))
