"""`microbus-operator local watch`: each change of the source as a difference in permissions, issued at once."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys


async def watch(options: argparse.Namespace) -> int:
    """Watch until Ctrl-C, which is how it ends well."""
    from gencreds.rendering.table import Look
    from gencreds.rendering.terminal import wants_colour, width_of
    from microbus_operator.local.watching.session import Watch

    look = Look(wants_colour(sys.stdout, os.environ), width_of(sys.stdout, os.environ))
    work = asyncio.create_task(Watch(options.state, lambda line: print(line, flush=True), look).run())
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    try:
        await work
    except asyncio.CancelledError:
        return 0
    return 0
