"""`microbus-operator local up`, `apply` and `down`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from microbus_operator.cli.answers import one_line
from microbus_operator.core.names import KEY_SECRET_TYPE
from microbus_operator.local.errors import StateHeld
from microbus_operator.local.holding import content
from microbus_operator.local.runtime.control import Control
from microbus_operator.local.runtime.errors import Unusable
from microbus_operator.local.runtime.manifests import apply_manifests, read_manifests
from microbus_operator.local.runtime.places import Places
from microbus_operator.local.runtime.processes import end_leftovers
from microbus_operator.local.store import Store

# What a state folder consists of; anything else in it is not ours to delete.
_OURS = ("objects", "tmp", "run", "revision", "version", ".gitignore", "lock")


async def up(options: argparse.Namespace) -> int:
    """Bring everything up and keep it, here or in the background."""
    if options.detach:
        return await _in_background()
    # Imported late: the one that only waits for it needs none of it.
    from microbus_operator.local.runtime.programs import parse_runs
    from microbus_operator.local.runtime.session import Options, Session

    if not options.source.is_dir():
        raise Unusable(f"--source {options.source} is no folder; give that of the app's source")
    told = Options(
        state=options.state,
        source=options.source.resolve(),
        objects=read_manifests(options.filename),
        runs=parse_runs(options.run),
        only_stand_ins=options.stand_in,
        nats_port=options.nats_port,
        keep_going=options.keep_going,
    )
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    session = Session(told, _print, stop, _log_to)
    leaving = asyncio.create_task(_leave(session.ready, options.state)) if options.background else None
    try:
        await session.run()
    finally:
        if leaving is not None:
            leaving.cancel()
    _print("stopped")
    return 0


async def apply(options: argparse.Namespace) -> int:
    """Apply manifests: through the one that runs, or to the folder, for the next `up`."""
    objects = read_manifests(options.filename)
    if not objects:
        raise Unusable("there is nothing to apply; give manifests with -f")
    control = await Control.connect(options.state / "run")
    if control is not None:
        for line in (await control.ask("apply", objects=objects))["lines"]:
            _print(line)
        return 0
    async with await Store.open(options.state) as store:
        await apply_manifests(store, objects, _print)
    _print("nothing runs; `microbus-operator local up` takes it from here")
    return 0


async def down(options: argparse.Namespace) -> int:
    """Stop the one that runs and what a killed one left; delete where that is asked for."""
    places = Places(options.state)
    if not (options.state / "version").exists():
        raise Unusable(f"{options.state} is no state folder; give the one that `up` was given")
    control = await Control.connect(places.run)
    if control is not None:
        await control.ask("down")
        await control.until_closed()
    async with await _let_go(options.state) as store:
        left = await asyncio.to_thread(_end_marked, places.mark)
        secrets = await store.list("Secret", None)
    stopped = control is not None or bool(left)
    _print("stopped" if stopped else "nothing was running")
    keys = sum(item.get("type") == KEY_SECRET_TYPE for item in secrets)
    if not options.delete:
        return 0
    if keys and not options.yes:
        raise Unusable(
            f"{options.state} holds {keys} keys, and what they signed ends with them; give --yes to delete them"
        )
    await asyncio.to_thread(_delete, options.state)
    _print(f"{options.state} deleted")
    return 0


def _end_marked(mark: Path) -> list[int]:
    try:
        return end_leftovers(content(mark, 64).decode(errors="replace").strip())
    except OSError:
        return []


async def _let_go(state: Path) -> Store:
    """The store, once the one that was told to stop has let go of it."""
    for _ in range(100):
        try:
            return await Store.open(state)
        except StateHeld:
            await asyncio.sleep(0.1)
    return await Store.open(state)


def _delete(state: Path) -> None:
    for name in _OURS:
        path = state / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    if not any(state.iterdir()):
        state.rmdir()


async def _in_background() -> int:
    """The same command in a session of its own; what it says until everything is ready is said here."""
    arguments = [word for word in sys.argv[1:] if word != "--detach"]
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "microbus_operator.cli.main", *arguments, "--background"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    assert child.stdout is not None
    last = ""
    try:
        while line := await child.stdout.readline():
            last = line.decode(errors="replace").rstrip()
            print(last, file=sys.stderr if last.startswith("error: ") else sys.stdout, flush=True)
    except asyncio.CancelledError:
        child.terminate()
        raise
    # The pipe ends when it is ready and leaves, or when it ended; only then has it a code soon.
    try:
        async with asyncio.timeout(0.2 if last.startswith("ready in ") else 10):
            return await child.wait() or 1
    except TimeoutError:
        return 0


async def _leave(ready: asyncio.Event, state: Path) -> None:
    """Once everything is ready, say nothing more to who started us, but to our log."""
    await ready.wait()
    log = os.open(Places(state).own_log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
        os.dup2(log, stream.fileno())
    os.close(log)


def _log_to(places: Places) -> None:
    logging.basicConfig(
        filename=places.own_log, level="INFO", format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    logging.getLogger("aiohttp").setLevel(logging.WARNING)
    logging.getLogger("asyncio").setLevel(logging.WARNING)


def _print(line: str) -> None:
    print(one_line(line), flush=True)
