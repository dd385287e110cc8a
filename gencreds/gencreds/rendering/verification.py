"""What `gencreds verify` found, for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping

from gencreds.nats.gojson import to_json
from gencreds.rendering.phrases import endpoint_of
from gencreds.rendering.table import Look, table
from gencreds.rendering.terminal import Paint, counted, painted, printable
from gencreds.report import Grant
from gencreds.verification import Verification, is_alarming


def as_text(file: str, found: Verification, look: Look) -> str:
    """Return a line with the verdict, and below it what is missing, superfluous and wrong."""
    counts = [
        *([f"{len(found.missing)} missing"] if found.missing else []),
        *([f"{len(found.superfluous)} superfluous"] if found.superfluous else []),
        *([f"{counted(len(found.problems), 'problem')}"] if found.problems else []),
    ]
    paint = Paint.RED if found.alarming else Paint.YELLOW if counts else Paint.GREEN
    verdict = painted(", ".join(counts) or "matches", paint, look.colour)
    lines = [f"{printable(file)}: {printable(found.hostname or '-')} on plane {printable(found.plane)}: {verdict}"]
    lines += [f"  problem: {printable(problem)}" for problem in found.problems]
    rows = [(grant, "", "missing ") for grant in found.missing]
    rows += [(grant, "", "superfluous ") for grant in found.superfluous]
    lines += table(rows, look, header=False) if rows else []
    return "\n".join(lines) + "\n"


def as_object(file: str, found: Verification) -> Mapping[str, object]:
    """Return the same for JSON."""
    return {
        "file": file,
        "hostname": found.hostname,
        "plane": found.plane,
        "matches": found.matches,
        "missing": [_grant(grant, found) for grant in found.missing],
        "superfluous": [_grant(grant, found) for grant in found.superfluous],
        "problems": list(found.problems),
    }


def _grant(grant: Grant, found: Verification) -> Mapping[str, object]:
    return {
        "verb": grant.verb,
        "subject": grant.subject,
        "endpoint": endpoint_of(grant.verb, grant.subject),
        "alarming": is_alarming(grant, found.hostname),
        "evidence": [to_json(place) for place in grant.evidence],
    }
