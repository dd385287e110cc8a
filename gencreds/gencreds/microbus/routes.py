"""Pattern: own routes, `svc.Subscribe("Name", svc.doName, sub.At(ordersapi.Name.Method, ordersapi.Name.Route), …)`."""

from __future__ import annotations

from gencreds.golang.expressions import Call, Expr, Name, Select
from gencreds.microbus.model import AccessKind
from gencreds.microbus.site import Site, is_readable


def record_route(site: Site, call: Call) -> bool:
    """Note the route that `call` subscribes to; returns whether `call` is a subscription at all."""
    function = call.function
    if not isinstance(function, Select) or function.name != "Subscribe":
        return False
    options = [option for option in call.arguments if _option(site, option) is not None]
    if not options and (not site.is_connector(function.base) or site.declares("Subscribe")):
        return False
    at = next((option for option in options if _option(site, option) == "At"), None)
    location = site.location(call.line)
    if not isinstance(at, Call) or len(at.arguments) != 2 or call.spread:
        site.record.blocking(
            "unfollowed-subscription", "Subscribe without a plain sub.At(method, route): state it in the call", location
        )
        return True
    method = _part(site, at, 0, "Method")
    route = _part(site, at, 1, "Route")
    if method is None or route is None:
        site.record.blocking(
            "unfollowed-subscription",
            "sub.At with a method or route that is neither a literal, a constant nor a definition's field: state it",
            location,
        )
        return True
    endpoint = site.record.resolve(site.hostname, route, method, location)
    if endpoint is not None:
        site.record.access(
            AccessKind.ROUTE, endpoint, location, name=_name(site, call, at), callee=site.hostname, route=route
        )
    return True


def _option(site: Site, expr: Expr) -> str | None:
    """Return the name of the `sub` option that `expr` calls, or None."""
    if isinstance(expr, Call) and isinstance(expr.function, Select) and isinstance(expr.function.base, Name):
        base = expr.function.base
        if base.text in site.view.sub and site.flow.binding(base) is None:
            return expr.function.name
    return None


def _part(site: Site, at: Call, position: int, field: str) -> str | None:
    expr = at.arguments[position]
    if isinstance(expr, Select) and expr.name == field and isinstance(expr.base, Select):
        api = site.flow.api(expr.base.base)
        definition = api.definitions.get(expr.base.name) if api is not None else None
        if api is not None and definition is not None:
            if not is_readable(site.record, api, definition, site.location(at.line)):
                return None
            return definition.method if field == "Method" else definition.route
    return _single(site, at, position)


def _name(site: Site, call: Call, at: Call) -> str:
    first = at.arguments[1]
    if isinstance(first, Select) and isinstance(first.base, Select):
        return first.base.name
    return _single(site, call, 0) or ""


def _single(site: Site, call: Call, position: int) -> str | None:
    known = site.flow.texts(call, position).known
    return known[0] if known is not None and len(known) == 1 else None
