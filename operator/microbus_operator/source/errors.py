"""What can go wrong between an image reference and a report; `handlers/outcome.py` turns each into a condition.

The class name is the condition's reason. Every message names the image, what was found and what to do next. Text that
came from a registry or an image is hostile: it passes `quoted` before it becomes part of a message.
"""

from __future__ import annotations

from typing import ClassVar

LONGEST_QUOTE = 300


class SourceError(Exception):
    """Root of this domain's errors.

    `passing` says that the same look may succeed later without anybody changing the object (an unreachable registry);
    `lasting` that the same digest will fail in the same way again, so that the answer may be remembered.
    """

    passing: ClassVar[bool] = False
    lasting: ClassVar[bool] = False


class ReferenceInvalid(SourceError):
    """The image reference is not one."""


class PullSecretInvalid(SourceError):
    """An image pull secret cannot be read."""


class RegistryUnavailable(SourceError):
    """The registry could not be asked now: no connection, a timeout, a 5xx, or it is limiting our rate."""

    passing: ClassVar[bool] = True


class RegistryRefused(SourceError):
    """The registry answered outside the distribution protocol, or pointed where we do not go."""


class AccessDenied(SourceError):
    """The registry wants credentials that we do not have, or refuses those that we have."""


class ImageNotFound(SourceError):
    """There is no such repository, tag, digest or platform."""


class DigestMismatch(SourceError):
    """Bytes do not have the digest under which they were asked for."""


class ImageInvalid(SourceError):
    """The manifest or configuration is not one that can be read, or is beyond the limits."""


class NoSource(SourceError):
    """The image holds no `/.microbus/source.tar.gz`."""

    lasting: ClassVar[bool] = True


class ArchiveRefused(SourceError):
    """A layer or the source archive in it is malformed, hostile or beyond the limits."""

    lasting: ClassVar[bool] = True


class AnalysisFailed(SourceError):
    """gencreds could not finish within its limits, or reported that it cannot analyse this source."""

    lasting: ClassVar[bool] = True


def quoted(text: str) -> str:
    """Foreign text, fit for a message: one line, printable, at most 300 characters."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1] + "…"
