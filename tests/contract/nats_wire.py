"""A NATS client of a few lines over a plain socket, which tells of each publish and subscribe whether it was allowed.

A server answers in order: what it says before the PONG to our PING is about what we sent before the PING.
"""

from __future__ import annotations

import base64
import json
import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from gencreds.nats.creds import Creds

ANSWERED_WITHIN = 10.0

_VIOLATION = re.compile(r"Permissions Violation for (?:Publish|Subscription) to", re.IGNORECASE)

_REFUSED = re.compile(r'Permissions Violation for (?:Publish|Subscription) to "([^"]+)"', re.IGNORECASE)


class Refused(Exception):
    """The server ended the connection, or would not make it; the message is what it said."""


class Wire:
    """A connection that has been made with credentials."""

    def __init__(self, connection: socket.socket, creds: Creds) -> None:
        self._connection = connection
        self._lines = connection.makefile("rb")
        nonce = json.loads(self._line().removeprefix("INFO "))["nonce"]
        self.connect_argument = self._connect(creds, nonce)
        self._send(f"CONNECT {self.connect_argument}\r\n")
        if said := self._said():
            raise Refused(said)

    def may_publish(self, subject: str) -> bool:
        """Publish nothing to `subject`, and return whether the server let it."""
        self._send(f"PUB {subject} 0\r\n\r\n")
        return self._was_allowed()

    def may_subscribe(self, subject: str) -> bool:
        """Subscribe to `subject`, unsubscribe, and return whether the server let it."""
        self._send(f"SUB {subject} 1\r\nUNSUB 1\r\n")
        return self._was_allowed()

    def answer_to(self, subject: str, inbox: str, data: bytes) -> str | None:
        """Publish `data` and return the subject of what comes to `inbox`; None where the server refuses either."""
        self._send(f"SUB {inbox} 1\r\nPUB {subject} {len(data)}\r\n{data.decode()}\r\n")
        while line := self._line():
            if line.startswith("MSG "):
                self._lines.read(int(line.split()[-1]) + 2)
                return line.split()[1]
            if line.startswith("-ERR"):
                return None
        raise Refused("connection closed")

    def refused(self, publish: Iterable[str] = (), subscribe: Iterable[str] = ()) -> set[str]:
        """Publish and subscribe all of these at once, and return the subjects that the server refused."""
        self._send("".join(f"PUB {subject} 0\r\n\r\n" for subject in publish))
        self._send("".join(f"SUB {subject} {sid}\r\nUNSUB {sid}\r\n" for sid, subject in enumerate(subscribe, 1)))
        said = self._said()
        found = set(_REFUSED.findall(said))
        if said.count("-ERR") != len(_REFUSED.findall(said)):
            raise Refused(said)
        return found

    def _connect(self, creds: Creds, nonce: str) -> str:
        signature = base64.urlsafe_b64encode(creds.seed.sign(nonce.encode())).rstrip(b"=").decode()
        # Field for field what nats.go v1.55 sends.
        values = {
            "verbose": False,
            "pedantic": False,
            "jwt": creds.jwt,
            "sig": signature,
            "tls_required": False,
            "name": "",
            "lang": "go",
            "version": "1.55.0",
            "protocol": 1,
            "echo": True,
            "headers": True,
            "no_responders": True,
        }
        return json.dumps(values, separators=(",", ":"))

    def _was_allowed(self) -> bool:
        said = self._said()
        if said and not _VIOLATION.search(said):
            raise Refused(said)
        return not said

    def _said(self) -> str:
        """Return the errors that the server said since we last asked."""
        self._send("PING\r\n")
        errors = []
        while (line := self._line()) != "PONG":
            if line == "PING":
                self._send("PONG\r\n")
            elif line.startswith("-ERR"):
                errors.append(line)
            elif not line:
                raise Refused("; ".join(errors) or "connection closed")
        return "; ".join(errors)

    def _send(self, text: str) -> None:
        try:
            self._connection.sendall(text.encode())
        except (BrokenPipeError, ConnectionResetError):
            # What it said before it hung up is still to be read.
            return

    def _line(self) -> str:
        try:
            return self._lines.readline().decode().rstrip("\r\n")
        except ConnectionResetError:
            return ""


@contextmanager
def connected(port: int, creds: Creds, within: float = ANSWERED_WITHIN) -> Iterator[Wire]:
    """Connect to the server on `port` of this machine; raises `Refused` with what it said.

    What is not answered `within` so many seconds raises `TimeoutError`.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=within) as connection:
        yield Wire(connection, creds)
