"""`-parity upstream`: the commands that have it work with what upstream's gencreds would grant instead of with ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from gencreds.cli import inputs
from gencreds.cli.failing import CommandFailed
from gencreds.cli.flags import Values
from gencreds.golang.limits import Limits
from gencreds.rendering.terminal import printable

if TYPE_CHECKING:
    from gencreds.upstream.engine import UpstreamScan

PARITIES = ("none", "upstream")


def is_upstream(values: Values) -> bool:
    """Return whether upstream's result is wanted; raises `CommandFailed` for a word that is none of the two."""
    return inputs.one_of(values, "parity", PARITIES) == "upstream"


def upstream_scan(values: Values, complaints: TextIO, *, confined: bool = False) -> UpstreamScan:
    """Scan as upstream would, and print its warnings; raises `CommandFailed` with upstream's error."""
    # Loaded here, as our own engine is: the parser is most of what there is to load.
    from gencreds.upstream.engine import UpstreamFails, scan_as_upstream

    try:
        found = scan_as_upstream(*inputs.named(values), Limits(confined=confined, seconds=inputs.seconds(values)))
    except UpstreamFails as error:
        raise CommandFailed(str(error)) from error
    for warning in found.warnings:
        complaints.write(f"gencreds: warning: {printable(warning)}\n")
    for service in found.services:
        if service.error:
            raise CommandFailed(f"sign {service.hostname}: {service.error}")
    return found
