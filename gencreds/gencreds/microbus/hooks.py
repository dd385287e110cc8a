"""Pattern: inbound events, `otherapi.NewHook(svc).OnX(svc.OnX)` anywhere, and `define.InboundEvent{Source: …}`."""

from __future__ import annotations

from gencreds.golang.expressions import Name, Select
from gencreds.microbus.api import INBOUND, ApiPackage, Apis
from gencreds.microbus.clients import Client, Role
from gencreds.microbus.model import AccessKind, Location
from gencreds.microbus.record import Record
from gencreds.microbus.site import Site, endpoint_of, record_missing


def record_hook(site: Site, client: Client, member: str, line: int) -> None:
    """Note that the microservice listens to the event `member` through the hook `client`."""
    _listen(site.record, client, member, site.location(line))


def record_inbound_definitions(record: Record, own: ApiPackage, apis: Apis) -> None:
    """Note every inbound event that the microservice's own API package defines."""
    for definition in own.definitions.values():
        if definition.kind != INBOUND:
            continue
        source = definition.source
        if definition.unreadable or not isinstance(source, Select) or not isinstance(source.base, Name):
            record.blocking(
                "unreadable-definition",
                f"Source of {definition.name} is no event of an API package; write it as otherapi.OnX",
                definition.location,
            )
            continue
        path = next((each.path for each in definition.file.imports if each.alias == source.base.text), "")
        api = apis.find(path)
        if api is None:
            record.blocking(
                "unresolved-api",
                f"{path or source.base.text}, the source of {definition.name}, is no API package that can be found; "
                "vendor its module or download it",
                definition.location,
            )
            continue
        _listen(record, Client(api, Role.HOOK, "Hook"), source.name, definition.location)


def _listen(record: Record, client: Client, member: str, location: Location) -> None:
    definition = client.api.definitions.get(member)
    if definition is None:
        if not record_missing(record, client.api, member, location):
            record.blocking(
                "unknown-event",
                f"{client.api.import_path} defines no event {member}; correct the hook or regenerate the API package",
                location,
            )
        return
    endpoint = endpoint_of(record, client, definition, location)
    if endpoint is not None:
        record.access(
            AccessKind.HOOK, endpoint, location, name=member, callee=client.api.hostname or "", route=definition.route
        )
