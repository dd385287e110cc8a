"""Pattern: raw requests, `svc.Request(ctx, pub.GET("https://…"))` and `Publish`, and the `svc.GET(ctx, url)` kind."""

from __future__ import annotations

from gencreds.golang.expressions import Call, Select
from gencreds.microbus.api import Definition
from gencreds.microbus.clients import Client, Clients, Role
from gencreds.microbus.model import AccessKind, Location
from gencreds.microbus.options import METHODS
from gencreds.microbus.origins import call_arguments
from gencreds.microbus.outcomes import UNFOLLOWED, Outcome, Outcomes, State
from gencreds.microbus.places import Place
from gencreds.microbus.site import Site
from gencreds.microbus.texts import constant, text_of
from gencreds.microbus.urls import described, record_url, urls_of

REQUESTS = frozenset({"Request", "Publish"})
_ANY_METHOD = "ANY"


def record_request(site: Site, call: Call) -> bool:
    """Note what the raw request `call` may reach; returns whether `call` is a raw request at all."""
    function = call.function
    if not isinstance(function, Select) or function.name not in METHODS | REQUESTS:
        return False
    place = site.flow.reading.place(call)
    if place is None or (function.name in METHODS and len(call.arguments) < 2):
        return False
    is_own = site.is_own(function, place)
    if function.name in METHODS and not is_own and (is_own is not None or site.is_package(function.base)):
        return False
    possible = _possible(site, function.name, place)
    if function.name in METHODS and is_own is None and not all(map(_is_whole, possible)):
        # Whose it is cannot be told: who states a whole URL asks for it, and anything else has nothing to do with it.
        return False
    if function.name in REQUESTS and not any(outcome.is_option for outcome in possible):
        passes_on = is_own or (bool(site.view.pub) and call.spread)
        if all(outcome.says_nothing for outcome in possible) or not passes_on:
            return False
        possible = UNFOLLOWED
    for outcome in possible:
        _record(site, outcome, site.location(call.line))
    return True


def record_stated(site: Site, method: str, url: str, line: int) -> None:
    """Note a raw request on `line` that states its method and its whole URL."""
    for each in urls_of(constant(url).patterns):
        _record(site, Outcome(method, each, True), site.location(line))


def record_method_value(site: Site, expr: Select) -> bool:
    """Note `svc.Request` taken as a value: what is asked through it where it is a local variable that is only called.

    Returns whether `expr` is such a value.
    """
    if expr.name not in METHODS | REQUESTS or not site.is_own(expr):
        return False
    calls = site.flow.reading.calls_of_value(expr)
    if calls is None:
        site.record.blocking(
            "unfollowed-request",
            f"{expr.name} is used as a value; call it where its options are stated",
            site.location(expr.line),
        )
    for call in calls or ():
        for outcome in _possible(site, expr.name, call):
            if outcome.says_nothing:
                continue
            _record(site, outcome, site.location(call.node.start_point.row + 1))
    return True


def record_overrides(site: Site, call: Call, clients: Clients) -> None:
    """Note options of `WithOptions` that may override what clients and triggers ask for, where that is not followed."""
    location = site.location(call.line)
    for outcome in site.flow.reading.options(call):
        if outcome.is_unfollowed:
            site.record.warning(
                "unfollowed-options",
                "the options of this client are made where they cannot be followed: "
                "if one of them is a URL or a method, what it asks for is not granted",
                location,
            )
        elif not outcome.says_nothing and any(client.role is Role.TRIGGER for client in clients):
            site.record.blocking(
                "overridden-request",
                "a pub option overrides the URL or method of an event; make it a raw request",
                location,
            )


def record_overridden(site: Site, client: Client, definition: Definition, outcome: Outcome, location: Location) -> None:
    """Note the call of an endpoint whose URL is overridden by an option; the method stays the definition's if unset."""
    method = definition.method if outcome.method is State.UNSET else outcome.method
    _record(site, Outcome(method, outcome.url, True), location)


def _is_whole(outcome: Outcome) -> bool:
    text = text_of(outcome.url) if not isinstance(outcome.url, State) else None
    return text is not None and "://" in text


def _possible(site: Site, name: str, call: Place) -> Outcomes:
    arguments = call_arguments(call)[2 if site.flow.reading.is_method_expression(call) else 1 :]
    if name in REQUESTS:
        return site.flow.reading.pub(arguments)
    texts = site.flow.reading.texts_at(arguments[0]) if arguments else None
    return tuple(Outcome(name, each, True) for each in urls_of(texts.patterns)) if texts is not None else UNFOLLOWED


def _record(site: Site, outcome: Outcome, location: Location) -> None:
    if outcome.is_unfollowed:
        if not site.record.is_declared(location):
            site.record.blocking(
                "unfollowed-request",
                "the options of this request are made where they cannot be followed; "
                "state pub.Method and pub.URL in the same function",
                location,
            )
        return
    method = _ANY_METHOD if isinstance(outcome.method, State) else outcome.method or _ANY_METHOD
    url = None if isinstance(outcome.url, State) else outcome.url
    endpoint = record_url(site.record, url, method, location)
    if endpoint is None:
        return
    if isinstance(outcome.method, State):
        site.record.warning(
            "wildcard-method",
            f"the method of this request is not stated: any method of {described(endpoint)} is granted; "
            "state pub.Method",
            location,
        )
    if endpoint.host is None:
        site.record.access(AccessKind.REQUEST, endpoint, location)
        return
    route = f":{endpoint.port}{endpoint.path}"
    site.record.access(AccessKind.REQUEST, endpoint, location, callee=endpoint.host, route=route)
