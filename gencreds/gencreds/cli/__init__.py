"""The command line: `gencreds` signs as upstream's does, `gencreds scan` reports, `gencreds bundle` packs source."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from gencreds.cli import bundling, scanning, signing
from gencreds.cli.failing import BAD_USAGE, OK, CommandFailed, printable
from gencreds.cli.flags import BadFlag, HelpWanted, parse, usage

_COMMANDS = {"scan": scanning, "bundle": bundling}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0, 1 for an error, 2 for over budget or bad usage."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    command = _COMMANDS.get(words[0], signing) if words else signing
    name = "gencreds" if command is signing else f"gencreds {words.pop(0)}"
    try:
        values, rest = parse(command.FLAGS, words)
        if rest and command is not signing:
            raise BadFlag(f"{name} takes flags only, and {rest[0]!r} is none")
        code: int = command.run(values, sys.stdout, sys.stderr)
        sys.stdout.flush()
    except HelpWanted:
        sys.stderr.write(usage(name, command.FLAGS))
        return OK
    except BadFlag as error:
        sys.stderr.write(f"{error}\n{usage(name, command.FLAGS)}")
        return BAD_USAGE
    except CommandFailed as error:
        sys.stderr.write(f"gencreds: {printable(str(error))}\n")
        return error.code
    except BrokenPipeError:
        # Whoever read us has gone; nothing may be written to the pipe at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code
