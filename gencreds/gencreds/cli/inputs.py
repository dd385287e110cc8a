"""What every command reads: which microservices, for which plane. The analysis itself is `pipeline.scan`'s."""

from __future__ import annotations

from pathlib import Path

from gencreds.cli.failing import CommandFailed
from gencreds.cli.flags import Flag, Values
from gencreds.golang.limits import Limits
from gencreds.microbus.model import Microservice
from gencreds.pipeline import ScanError, scan
from gencreds.subjects import check_plane

BUNDLE = Flag("bundle", "", "path to the bundle's main.go")
MANIFESTS = Flag("manifests", "", "comma-separated microservice directories; wins over -bundle")
PLANE = Flag("plane", "microbus", "plane of communication, the first segment of every subject")


def has_input(values: Values) -> bool:
    """Return whether a bundle or manifests are named."""
    return bool(values.text("bundle") or _manifests(values))


def microservices(values: Values, *, confined: bool = False) -> list[Microservice]:
    """Analyse what `-bundle` or `-manifests` names; raises `CommandFailed`.

    With `confined` nothing outside the source's own tree is read: no module cache, no `replace` that leads out.
    """
    manifests = _manifests(values)
    bundle = Path(values.text("bundle")) if values.text("bundle") and not manifests else None
    try:
        return scan(bundle, manifests, Limits(confined=confined))
    except ScanError as error:
        raise CommandFailed(str(error)) from error


def plane(values: Values) -> str:
    """Return the plane; raises `CommandFailed` for one that cannot be in a subject."""
    try:
        return check_plane(values.text("plane"))
    except ValueError as error:
        raise CommandFailed(f"-{error}") from None


def _manifests(values: Values) -> list[Path]:
    return [Path(part.strip()) for part in values.text("manifests").split(",") if part.strip()]
