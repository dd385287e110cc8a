"""How large a microservice's permissions become on the wire, and whether they still fit.

A client sends its JWT in one CONNECT line, and a server refuses a line whose argument is longer than its
`max_control_line` (4096 bytes by default; nats-server's parser.go counts what stands between `CONNECT ` and the line's
end). That alone decides, in signing as in a scan. Upstream's own limits, 3000 raw bytes and 4000 characters of JWT, let
pass what cannot connect (from 3836 on) and refuse some of what can.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gencreds.nats.claims import UserClaims
from gencreds.nats.gojson import dumps
from gencreds.nats.limits import DEFAULT_MAX_CONTROL_LINE
from gencreds.nats.payload import ALGORITHM, payload_json
from gencreds.subjects import check_plane, unflatten_host

RAW_BUDGET = 3000
PLANE_PLACEHOLDER = "{{plane}}"
LARGEST_NAMED = 3

_SIGNATURE_CHARACTERS = 86
_PUBLIC_KEY_CHARACTERS = 56
_UNIX_SECONDS = 1_700_000_000
_HOST_SEGMENT = 4

# What nats.go (v1.43 to v1.55, func connectProto) sends beside the JWT when it connects with a .creds file and, as
# Microbus' fabric does, without a connection name.
_CONNECT = (
    '{"verbose":false,"pedantic":false,"jwt":"","sig":"' + "x" * _SIGNATURE_CHARACTERS + '","tls_required":false,'
    '"name":"","lang":"go","version":"1.55.0","protocol":1,"echo":true,"headers":true,"no_responders":true}'
)


class Budget(NamedTuple):
    """What a microservice's credentials may take: `raw` bytes of permissions, `jwt` characters of the signed token.

    `max_control_line` is what they follow from, 0 for upstream's own; `escape_html` is whether `>` takes six characters
    in the token.
    """

    raw: int
    jwt: int
    max_control_line: int
    escape_html: bool


UPSTREAM = Budget(RAW_BUDGET, 4000, 0, True)


def budget_of(max_control_line: int) -> Budget:
    """Return the budget of a broker that reads CONNECT lines of `max_control_line` bytes."""
    return Budget(raw_budget(max_control_line), max_control_line - connect_bytes(""), max_control_line, False)


def connect_bytes(jwt: str) -> int:
    """Return how many bytes of a server's `max_control_line` a client uses that connects with `jwt`."""
    return len(_CONNECT) + len(jwt)


def expected_connect_bytes(
    hostname: str, pub: Sequence[str], sub: Sequence[str], *, signing_key: bool = True, expires: bool = True
) -> int:
    """Return `connect_bytes` of credentials that are not signed yet; every key and signature is as long as any other.

    `signing_key` says that an account signing key will sign (so that `issuer_account` is stated), `expires` that the
    credentials will expire; both make the JWT longer and are what the operator does.
    """
    account = "A" * _PUBLIC_KEY_CHARACTERS
    claims = UserClaims(
        subject="U" * _PUBLIC_KEY_CHARACTERS,
        name=hostname,
        issuer_account=account if signing_key else None,
        pub_allow=tuple(pub),
        sub_allow=tuple(sub),
        expires=_UNIX_SECONDS if expires else None,
    )
    header = dumps({"typ": "JWT", "alg": ALGORITHM}).encode()
    payload = payload_json(claims, account, issued_at=_UNIX_SECONDS)
    return len(_CONNECT) + _base64_length(header) + 1 + _base64_length(payload) + 1 + _SIGNATURE_CHARACTERS


def raw_bytes(plane: str, pub: Sequence[str], sub: Sequence[str]) -> int:
    """Return what upstream counts before it signs: the permissions' JSON with `{{plane}}` in the plane's place."""
    check_plane(plane)
    text = dumps({"pub": {"allow": list(pub)}, "sub": {"allow": list(sub)}})
    return len(text.encode()) + (len(pub) + len(sub)) * (len(PLANE_PLACEHOLDER) - len(plane))


def raw_budget(max_control_line: int = DEFAULT_MAX_CONTROL_LINE) -> int:
    """Return upstream's budget of raw bytes, grown in step with a larger `max_control_line`."""
    return RAW_BUDGET * max(max_control_line, DEFAULT_MAX_CONTROL_LINE) // DEFAULT_MAX_CONTROL_LINE


def largest(plane: str, pub: Sequence[str], sub: Sequence[str]) -> str:
    """Return the longest subjects as upstream names them: `PUB {{plane}}.… (75B), …`."""
    listed = [("PUB", subject) for subject in pub] + [("SUB", subject) for subject in sub]
    longest = sorted(listed, key=lambda entry: -len(entry[1]))[:LARGEST_NAMED]
    return ", ".join(
        f"{verb} {PLANE_PLACEHOLDER}{subject.removeprefix(plane)} "
        f"({len(subject) - len(plane) + len(PLANE_PLACEHOLDER)} B)"
        for verb, subject in longest
    )


@dataclass(frozen=True)
class Share:
    """What the entries for one host take of a CONNECT line."""

    host: str
    entries: int
    bytes: int


def wire_bytes(subject: str) -> int:
    """Return what an allow-list's entry takes of a CONNECT line: its text, two quotes and a comma, in base64."""
    return _base64_length(subject.encode() + b'"",')


def shares(pub: Sequence[str], sub: Sequence[str]) -> list[Share]:
    """Return what each host's entries take of a CONNECT line, the most first; `*` is for any host."""
    by_host: dict[str, list[int]] = {}
    for subject in (*pub, *sub):
        segments = subject.split(".")
        if len(segments) > _HOST_SEGMENT + 1 and segments[1] != "reply":
            by_host.setdefault(segments[_HOST_SEGMENT], []).append(wire_bytes(subject))
    found = [Share(unflatten_host(host), len(sizes), sum(sizes)) for host, sizes in by_host.items()]
    return sorted(found, key=lambda share: (-share.bytes, share.host))


def _base64_length(raw: bytes) -> int:
    return (len(raw) * 4 + 2) // 3
