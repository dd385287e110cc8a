"""Which user keys a person wants dead: `spec.revocations` of an app or a Plane, as keys and the time up to which each
is refused.

The Plane revokes them, without waiting for a look at the app; the app's look issues what takes their place. Each keeps
the receipts of its own requests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from microbus_operator.api.app import MicrobusApp
from microbus_operator.api.plane import Plane
from microbus_operator.api.revocations import EVERY_USER, AppRevocationRequest, RevocationRequest
from microbus_operator.core.conditions import unix

# Of a key that we never issued nobody knows what else was signed for it: everything that ever can be is refused. A
# server that was given a later time does not answer any more what it holds (measured with 2.15.1): it is the last
# second of the year 9999, the last that JSON's times can say.
LATEST_TIME = 253_402_300_799

# Why nothing is revoked, as a condition's reason: one for the operator's own user, one for whatever else is wrong.
REFUSED, SYSTEM_USER = "RevocationRefused", "SystemUser"

_SYSTEM_USER_SAID = (
    "is the user that the operator itself is connected to the brokers with; it is of the system account, where this "
    "list does not count, and is made anew for each connection: restart the operator to have it replaced; it ends by "
    "itself within 12 hours"
)

R = TypeVar("R", bound=RevocationRequest)


@dataclass(frozen=True)
class Requested:
    """`keys` are user keys and when each was issued, `LATEST_TIME` for one that was not issued here; with
    `EVERY_USER` the time up to which nobody's credentials count. `reasons` are by key. `refused` are requests that
    nothing is revoked for, each with what is wrong; `refusal` is the word for it.
    """

    keys: dict[str, int]
    reasons: dict[str, str]
    refused: tuple[str, ...]
    refusal: str = REFUSED


def requested(app: MicrobusApp, others: Iterable[MicrobusApp], now: int, system_user: str | None = None) -> Requested:
    """What an app's `spec.revocations` asks for. `others` are on the same plane; `now` is in unix seconds.

    `system_user` is the user that the operator itself is connected with: nobody has that one revoked.
    """
    elsewhere = {key: other.key for other in others for key in issued_keys(other)}

    def problem(request: AppRevocationRequest) -> str | None:
        return _mistake(request, now) or _not_its_own(app, request, elsewhere)

    def keys(request: AppRevocationRequest) -> dict[str, int]:
        known = {key: at for key, (_, at) in issued_keys(app, request.service).items()}
        if request.public_key is not None:
            return {request.public_key: known.get(request.public_key, LATEST_TIME)}
        before = unix(request.issued_before or "")
        return {key: issued_at for key, issued_at in known.items() if issued_at < before}

    return _requested(app.spec.revocations, problem, keys, system_user)


def requested_of_plane(
    plane: Plane, apps: Iterable[MicrobusApp], now: int, system_user: str | None = None
) -> Requested:
    """What a Plane's `spec.revocations` asks for: a key of whichever of its `apps`, or every user that was issued
    before a time, known here or not. `now` is in unix seconds, `system_user` as in `requested`.
    """
    known = {key: at for app in apps for key, (_, at) in issued_keys(app).items()}

    def keys(request: RevocationRequest) -> dict[str, int]:
        if request.public_key is not None:
            return {request.public_key: known.get(request.public_key, LATEST_TIME)}
        # What was issued in the second of a revocation is refused too (pitfall N15).
        return {EVERY_USER: max(0, unix(request.issued_before or "") - 1)}

    return _requested(plane.spec.revocations, lambda request: _mistake(request, now), keys, system_user)


def issued_keys(app: MicrobusApp, service: str | None = None) -> dict[str, tuple[str, int]]:
    """Every user key that the status knows of, to the microservice that has it and when it was issued."""
    found: dict[str, tuple[str, int]] = {}
    for each in app.status.services:
        if service in (None, each.hostname):
            found |= {previous.public_key: (each.hostname, previous.issued_at) for previous in each.previous}
            if each.user_public_key:
                found[each.user_public_key] = (each.hostname, each.issued_at or 0)
    return found


def refuses(revocations: Mapping[str, int], public_key: str, issued_at: int) -> bool:
    """Whether servers with that list turn away a user whose credentials were issued then."""
    return max(revocations.get(public_key, -1), revocations.get(EVERY_USER, -1)) >= issued_at


def _requested(
    requests: Sequence[R],
    problem_of: Callable[[R], str | None],
    keys_of: Callable[[R], Mapping[str, int]],
    system_user: str | None,
) -> Requested:
    keys: dict[str, int] = {}
    reasons: dict[str, str] = {}
    refused: list[str] = []
    is_system_user = False
    for index, request in enumerate(requests):
        problem = problem_of(request)
        if problem is None and request.public_key is not None and request.public_key == system_user:
            is_system_user, problem = True, f".publicKey: {request.public_key} {_SYSTEM_USER_SAID}"
        if problem is not None:
            refused.append(f"spec.revocations[{index}]{problem}")
            continue
        for key, issued_at in keys_of(request).items():
            keys[key] = max(issued_at, keys.get(key, 0))
            reasons.setdefault(key, request.reason)
    return Requested(keys, reasons, tuple(refused), SYSTEM_USER if is_system_user else REFUSED)


def _mistake(request: RevocationRequest, now: int) -> str | None:
    """What is wrong with a request, whoever makes it."""
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
    return None


def _not_its_own(app: MicrobusApp, request: AppRevocationRequest, elsewhere: Mapping[str, str]) -> str | None:
    owner = elsewhere.get(request.public_key or "")
    if owner is not None:
        return f".publicKey: {request.public_key} is a user of MicrobusApp {owner}; have that app revoke it"
    hostnames = sorted(service.hostname for service in app.status.services)
    if request.service is not None and request.service not in hostnames:
        return f".service: {app.key} has no microservice {request.service}; it has {', '.join(hostnames) or 'none'}"
    return None
