"""`microbus-operator local`: planes and apps on this machine, without a cluster. An index: the verbs are beside it."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from microbus_operator.cli import local_check, local_deleting, local_watch
from microbus_operator.cli.answers import one_line
from microbus_operator.local.runtime.errors import LocalError, line_of
from microbus_operator.local.runtime.places import DEFAULT

EPILOG = "Exit codes: 0 done, or ready; 1 an error, or not ready; 2 wrong usage."


def main(argv: Sequence[str] | None = None) -> int:
    """The command line. Returns the exit code; an error is one line on stderr."""
    options = parser().parse_args(argv)
    # Imported late: `--help` and wrong usage need nothing of the operator.
    from microbus_operator.cli import local_asking, local_running
    from microbus_operator.kube.errors import KubeError

    verbs = {
        "up": local_running.up,
        "down": local_running.down,
        "apply": local_running.apply,
        "status": local_asking.status,
        "logs": local_asking.logs,
        "delete": local_deleting.delete,
        "check": local_check.check,
        "watch": local_watch.watch,
    }
    if sys.platform != "linux":
        print("error: the local mode needs Linux: it ends processes by what only Linux has", file=sys.stderr)
        return 1
    try:
        return asyncio.run(verbs[options.verb](options))
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except (LocalError, KubeError, OSError, ExceptionGroup) as error:
        # Of the system: a full disk, or a folder of the state that somebody took the rights to.
        print(f"error: {one_line(line_of(error))}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is no port; give one from 1 to 65535")
    return int(text)


def parser() -> argparse.ArgumentParser:
    """Verbs and flags; `-f` and `-n` are kubectl's."""
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
    up.add_argument("--nats-port", type=_port, help="the port for clients of the Plane's first server")
    up.add_argument("--detach", action="store_true", help="return when everything is ready, and leave it running")
    up.add_argument("--keep-going", action="store_true", help="stay up where something fails before all was ready once")
    up.add_argument("--background", action="store_true", help=argparse.SUPPRESS)

    apply = verbs.add_parser("apply", parents=[state, files], help="apply manifests, as kubectl does", epilog=EPILOG)
    apply.set_defaults(source=None)
    status = verbs.add_parser("status", parents=[state], help="what is there, and what runs", epilog=EPILOG)
    status.add_argument("-o", "--output", choices=["json"], help="another form than the tables")
    logs = verbs.add_parser("logs", parents=[state], help="what bundles and servers print", epilog=EPILOG)
    logs.add_argument("name", nargs="?", help="a bundle, workload, server or microservice; `operator` for our own log")
    logs.add_argument("--follow", action="store_true", help="go on with what is printed from now on")
    logs.add_argument("--tail", type=int, default=50, help="how many lines of what there is; 50 where left out")
    down = verbs.add_parser("down", parents=[state], help="stop what runs", epilog=EPILOG)
    down.add_argument("--delete", action="store_true", help="delete the state folder too")
    down.add_argument("--yes", action="store_true", help="delete keys, too, without which credentials cannot come back")
    verbs.add_parser("watch", parents=[state], help="show, and issue, what source changes allow", epilog=EPILOG)
    local_deleting.add_to(verbs, state, EPILOG)
    local_check.add_to(verbs)
    for verb in verbs.choices.values():
        # In full: what `--detach` starts knows itself by that word.
        verb.allow_abbrev = False
    return result
