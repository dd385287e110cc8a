"""Runs gencreds over an unpacked source tree, in a limited child, and reads its report; the last step of `discover.py`.

The child gets no key, no environment and no token, and runs neither `go` nor anything of the source.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from gencreds.report import Report, ReportInvalid
from microbus_operator.source.errors import AnalysisFailed, quoted
from microbus_operator.source.processes import run_limited
from microbus_operator.source.settings import ProcessLimits

# Of gencreds: clean, blocking findings, over budget. The report is printed with each; 1 without one is an error.
_REPORTING = (0, 1, 2)


CONFINED = ("--confined",)


async def analyse(
    image: str,
    root: Path,
    bundle: str,
    plane: str,
    limits: ProcessLimits,
    flags: Sequence[str] = CONFINED,
    environment: Mapping[str, str] | None = None,
) -> Report:
    """Scan the bundle whose main file is `root`/`bundle` for a plane; `image` is for messages. A source of
    our own (the local mode's) may be read with other `flags`, and an `environment` that tells where Go keeps modules.

    Raises `AnalysisFailed`. A report without a microservice is one too: no data must not become "needs nothing".
    """
    arguments = ["scan", *flags, f"--bundle={bundle}", "--plane", plane, "--format", "json"]
    finished = await run_limited("gencreds", arguments, limits, root, environment=environment)
    if finished.stopped:
        raise AnalysisFailed(
            f"{image}: the analysis of {bundle} {finished.stopped}; look for generated or hostile files in the source"
        )
    if finished.code not in _REPORTING or not finished.output.strip():
        why = finished.complaint or "no message"
        raise AnalysisFailed(f"{image}: gencreds cannot analyse {bundle} (exit code {finished.code}: {why})")
    try:
        report = Report.from_json(finished.output)
    except ReportInvalid as error:
        raise AnalysisFailed(
            f"{image}: gencreds printed no report ({quoted(str(error))}); see what in the source misleads it"
        ) from error
    if not report.services:
        raise AnalysisFailed(
            f"{image}: {bundle} adds no microservice to its application; name the main file in the bundle's `main`"
        )
    subjects = [subject for service in report.services for subject in (*service.pub, *service.sub)]
    if any(subject.partition(".")[0] != plane for subject in subjects):
        raise AnalysisFailed(
            f"{image}: gencreds reports subjects outside plane {plane}; see what in the source misleads it"
        )
    return report
