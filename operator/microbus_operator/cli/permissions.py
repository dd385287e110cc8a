"""An entry of an allow-list read back: from a NATS subject to who may do what with which endpoint. Pure text work.

The inverse of `gencreds.subjects`, as far as it goes: a path argument's name is gone, and every `_` of a host is a dot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from urllib.parse import unquote

from gencreds.subjects import TRUST_ROOT_PORT, flatten_host, unflatten_host

ANY = "*"
CONTROL_PORT = "888"


@dataclass(frozen=True)
class Permission:
    """One entry. `may` is `publish` or `subscribe`; what the subject leaves open is `*`; `path` starts with a slash.

    `kind` is gencreds' word for why it is there, as far as the subject tells: a hook and a route on another host are
    alike, and so are a call and a raw request.
    """

    may: str
    kind: str
    host: str
    port: str
    method: str
    path: str
    subject: str
    evidence: tuple[str, ...] = ()

    @property
    def is_trust_root(self) -> bool:
        """Whether it reaches port 666."""
        return self.port == str(TRUST_ROOT_PORT)

    @property
    def is_wildcard(self) -> bool:
        """Whether it reaches any host, or any path of a host."""
        return self.kind != "standard" and ANY in (self.host, self.path)

    def to_json(self) -> Mapping[str, object]:
        """For `-o json`."""
        shown = {key: getattr(self, key) for key in ("may", "kind", "host", "port", "method", "path", "subject")}
        return {**shown, "trustRoot": self.is_trust_root, "wildcard": self.is_wildcard, "evidence": [*self.evidence]}


def permissions(
    hostname: str, pub: tuple[str, ...], sub: tuple[str, ...], evidence: Mapping[str, tuple[str, ...]] | None = None
) -> tuple[Permission, ...]:
    """All entries of a microservice, in the order in which its credentials list them.

    `evidence` is of `pub` or `sub`, a space and the subject, to `file:line` places.
    """
    places = evidence or {}
    return (
        *(replace(_read("publish", hostname, item), evidence=places.get(f"pub {item}", ())) for item in pub),
        *(replace(_read("subscribe", hostname, item), evidence=places.get(f"sub {item}", ())) for item in sub),
    )


def overlaps(one: str, other: str) -> bool:
    """Whether some subject matches both patterns."""
    for mine, theirs in zip_longest(one.split("."), other.split(".")):
        if mine is None or theirs is None:
            return False
        if ">" in (mine, theirs):
            return True
        if ANY not in (mine, theirs) and mine != theirs:
            return False
    return True


def _read(may: str, hostname: str, subject: str) -> Permission:
    segments = subject.split(".")
    own = flatten_host(hostname)
    if segments[1:2] == ["reply"]:
        host = segments[3 if may == "subscribe" else 4 : 5][:1]
        return Permission(may, "standard", _host(host), "reply", ANY, ANY, subject)
    # plane, trust, port, source, host, slot, method, path…; a `>` stands for all that would follow.
    host, method, path = segments[4:5], segments[6:7], segments[7:]
    port = "".join(segments[2:3]) or ANY
    return Permission(
        may=may,
        kind=_kind(may, own, segments),
        host=_host(host),
        port=port,
        method=ANY if method in ([], [">"], [ANY]) else method[0],
        path=_path(path),
        subject=subject,
    )


def _host(segment: list[str]) -> str:
    return ANY if segment in ([], [">"], [ANY]) else unflatten_host(segment[0])


def _path(segments: list[str]) -> str:
    if segments in ([], [">"]):
        return ANY
    if segments == ["_"]:
        return "/"
    return "/" + "/".join("" if segment == "_" else unquote(segment) for segment in segments)


def _kind(may: str, own: str, segments: list[str]) -> str:
    host = segments[4:5]
    if may == "publish":
        if segments[2] == CONTROL_PORT and segments[4:] == [">"]:
            return "standard"
        return "event" if host == [own] else "call"
    if segments[5:] == [">"] and (host == [own] or host == ["all"]):
        return "route" if segments[1] == "danger" else "standard"
    return "route" if host == [own] else "hook"
