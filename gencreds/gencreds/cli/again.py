"""`gencreds scan` with `-cache FILE` or `-jobs N`: in parts, and of what was scanned before only what has changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from gencreds.cli.failing import CommandFailed
from gencreds.cli.flags import Values
from gencreds.cli.inputs import named, seconds
from gencreds.cli.progress import shown_on
from gencreds.errors import ScanError
from gencreds.memory import Kept, recall, remember
from gencreds.rescan import Request, rescan


def parts(values: Values, plane: str, complaints: TextIO) -> Sequence[Kept]:
    """Return each microservice's report, analysed or remembered; raises `CommandFailed`."""
    bundle, manifests = named(values)
    file = Path(values.text("cache")) if values.text("cache") else None
    jobs = values.number("jobs")
    if jobs < 0:
        raise CommandFailed(f"-jobs {jobs}: it is a number of processes, or 0 for as many as there are processors")
    try:
        with shown_on(complaints, quiet=values.switch("quiet")) as progress:
            request = Request(
                bundle,
                manifests,
                plane,
                confined=values.switch("confined"),
                seconds=seconds(values),
                jobs=jobs,
                remembers=file is not None,
                progress=progress,
            )
            known = recall(file, request.question) if file is not None else None
            memory = rescan(request, known)
        if file is not None and memory is not known:
            remember(file, memory)
    except ScanError as error:
        raise CommandFailed(str(error)) from error
    except OSError as error:
        raise CommandFailed(f"-cache {file}: it cannot be written: {error.strerror}") from error
    return memory.services


def is_clean(parts: Sequence[Kept], limit: int) -> bool:
    """Return whether nothing is to be said of the reports `parts`: no blocking finding, none over `limit` bytes."""
    return all(not kept.blocking and kept.connect_bytes <= limit for kept in parts)
