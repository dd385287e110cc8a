"""manifest.yaml: of all that it says, the analysis wants `general.hostname` alone."""

from __future__ import annotations

import yaml

from gencreds.golang.files import Directory, FileRefused, Files
from gencreds.subjects import check_hostname

MANIFEST = "manifest.yaml"
# Bounds what an unclosed bracket costs: libyaml takes quadratic time over many.
_MAX_DEPTH = 100
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class ManifestInvalid(ValueError):
    """A manifest that is missing, unreadable or without a hostname; the message names it."""


def read_hostname(files: Files, directory: Directory) -> str:
    """Return `general.hostname` of the manifest in `directory`. Raises `ManifestInvalid` if it is none."""
    try:
        return check_hostname(stated_hostname(files, directory))
    except ValueError as error:
        if isinstance(error, ManifestInvalid):
            raise
        raise ManifestInvalid(f"manifest {_name(directory)}: general.{error}") from error


def stated_hostname(files: Files, directory: Directory) -> str:
    """Return `general.hostname` as the manifest states it, be it a hostname or not. Raises `ManifestInvalid`.

    Reads events up to the end of the `general` section, so neither aliases nor a huge rest are ever expanded.
    """
    name = _name(directory)
    try:
        data = files.read(directory, MANIFEST)
    except FileRefused as error:
        raise ManifestInvalid(f"read {name}: {error}") from error
    try:
        hostname = _hostname(data)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ManifestInvalid(f"parse {name}: {' '.join(str(error).split())}") from error
    if not hostname:
        raise ManifestInvalid(f"manifest {name}: general.hostname is empty")
    return hostname


def _name(directory: Directory) -> str:
    return MANIFEST if directory.name == "." else f"{directory.name}/{MANIFEST}"


def _hostname(data: bytes) -> str:
    path: list[str] = []
    key: str | None = None
    hostname = ""
    depth = 0
    for event in yaml.parse(data, Loader=_LOADER):
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
            if depth > _MAX_DEPTH:
                raise yaml.YAMLError(f"it is nested deeper than {_MAX_DEPTH} levels")
            path.append(key or "")
            key = None
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1
            if path.pop() == "general" and depth == 1:
                return hostname
            key = None
        elif isinstance(event, yaml.ScalarEvent):
            if key is None:
                key = event.value
            else:
                if depth == 2 and path[-1] == "general" and key == "hostname":
                    if hostname:
                        raise yaml.YAMLError("general.hostname is stated twice")
                    hostname = str(event.value).strip()
                key = None
        elif isinstance(event, yaml.AliasEvent):
            key = None
    return hostname
