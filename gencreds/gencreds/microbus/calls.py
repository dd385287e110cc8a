"""Pattern: typed client calls, `ordersapi.NewClient(svc).Create(…)`, and helpers of API packages (`clientext.go`)."""

from __future__ import annotations

from dataclasses import replace

from gencreds.microbus.clients import Client
from gencreds.microbus.model import AccessKind
from gencreds.microbus.outcomes import NOTHING, State
from gencreds.microbus.requests import record_overridden
from gencreds.microbus.site import Site, endpoint_of, record_missing


def record_call(site: Site, client: Client, member: str, line: int) -> None:
    """Note that `member` of `client` is used on `line`: an endpoint, or a helper that uses endpoints."""
    location = site.location(line)
    definition = client.api.definitions.get(member)
    if definition is None:
        if not (record_missing(site.record, client.api, member, location) or site.helper(client, member, location)):
            site.record.blocking(
                "unknown-endpoint",
                f"{client.api.import_path} defines no endpoint {member}, and its clients have no such method; "
                "correct the call or regenerate the API package",
                location,
            )
        return
    for outcome in client.options or NOTHING:
        if outcome.url is not State.UNSET:
            record_overridden(site, client, definition, outcome, location)
            continue
        endpoint = endpoint_of(site.record, client, definition, location)
        if endpoint is None:
            continue
        if outcome.method is not State.UNSET:
            method = site.record.method("ANY" if isinstance(outcome.method, State) else outcome.method, location)
            if method is None:
                continue
            endpoint = replace(endpoint, method=method)
        site.record.access(
            AccessKind.CALL,
            endpoint,
            location,
            name=member,
            callee=client.api.hostname or "",
            route=definition.route,
        )


def record_executor(site: Site, client: Client, member: str, line: int) -> None:
    """Note the use of an executor, which Microbus means for tests: nothing is granted for it."""
    site.record.warning(
        "executor-call",
        f"{member} is run through NewExecutor, which is meant for tests: nothing is granted for it; "
        "use a client or a workflow",
        site.location(line),
    )
