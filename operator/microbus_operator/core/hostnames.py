"""Who owns a hostname on a plane: one app, the one that has credentials for it, else the oldest that asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from microbus_operator.api.app import MicrobusApp


def conflicts(app: MicrobusApp, hostnames: Iterable[str], others: Iterable[MicrobusApp]) -> Mapping[str, str]:
    """Hostnames that `app` may not have, each with the key of the app that owns it.

    `others` are the other apps of the same Plane. Looks at apps of one Plane run one after the other, so a
    hostname that another app has been issued is never issued twice.
    """
    taken = {}
    for other in others:
        for service in other.status.services:
            if service.hostname in taken:
                continue
            mine = next((s for s in app.status.services if s.hostname == service.hostname and s.user_public_key), None)
            if (service.user_public_key and mine is None) or (
                bool(service.user_public_key) == bool(mine) and _age(other) < _age(app)
            ):
                taken[service.hostname] = other.key
    return {hostname: taken[hostname] for hostname in sorted(hostnames) if hostname in taken}


def _age(app: MicrobusApp) -> tuple[str, str, str]:
    return (app.metadata.creation_timestamp, app.metadata.namespace, app.metadata.name)
