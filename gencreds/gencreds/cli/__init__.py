"""The command line: `gencreds` signs as upstream's does, `gencreds scan` and the others look (`commands.py`)."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from gencreds.cli.commands import SIGNING, command_named, overview, unknown
from gencreds.cli.failing import BAD_USAGE, FAILED, OK, CommandFailed
from gencreds.cli.flags import BadFlag, HelpWanted, parse, usage
from gencreds.rendering.terminal import printable


def command() -> NoReturn:
    """Run as a process of its own: what it took goes back to the system at once, and not piece by piece."""
    code = main()
    sys.stderr.flush()
    os._exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; `docs/cli.md` has the table of codes."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _help(words[1:]) if words[:1] == ["help"] else _run(words)
        sys.stdout.flush()
    except CommandFailed as error:
        sys.stderr.write("".join(f"{printable(line)}\n" for line in (f"gencreds: {error}", *error.more)))
        return error.code
    except MemoryError:
        sys.stderr.write("gencreds: out of memory; look for generated or hostile files in the source, or allow more\n")
        return FAILED
    except BrokenPipeError:
        # Whoever read us has gone; nothing may be written to the pipe at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _run(words: list[str]) -> int:
    command = SIGNING
    if words and not words[0].startswith("-"):
        name = words.pop(0)
        found = command_named(name)
        if found is None:
            raise CommandFailed(unknown(name), BAD_USAGE)
        command = found
    title = f"gencreds {command.name}".rstrip()
    try:
        values, rest = parse(command.flags, words, interspersed=bool(command.words))
        if rest and not command.words and command is not SIGNING:
            raise BadFlag(f"{title} takes flags only, and {rest[0]!r} is none")
    except HelpWanted:
        sys.stderr.write(overview() + usage(title, command.flags) if command is SIGNING else command.usage())
        return OK
    except BadFlag as error:
        sys.stderr.write(f"{printable(str(error))}\n{usage(title, command.flags)}")
        return BAD_USAGE
    return command.run(rest, values, sys.stdout, sys.stderr)


def _help(words: Sequence[str]) -> int:
    if not words:
        sys.stdout.write(
            f"{overview()}`gencreds help COMMAND` prints a command's flags, `gencreds -h` those of signing.\n"
        )
        return OK
    found = command_named(words[0])
    if found is None:
        raise CommandFailed(unknown(words[0]), BAD_USAGE)
    sys.stdout.write(found.usage())
    return OK
