"""What keeps the local mode from starting or a workload from running. Each message is one line and says what to do."""

from __future__ import annotations


class LocalError(Exception):
    """The root of these errors; the command prints it and ends with 1."""


class Unusable(LocalError):
    """Something that was given, or that this machine has, cannot be used."""


class NotRunnable(LocalError):
    """A workload cannot be started: its program, or a file that it needs, is not there.

    `reason` is Kubernetes' word for it, as a container's `waiting.reason`.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
