"""Microbus' subject grammar: routes, hostnames and paths to NATS subjects, and which subject pattern covers which.

Pure text work. `grants.py` calls it with what the analysis found; the operator and its tools call it to answer
"may this microservice reach that endpoint?". A request's subject is
`<plane>.<trust>.<port>.<src>.<dest>.<id or locality>.<METHOD>.<path…>`, a reply's `<plane>.reply._.<src>.<dest>.<id>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote_to_bytes

from gencreds.microbus.model import Endpoint

TRUST_ROOT_PORT = 666
ANY_METHOD = "ANY"

_KEPT_IN_HOST = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
_KEPT_IN_PATH = _KEPT_IN_HOST - {ord("_")}
_DEFAULT_PORTS = {"https": 443, "http": 80}
# The characters that Go's net/url lets stand in a host, brackets and quotes left out.
_HOST = re.compile(r"[0-9A-Za-z\-._~!$&'()*+,;=\u0080-\U0010ffff]+")
_NOT_IN_URL = re.compile(r"[`\x00-\x1f\x7f]")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PLANE = re.compile(r"[0-9A-Za-z]+")
# No `_`: it is what a `.` becomes in a subject, so `a_b` and `a.b` would be one identity.
_IDENTITY = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")
_MAX_IDENTITY = 253
_METHOD = re.compile(r"[0-9A-Za-z_-]+|\*|")


class RouteInvalid(ValueError):
    """A route or hostname that Microbus' runtime would refuse."""


def check_plane(plane: str) -> str:
    """Return `plane` if it can be a subject's first segment (letters and digits), else raise `ValueError`."""
    if not _PLANE.fullmatch(plane):
        raise ValueError(f"plane {plane!r}: only letters and digits are allowed, and at least one")
    return plane


def check_hostname(hostname: str) -> str:
    """Return `hostname` if a microservice may have it, else raise `ValueError`.

    Taken by the runtime: `all` and what ends in `.all` (broadcasts), and what starts with `id-` or `loc-` (slots).
    """
    if len(hostname) > _MAX_IDENTITY or not _IDENTITY.fullmatch(hostname):
        raise ValueError(
            f"hostname {hostname[:64]!r}: only lower-case letters, digits and hyphens in parts between dots are "
            f"allowed, {_MAX_IDENTITY} characters at most"
        )
    if f".{hostname}".endswith(".all") or hostname.startswith(("id-", "loc-")):
        raise ValueError(
            f"hostname {hostname!r}: Microbus keeps 'all', '….all', 'id-…' and 'loc-…' for addressing; rename it"
        )
    return hostname


def flatten_host(host: str) -> str:
    """Return `host` as one subject segment: lower case, `.` as `_`, other specials as `%` and two hex digits."""
    lowered = host.lower().replace(".", "_")
    return _escaped(lowered.encode("utf-8", "surrogateescape"), _KEPT_IN_HOST)


def unflatten_host(segment: str) -> str:
    """Return the hostname that `segment` stands for; every `_` reads as `.`, since identities have no `_`."""
    return unquote_to_bytes(segment.replace("_", ".")).decode("utf-8", "surrogateescape")


def split_slot(host: str) -> tuple[str, str]:
    """Return the slot and the hostname that a request to `host` is published with.

    A first label `id-…` or `loc-…` addresses one replica or one locality: the runtime cuts it off and puts it into the
    slot. Any other host has the slot `_`.
    """
    lowered = host.lower()
    label, dot, rest = lowered.partition(".")
    if dot and rest and label.startswith(("id-", "loc-")):
        return label, rest
    return "_", lowered


def encode_path(path: str, *, pattern: bool = True) -> str:
    """Return a decoded URL path as subject segments.

    With `pattern`, path arguments and `*` become wildcards, as in a subscription or an allow-list; without it they are
    escaped, as in a publish.
    """
    parts = path.removeprefix("/").split("/")
    last = len(parts) - 1
    return ".".join(_encode_part(part, pattern=pattern, is_last=index == last) for index, part in enumerate(parts))


def check_method(method: str) -> str:
    """Return `method` as subjects have it. Raises `RouteInvalid` for what is none: a dot would make two segments."""
    if not _METHOD.fullmatch(method):
        raise RouteInvalid(f"{method!r} is no HTTP method; state one of letters, digits, hyphens and underscores")
    return method.upper() or ANY_METHOD


