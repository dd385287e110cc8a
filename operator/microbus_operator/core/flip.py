"""How a Plane's account is replaced: made, known to every server, every credential issued for it, the old one closed.

No step is remembered; each shows in facts. The new identity's Secret exists. Every server runs with a configuration
that pins it and holds its JWT: that is written on its Secret, and from then on apps issue for it, without a rollout
(`delivery`). Every credential is of the new account, and kubelets had twice their time to bring the files into the
pods: that is written on the old one's Secret, the point of no return. Its tombstone then closes every connection
there, and clients come back with the file that they have by now (ADR 11). An account that is called off before that
goes the same way back.
"""

from __future__ import annotations

from typing import NamedTuple

from microbus_operator.core import names
from microbus_operator.core.account_keys import (
    KNOWN_ANNOTATION,
    REPLACED_ANNOTATION,
    active,
    alive,
    closed,
    coming,
    target,
)
from microbus_operator.core.actions import Action, Annotate
from microbus_operator.core.conditions import timestamp
from microbus_operator.core.keys import AccountKey
from microbus_operator.core.observed import PlaneMember, PlaneObserved
from microbus_operator.core.retirement import LEAVING
from microbus_operator.core.settings import Pace
from microbus_operator.core.templates import mapping

REASON = "AccountReplaced"
# A kubelet may have looked right before a Secret changed.
BOUNDS = 2
# Seconds that rollouts are given to end before credentials are issued for the new account.
SETTLES_WITHIN = 15 * 60


class Unready(NamedTuple):
    """A microservice, or an app of which nothing is known (`hostname` is empty), that an account cannot do without."""

    app: str
    hostname: str
    why: str


def flip_actions(observed: PlaneObserved, pace: Pace, now: int) -> list[Action]:
    """What is written down now, where every server and resolver has been seen to have what is published."""
    new, plane = coming(observed.accounts), observed.plane
    seen = [each for each in closed(observed.accounts) if each.replaced_by == each.public_key]
    result: list[Action] = [_noted(each, REPLACED_ANNOTATION, active(observed.accounts).public_key) for each in seen]
    if new is None:
        return result
    winner, is_off = target(observed.accounts, plane), is_called_off(observed)
    if not is_off and not new.is_known:
        is_ready = is_pinned(observed) and not unsettled(observed, now)
        return [*result, _noted(new, KNOWN_ANNOTATION, "true")] if is_ready else result
    if unready(observed, winner) or now < projected_at(observed, pace):
        return result
    losers = [each for each in alive(observed.accounts) if each != winner]
    return [*result, *(_noted(each, REPLACED_ANNOTATION, winner.public_key) for each in losers)]


def is_called_off(observed: PlaneObserved) -> bool:
    """Whether the coming account is not to come."""
    new = coming(observed.accounts)
    return new is not None and new.generation in observed.plane.spec.keys.account.abandoned


def is_pinned(observed: PlaneObserved) -> bool:
    """Whether every server runs with the configuration as it is now.

    Servers refuse clients of an account that their configuration does not name.
    """
    found = observed.objects.get(("StatefulSet", names.nats(observed.plane.metadata.name)))
    if found is None:
        return False
    status, wanted = mapping(found.get("status")), observed.plane.spec.nats.replicas
    counts = [int(status.get(key) or 0) for key in ("updatedReplicas", "replicas", "readyReplicas")]
    revisions = (status.get("currentRevision"), status.get("updateRevision"))
    is_seen = int(status.get("observedGeneration") or 0) >= int(found["metadata"].get("generation") or 0)
    return is_seen and counts == [wanted] * 3 and revisions[0] == revisions[1]


def unsettled(observed: PlaneObserved, now: int) -> tuple[str, ...]:
    """Apps that are being rolled out, or lose a microservice: pods that start later would be alone in the new account.

    They are waited for so long and no longer: the account is compromised.
    """
    new = coming(observed.accounts)
    if new is None or now >= (new.made_at or 0) + SETTLES_WITHIN:
        return ()
    apps = [member.app for member in observed.members if member.allowed and not member.app.metadata.is_deleting]
    return tuple(
        app.key
        for app in apps
        if any(each.type == "Delivered" and each.status == "False" for each in app.status.conditions)
        or any(service.phase == LEAVING for service in app.status.services)
    )


def unready(observed: PlaneObserved, account: AccountKey) -> tuple[Unready, ...]:
    """What keeps every other account than `account` from being closed."""
    found = [Unready(app, "", "its namespace is not watched") for app in sorted(observed.unwatched)]
    for member in observed.members:
        if member.allowed and not member.app.metadata.is_deleting:
            found += _unready(member, account)
    return tuple(found)


def _unready(member: PlaneMember, account: AccountKey) -> list[Unready]:
    status, app = member.app.status, member.app.key
    if not status.observed_generation:
        return [Unready(app, "", "it has not been looked at yet")]
    result = []
    for service in status.services:
        creds = member.creds.get(service.hostname)
        if service.phase == LEAVING or (creds is None and service.user_public_key is None):
            continue
        if creds is None or (creds.foreign is None and creds.issuer_account != account.public_key):
            result.append(Unready(app, service.hostname, service.phase))
    return result


def projected_at(observed: PlaneObserved, pace: Pace) -> int:
    """When every pod has the newest of the credentials in its files, in unix seconds."""
    issued = [creds.issued_at for member in observed.members for creds in member.creds.values()]
    return max(issued, default=0) + BOUNDS * pace.kubelet_bound


def waits_until(observed: PlaneObserved, pace: Pace) -> str:
    """The same for people."""
    return timestamp(projected_at(observed, pace))


def _noted(account: AccountKey, annotation: str, value: str) -> Annotate:
    ref = account.key.ref
    return Annotate(ref.namespace, ref.secret, {annotation: value}, REASON)
