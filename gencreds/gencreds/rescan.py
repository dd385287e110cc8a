"""A scan in parts: each microservice's report by itself, made side by side, and made again only where source changed.

The report is the same as that of `pipeline.scan`, byte for byte; what cannot be told for certain is analysed anew.
`gencreds scan -cache FILE` and `-jobs N` come here; the operator, which unpacks every source afresh, does not.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gencreds.golang.limits import SECONDS
from gencreds.memory import Kept, Memory, request_of

if TYPE_CHECKING:
    from gencreds.golang.files import Files
    from gencreds.opened import Job

# So few microservices that another process would take longer to start than to help.
_LEAST_EACH = 16


@dataclass(frozen=True)
class Request:
    """What is scanned, and how: as `pipeline.scan` and `report.report_of` take it.

    `jobs` is how many processes analyse, 0 for as many as there are processors and work for. With `remembers` the
    memory that comes out can be the `known` of a later scan.
    """

    bundle: Path | None
    manifests: Sequence[Path]
    plane: str
    confined: bool = False
    seconds: float = SECONDS
    jobs: int = 1
    remembers: bool = True
    progress: Callable[[int, int], None] | None = None

    @property
    def question(self) -> str:
        """What tells it from other requests: the same question about the same source has the same answer."""
        return request_of(self.bundle, self.manifests, self.plane, str(self.confined), f"{self.seconds:g}")


def rescan(request: Request, known: Memory | None = None) -> Memory:
    """Return every microservice's report, sorted by hostname, those of `known` where they are still true.

    `known` is what an earlier scan for the same question returned. Raises `ScanError` as `pipeline.scan` does.
    """
    changed = known.changed() if known is not None else set()
    if known is not None and not changed:
        return known
    renewed = _renewed(request, known, changed) if known is not None else None
    return renewed if renewed is not None else _whole(request)


def _whole(request: Request) -> Memory:
    from gencreds.opened import jobs, open_source
    from gencreds.pipeline import telling_what_to_do

    files = _files(request)
    with telling_what_to_do(), files.consulted.noted() as base:
        opened = open_source(request.bundle, request.manifests, files)
        done, signatures = _run(jobs(opened, opened.services, files.consulted), request, files)
    return _memory(request.question, opened.summary, signatures, base, done)


def _renewed(request: Request, known: Memory, changed: set[str]) -> Memory | None:
    """Return `known` with the microservices that looked into `changed` analysed anew; None when all have to be."""
    from gencreds.opened import jobs, open_source
    from gencreds.pipeline import telling_what_to_do

    again = {kept.key: kept.hostname for kept in known.services if not changed.isdisjoint(kept.consulted)}
    if not changed.isdisjoint(known.base):
        return None
    files = _files(request)
    with telling_what_to_do():
        opened = open_source(request.bundle, request.manifests, files)
        if opened.summary != known.opened:
            return None
        waiting = jobs(opened, again, files.consulted)
        if {job.key: job.analysis.hostname for job in waiting} != again:
            return None
        done, signatures = _run(waiting, request, files)
    fresh = {kept.key: kept for kept in done}
    # A directory that changed since we compared keeps its old signature: whoever looked into it is due the next time.
    anew = {path: sign for path, sign in signatures.items() if path in changed or path not in known.signatures}
    services = [fresh.get(kept.key, kept) for kept in known.services]
    return _memory(known.request, known.opened, {**known.signatures, **anew}, known.base, services)


def _memory(
    request: str, opened: str, signatures: Mapping[str, str], base: Collection[str], services: list[Kept]
) -> Memory:
    """Return the memory without the directories that nobody looks into any more."""
    used = set(base).union(*(kept.consulted for kept in services))
    signed = {path: sign for path, sign in signatures.items() if path in used}
    return Memory(request, opened, signed, frozenset(base), services)


def _run(waiting: Sequence[Job], request: Request, files: Files) -> tuple[list[Kept], dict[str, str]]:
    """Analyse `waiting`; returns their reports, and the signatures of all that was looked into."""
    from gencreds.golang.judged import Judged
    from gencreds.pipeline import telling_what_to_do
    from gencreds.report import report_of, service_as_json
    from gencreds.workers import side_by_side

    def analyse(job: Job) -> tuple[Kept, dict[str, str]]:
        with telling_what_to_do(), files.consulted.noted() as seen:
            (report,) = report_of([job.run()], request.plane).services
        consulted: set[str] = set()
        if request.remembers:
            consulted = job.analysis.packages.consulted_for(seen | job.consulted)
        text, count = service_as_json(report), len(report.blocking)
        kept = Kept(job.key, report.hostname, frozenset(consulted), text, count, report.connect_bytes)
        return kept, {path: files.consulted.signatures[path] for path in consulted}

    files.clock.expect(len(waiting))
    found: list[Kept] = []
    signatures = files.consulted.signatures
    workers = request.jobs or min(os.cpu_count() or 1, len(waiting) // _LEAST_EACH)
    if workers > 1:
        judged = Judged()
        for job in waiting:
            job.analysis.packages.share(judged)
    for kept, signed in side_by_side(analyse, waiting, workers):
        found.append(kept)
        for path, sign in signed.items():
            signatures.setdefault(path, sign)
        if request.progress is not None:
            request.progress(len(found), len(waiting))
    return found, signatures


def _files(request: Request) -> Files:
    from gencreds.golang.files import Files
    from gencreds.golang.limits import Limits

    return Files(Limits(confined=request.confined, seconds=request.seconds), signing=request.remembers)
