"""The place that a pattern looks at: one function of one file, for one microservice, and where its finds go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from gencreds.golang.expressions import Expr, Name, Select
from gencreds.microbus.api import ApiPackage, Definition
from gencreds.microbus.clients import ANY_HOST, Client
from gencreds.microbus.core_services import CoreService
from gencreds.microbus.fileview import FileView
from gencreds.microbus.flow import Flow
from gencreds.microbus.model import Endpoint, Location
from gencreds.microbus.places import Place
from gencreds.microbus.record import Record

_TRUST_ROOT = ":666"
# Every microservice may call what is on this port, whatever the method.
_CONTROL = ":888"


@dataclass(frozen=True)
class Site:
    """What patterns work with."""

    hostname: str
    view: FileView
    flow: Flow
    record: Record
    helper: Callable[[Client, str, Location], bool]

    def location(self, line: int) -> Location:
        """Return where something on `line` of this file is reported."""
        return Location(self.view.file.name, line)

    def is_connector(self, expr: Expr) -> bool:
        """Return whether `expr` looks like the microservice: its methods' receiver, `svc`, or a field so named."""
        if isinstance(expr, Name):
            receiver = self.flow.function.receiver if self.flow.function is not None else ""
            return expr.text in (receiver, "svc") and expr.text not in self.view.apis
        return isinstance(expr, Select) and expr.name in ("svc", "Connector", "Intermediate")

    def is_own(self, method: Select, call: Place | None = None) -> bool | None:
        """Return whether `method`, called by `call` or a value, is the connector's; None if nothing tells."""
        declares = self.declares(method.name)
        if self.is_connector(method.base) and not declares:
            return True
        found = self.flow.reading.is_connectors(method, call)
        return False if found is None and declares else found

    def is_package(self, expr: Expr) -> bool:
        """Return whether `expr` names an imported package."""
        return isinstance(expr, Name) and expr.text in self.view.imported and self.flow.binding(expr) is None

    def declares(self, name: str) -> bool:
        """Return whether the package has a function or method `name` of its own."""
        return bool(self.view.package.functions(name))


def endpoint_of(record: Record, client: Client, definition: Definition, location: Location) -> Endpoint | None:
    """Return the endpoint that `client` reaches with `definition`, or None after a blocking finding.

    A route with a host of its own wins over a `ForHost`, as at runtime. An unknown host is any host, with a warning.
    """
    if not is_readable(record, client.api, definition, location):
        return None
    absolute = definition.route.startswith("//") or "://" in definition.route
    known = client.host if client.host not in (None, ANY_HOST) and not absolute else client.api.hostname
    endpoint = record.resolve(known or "", definition.route, definition.method, location)
    if endpoint is None or absolute or client.host != ANY_HOST:
        return endpoint
    path = endpoint.path if endpoint.path is not None else "/>"
    record.warning(
        "wildcard-host",
        f"{definition.name} of {client.api.hostname} is reached through ForHost with a host that the source does not "
        f"state: {endpoint.method} :{endpoint.port or '*'}{path} of any "
        "host is granted; state a literal or a constant to narrow it",
        location,
    )
    return replace(endpoint, host=None)


def is_readable(record: Record, api: ApiPackage, definition: Definition, location: Location) -> bool:
    """Return whether all of `definition` could be read; a blocking finding if not, and for each file that is no Go."""
    for name, problem in api.package.problems:
        record.problem(name, problem)
    if api.known is not None and not _is_known(record, api, api.known, definition, location):
        return False
    if api.hostname is None:
        record.blocking(
            "no-hostname", f"API package {api.import_path} has no string constant Hostname; declare it", location
        )
        return False
    if definition.unreadable:
        record.blocking(
            "unreadable-definition",
            f"{definition.unreadable} of {definition.name} in {definition.location.file}:{definition.location.line} "
            "is no string literal; write it as one",
            location,
        )
        return False
    return True


def record_missing(record: Record, api: ApiPackage, member: str, location: Location) -> bool:
    """Note that `member` is not in the table that `api` is taken from; returns whether it is taken from one."""
    if api.known is None:
        return False
    record.blocking(
        "unresolved-api",
        f"{api.import_path} cannot be found, and the table of {api.known.table.name} does not have all of "
        f"{member} of {api.hostname}; vendor its module (go mod vendor) or download it (go mod download)",
        location,
    )
    return True


def _is_known(record: Record, api: ApiPackage, known: CoreService, definition: Definition, location: Location) -> bool:
    """Note that an endpoint is taken from a table; a trust root is not, unless the table has all of it."""
    method = known.endpoints[definition.name].method
    if not method and _TRUST_ROOT in definition.route:
        record_missing(record, api, definition.name, location)
        return False
    wide = "" if method or _CONTROL in definition.route else "; its method is not known, so that any is granted"
    record.warning(
        "known-core-service",
        f"{api.import_path} cannot be found: {definition.name} of {api.hostname} is taken from the table of "
        f"{known.table.name}{wide}; vendor its module (go mod vendor) to be exact",
        location,
    )
    return True
