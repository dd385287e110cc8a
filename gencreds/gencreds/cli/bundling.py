"""`gencreds bundle`: packs the source for the operator, to be copied into the image as /.microbus/source.tar.gz."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from gencreds.archive import BundleRefused, pack
from gencreds.cli import options
from gencreds.cli.failing import OK, CommandFailed, os_message
from gencreds.cli.flags import Flag, Values
from gencreds.cli.placing import place_public
from gencreds.cli.verdicts import refuse_blocking
from gencreds.pipeline import ScanError

FLAGS = (
    options.BUNDLE,
    Flag("out", "source.tar.gz", "file that the archive is written to"),
)


def run(values: Values, out: TextIO, complaints: TextIO) -> int:
    """Write the archive and say what is in it. Raises `CommandFailed`; with blocking findings nothing is written."""
    if not values.text("bundle"):
        raise CommandFailed("--bundle is required")
    target = Path(values.text("out"))
    try:
        packed = pack(Path(values.text("bundle")))
    except (ScanError, BundleRefused) as error:
        raise CommandFailed(str(error)) from error
    refuse_blocking(packed.report, "nothing was packed", complaints)
    try:
        place_public(target, packed.data)
    except OSError as error:
        raise CommandFailed(f"write {os_message('open', error)}") from None
    services = ", ".join(service.hostname for service in packed.report.services)
    out.write(f"{target}: {len(packed.names)} files, {len(packed.data)} bytes, for {services}\n")
    return OK
