"""What keeps the local mode from starting or a workload from running. Each message is one line and says what to do."""

from __future__ import annotations

import errno

from microbus_operator.kube.errors import KubeError

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_RIGHT = (errno.EACCES, errno.EPERM, errno.EROFS)
_TOO_MANY = (errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM)
_OTHER_THING = (
    *(errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ENOTEMPTY, errno.ELOOP),
    *(errno.ENXIO, errno.EINVAL, errno.ESPIPE, errno.ENODEV),
)


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


def line_of(error: BaseException) -> str:
    """An error in a line that says what to do; of one that nothing expected only its type, the log has the rest."""
    if isinstance(error, LocalError | KubeError):
        return str(error)
    if isinstance(error, OSError):
        return _of_system(error)
    if isinstance(error, BaseExceptionGroup):
        return line_of(error.exceptions[0])
    return f"{type(error).__name__}, which nothing expected; the operator's log has the details"


def _of_system(error: OSError) -> str:
    """What the system would not do, with the file where there is one."""
    what = error.strerror or type(error).__name__
    if error.filename is not None:
        name = error.filename.decode(errors="replace") if isinstance(error.filename, bytes) else str(error.filename)
        what = f"{name if len(name) <= 200 else f'{name[:200]}…'}: {what}"
    advice = "try again"
    for numbers, told in (
        (_NO_ROOM, "make room on that disk"),
        (_NO_RIGHT, "see its owner and permissions"),
        (_TOO_MANY, "end other programs, or raise the limits of this user"),
        (_OTHER_THING, "something else is in its place: move that away"),
        ((errno.ENAMETOOLONG,), "give a shorter path"),
        ((errno.ENOENT,), "put it back, or leave it out"),
    ):
        if error.errno in numbers:
            advice = told
    return f"{what}; {advice}"
