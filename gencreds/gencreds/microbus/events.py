"""Pattern: outbound events. An event that the API package defines is granted whether or not the code triggers it.

Generation B says `define.OutboundEvent`; in generation A it is a definition that `MulticastTrigger` has a method for.
"""

from __future__ import annotations

from gencreds.microbus.api import OUTBOUND, PLAIN, ApiPackage, Definition
from gencreds.microbus.clients import CHAIN, Client, Role
from gencreds.microbus.model import AccessKind
from gencreds.microbus.record import Record
from gencreds.microbus.site import Site, endpoint_of


def record_outbound_events(record: Record, own: ApiPackage) -> None:
    """Note every outbound event of the microservice's own API package."""
    for definition in _events(own):
        endpoint = endpoint_of(record, Client(own, Role.TRIGGER, "MulticastTrigger"), definition, definition.location)
        if endpoint is not None:
            record.access(
                AccessKind.EVENT,
                endpoint,
                definition.location,
                name=definition.name,
                callee=own.hostname or "",
                route=definition.route,
            )


def record_trigger(site: Site, client: Client, member: str, line: int) -> None:
    """Note that the event `member` is triggered through `client`, be it another microservice's or on another host."""
    location = site.location(line)
    definition = client.api.definitions.get(member)
    if definition is None:
        site.record.blocking(
            "unknown-event", f"{client.api.import_path} defines no event {member}; correct the trigger", location
        )
        return
    endpoint = endpoint_of(site.record, client, definition, location)
    if endpoint is not None:
        site.record.access(
            AccessKind.EVENT,
            endpoint,
            location,
            name=member,
            callee=client.api.hostname or "",
            route=definition.route,
        )


def _events(own: ApiPackage) -> list[Definition]:
    definitions = own.definitions.values()
    events = [definition for definition in definitions if definition.kind == OUTBOUND]
    plain = {definition.name for definition in definitions if definition.kind == PLAIN}
    if plain:
        triggers = {method.name for method in own.package.methods("MulticastTrigger")} - CHAIN
        events.extend(own.definitions[name] for name in sorted(plain & triggers))
    return events
