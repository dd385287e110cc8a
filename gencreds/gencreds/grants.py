"""From what a microservice does to what it may: NATS subjects, each with its reason and its evidence.

Called with what `pipeline.scan` found, by the CLI and for the report. The order is upstream's, so that a credential
lists its subjects as upstream's gencreds would. `grants_of` keeps what another grant covers (each is a reason, and a
broad one may be withheld); `allow_lists` drops it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gencreds.microbus.model import Access, AccessKind, Location, Microservice, Step
from gencreds.subjects import (
    TRUST_ROOT_PORT,
    flatten_host,
    publish_subject,
    subscribe_subject,
    with_tails_joined,
    without_covered,
)

_TO_METHOD = 7


class Verb(StrEnum):
    """What a grant lets a microservice do with its subject."""

    PUB = "pub"
    SUB = "sub"


class GrantKind(StrEnum):
    """Why a grant is there: `STANDARD` is every microservice's, the others are `AccessKind`'s."""

    STANDARD = "standard"
    CALL = "call"
    REQUEST = "request"
    EVENT = "event"
    HOOK = "hook"
    ROUTE = "route"
    DECLARED = "declared"


@dataclass(frozen=True, order=True)
class Evidence:
    """A call site behind a grant: where, the function around it, and the helpers through which it is reached."""

    location: Location
    function: str = ""
    via: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Grant:
    """One subject that may be published or subscribed, and the places in the source that need it."""

    verb: Verb
    subject: str
    kind: GrantKind
    evidence: tuple[Evidence, ...] = ()


def grants_of(microservice: Microservice, plane: str) -> list[Grant]:
    """Return all that `microservice` needs on `plane`, in upstream's order, each (verb, subject, kind) once.

    Nothing is dropped for being covered by something else: that is for `allow_lists`.
    """
    grants = _standard(microservice, plane)
    grants += _publishes(microservice, plane)
    grants += _subscribes(microservice, plane)
    return _joined(_merged(grants))


def allow_lists(grants: Iterable[Grant]) -> tuple[list[str], list[str]]:
    """Return the subjects to publish and to subscribe: in order, without what others cover, equal ones once."""
    listed = list(grants)
    pub = without_covered(grant.subject for grant in listed if grant.verb is Verb.PUB)
    sub = without_covered(grant.subject for grant in listed if grant.verb is Verb.SUB)
    return pub, sub


def _standard(microservice: Microservice, plane: str) -> list[Grant]:
    own = flatten_host(microservice.hostname)
    rules = [
        (Verb.PUB, f"{plane}.safe.888.{own}.>"),  # control requests to anyone
        (Verb.PUB, f"{plane}.reply._.{own}.>"),
        (Verb.SUB, f"{plane}.safe.*.*.{own}.>"),  # everything addressed to it, but to its trust roots
        (Verb.SUB, f"{plane}.reply._.*.{own}.*"),
        (Verb.SUB, f"{plane}.safe.888.*.all.>"),  # control broadcasts
    ]
    grants = [Grant(verb, subject, GrantKind.STANDARD) for verb, subject in rules]
    trust_roots = [access for access in _of(microservice, AccessKind.ROUTE) if access.endpoint.is_trust_root]
    if trust_roots:
        subject = f"{plane}.danger.{TRUST_ROOT_PORT}.*.{own}.>"
        places = tuple(sorted({_evidence(access) for access in trust_roots}))
        grants.append(Grant(Verb.SUB, subject, GrantKind.ROUTE, places))
    return grants


def _publishes(microservice: Microservice, plane: str) -> list[Grant]:
    calls = sorted(_of(microservice, AccessKind.CALL, AccessKind.REQUEST, AccessKind.DECLARED), key=_call_order)
    events = sorted(_of(microservice, AccessKind.EVENT), key=lambda access: access.name)
    return [
        Grant(
            Verb.PUB,
            publish_subject(plane, microservice.hostname, access.endpoint),
            GrantKind(access.kind),
            (_evidence(access),),
        )
        for access in calls + events
    ]


def _subscribes(microservice: Microservice, plane: str) -> list[Grant]:
    own = microservice.hostname.lower()
    hooks = sorted(_of(microservice, AccessKind.HOOK), key=_hook_order)
    routes = [access for access in _of(microservice, AccessKind.ROUTE) if access.endpoint.host != own]
    return [
        Grant(Verb.SUB, subscribe_subject(plane, access.endpoint), GrantKind(access.kind), (_evidence(access),))
        for access in hooks + routes
    ]


def _evidence(access: Access) -> Evidence:
    return Evidence(access.location, access.function, access.via)


def _of(microservice: Microservice, *kinds: AccessKind) -> list[Access]:
    return [access for access in microservice.accesses if access.kind in kinds]


def _call_order(access: Access) -> tuple[str, str, str, str]:
    """Upstream sorts by the callee's own hostname, an override notwithstanding, then by route, method and override."""
    host = access.endpoint.host or "*"
    callee = access.callee or host
    return callee, access.route, access.endpoint.method, "" if host == callee else host


def _hook_order(access: Access) -> tuple[str, str, str]:
    return access.endpoint.host or "*", access.route, access.endpoint.method


def _joined(grants: list[Grant]) -> list[Grant]:
    """Return `grants` and, behind their parts, what two grants to publish are together; the list gets shorter by it.

    Never what policies call a wildcard: at least a segment of the path stays in front of the `>`.
    """
    by_subject = {grant.subject: grant for grant in reversed(grants) if grant.verb is Verb.PUB}
    places: dict[str, tuple[int, ...]] = {}
    for position, grant in enumerate(grants):
        if grant.verb is Verb.PUB:
            places.setdefault(grant.subject, (position,))
    added: list[tuple[tuple[int, ...], Grant]] = []
    for subject, parts in with_tails_joined(by_subject, _TO_METHOD + 1).items():
        both = [by_subject[part] for part in parts]
        evidence = tuple(sorted({place for grant in both for place in grant.evidence}))
        by_subject[subject] = Grant(Verb.PUB, subject, both[0].kind, evidence)
        places[subject] = (*max(places[part] for part in parts), -len(added))
        added.append((places[subject], by_subject[subject]))
    at = [((position,), grant) for position, grant in enumerate(grants)]
    return [grant for _, grant in sorted([*at, *added], key=lambda placed: placed[0])]


def _merged(grants: Sequence[Grant]) -> list[Grant]:
    """Return each (verb, subject, kind) once, at its first place, with the evidence of all."""
    places: dict[tuple[Verb, str, GrantKind], set[Evidence]] = {}
    for grant in grants:
        places.setdefault((grant.verb, grant.subject, grant.kind), set()).update(grant.evidence)
    return [Grant(*key, evidence=tuple(sorted(found))) for key, found in places.items()]
