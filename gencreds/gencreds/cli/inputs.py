"""What every command reads: which microservices, for which plane. The analysis itself is `pipeline.scan`'s."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from gencreds.cli.failing import CommandFailed
from gencreds.cli.flags import Values
from gencreds.cli.progress import shown_on
from gencreds.golang.limits import SECONDS

if TYPE_CHECKING:
    from gencreds.microbus.model import Microservice


def has_input(values: Values) -> bool:
    """Return whether a bundle or manifests are named."""
    return bool(values.text("bundle") or _manifests(values))


def microservices(
    values: Values, complaints: TextIO | None = None, *, confined: bool = False, quiet: bool = False
) -> list[Microservice]:
    """Analyse what `-bundle` or `-manifests` names; raises `CommandFailed`.

    `complaints` is where progress is shown, if it is a terminal. With `confined` nothing outside the source's own tree
    is read: no module cache, no `replace` that leads out.
    """
    bundle, manifests = named(values)
    return analysed(bundle, manifests, complaints, confined=confined, quiet=quiet, seconds=seconds(values))


def seconds(values: Values) -> int:
    """Return what `-max-seconds` says; raises `CommandFailed` for no time at all."""
    given = values.number("max-seconds")
    if given < 1:
        raise CommandFailed(f"-max-seconds {given}: it is the processor time for one microservice, 1 second at least")
    return given


def named(values: Values) -> tuple[Path | None, list[Path]]:
    """Return the bundle and the manifests' directories that are to be read; the latter win."""
    manifests = _manifests(values)
    return Path(values.text("bundle")) if values.text("bundle") and not manifests else None, manifests


def analysed(
    bundle: Path | None,
    manifests: list[Path],
    complaints: TextIO | None = None,
    *,
    confined: bool = False,
    quiet: bool = False,
    seconds: int = SECONDS,
) -> list[Microservice]:
    """Analyse a bundle or directories; raises `CommandFailed`."""
    # Loaded here, because the parser is most of what `gencreds` loads and many commands do without.
    from gencreds.pipeline import Limits, ScanError, scan

    limits = Limits(confined=confined, seconds=seconds)
    try:
        if complaints is None:
            return scan(bundle, manifests, limits)
        with shown_on(complaints, quiet=quiet) as progress:
            return scan(bundle, manifests, limits, progress=progress)
    except ScanError as error:
        raise CommandFailed(str(error)) from error


def of_bundles(
    bundles: Sequence[Path], complaints: TextIO | None = None, *, confined: bool = False, quiet: bool = False
) -> list[Microservice]:
    """Analyse one or several bundles of a tree; what is in several of them does all that it does in any."""
    found: dict[tuple[str, str], Microservice] = {}
    for bundle in bundles:
        for new in analysed(bundle, [], complaints, confined=confined, quiet=quiet):
            known = found.get((new.hostname, new.directory), new)
            accesses = tuple(dict.fromkeys((*known.accesses, *new.accesses)))
            findings = tuple(dict.fromkeys((*known.findings, *new.findings)))
            found[new.hostname, new.directory] = replace(new, accesses=accesses, findings=findings)
    return list(found.values())


def plane(values: Values) -> str:
    """Return the plane; raises `CommandFailed` for one that cannot be in a subject."""
    from gencreds.subjects import check_plane

    try:
        return check_plane(values.text("plane"))
    except ValueError as error:
        raise CommandFailed(f"-{error}") from None


def one_of(values: Values, flag: str, choices: tuple[str, ...]) -> str:
    """Return a flag's value, which is one of `choices`; raises `CommandFailed`."""
    value = values.text(flag)
    if value not in choices:
        raise CommandFailed(f"-{flag} {value!r}: it is {', '.join(choices[:-1])} or {choices[-1]}")
    return value


def _manifests(values: Values) -> list[Path]:
    return [Path(part.strip()) for part in values.text("manifests").split(",") if part.strip()]
