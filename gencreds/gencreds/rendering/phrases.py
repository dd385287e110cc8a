"""An entry of an allow-list in people's terms: `POST signer.shop:666/sign` for its NATS subject. Pure text work.

It reads subjects back that `gencreds.subjects` makes; a path argument's name is gone, and every `_` of a host is a dot.
"""

from __future__ import annotations

from urllib.parse import unquote

from gencreds.grants import Verb
from gencreds.subjects import unflatten_host

_ANY = "*"


def endpoint_of(verb: str, subject: str) -> str:
    """Return what `subject` lets a microservice publish to or serve: `METHOD host:port/path`, with `*` for any.

    `…` ends a path of which only the beginning is stated. What is no subject of Microbus' grammar comes back as it is.
    """
    segments = subject.split(".")
    if len(segments) < 5:
        return subject
    if segments[1] == "reply":
        return "replies to any caller" if verb == Verb.PUB else "replies to its own requests"
    tail = segments[3:]
    if verb == Verb.PUB and segments[2] == "888" and tail[1:] == [">"]:
        return "control requests to any host"
    if tail[1:] == ["all", ">"]:
        return f"control broadcasts on port {segments[2]}"
    if verb == Verb.SUB and segments[1] == "safe" and segments[2] == _ANY and tail[2:] == [">"]:
        return f"all requests to {_host(tail[1])} but to its trust roots"
    method, path = tail[3:4], tail[4:]
    stated = method[0] if method and method[0] not in (_ANY, ">") else _ANY
    return f"{stated} {_host(tail[1])}:{segments[2]}{_path(path)}"


def _host(segment: str) -> str:
    return _ANY if segment in (_ANY, ">") else unflatten_host(segment)


def _path(segments: list[str]) -> str:
    if segments in ([], [">"]):
        return "/…"
    if segments == ["_"]:
        return "/"
    return "/" + "/".join("" if part == "_" else "…" if part == ">" else unquote(part) for part in segments)
