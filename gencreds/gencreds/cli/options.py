"""Flags that several commands have, so that they are named, meant and defaulted alike. Loads nothing else."""

from __future__ import annotations

from gencreds.cli.flags import Flag
from gencreds.golang.limits import SECONDS
from gencreds.nats.limits import DEFAULT_MAX_CONTROL_LINE

BUNDLE = Flag("bundle", "", "path to the bundle's main.go")
MANIFESTS = Flag("manifests", "", "comma-separated microservice directories; wins over -bundle")
PLANE = Flag("plane", "microbus", "plane of communication, the first segment of every subject")
MAX_CONTROL_LINE = Flag("max-control-line", DEFAULT_MAX_CONTROL_LINE, "the broker's max_control_line, bytes")
MAX_SECONDS = Flag("max-seconds", SECONDS, "processor time that the analysis of one microservice may take, seconds")
COLOR = Flag("color", "auto", "auto (on a terminal, unless NO_COLOR is set), always or never")
PARITY = Flag("parity", "none", "none, or upstream: what upstream's gencreds would grant, gaps and all")
QUIET = Flag("quiet", False, "no progress on standard error")


def version() -> str:
    """Return the version of the distribution that this is part of."""
    # It loads more than the rest of the command line, and only SARIF has a version in it.
    import importlib.metadata

    try:
        return importlib.metadata.version("microbus-operator")
    except importlib.metadata.PackageNotFoundError:
        return "0"
