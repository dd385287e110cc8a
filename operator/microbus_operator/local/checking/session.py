"""One check: derive, sign, start a broker, run the command with the credentials, and say what the broker refused it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gencreds.grants import Verb
from gencreds.rendering.phrases import endpoint_of
from gencreds.rendering.terminal import Paint, counted, painted, printable
from gencreds.report import ServiceReport
from gencreds.subjects import check_hostname, check_plane
from microbus_operator.local.checking import entered
from microbus_operator.local.checking.broker import broker, log_in
from microbus_operator.local.checking.bundles import services_of
from microbus_operator.local.checking.justification import reasons
from microbus_operator.local.checking.trust import trust_for
from microbus_operator.local.checking.violations import Refusals, refusals_in
from microbus_operator.local.runtime.errors import Unusable

_SAID = {Verb.PUB: "published", Verb.SUB: "subscribed to"}
VIOLATED = 1


@dataclass(frozen=True)
class Check:
    """What is asked for. `here` runs the command where one is, not in a folder of its own."""

    source: Path
    command: Sequence[str]
    bundles: Sequence[str] = ()
    testers: Sequence[str] = ()
    plane: str = "local"
    here: bool = False
    colour: bool = False


async def check(wanted: Check, tell: Callable[[str], None]) -> int:
    """Run it, and return the exit code: `VIOLATED`, or the command's own. `tell` gets lines. Raises `LocalError`."""
    program = _program(wanted)
    with _folder() as folder:
        root = wanted.source.resolve()
        services = {each.hostname: each for each in await services_of(root, wanted.bundles, wanted.plane, folder)}
        trust = trust_for(services.values(), _testers(wanted, services), wanted.plane)
        creds = folder / "creds"
        creds.mkdir(mode=0o700)
        for name, text in trust.files.items():
            (creds / name).touch(mode=0o600)
            (creds / name).write_text(text)
        async with broker(folder, trust.config) as url:
            tell(f"{counted(len(services), 'microservice')} of {root}, with what their code needs, on {url}")
            code = await _run(program, wanted, _environment(wanted, url, creds, root), creds, folder)
        with log_in(folder).open(errors="replace") as log:
            refusals = refusals_in(log, trust.users)
    for line in described(refusals, services, wanted.plane, colour=wanted.colour):
        tell(line)
    return VIOLATED if refusals.violations else code


def described(
    refusals: Refusals, services: Mapping[str, ServiceReport], plane: str, *, colour: bool = False
) -> list[str]:
    """The refusals for people: by microservice, each with why; and a line that sums up."""
    lines: list[str] = []
    for violation, times in sorted(refusals.violations.items()):
        count = f" ({times} times)" if times > 1 else ""
        head = f"{violation.hostname} {_SAID[violation.verb]} {endpoint_of(violation.verb, violation.subject)}{count}"
        lines.append(painted(printable(f"REFUSED  {head}"), Paint.RED, colour))
        lines.append(printable(f"         {violation.subject}"))
        lines += [printable(f"         {why}") for why in reasons(violation, services, plane)]
    if refusals.more:
        lines.append(f"and {refusals.more} more refusals of other subjects")
    if refusals.strangers:
        lines.append(
            f"{counted(refusals.strangers, 'connection')} came without credentials of this check: a client that only "
            "tests use is named with --tester HOSTNAME, and then may do anything"
        )
    found = (
        counted(len(refusals.violations), "permission violation") if refusals.violations else "no permission violation"
    )
    return [*lines, f"{found} in {counted(len(services), 'microservice')}"]


@contextmanager
def _folder() -> Iterator[Path]:
    """A private folder that goes at the end, seeds and all."""
    made = Path(tempfile.mkdtemp(prefix="microbus-check-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _program(wanted: Check) -> str:
    if not wanted.source.is_dir():
        raise Unusable(f"--source {wanted.source} is no folder; give that of the app's source")
    if not wanted.command:
        raise Unusable("there is no command; give it after `--`, such as `-- go test ./...`")
    try:
        check_plane(wanted.plane)
        for hostname in wanted.testers:
            check_hostname(hostname)
    except ValueError as error:
        raise Unusable(str(error)) from None
    found = shutil.which(wanted.command[0])
    if found is None:
        raise Unusable(f"{wanted.command[0]} is no program on this machine; correct the command after `--`")
    return os.path.abspath(found)


def _testers(wanted: Check, services: Mapping[str, ServiceReport]) -> Sequence[str]:
    both = [hostname for hostname in wanted.testers if hostname in services]
    if both:
        raise Unusable(f"--tester {both[0]} is a microservice of the source, and is held to its code; leave it out")
    return wanted.testers


def _environment(wanted: Check, url: str, creds: Path, root: Path) -> dict[str, str]:
    """What a microservice is told of its bus, and Go of how to start programs.

    Without short circuit, so that calls within one process go through the broker too.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MICROBUS_NATS")}
    starter = f"{_word(sys.executable)} -I -S -B {_word(entered.__file__)} {_word(str(creds))}"
    flags = f"{kept.get('GOFLAGS', '')} '-exec={starter}'".strip()
    return {
        **kept,
        "MICROBUS_NATS": url,
        "MICROBUS_PLANE": wanted.plane,
        "MICROBUS_SHORT_CIRCUIT": "0",
        "MICROBUS_SOURCE": str(root),
        "GOFLAGS": flags,
    }


def _word(path: str) -> str:
    """A path as Go splits `-exec`: in double quotes where it has a space."""
    return f'"{path}"' if " " in path else path


async def _run(program: str, wanted: Check, environment: Mapping[str, str], creds: Path, folder: Path) -> int:
    """The command's exit code. Ctrl-C is the command's as much as ours; SIGTERM is handed on."""
    here = wanted.here or Path(program).name == "go"
    where = os.getcwd() if here else entered.view(str(creds), os.getcwd(), str(folder))
    try:
        process = await asyncio.create_subprocess_exec(program, *wanted.command[1:], cwd=where, env=environment)
    except OSError as error:
        raise Unusable(f"{program} cannot be run: {error.strerror}; correct the command after `--`") from None
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, lambda: None)
    loop.add_signal_handler(signal.SIGTERM, lambda: _ended(process))
    try:
        code = await process.wait()
    finally:
        _ended(process)
    return code if code >= 0 else 128 - code


def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
