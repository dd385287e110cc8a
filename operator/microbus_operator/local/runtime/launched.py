"""A launcher: sees to it that the program ends with whoever started it, then becomes that program.

    python -I -S -B launched.py PARENT program argument…

Run as a file, by itself: it imports nothing of ours. `processes.py` starts it.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Take the parent's process id and a program with its arguments; never returns."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != int(arguments[0]):
        # It died before the line above: nobody would ever end the program.
        sys.exit(1)
    try:
        os.execvp(arguments[1], arguments[1:])  # noqa: S606 - no shell is what is wanted
    except OSError as error:
        sys.exit(f"{arguments[1]} cannot be run: {error.strerror}")


if __name__ == "__main__":
    main(sys.argv[1:])
