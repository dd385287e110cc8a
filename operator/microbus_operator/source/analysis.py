"""Runs gencreds over an unpacked source tree, in a limited child, and reads its report; the last step of `discover.py`.

The child gets no key, no environment and no token, and runs neither `go` nor anything of the source.
"""

from __future__ import annotations

from pathlib import Path

from gencreds.report import Report, ReportInvalid
from microbus_operator.source.errors import AnalysisFailed, quoted
from microbus_operator.source.processes import run_limited
from microbus_operator.source.settings import ProcessLimits

# Of gencreds: clean, blocking findings, over budget. The report is printed with each; 1 without one is an error.
_REPORTING = (0, 1, 2)


async def analyse(image: str, bundle: str, plane: str, folder: Path, limits: ProcessLimits) -> Report:
    """Scan `folder`/`bundle` (a path to a bundle's main file, `/` between) for a plane; `image` is for messages.

    Raises `AnalysisFailed`. A report without a microservice is one too: no data must not become "needs nothing".
    """
    arguments = ["scan", "--bundle", bundle, "--plane", plane, "--format", "json"]
    finished = await run_limited("gencreds", arguments, limits, folder)
    if finished.stopped:
        raise AnalysisFailed(
            f"{image}: the analysis of {bundle} {finished.stopped}; look for generated or hostile files in the source"
        )
    if finished.code not in _REPORTING or not finished.output.strip():
        why = finished.complaint or "no message"
        raise AnalysisFailed(f"{image}: gencreds cannot analyse {bundle} (exit code {finished.code}: {why})")
    try:
        report = Report.from_json(finished.output.decode())
    except (ReportInvalid, UnicodeDecodeError) as error:
        raise AnalysisFailed(
            f"{image}: gencreds printed something else than a report ({quoted(str(error))})"
        ) from error
    if not report.services:
        raise AnalysisFailed(
            f"{image}: {bundle} starts no microservice; name the bundle's main file in the app's `main`"
        )
    return report
