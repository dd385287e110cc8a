"""A TCP relay on loopback: stands between two parties, notes HTTP requests that pass, and can be cut like a network."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_REQUEST = re.compile(rb"GET (/\S*) HTTP/1\.1\r\n")


@dataclass
class Relay:
    """Passes bytes on from `port` to `target` as long as it is not cut."""

    target: int
    listener: socket.socket
    requests: list[str] = field(default_factory=list)
    _open: set[socket.socket] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _cut: bool = False

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.listener.getsockname()[1])

    def cut(self) -> None:
        """Close all connections, and refuse new ones."""
        with self._lock:
            self._cut = True
            for item in self._open:
                with suppress(OSError):
                    item.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Pass connections on again."""
        with self._lock:
            self._cut = False

    def accept(self) -> None:
        """Serve until the listener is closed; a thread's work."""
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            with self._lock:
                if self._cut:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self.target))
                self._open |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self.requests += [path.decode() for path in _REQUEST.findall(data)]
                sink.sendall(data)
        for item in (source, sink):
            with suppress(OSError):
                item.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Stop."""
        self.cut()
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for item in self._open:
            item.close()


@contextmanager
def relay_to(port: int) -> Iterator[Relay]:
    """A relay to a port of loopback, until the block ends."""
    relay = Relay(port, socket.create_server(("127.0.0.1", 0)))
    thread = threading.Thread(target=relay.accept, daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        relay.close()
        thread.join(10)
