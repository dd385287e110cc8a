"""Pattern: own routes, `svc.Subscribe("Name", svc.doName, sub.At(ordersapi.Name.Method, ordersapi.Name.Route), …)`."""

from __future__ import annotations

from gencreds.golang.expressions import Call, Expr, Name, Select
from gencreds.microbus.clients import Client
from gencreds.microbus.model import AccessKind
from gencreds.microbus.origins import call_arguments
from gencreds.microbus.outcomes import Outcome, State
from gencreds.microbus.places import Place
from gencreds.microbus.site import Site, is_readable
from gencreds.microbus.texts import text_of

SUBSCRIBE = "Subscribe"


def record_route(site: Site, call: Call) -> bool:
    """Note the route that `call` subscribes to; returns whether `call` is a subscription at all."""
    function = call.function
    if not isinstance(function, Select) or function.name != SUBSCRIBE:
        return False
    place = site.flow.reading.place(call)
    if place is None:
        return False
    has_options = any(site.flow.reading.is_sub_option(each) for each in call_arguments(place))
    if not has_options and not site.is_own(function, place):
        return False
    if all(_are_readable(site, option) for option in call.arguments):
        _record(site, place, call.line)
    return True


def record_definition(site: Site, client: Client, name: str, line: int) -> None:
    """Note a subscription on `line` to what the API package of `client` defines as `name`."""
    definition, location = client.api.definitions[name], site.location(line)
    endpoint = site.record.resolve(site.hostname, definition.route, definition.method, location)
    if endpoint is not None:
        route = definition.route
        site.record.access(AccessKind.ROUTE, endpoint, location, name=name, callee=site.hostname, route=route)


def record_subscribe_value(site: Site, expr: Select) -> bool:
    """Note `svc.Subscribe` taken as a value: the routes, where it is a local variable that is only called.

    Returns whether `expr` is such a value.
    """
    if expr.name != SUBSCRIBE or not site.is_own(expr):
        return False
    calls = site.flow.reading.calls_of_value(expr)
    if calls is None:
        site.record.blocking(
            "unfollowed-subscription",
            "Subscribe is used as a value; call it where its method and route are stated",
            site.location(expr.line),
        )
    for call in calls or ():
        _record(site, call, call.node.start_point.row + 1)
    return True


def _record(site: Site, call: Place, line: int) -> None:
    location = site.location(line)
    arguments = call_arguments(call)
    for outcome in site.flow.reading.sub(arguments[2:]):
        route = text_of(outcome.url) if not isinstance(outcome.url, State) else None
        if route is None or isinstance(outcome.method, State):
            site.record.blocking("unfollowed-subscription", _why(outcome), location)
            continue
        endpoint = site.record.resolve(site.hostname, route, outcome.method, location)
        if endpoint is not None:
            name = _name(site, arguments)
            site.record.access(AccessKind.ROUTE, endpoint, location, name=name, callee=site.hostname, route=route)


def _why(outcome: Outcome) -> str:
    if outcome.says_nothing:
        return "Subscribe without a sub.At(method, route): state it in the call"
    return "the method or route of this Subscribe cannot be followed: state sub.At(method, route) in the call"


def _name(site: Site, arguments: list[Place]) -> str:
    """Return the name that the subscription is given, or else the definition's that its route is taken from."""
    for each in arguments[2:]:
        inner = call_arguments(each) if each.node.type == "call_expression" else []
        field = inner[1].field("operand") if len(inner) == 2 else None
        name = field.field("field") if field is not None else None
        if name is not None:
            return name.text(name.node)
    known = site.flow.reading.texts_at(arguments[0]).known if arguments else None
    return known[0] if known is not None and len(known) == 1 else ""


def _are_readable(site: Site, option: Expr) -> bool:
    """Whether the definitions that `sub.At` takes its method and route from can be read; a finding says if not."""
    for argument in option.arguments if isinstance(option, Call) else ():
        if isinstance(argument, Select) and isinstance(argument.base, Select) and isinstance(argument.base.base, Name):
            api = site.flow.api(argument.base.base)
            definition = api.definitions.get(argument.base.name) if api is not None else None
            if api is None or definition is None or argument.name not in ("Method", "Route"):
                continue
            if not is_readable(site.record, api, definition, site.location(argument.line)):
                return False
    return True