def resolve_route(hostname: str, route: str, method: str = ANY_METHOD) -> Endpoint:
    """Resolve a definition's `route` against `hostname` as the runtime does.

    A route is empty, `:PORT/path`, `/path`, `path`, `//other.host/path` or a full URL; `*` is any port and any path.
    The port defaults to 443 (80 for `http:`), query and fragment are dropped, the path is percent-decoded.
    Raises `RouteInvalid` for what the runtime would refuse.
    """
    verb = check_method(method)
    if route == "*":
        return Endpoint(host=hostname.lower(), port=0, method=verb, path=None)
    host, port, path = _split_url(_absolute(hostname, route), route)
    return Endpoint(host=host, port=port, method=verb, path=path)


def publish_subject(plane: str, source: str, endpoint: Endpoint) -> str:
    """Return the allow-list entry with which the microservice `source` may publish to `endpoint`."""
    dest = "*" if endpoint.host is None else flatten_host(split_slot(endpoint.host)[1])
    return _pattern(plane, flatten_host(source), dest, endpoint, slot="*")


def subscribe_subject(plane: str, endpoint: Endpoint, *, slot: str = "*") -> str:
    """Return the allow-list entry to serve `endpoint`; with a `slot` of `_`, `id-…` or `loc-…`, one subscription."""
    dest = "*" if endpoint.host is None else flatten_host(endpoint.host)
    return _pattern(plane, "*", dest, endpoint, slot=slot.lower())


def request_subject(plane: str, source: str, endpoint: Endpoint) -> str:
    """Return the literal subject on which the runtime publishes a request of `source` to `endpoint`.

    `endpoint.host` may start with `id-…` or `loc-…`, and has to be a host; so has `endpoint.path` to be a path.
    """
    if endpoint.host is None or endpoint.path is None:
        raise RouteInvalid("a request needs a host and a path, not wildcards")
    slot, dest = split_slot(endpoint.host)
    path = encode_path(endpoint.path, pattern=False)
    head = (plane, _trust(endpoint.port), str(endpoint.port), flatten_host(source) if source else "_")
    return ".".join((*head, flatten_host(dest), slot, endpoint.method.upper(), path))


def reply_subject(plane: str, source: str, dest: str, instance: str) -> str:
    """Return a reply's subject: `source` is who replies, `dest` and `instance` (`id-…`) who asked; `*` stays `*`."""
    segments = (segment if segment == "*" else flatten_host(segment) for segment in (source, dest))
    return ".".join((plane, "reply", "_", *segments, instance.lower()))


def covers(pattern: str, other: str) -> bool:
    """Return whether every subject that `other` matches is matched by `pattern` too.

    `*` covers one segment, also a `*`, but never a `>`; `>` covers one or more, also a `>`.
    """
    covering, covered = pattern.split("."), other.split(".")
    for index, segment in enumerate(covering):
        if segment == ">":
            return index < len(covered)
        if index >= len(covered):
            return False
        if segment == "*":
            if covered[index] == ">":
                return False
        elif segment != covered[index]:
            return False
    return len(covering) == len(covered)


class _Branch:
    """What subjects go on with behind the same segments; `ends` is the one that ends here."""

    __slots__ = ("below", "ends")

    def __init__(self) -> None:
        self.below: dict[str, _Branch] = {}
        self.ends = ""


class Covering:
    """Subjects by what they begin with: which of very many cover another one is found without asking each."""

    def __init__(self, subjects: Iterable[str]) -> None:
        self._root = _Branch()
        for subject in subjects:
            branch = self._root
            for segment in subject.split("."):
                branch = branch.below.setdefault(segment, _Branch())
            branch.ends = subject

    def over(self, subject: str) -> list[str]:
        """Return those that cover `subject`, itself too if it is one of them, in no order; see `covers`."""
        covered = subject.split(".")
        found: list[str] = []
        waiting = [(self._root, 0)]
        while waiting:
            branch, index = waiting.pop()
            if index == len(covered):
                found.append(branch.ends)
                continue
            segment, below = covered[index], branch.below
            if ">" in below:
                found.append(below[">"].ends)
            if segment != ">":
                names = (segment, "*") if segment != "*" else ("*",)
                waiting += [(below[each], index + 1) for each in names if each in below]
        return [each for each in found if each]


