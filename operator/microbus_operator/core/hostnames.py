"""Who owns a hostname on a plane: the app that claimed it first in its status.

An app claims a hostname before it is issued credentials for it, so that whatever is interrupted afterwards, no other
app is issued the same one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from microbus_operator.api.app import MicrobusApp, ServiceStatus

CONFLICT = "HostnameConflict"


def claim(app: MicrobusApp, hostname: str) -> ServiceStatus | None:
    """The app's claim to a hostname; an entry that only says that another app has it is none."""
    return next((s for s in app.status.services if s.hostname == hostname and s.phase != CONFLICT), None)


def conflicts(app: MicrobusApp, hostnames: Iterable[str], others: Iterable[MicrobusApp]) -> Mapping[str, str]:
    """Hostnames that `app` may not have, each with the key of the app that owns it.

    `others` are the other apps of the same Plane, whose looks run one after the other.
    """
    listed = list(others)
    owners = {hostname: next(_owners(app, hostname, listed), None) for hostname in sorted(hostnames)}
    return {hostname: owner for hostname, owner in owners.items() if owner is not None}


def _owners(app: MicrobusApp, hostname: str, others: Iterable[MicrobusApp]) -> Iterator[str]:
    mine = claim(app, hostname)
    for other in others:
        theirs = claim(other, hostname)
        if theirs is not None and (mine is None or _goes_before(theirs, other, mine, app)):
            yield other.key


def _goes_before(theirs: ServiceStatus, other: MicrobusApp, mine: ServiceStatus, app: MicrobusApp) -> bool:
    """Of two claims, which only a restored backup brings about: the one with credentials, else the older app's."""
    if bool(theirs.user_public_key) != bool(mine.user_public_key):
        return theirs.user_public_key is not None
    return _age(other) < _age(app)


def _age(app: MicrobusApp) -> tuple[str, str, str]:
    return (app.metadata.creation_timestamp, app.metadata.namespace, app.metadata.name)
