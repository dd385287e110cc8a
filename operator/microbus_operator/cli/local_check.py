"""`microbus-operator local check`: the app's own tests, or any command, under the permissions that its code needs."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

EPILOG = "Exit codes: 1 where the broker refused something, or an error; else the command's own; 2 wrong usage."


def add_to(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The verb with its flags and the command."""
    check = verbs.add_parser("check", help="run a command under the permissions that the code needs", epilog=EPILOG)
    check.add_argument(
        "--source", type=Path, default=Path(), help="the folder of the app's source; this one if left out"
    )
    check.add_argument(
        "--bundle",
        action="append",
        default=[],
        metavar="MAIN.GO",
        help="a bundle's main file below it; all if left out",
    )
    check.add_argument(
        "--tester",
        action="append",
        default=[],
        metavar="HOSTNAME",
        help="a client of the tests', which may do anything",
    )
    check.add_argument("--plane", default="local", help="the plane's prefix; local if left out")
    check.add_argument(
        "--here", action="store_true", help="run the command in this folder: for make and scripts that call go test"
    )
    check.add_argument("command", nargs="*", metavar="-- COMMAND", help="what to run, such as `-- go test ./...`")


async def check(options: argparse.Namespace) -> int:
    """Run it."""
    from gencreds.rendering.terminal import wants_colour
    from microbus_operator.local.checking import session

    wanted = session.Check(
        source=options.source,
        command=options.command,
        bundles=options.bundle,
        testers=options.tester,
        plane=options.plane,
        here=options.here,
        colour=wants_colour(sys.stderr, os.environ),
    )
    return await session.check(wanted, lambda line: print(line, file=sys.stderr, flush=True))
