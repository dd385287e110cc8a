"""What a bundle runs on a laptop: the command that was given, its own, what `go build` makes of its source, or the
built-in stand-in. Which of them, and why, is told.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from microbus_operator.local.runtime.errors import NotRunnable, Unusable
from microbus_operator.local.runtime.processes import Command, Process
from microbus_operator.local.runtime.sources import FolderSources, Place

STAND_IN = "stand-in"
_STAND_IN_MODULE = "microbus_operator.local.runtime.stand_in"
# What `go build` says where it cannot get what the source needs: then the source is not to blame.
_OUT_OF_REACH = (
    "dial tcp",
    "no such host",
    "connection refused",
    "i/o timeout",
    "proxyconnect",
    "GOPROXY=off",
    "module lookup disabled",
    "GOTOOLCHAIN",
    "toolchain not available",
    "TLS handshake",
    "certificate",
)
_BUILD_SECONDS = 600.0


@dataclass(frozen=True)
class Program:
    """A bundle's command line, and how it came to be, for the status."""

    arguments: tuple[str, ...]
    told: str
    is_stand_in: bool = False


@dataclass
class Programs:
    """Finds each bundle's program. `given` is `--run`'s, by bundle; `built` is where binaries are kept."""

    sources: FolderSources
    built: Path
    logs: Path
    mark: str
    given: Mapping[str, str] = field(default_factory=dict)
    only_stand_ins: bool = False
    _builds: dict[str, asyncio.Task[Program]] = field(default_factory=dict)

    async def of(self, bundle: str, container: Mapping[str, Any]) -> Program:
        """The program of a bundle's container. Raises `NotRunnable`."""
        given = self.given.get(bundle)
        if given == STAND_IN or (self.only_stand_ins and given is None):
            return stand_in("as asked for")
        if given is not None:
            return _command(bundle, shlex.split(given), "--run")
        if container.get("command"):
            arguments = [*container["command"], *container.get("args", ())]
            return _command(bundle, [str(item) for item in arguments], "workload.command")
        go = shutil.which("go")
        if go is None:
            return stand_in("there is no go on PATH")
        place = await self.sources.place(container["image"])
        return await self._built(go, bundle, container["image"], place)

    async def _built(self, go: str, bundle: str, image: str, place: Place) -> Program:
        """The binary of an image, built once however many ask for it; one that does not build stays so."""
        if image not in self._builds:
            self._builds[image] = asyncio.create_task(self._build(go, bundle, image, place))
        return await asyncio.shield(self._builds[image])

    async def close(self) -> None:
        """End the builds."""
        for task in self._builds.values():
            task.cancel()
        await asyncio.gather(*self._builds.values(), return_exceptions=True)

    async def _build(self, go: str, bundle: str, image: str, place: Place) -> Program:
        package = f"./{Path(place.main).parent}"
        binary = self.built / f"{bundle}-{image.rpartition(':')[2][:16]}"
        if binary.exists():
            return Program((str(binary),), f"go build {package}")
        self.built.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh, started = binary.with_suffix(".new"), time.monotonic()
        arguments = (go, "build", "-o", str(fresh), package)
        command = Command(arguments, place.root, os.environ, self.logs / f"build.{bundle}.log")
        code = await self._ended(command)
        if code < 0:
            # Somebody killed it, and not the source.
            code = await self._ended(command)
        if code == 0:
            fresh.replace(binary)
            self._forget_older(bundle, binary)
            return Program((str(binary),), f"go build {package} ({time.monotonic() - started:.1f} s)")
        text = command.log.read_text(errors="replace")
        lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        why = lines[0][:300] if lines else f"exit code {code}"
        if any(word in text for word in _OUT_OF_REACH):
            return stand_in(f"go build cannot get what {package} needs: {why}")
        raise NotRunnable("BuildFailed", f"go build {package} in {place.root} failed: {why}; correct it")

    async def _ended(self, command: Command) -> int:
        """Run a build, alone in its log; its exit code."""
        command.log.unlink(missing_ok=True)
        process = await Process.start(command, self.mark)
        try:
            async with asyncio.timeout(_BUILD_SECONDS):
                return await process.wait()
        except TimeoutError:
            return 1
        finally:
            await process.stop(0.0)

    def _forget_older(self, bundle: str, binary: Path) -> None:
        for other in self.built.glob(f"{bundle}-*"):
            if other != binary and len(other.name) == len(binary.name):
                other.unlink(missing_ok=True)


def stand_in(why: str) -> Program:
    """The program that plays a bundle's microservices."""
    return Program((sys.executable, "-I", "-B", "-m", _STAND_IN_MODULE), f"the built-in stand-in: {why}", True)


def parse_runs(words: list[str]) -> dict[str, str]:
    """`--run BUNDLE=COMMAND`, each once. Raises `Unusable`."""
    result: dict[str, str] = {}
    for word in words:
        bundle, equals, command = word.partition("=")
        if not (bundle and equals and command.strip()):
            raise Unusable(f"--run {word}: it must be BUNDLE=COMMAND, such as main=./bin/shop, or BUNDLE={STAND_IN}")
        try:
            shlex.split(command)
        except ValueError as error:
            why = str(error)[:1].lower() + str(error)[1:]
            raise Unusable(f"--run {bundle}=…: the command is none for a shell: {why}; correct it") from None
        result[bundle] = command
    return result


def _command(bundle: str, arguments: list[str], told: str) -> Program:
    program = arguments[0] if arguments else ""
    found = shutil.which(program) if program else None
    if found is None:
        raise NotRunnable(
            "ErrImageNeverPull",
            f"bundle {bundle}: {program or 'an empty command'} ({told}) is no program on this machine; "
            f"give --run {bundle}=COMMAND, or --run {bundle}={STAND_IN}",
        )
    return Program((os.path.abspath(found), *arguments[1:]), f"{told}: {shlex.join(arguments)[:80]}")
