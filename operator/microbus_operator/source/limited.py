"""A launcher: sets its own resource limits, then becomes the program that is to be limited; `processes.py` starts it.

    python -I -m microbus_operator.source.limited '{"RLIMIT_AS": 536870912, …}' program argument…

Its own process, because `preexec_fn` runs Python between fork and exec, which may deadlock where there are threads.
"""

from __future__ import annotations

import json
import os
import resource
import sys


def main(arguments: list[str]) -> None:
    """Take limits as JSON (names of `resource`, both soft and hard) and a program with its arguments; never returns."""
    limits: dict[str, int] = json.loads(arguments[0])
    for name, value in limits.items():
        resource.setrlimit(getattr(resource, name), (value, value))
    os.umask(0o077)
    os.execv(arguments[1], arguments[1:])  # noqa: S606 - no shell is what is wanted


if __name__ == "__main__":
    main(sys.argv[1:])
