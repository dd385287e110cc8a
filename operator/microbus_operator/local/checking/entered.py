"""What `go test` and `go run` start instead of the program (`-exec`): it gives the program a working directory that
has all of its own entries, and the `.creds` files too, which Microbus looks for there and nowhere else.

    python -I -S -B entered.py CREDS program argument…

Run as a file, by itself: it imports nothing of ours. `session.py` names it in GOFLAGS.
"""

import os
import sys
import tempfile


def view(creds: str, folder: str, below: str) -> str:
    """Make a folder below `below` that shows what is in `folder` and in `creds`; the creds win. Returns its path."""
    made = tempfile.mkdtemp(prefix="view-", dir=below)
    for origin in (creds, folder):
        for name in os.listdir(origin):
            target = os.path.join(made, name)
            if not os.path.lexists(target):
                os.symlink(os.path.join(os.path.abspath(origin), name), target)
    return made


def main(arguments: list[str]) -> None:
    """Take the folder of creds and a program with its arguments; never returns."""
    creds, program = arguments[0], os.path.abspath(arguments[1])
    made = view(creds, os.getcwd(), os.path.dirname(creds))
    os.chdir(made)
    os.environ["PWD"] = made
    try:
        os.execv(program, [program, *arguments[2:]])  # noqa: S606 - no shell is what is wanted
    except OSError as error:
        sys.exit(f"{program} cannot be run: {error.strerror}")


if __name__ == "__main__":
    main(sys.argv[1:])
