"""Upstream's rule builder: from what its scanners found to allow-lists, in its order and with its duplicates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gencreds.upstream.subjects import (
    ANY_ROUTE,
    ANYTHING,
    TRUST_ROOT_PORT,
    Target,
    flat,
    has_host,
    pattern,
    resolve,
    without_covered,
)
from gencreds.upstream.wanted import ANY_HOST, Origin, Wanted

PUB, SUB = "pub", "sub"


@dataclass(frozen=True)
class Rule:
    """One subject, and what it is for: nothing for the rules that every microservice has."""

    verb: str
    subject: str
    wanted: Wanted | None = None


def rules_of(hostname: str, found: Iterable[Wanted], plane: str) -> list[Rule]:
    """Return all rules of the microservice `hostname` on `plane`; nothing is dropped for being covered yet."""
    listed = list(found)
    own = flat(hostname)
    routes = [(each, target) for each in _of(listed, Origin.ROUTE) if (target := target_of(each)) is not None]
    built = [
        Rule(PUB, f"{plane}.safe.888.{own}.>"),
        Rule(PUB, f"{plane}.reply._.{own}.>"),
        Rule(SUB, f"{plane}.safe.*.*.{own}.>"),
        Rule(SUB, f"{plane}.reply._.*.{own}.*"),
        Rule(SUB, f"{plane}.safe.888.*.all.>"),
    ]
    dangers = [each for each, target in routes if target.port == TRUST_ROOT_PORT]
    built += [Rule(SUB, f"{plane}.danger.{TRUST_ROOT_PORT}.*.{own}.>", each) for each in dangers[:1]]
    calls = {_order(each): each for each in reversed(_of(listed, Origin.CALL, Origin.REQUEST))}
    built += _patterns(PUB, plane, own, [calls[key] for key in sorted(calls)])
    built += _patterns(PUB, plane, own, sorted(_of(listed, Origin.EVENT), key=lambda each: each.name))
    built += _patterns(SUB, plane, "*", sorted(_of(listed, Origin.HOOK), key=_order))
    elsewhere: dict[str, Rule] = {}
    for rule in _patterns(SUB, plane, "*", [each for each, target in routes if target.host != hostname]):
        elsewhere.setdefault(rule.subject, rule)
    return [*built, *elsewhere.values()]


def allow_lists(rules: Iterable[Rule]) -> tuple[list[str], list[str]]:
    """Return the subjects to publish and to subscribe, without what upstream takes to be covered."""
    listed = list(rules)
    pub = without_covered(rule.subject for rule in listed if rule.verb == PUB)
    return pub, without_covered(rule.subject for rule in listed if rule.verb == SUB)


def _of(found: list[Wanted], *origins: Origin) -> list[Wanted]:
    return [each for each in found if each.origin in origins]


def _order(each: Wanted) -> tuple[str, str, str, str, Origin]:
    """By the callee's own hostname, an override notwithstanding; what is equal in all of it is one endpoint."""
    return each.bucket, each.route or "", (each.method or "").upper(), each.override, each.origin


def _patterns(verb: str, plane: str, source: str, found: Iterable[Wanted]) -> list[Rule]:
    built: list[Rule] = []
    for each in found:
        target = target_of(each)
        if target is not None:
            built.append(Rule(verb, pattern(plane, source, target, each.method or ""), each))
    return built


def target_of(each: Wanted) -> Target | None:
    """Return what `each` is about, or None if upstream drops it.

    An override that is a literal loses to a route's own host; one that is none makes it any host.
    """
    route = each.route or ""
    if each.origin is Origin.REQUEST and each.override == ANY_HOST:
        return ANYTHING
    literal = each.override not in ("", ANY_HOST) and not has_host(route)
    target = resolve(each.override if literal else each.bucket, route)
    if target is not None and route == ANY_ROUTE and literal and resolve(each.override, "") is None:
        return None
    return target._replace(host=None) if target is not None and each.override == ANY_HOST else target
