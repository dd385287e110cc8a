"""From a bundle or a list of directories to what each microservice does. The engine's front door.

`cli` and the operator's analysis call `scan`; nothing is executed, nothing is written, no network is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from gencreds.errors import ScanError
from gencreds.golang.files import FileRefused, Files
from gencreds.golang.limits import InputRefused, Limits
from gencreds.microbus.manifest import ManifestInvalid
from gencreds.microbus.model import Microservice
from gencreds.opened import jobs, open_source

__all__ = ["Limits", "Progress", "ScanError", "scan", "telling_what_to_do"]

Progress = Callable[[int, int], None] | None
"""Told after each microservice how many are done, and of how many."""


def scan(
    bundle: Path | None,
    manifests: Sequence[Path] = (),
    limits: Limits | None = None,
    files: Files | None = None,
    progress: Progress = None,
) -> list[Microservice]:
    """Analyse a bundle's microservices, or those in the directories `manifests` (which win, as upstream).

    Returns them sorted by hostname, each hostname once. The same source gives the same result wherever it lies.
    `files` is for a caller who wants to know what was read; it brings its own limits. `progress` is told how far
    it is, after each microservice.
    Raises `ScanError` when there is nothing to analyse or a manifest cannot be read.
    """
    files = files or Files(limits or Limits())
    found: list[Microservice] = []
    with telling_what_to_do():
        opened = open_source(bundle, manifests, files)
        waiting = jobs(opened, opened.services, files.consulted)
        files.clock.expect(len(waiting))
        for job in waiting:
            found.append(job.run())
            if progress is not None:
                progress(len(found), len(waiting))
    return found


@contextmanager
def telling_what_to_do() -> Iterator[None]:
    """Turn what makes a scan impossible into `ScanError`, whose message is for the user."""
    try:
        yield
    except (ManifestInvalid, InputRefused) as error:
        raise ScanError(str(error)) from error
    except FileRefused as error:
        raise ScanError(
            f"go.mod or go.work of the source {error}; the analysis cannot tell its packages without it"
        ) from error
    except FileNotFoundError as error:
        raise ScanError("the current directory does not exist any more; change to one that does") from error
