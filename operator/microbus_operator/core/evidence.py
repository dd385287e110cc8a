"""Why each entry of an allow-list is there: the call sites, kept beside the credentials that they justify.

They are written by the request that writes the credentials, and so always of the source that these were derived from.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping

from gencreds.grants import GrantKind
from gencreds.report import Evidence, ServiceReport
from gencreds.subjects import covers

EVIDENCE_ANNOTATION = "microbus.io/evidence"
MOST_PLACES = 8
MOST_BYTES = 128 * 1024
"""An object's annotations may have 256 KiB together."""


def evidence_text(report: ServiceReport) -> str:
    """The evidence of a report as the annotation holds it: entry to call sites, at most eight places each.

    A grant that a wider entry covers is evidence for that entry. What would not fit is left out.
    """
    listed = {"pub": frozenset(report.pub), "sub": frozenset(report.sub)}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for grant in report.grants:
        places = {_place(site, declared=grant.kind == GrantKind.DECLARED) for site in grant.evidence}
        entries = listed[grant.verb]
        by = [grant.subject] if grant.subject in entries else [e for e in entries if covers(e, grant.subject)]
        for entry in by if places else ():
            found[f"{grant.verb} {entry}"] |= places
    kept: dict[str, list[str]] = {}
    room = MOST_BYTES
    for entry, shown in sorted((entry, sorted(places)[:MOST_PLACES]) for entry, places in found.items()):
        room -= len(json.dumps([entry, shown])) + 1
        if room < 0:
            break
        kept[entry] = shown
    return json.dumps(kept, sort_keys=True, separators=(",", ":"))


def evidence_of(annotations: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The evidence read back: `pub` or `sub`, a space and the entry, to its places. None if somebody edited it."""
    try:
        found = json.loads(annotations.get(EVIDENCE_ANNOTATION, "{}"))
        return {str(entry): tuple(str(place) for place in places) for entry, places in found.items()}
    except (ValueError, AttributeError, TypeError):
        return {}


def _place(site: Evidence, *, declared: bool) -> str:
    """A call site in one line: `orders/service.go:41 (*Service).Place`, and through which calls helpers reach it."""
    calls = [f"{step.file}:{step.line} {step.function}" for step in site.via]
    words = [f"{site.file}:{site.line}", site.function, "declared" if declared else ""]
    return " ".join([*filter(None, words), *(f"via {call}" for call in calls)])