def without_covered(subjects: Iterable[str]) -> list[str]:
    """Return `subjects` in their order, without those that another one covers, and each once."""
    listed = dict.fromkeys(subjects)
    wild = Covering(subject for subject in listed if subject.endswith(">") or "*" in subject)
    return [subject for subject in listed if all(each == subject for each in wild.over(subject))]


def with_tails_joined(subjects: Iterable[str], shortest: int = 0) -> dict[str, tuple[str, str]]:
    """Return the subjects that two others are together, each with those two: `a.*` and `a.*.>` are `a.>`.

    A `>` stands for one segment or more, so the two are all that it is and nothing besides: what may be published stays
    the same. (A subscription to `a.>` is another request than two narrower ones: join no such lists.) No other patterns
    are one together, as there are endlessly many words. No result has fewer than `shortest` segments before its `>`.
    """
    known = set(subjects)
    joined: dict[str, tuple[str, str]] = {}
    # The longest first: `a.*.*` and `a.*.*.>` are `a.*.>`, which may be one of the next two.
    for subject in sorted(known, key=lambda each: -each.count(".")):
        if subject.endswith(".*.>"):
            tail = subject
            while tail.endswith(".*.>") and (single := tail.removesuffix(".>")) in known:
                head = single.removesuffix(".*")
                if head.count(".") + 1 < shortest or f"{head}.>" in known:
                    break
                joined[f"{head}.>"] = (single, tail)
                tail = f"{head}.>"
                known.add(tail)
    return joined


def _trust(port: int) -> str:
    return "danger" if port == TRUST_ROOT_PORT else "safe"


def _pattern(plane: str, source: str, dest: str, endpoint: Endpoint, *, slot: str) -> str:
    port = str(endpoint.port) if endpoint.port else "*"
    method = "*" if endpoint.method in ("", "*", ANY_METHOD) else endpoint.method.upper()
    path = ">" if endpoint.path is None else encode_path(endpoint.path)
    return ".".join((plane, _trust(endpoint.port), port, source, dest, slot, method, path))


def _escaped(raw: bytes, kept: frozenset[int]) -> str:
    if kept.issuperset(raw):
        return raw.decode("ascii")
    return "".join(chr(byte) if byte in kept else f"%{byte:02x}" for byte in raw)


def _encode_part(part: str, *, pattern: bool, is_last: bool) -> str:
    if not part:
        return "_"
    if pattern and part == "*":
        return "*"
    if pattern and part.startswith("{") and part.endswith("}"):
        return ">" if part.endswith("...}") and is_last else "*"
    return _escaped(part.encode("utf-8", "surrogateescape"), _KEPT_IN_PATH)


def _absolute(hostname: str, route: str) -> str:
    if "://" in route:
        return route
    if route.startswith("//"):
        return "https:" + route
    if not route or route.startswith((":", "/")):
        return f"https://{hostname}{route}"
    return f"https://{hostname}/{route}"


def _split_url(url: str, route: str) -> tuple[str, int, str]:
    if _NOT_IN_URL.search(url):
        raise RouteInvalid(f"route {route!r}: a backtick or control character cannot be in a URL")
    scheme, _, rest = url.partition("://")
    if scheme.lower() not in _DEFAULT_PORTS:
        raise RouteInvalid(f"route {route!r}: the scheme is {scheme!r}, and only http and https are Microbus'")
    rest = rest.partition("#")[0].partition("?")[0]
    authority, slash, tail = rest.partition("/")
    host, _, digits = authority.partition(":")
    if not _HOST.fullmatch(host):
        raise RouteInvalid(f"route {route!r}: {host!r} cannot be a hostname")
    if digits and not (digits.isascii() and digits.isdigit() and int(digits) <= 65535):
        raise RouteInvalid(f"route {route!r}: {digits!r} is no port from 0 to 65535")
    if _BAD_ESCAPE.search(tail):
        raise RouteInvalid(f"route {route!r}: a '%' in the path needs two hex digits after it")
    path = unquote_to_bytes((slash + tail).encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")
    return host.lower(), int(digits) if digits else _DEFAULT_PORTS[scheme.lower()], path
