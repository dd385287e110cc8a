"""Scanning again: of a source that was scanned before, only the microservices that a change can have touched.

The report is the same as that of a scan without a memory, byte for byte; what cannot be told for certain is analysed
anew. `gencreds scan -cache FILE` comes here; the operator, which unpacks every source afresh, does not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gencreds.memory import Kept, Memory, recall, remember, request_of

if TYPE_CHECKING:
    from gencreds.golang.files import Files
    from gencreds.opened import Job


@dataclass(frozen=True)
class Request:
    """What is scanned, and how: as `pipeline.scan` and `report.report_of` take it."""

    bundle: Path | None
    manifests: Sequence[Path]
    plane: str
    confined: bool


def rescan(request: Request, file: Path, progress: Callable[[int, int], None] | None = None) -> list[Kept]:
    """Return every microservice's report, sorted by hostname; what `file` remembers and is still true is not analysed.

    Raises `pipeline.ScanError` as a scan does, and `OSError` when `file` cannot be written.
    """
    asked = request_of(request.bundle, request.manifests, request.plane, str(request.confined))
    known = recall(file, asked)
    changed = known.changed() if known is not None else set()
    if known is not None and not changed:
        return known.services
    memory = _renewed(request, known, changed, progress) if known is not None else None
    if memory is None:
        memory = _whole(request, asked, progress)
    remember(file, memory)
    return memory.services


def _whole(request: Request, asked: str, progress: Callable[[int, int], None] | None) -> Memory:
    from gencreds.opened import jobs, open_source
    from gencreds.pipeline import telling_what_to_do

    files = _files(request)
    with telling_what_to_do(), files.consulted.noted() as base:
        opened = open_source(request.bundle, request.manifests, files)
        done = _run(jobs(opened, opened.services, files.consulted), request, files, progress)
    return _memory(asked, opened.summary, files.consulted.signatures, base, done)


def _renewed(
    request: Request, known: Memory, changed: set[str], progress: Callable[[int, int], None] | None
) -> Memory | None:
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
        fresh = {kept.key: kept for kept in _run(waiting, request, files, progress)}
    # A directory that changed since we compared keeps its old signature: whoever looked into it is due the next time.
    anew = {
        path: sign
        for path, sign in files.consulted.signatures.items()
        if path in changed or path not in known.signatures
    }
    services = [fresh.get(kept.key, kept) for kept in known.services]
    return _memory(known.request, known.opened, {**known.signatures, **anew}, known.base, services)


def _memory(
    request: str, opened: str, signatures: Mapping[str, str], base: Collection[str], services: list[Kept]
) -> Memory:
    """Return the memory without the directories that nobody looks into any more."""
    used = set(base).union(*(kept.consulted for kept in services))
    return Memory(
        request, opened, {path: sign for path, sign in signatures.items() if path in used}, frozenset(base), services
    )


def _run(
    waiting: Sequence[Job], request: Request, files: Files, progress: Callable[[int, int], None] | None
) -> list[Kept]:
    from gencreds.report import report_of, service_as_json

    found: list[Kept] = []
    for done, job in enumerate(waiting, 1):
        with files.consulted.noted() as seen:
            (report,) = report_of([job.run()], request.plane).services
        consulted = job.analysis.packages.consulted_for(seen | job.consulted)
        found.append(
            Kept(
                job.key,
                report.hostname,
                frozenset(consulted),
                service_as_json(report),
                len(report.blocking),
                report.connect_bytes,
            )
        )
        if progress is not None:
            progress(done, len(waiting))
    return found


def _files(request: Request) -> Files:
    from gencreds.golang.files import Files
    from gencreds.golang.limits import Limits

    return Files(Limits(confined=request.confined), signing=True)
