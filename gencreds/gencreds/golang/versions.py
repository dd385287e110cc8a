"""Compares module versions (Semantic Versioning 2.0.0 as Go uses it, with a leading `v`)."""

from __future__ import annotations

import re

_VERSION = re.compile(r"v(\d{1,20})\.(\d{1,20})\.(\d{1,20})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")

Key = tuple[tuple[int, int, int], bool, tuple[tuple[bool, int, str], ...]]


def is_newer(version: str, other: str) -> bool:
    """Return whether `version` is newer than `other`; one that is no version is older than any that is."""
    mine, theirs = version_key(version), version_key(other)
    return mine is not None and (theirs is None or mine > theirs)


def version_key(version: str) -> Key | None:
    """Return a key by which versions sort, None for a text that is none. Build metadata does not count."""
    match = _VERSION.fullmatch(version)
    if match is None:
        return None
    major, minor, patch, pre = match.groups()
    # Numeric parts come before others, and by value; a release comes after all its pre-releases.
    parts = tuple(_part(part) for part in pre.split(".")) if pre else ()
    return ((int(major), int(minor), int(patch)), not pre, parts)


def _part(part: str) -> tuple[bool, int, str]:
    if part.isdecimal() and len(part) <= 20:
        return (False, int(part), "")
    return (True, 0, part)
