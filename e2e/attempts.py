"""What a microservice's own credentials let a client do: attempts on a real connection, answered by the broker."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from dataclasses import dataclass

from tests.contract.nats_wire import ANSWERED_WITHIN, Refused, connected

from gencreds.nats.creds import parse_creds


@dataclass(frozen=True)
class Attempt:
    """`verb` is `pub` or `sub`; `why` says for people what the attempt stands for."""

    verb: str
    subject: str
    why: str


def refused(port: int, creds: str, attempts: Iterable[Attempt]) -> set[Attempt]:
    """Those attempts that the broker, on a port of this machine, refused."""
    with connected(port, parse_creds(creds)) as wire:
        allowed = {"pub": wire.may_publish, "sub": wire.may_subscribe}
        return {attempt for attempt in attempts if not allowed[attempt.verb](attempt.subject)}


def can_connect(port: int, creds: str) -> bool:
    """Whether the broker lets a client in with these credentials."""
    try:
        with connected(port, parse_creds(creds)):
            return True
    except Refused:
        return False


def answer_without_credentials(port: int) -> str:
    """What the broker says to a client that has none."""
    address = ("127.0.0.1", port)
    with socket.create_connection(address, timeout=ANSWERED_WITHIN) as connection, connection.makefile("rb") as lines:
        lines.readline()
        connection.sendall(b'CONNECT {"verbose":false}\r\nPING\r\n')
        return lines.readline().decode().strip()
