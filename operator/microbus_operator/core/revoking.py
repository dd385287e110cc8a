"""Which user keys a person wants dead: `spec.revocations` of an app, as keys and the time up to which each is refused.

The Plane revokes them, without waiting for a look at the app; the app's look issues what takes their place, and keeps
the receipts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from microbus_operator.api.app import MicrobusApp, RevocationRequest
from microbus_operator.core.conditions import unix

# Of a key that we never issued nobody knows what else was signed for it: everything that ever can be is refused. A
# server that was given a later time does not answer any more what it holds (measured with 2.15.1): it is the last
# second of the year 9999, the last that JSON's times can say.
LATEST_TIME = 253_402_300_799


@dataclass(frozen=True)
class Requested:
    """`keys` are user keys and when each was issued, `LATEST_TIME` for one that was not issued here; `reasons` are
    by key. `refused` are requests that nothing is revoked for, each with what is wrong.
    """

    keys: dict[str, int]
    reasons: dict[str, str]
    refused: tuple[str, ...]


def requested(app: MicrobusApp, others: Iterable[MicrobusApp], now: int) -> Requested:
    """What an app's `spec.revocations` asks for. `others` are on the same plane; `now` is in unix seconds."""
    elsewhere = {key: other.key for other in others for key in issued_keys(other)}
    keys: dict[str, int] = {}
    reasons: dict[str, str] = {}
    refused: list[str] = []
    for index, request in enumerate(app.spec.revocations):
        problem = _problem(app, request, elsewhere, now)
        if problem is not None:
            refused.append(f"spec.revocations[{index}]{problem}")
            continue
        for key, issued_at in _keys(app, request):
            keys[key] = max(issued_at, keys.get(key, 0))
            reasons.setdefault(key, request.reason)
    return Requested(keys, reasons, tuple(refused))


def issued_keys(app: MicrobusApp, service: str | None = None) -> dict[str, tuple[str, int]]:
    """Every user key that the status knows of, to the microservice that has it and when it was issued."""
    found: dict[str, tuple[str, int]] = {}
    for each in app.status.services:
        if service in (None, each.hostname):
            found |= {previous.public_key: (each.hostname, previous.issued_at) for previous in each.previous}
            if each.user_public_key:
                found[each.user_public_key] = (each.hostname, each.issued_at or 0)
    return found


def _problem(app: MicrobusApp, request: RevocationRequest, elsewhere: Mapping[str, str], now: int) -> str | None:
    if (request.public_key is None) == (request.issued_before is None):
        return ": it needs one of publicKey and issuedBefore"
    if request.issued_before is not None:
        try:
            before = unix(request.issued_before)
        except ValueError:
            return f".issuedBefore: {request.issued_before} is no time"
        # What is issued meanwhile would be revoked again and again; so a clock that is ahead of ours has to wait.
        if before > now:
            return f".issuedBefore: {request.issued_before} is in the future; it counts once that time has come"
    owner = elsewhere.get(request.public_key or "")
    if owner is not None:
        return f".publicKey: {request.public_key} is a user of MicrobusApp {owner}; have that app revoke it"
    hostnames = sorted(service.hostname for service in app.status.services)
    if request.service is not None and request.service not in hostnames:
        return f".service: {app.key} has no microservice {request.service}; it has {', '.join(hostnames) or 'none'}"
    return None


def _keys(app: MicrobusApp, request: RevocationRequest) -> Iterator[tuple[str, int]]:
    known = issued_keys(app, request.service)
    if request.public_key is not None:
        yield request.public_key, known.get(request.public_key, ("", LATEST_TIME))[1]
    else:
        before = unix(request.issued_before or "")
        yield from ((key, issued_at) for key, (_, issued_at) in known.items() if issued_at < before)
