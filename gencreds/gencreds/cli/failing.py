"""How a command ends other than well: the exit codes, and the one exception that carries a message and a code."""

from __future__ import annotations

from collections.abc import Sequence

OK = 0
FAILED = 1
OVER_BUDGET = 2
BAD_USAGE = 2
ALARMING = 3
"""Go's flag package ends with 2 as well."""


class CommandFailed(Exception):
    """Ends the command with a line on standard error, after `gencreds: `, with `more` lines, and an exit code."""

    def __init__(self, message: str, code: int = FAILED, more: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.more = tuple(more)


def os_message(action: str, error: OSError) -> str:
    """Return an operating system's error as Go words it: `open ./x: no such file or directory`."""
    return f"{action} {error.filename}: {(error.strerror or str(error)).lower()}"
