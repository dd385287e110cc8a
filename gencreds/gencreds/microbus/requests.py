"""Pattern: raw requests, `svc.Request(ctx, pub.GET("https://…"))` and `Publish`, and the `svc.GET(ctx, url)` kind."""

from __future__ import annotations

from gencreds.golang.expressions import Call, Select
from gencreds.microbus.model import AccessKind, Endpoint
from gencreds.microbus.options import METHODS, NOTHING, Outcome, State, outcomes
from gencreds.microbus.site import Site

REQUESTS = frozenset({"Request", "Publish"})
_ANY_METHOD = "ANY"


def record_request(site: Site, call: Call) -> bool:
    """Note what the raw request `call` may reach; returns whether `call` is a raw request at all."""
    function = call.function
    if not isinstance(function, Select):
        return False
    if function.name in METHODS:
        return _shorthand(site, function, call)
    if function.name not in REQUESTS:
        return False
    possible = outcomes(site, call.arguments[1:])
    if not any(outcome.is_pub for outcome in possible):
        if possible == NOTHING or not _may_be_microbus(site, function, call):
            return False
        possible = (Outcome(State.UNFOLLOWED, State.UNFOLLOWED),)
    for outcome in possible:
        _record(site, outcome, call.line)
    return True


def record_method_value(site: Site, expr: Select) -> None:
    """Note `svc.Request` taken as a value: whoever calls it later cannot be followed."""
    if expr.name in REQUESTS and site.is_connector(expr.base) and not site.declares(expr.name):
        site.record.blocking(
            "unfollowed-request",
            f"{expr.name} is used as a value; call it where its options are stated",
            site.location(expr.line),
        )


def record_overrides(site: Site, call: Call) -> None:
    """Note options of a typed client's `WithOptions` that may override what the client asks for."""
    location = site.location(call.line)
    for outcome in outcomes(site, call.arguments):
        if State.UNFOLLOWED in (outcome.method, outcome.url):
            site.record.warning(
                "unfollowed-options",
                "the options of this client are made where they cannot be followed: "
                "if one of them is a URL or a method, what it asks for is not granted",
                location,
            )
        elif (outcome.method, outcome.url) != (State.UNSET, State.UNSET):
            site.record.blocking(
                "overridden-request",
                "a pub option overrides the URL or method of a typed client; make it a raw request",
                location,
            )


def _may_be_microbus(site: Site, function: Select, call: Call) -> bool:
    """Without a `pub` option in sight: the microservice itself asks, or options are passed on where some are made."""
    return (site.is_connector(function.base) and not site.declares(function.name)) or (
        bool(site.view.pub) and call.spread
    )


def _shorthand(site: Site, function: Select, call: Call) -> bool:
    if not site.is_connector(function.base) or site.declares(function.name) or len(call.arguments) < 2:
        return False
    known = site.flow.texts(call, 1).known
    for url in known or (State.DYNAMIC,):
        _record(site, Outcome(function.name, url, True), call.line)
    return True


def _record(site: Site, outcome: Outcome, line: int) -> None:
    location = site.location(line)
    if State.UNFOLLOWED in (outcome.method, outcome.url):
        site.record.blocking(
            "unfollowed-request",
            "the options of this request are made where they cannot be followed; "
            "state pub.Method and pub.URL in the same function",
            location,
        )
        return
    method = _ANY_METHOD if isinstance(outcome.method, State) else outcome.method or _ANY_METHOD
    if isinstance(outcome.method, State):
        site.record.warning(
            "wildcard-method",
            "the method of this request is not stated: any method is granted; state pub.Method",
            location,
        )
    if isinstance(outcome.url, State):
        site.record.warning(
            "wildcard-url",
            f"the URL of this request is not stated in the source: {method} to any host, port and path is granted "
            "(never port 666)",
            location,
        )
        site.record.access(AccessKind.REQUEST, Endpoint(None, 0, method, None), location)
        return
    if "://" not in outcome.url:
        site.record.blocking("invalid-url", f"{outcome.url!r} is no absolute URL; write https://host/path", location)
        return
    endpoint = site.record.resolve("", outcome.url, method, location)
    if endpoint is None:
        return
    if endpoint.path is not None and any(character in endpoint.path for character in "{}*"):
        site.record.warning(
            "wildcard-path", f"{outcome.url!r} holds braces or '*', which the allow-list takes for wildcards", location
        )
    site.record.access(
        AccessKind.REQUEST, endpoint, location, callee=endpoint.host or "", route=f":{endpoint.port}{endpoint.path}"
    )
