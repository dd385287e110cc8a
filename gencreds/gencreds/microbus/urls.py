"""From what is known of a URL to the endpoint that a request to it may reach. Used by `requests`.

A URL whose beginning states scheme, host, port and a slash is that host's whatever follows: what only the running
program knows costs the paths below, never the host. The runtime publishes on the percent-decoded path, split at its
slashes (an empty part is one, too), so the piece around a gap can be any number of segments.
"""

from __future__ import annotations

import re
from dataclasses import replace

from gencreds.microbus.model import Endpoint, Location
from gencreds.microbus.record import Record
from gencreds.microbus.texts import GAP, Pattern, text_of

_STATED = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://[^/?#]*)([/?#].*)", re.DOTALL)
_TRUST_ROOT = re.compile(r"[A-Za-z]+://[^/?#]*:0*666(?:[/?#]|$)")


def described(endpoint: Endpoint) -> str:
    """Return `endpoint` for a message: `orders.shop:443/status`."""
    if endpoint.host is None:
        return "any host, port and path (never port 666)"
    return f"{endpoint.host}:{endpoint.port or '*'}{endpoint.path if endpoint.path is not None else '/>'}"


def urls_of(patterns: tuple[Pattern, ...]) -> tuple[Pattern, ...]:
    """Return `patterns`, or a gap alone where one of them leaves the host open: it reaches what the others do.

    Only trust roots stay beside it: no wildcard reaches those.
    """
    if all(text_of(each) is not None or _STATED.match(each[0] or "") for each in patterns):
        return patterns
    return (GAP, *(each for each in patterns if each and _TRUST_ROOT.match(each[0] or "")))


def record_url(record: Record, url: Pattern | None, method: str, location: Location) -> Endpoint | None:
    """Return the endpoint of a `method` request to `url` (None when it is not stated), and note what that costs.

    None after a blocking finding, and where a source comment states the call instead.
    """
    if record.method(method, location) is None:
        return None
    text = text_of(url) if url is not None else None
    if text is not None:
        return _stated(record, text, method, location)
    match = _STATED.match(url[0] or "") if url else None
    if match is None:
        if record.is_declared(location):
            return None
        record.warning(
            "wildcard-url",
            f"the URL of this request is not stated in the source: {method} to any host, port and path is granted "
            "(never port 666)",
            location,
        )
        return Endpoint(None, 0, method, None)
    authority, rest = match.groups()
    if "?" in rest or "#" in rest:
        # Only the query or the fragment is dynamic.
        return _stated(record, authority + rest, method, location)
    endpoint = _stated(record, authority + rest[: rest.rindex("/") + 1], method, location)
    if endpoint is None:
        return None
    endpoint = replace(endpoint, path=f"{endpoint.path or '/'}{{rest...}}")
    record.warning(
        "wildcard-path",
        "a part of this request's path is known only to the running program: "
        f"{method} {described(endpoint)} is granted, with every path below",
        location,
    )
    return endpoint


def _stated(record: Record, url: str, method: str, location: Location) -> Endpoint | None:
    if "://" not in url:
        record.blocking("invalid-url", f"{url!r} is no absolute URL; write https://host/path", location)
        return None
    endpoint = record.resolve("", url, method, location)
    if endpoint is not None and endpoint.path is not None and any(each in endpoint.path for each in "{}*"):
        record.warning(
            "wildcard-path",
            f"{url!r} holds braces or '*', which the allow-list takes for wildcards: "
            f"{method} {described(endpoint)} is granted with any text in their place",
            location,
        )
    return endpoint
