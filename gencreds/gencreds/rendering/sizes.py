"""Why a CONNECT line is too long, and what would make it shorter, in people's terms."""

from __future__ import annotations

from collections.abc import Sequence

from gencreds.budget import shares, wire_bytes
from gencreds.grants import Verb
from gencreds.rendering.phrases import endpoint_of
from gencreds.rendering.terminal import counted, printable

_NAMED = 3


def advice(pub: Sequence[str], sub: Sequence[str], size: int, limit: int) -> list[str]:
    """Return lines that name the largest entries, the hosts whose entries take most, and what to do.

    `size` is the CONNECT line's, in bytes, and `limit` the broker's `max_control_line`.
    """
    entries = [(Verb.PUB, subject) for subject in pub] + [(Verb.SUB, subject) for subject in sub]
    longest = sorted(entries, key=lambda entry: (-wire_bytes(entry[1]), entry))[:_NAMED]
    largest = (
        f"{verb.upper()} {endpoint_of(verb, subject)} ({wire_bytes(subject)} bytes)" for verb, subject in longest
    )
    most = (
        f"{counted(s.entries, 'entry', 'entries')} for {s.host} ({s.bytes} bytes)" for s in shares(pub, sub)[:_NAMED]
    )
    return [
        printable(f"largest: {', '.join(largest)}"),
        printable(f"most is taken by: {', '.join(most)}"),
        f"it is {size - limit} bytes too long: set the brokers' max_control_line to {size} or more, or move calls to a "
        "microservice of their own",
    ]
