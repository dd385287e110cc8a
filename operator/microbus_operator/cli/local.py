"""`microbus-operator local`: planes and apps on this machine, without a cluster."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from microbus_operator.local.runtime.errors import LocalError
from microbus_operator.local.runtime.places import DEFAULT, Places

EPILOG = "Exit codes: 0 done, or ready; 1 an error, or not ready; 2 wrong usage."


def main(argv: Sequence[str] | None = None) -> int:
    """The command line. Returns the exit code; an error is one line on stderr."""
    options = parser().parse_args(argv)
    from microbus_operator.kube.errors import KubeError

    try:
        return asyncio.run(_VERBS[options.verb](options))
    except (LocalError, KubeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """Verbs and flags."""
    state = argparse.ArgumentParser(add_help=False)
    state.add_argument("--state", type=Path, default=DEFAULT, help=f"the state folder; ./{DEFAULT} where left out")
    files = argparse.ArgumentParser(add_help=False)
    files.add_argument("-f", "--filename", type=Path, action="append", default=[], help="manifests: a file or folder")

    result = argparse.ArgumentParser(
        prog="microbus-operator local", description="Runs planes and apps on this machine.", epilog=EPILOG
    )
    verbs = result.add_subparsers(dest="verb", required=True, metavar="VERB")
    up = verbs.add_parser("up", parents=[state, files], help="bring planes and apps up, and keep them", epilog=EPILOG)
    up.add_argument("--source", type=Path, default=Path(), help="the folder of the apps' source; this one if left out")
    up.add_argument("--run", action="append", default=[], metavar="BUNDLE=COMMAND", help="what a bundle runs")
    up.add_argument("--stand-in", action="store_true", help="play the microservices instead of building the bundles")
    up.add_argument("--nats-port", type=int, help="the port for clients of the Plane's first server")
    up.add_argument("--detach", action="store_true", help="return when everything is ready, and leave it running")
    up.add_argument("--keep-going", action="store_true", help="stay up where something fails before all was ready once")
    up.add_argument("--background", action="store_true", help=argparse.SUPPRESS)
    return result


async def _up(options: argparse.Namespace) -> int:
    from microbus_operator.local.runtime.errors import Unusable
    from microbus_operator.local.runtime.manifests import read_manifests
    from microbus_operator.local.runtime.programs import parse_runs
    from microbus_operator.local.runtime.session import Options, Session

    if not options.source.is_dir():
        raise Unusable(f"--source {options.source} is no folder; give that of the app's source")
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    session = Session(
        Options(
            state=options.state,
            source=options.source.resolve(),
            objects=read_manifests(options.filename),
            runs=parse_runs(options.run),
            only_stand_ins=options.stand_in,
            nats_port=options.nats_port,
            keep_going=options.keep_going,
        ),
        lambda line: print(line, flush=True),
        stop,
    )
    await session.run()
    return 0


_VERBS = {"up": _up}
_ = (logging, os, subprocess, time, Places)
