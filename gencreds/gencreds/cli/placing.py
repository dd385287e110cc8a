"""Puts files in their places: all or none, never half written, secret ones readable by their owner alone."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

_SECRET, _PUBLIC = 0o600, 0o644


def place_all(files: Mapping[Path, str]) -> None:
    """Write secret `files` with mode 0600, replacing what is there.

    Raises `OSError` with the target's path, and then leaves nothing behind.
    Each is first written beside its target and synced; only when all are is any renamed into its place.
    """
    _place({target: text.encode("ascii") for target, text in files.items()}, _SECRET)


def place_public(target: Path, data: bytes) -> None:
    """Write one file that anybody may read, in the same way."""
    _place({target: data}, _PUBLIC)


def _place(files: Mapping[Path, bytes], mode: int) -> None:
    staged: dict[Path, Path] = {}
    try:
        for target, data in files.items():
            if not target.name:
                raise IsADirectoryError(21, "is a directory", str(target))
            beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
            staged[beside] = target
            _write(beside, target, data, mode)
        for beside, target in staged.items():
            os.replace(beside, target)
    finally:
        for beside in staged:
            with contextlib.suppress(FileNotFoundError):
                beside.unlink()


def _write(beside: Path, target: Path, data: bytes, mode: int) -> None:
    if target.is_dir():
        raise IsADirectoryError(21, "is a directory", str(target))
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from None
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)
        file.write(data)
        file.flush()
        os.fsync(descriptor)
