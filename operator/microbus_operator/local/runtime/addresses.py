"""Where a laptop's servers listen: ports on loopback, chosen once and kept in the state folder.

`core.network.Network` for the local mode. Servers are told their own ports on their command line, so that the rendered
configuration stays one for all of a Plane's servers.
"""

from __future__ import annotations

import json
import random
import re
import socket
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from microbus_operator.api.plane import Plane
from microbus_operator.core import names
from microbus_operator.core.nats_config import CLIENT_PORT, Listeners
from microbus_operator.local.holding import content
from microbus_operator.local.runtime.errors import Unusable

HOST = "127.0.0.1"
# Below the ports that Linux gives to outgoing connections, so that none of those is in the way.
_CHOICES = range(14000, 32000)
_TRIES = 200
_SERVICE_URL = re.compile(
    rf"nats://(?P<name>[-a-z0-9]+)\.(?P<namespace>[-a-z0-9]+)(\.svc(\.cluster\.local)?)?:{CLIENT_PORT}"
)
_MOST_BYTES = 1024 * 1024


class ServerPorts(NamedTuple):
    """The ports of one nats-server."""

    client: int
    cluster: int
    monitor: int


class Ports:
    """The ports chosen so far, in `file`. What was chosen stays chosen, so that a restart changes no address."""

    def __init__(self, file: Path, tell: Callable[[str], None] = lambda _: None) -> None:
        self._file, self._tell = file, tell
        self._chosen: dict[str, int] = {}

    def load(self, wanted: dict[str, int]) -> None:
        """Take up what an earlier run chose, and what this one is told (`wanted`).

        A remembered port that somebody else uses by now is chosen anew. Raises `Unusable` for a wanted one.
        """
        try:
            found = json.loads(content(self._file, _MOST_BYTES))
        except FileNotFoundError:
            found = {}
        except (OSError, ValueError, RecursionError):
            if not self._file.is_file():
                raise Unusable(f"{self._file} is no plain file; move it away") from None
            self._tell(f"{self._file} cannot be read, and is made anew: ports may be others")
            found = {}
        valid = isinstance(found, dict)
        kept = (
            {str(key): port for key, port in found.items() if type(port) is int and 0 < port < 65536} if valid else {}
        )
        for port in wanted.values():
            if not _is_free(port):
                raise Unusable(f"port {port} of {HOST} is in use; stop what uses it, or give another --nats-port")
        self._chosen = dict(wanted)
        for key, port in kept.items():
            if key in wanted:
                continue
            if port not in self._chosen.values() and _is_free(port):
                self._chosen[key] = port
            else:
                self._tell(f"port {port} ({key}) is in use by now; another one is taken")
        self._save()

    def of(self, key: str, preferred: Iterable[int] = ()) -> int:
        """The port for `key`, chosen now where none is yet. Raises `Unusable` where none is free."""
        if key not in self._chosen:
            taken = set(self._chosen.values())
            choices = [*preferred, *random.sample(_CHOICES, _TRIES)]
            port = next((port for port in choices if port not in taken and _is_free(port)), None)
            if port is None:
                raise Unusable(f"none of {_TRIES} ports of {HOST} is free")
            self._chosen[key] = port
            self._save()
        return self._chosen[key]

    def like(self, server: str, what: str) -> list[int]:
        """The ports for `what` of all servers whose names are `server` and an ordinal, in their order."""
        pattern = re.compile(rf"{re.escape(server)}-(\d+) {what}")
        found = {int(match[1]): port for key, port in self._chosen.items() if (match := pattern.fullmatch(key))}
        return [found[ordinal] for ordinal in sorted(found)]

    def _save(self) -> None:
        beside = self._file.with_suffix(".new")
        beside.write_text(json.dumps(self._chosen, indent=1, sort_keys=True))
        beside.replace(self._file)


class Loopback:
    """The network of a laptop."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    @property
    def listeners(self) -> Listeners:
        """Loopback alone; the ports are those of the command line."""
        return Listeners(host=HOST, monitor_host=HOST)

    def server(self, namespace: str, server: str) -> ServerPorts:
        """The ports of one server, by its Plane's namespace and its own name."""
        key, ordinal = f"{namespace}/{server}", int(server.rpartition("-")[2])
        return ServerPorts(
            self._ports.of(f"{key} client", [CLIENT_PORT + ordinal]),
            self._ports.of(f"{key} cluster"),
            self._ports.of(f"{key} monitor"),
        )

    def servers(self, plane: Plane) -> list[ServerPorts]:
        """The ports of all servers of a Plane."""
        name, namespace = names.nats(plane.metadata.name), plane.metadata.namespace
        return [self.server(namespace, f"{name}-{ordinal}") for ordinal in range(plane.spec.nats.replicas)]

    def client_url(self, plane: Plane) -> str:
        """Every server, since there is no Service to choose one."""
        return ",".join(f"nats://{HOST}:{ports.client}" for ports in self.servers(plane))

    def resolved(self, value: str) -> str:
        """`value`, or where it is the URL of a Plane's Service what stands for that here: all its servers."""
        found = _SERVICE_URL.fullmatch(value)
        if found is None:
            return value
        place = f"{found['namespace']}/{found['name']}"
        urls = [f"nats://{HOST}:{port}" for port in self._ports.like(place, "client")]
        return ",".join(urls) or value

    def routes(self, plane: Plane) -> tuple[str, ...]:
        """The cluster listeners."""
        return tuple(f"{HOST}:{ports.cluster}" for ports in self.servers(plane))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers bind: what is left of closed connections is not in the way.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
