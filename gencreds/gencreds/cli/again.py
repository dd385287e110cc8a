"""`gencreds scan -cache FILE`: what was scanned before and has not changed is not analysed again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from gencreds.cli.failing import CommandFailed
from gencreds.cli.flags import Values
from gencreds.cli.inputs import named
from gencreds.cli.progress import shown_on
from gencreds.errors import ScanError
from gencreds.memory import Kept
from gencreds.rescan import Request, rescan


def again(values: Values, plane: str, complaints: TextIO) -> Sequence[Kept]:
    """Return each microservice's report, analysed or remembered; raises `CommandFailed`."""
    bundle, manifests = named(values)
    file = Path(values.text("cache"))
    try:
        with shown_on(complaints, quiet=values.switch("quiet")) as progress:
            return rescan(Request(bundle, manifests, plane, values.switch("confined")), file, progress)
    except ScanError as error:
        raise CommandFailed(str(error)) from error
    except OSError as error:
        raise CommandFailed(f"-cache {file}: it cannot be written: {error.strerror}") from error


def is_clean(parts: Sequence[Kept], limit: int) -> bool:
    """Return whether nothing is to be said of the reports `parts`: no blocking finding, none over `limit` bytes."""
    return all(not kept.blocking and kept.connect_bytes <= limit for kept in parts)
