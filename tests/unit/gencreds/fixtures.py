"""Two microservices as the analysis finds them, with the shapes of upstream's kitchen and weird fixtures."""

from __future__ import annotations

from gencreds.microbus.model import Access, AccessKind, Endpoint, Location, Microservice
from gencreds.subjects import resolve_route

ANYWHERE = Endpoint(None, 0, "ANY", None)


def _access(
    kind: AccessKind, line: int, method: str, route: str, callee: str, override: str | None = "", name: str = ""
) -> Access:
    """`override` is `ForHost`'s: empty for none, None for one that is not known."""
    resolved = resolve_route(override or callee, route, method)
    endpoint = Endpoint(None if override is None else resolved.host, resolved.port, resolved.method, resolved.path)
    return Access(kind, endpoint, Location("kitchen/service.go", line), name, callee, route)


def _call(line: int, method: str, route: str, callee: str = "weird.fixture", override: str | None = "") -> Access:
    return _access(AccessKind.CALL, line, method, route, callee, override)


def _request(line: int, endpoint: Endpoint, route: str = "") -> Access:
    return Access(AccessKind.REQUEST, endpoint, Location("kitchen/service.go", line), route=route)


KITCHEN = Microservice(
    "kitchen.fixture",
    "kitchen",
    (
        _access(AccessKind.ROUTE, 5, "POST", ":443/my-func", "kitchen.fixture"),
        _access(AccessKind.ROUTE, 6, "POST", ":444/self-ping", "kitchen.fixture"),
        _access(AccessKind.ROUTE, 7, "GET", "//alt.kitchen:0/alt-fn", "kitchen.fixture"),
        _access(AccessKind.HOOK, 8, "POST", ":417/on-something", "weird.fixture", name="OnSomething"),
        _call(11, "GET", ":443/plain"),
        _call(12, "GET", ":443/path-arg/{id}"),
        _call(13, "POST", ":444/internal"),
        _call(14, "GET", ":443/greedy/{tail...}", override="alt.host"),
        _call(15, "GET", ":888/openapi.json", override=None),
        _call(16, "GET", ":443/plain"),
        _call(17, "GET", ":443/plain"),
        _call(18, "POST", ":444/self-ping", "kitchen.fixture"),
        _call(19, "POST", ":444/self-ping", "kitchen.fixture", override=None),
        _access(AccessKind.EVENT, 20, "POST", ":417/on-my-event", "kitchen.fixture", name="OnMyEvent"),
        _request(21, resolve_route("other.host", ":443/some-path", "GET"), ":443/some-path"),
        _request(22, Endpoint(None, 0, "POST", None)),
        _request(23, Endpoint(None, 0, "PUT", None)),
        _call(24, "POST", ":666/dangerous"),
    ),
    (),
)

KITCHEN_PUB = [
    "P.safe.888.kitchen_fixture.>",
    "P.reply._.kitchen_fixture.>",
    "P.safe.*.kitchen_fixture.*.*.POST.>",
    "P.safe.*.kitchen_fixture.*.*.PUT.>",
    "P.safe.443.kitchen_fixture.other_host.*.GET.some-path",
    "P.safe.443.kitchen_fixture.alt_host.*.GET.greedy.>",
    "P.safe.443.kitchen_fixture.weird_fixture.*.GET.path-arg.*",
    "P.safe.443.kitchen_fixture.weird_fixture.*.GET.plain",
    "P.danger.666.kitchen_fixture.weird_fixture.*.POST.dangerous",
]
KITCHEN_SUB = [
    "P.safe.*.*.kitchen_fixture.>",
    "P.reply._.*.kitchen_fixture.*",
    "P.safe.888.*.all.>",
    "P.safe.417.*.weird_fixture.*.POST.on-something",
    "P.safe.*.*.alt_kitchen.*.GET.alt-fn",
]

WEIRD = Microservice(
    "weird.fixture",
    "weird",
    (
        *(
            _access(AccessKind.ROUTE, line, method, route, "weird.fixture")
            for line, (method, route) in enumerate(
                [
                    ("GET", ":443/plain"),
                    ("GET", ":443/path-arg/{id}"),
                    ("GET", ":888/openapi.json"),
                    ("ANY", ":443/any-method"),
                    ("POST", ":444/internal"),
                    ("POST", ":666/dangerous"),
                    ("ANY", "//root"),
                    ("GET", "//alt.host:0/alt-path"),
                    ("GET", "//alt.host/items/{id}"),
                    ("GET", "//my$.xml/lookup"),
                    ("GET", "//my$.xml/lookup"),
                    ("GET", ":443/UPPERCASE.xml"),
                ],
                start=30,
            )
        ),
        _access(AccessKind.EVENT, 50, "POST", ":417/on-something", "weird.fixture", name="OnSomething"),
    ),
    (),
)

WEIRD_PUB = [
    "P.safe.888.weird_fixture.>",
    "P.reply._.weird_fixture.>",
    "P.safe.417.weird_fixture.weird_fixture.*.POST.on-something",
]
WEIRD_SUB = [
    "P.safe.*.*.weird_fixture.>",
    "P.reply._.*.weird_fixture.*",
    "P.safe.888.*.all.>",
    "P.danger.666.*.weird_fixture.>",
    "P.safe.443.*.root.*.*._",
    "P.safe.*.*.alt_host.*.GET.alt-path",
    "P.safe.443.*.alt_host.*.GET.items.*",
    "P.safe.443.*.my%24_xml.*.GET.lookup",
]
