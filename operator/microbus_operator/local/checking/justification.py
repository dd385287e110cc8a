"""Why a subject was refused: what the code of the microservice needs instead, or that nothing in it does. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from gencreds.grants import Verb
from gencreds.rendering.phrases import endpoint_of
from gencreds.rendering.table import site
from gencreds.report import Grant, ServiceReport
from gencreds.subjects import flatten_host, unflatten_host
from microbus_operator.local.checking.violations import Violation

NOTHING = "no code justifies this"
_SHOWN = 3
_SITES = 2
# Where a subject's segments are: <plane>.<trust>.<port>.<source>.<target>.<slot>.<METHOD>.<path…>
_PLANE, _PORT, _SOURCE, _TARGET, _ENDPOINT = 0, 2, 3, 4, 5


def reasons(violation: Violation, services: Mapping[str, ServiceReport], plane: str) -> list[str]:
    """Lines that say why, the nearest call sites among them."""
    segments = violation.subject.split(".")
    if segments[_PLANE] != plane:
        return [f"its plane is {segments[_PLANE]}, and the credentials are for {plane} (MICROBUS_PLANE)"]
    service = services.get(violation.hostname)
    if service is None:
        return [NOTHING]
    source = segments[_SOURCE] if len(segments) > _ENDPOINT else ""
    if violation.verb == Verb.PUB and source and source != flatten_host(violation.hostname):
        return [f"it speaks in the name of {unflatten_host(source)}; nobody's code may"]
    near = nearest(violation, service)
    if not near:
        return [NOTHING]
    return [f"near: {endpoint_of(grant.verb, grant.subject)} at {_sites(grant)}" for grant in near]


def nearest(violation: Violation, service: ServiceReport) -> list[Grant]:
    """The grants with a call site that reach the same host and port with another method or path, at most three.

    Those that share the longest beginning of method and path go first. Where there is none, those on another port.
    """
    wanted = violation.subject.split(".")
    if len(wanted) <= _ENDPOINT:
        return []
    of_host = [
        (grant, has)
        for grant in service.grants
        for has in [grant.subject.split(".")]
        if grant.verb == violation.verb and grant.evidence and len(has) > _ENDPOINT and has[_TARGET] == wanted[_TARGET]
    ]
    of_port = [pair for pair in of_host if pair[1][_PORT] == wanted[_PORT] or "*" in (pair[1][_PORT], wanted[_PORT])]
    ordered = sorted(of_port or of_host, key=lambda pair: (-_alike(pair[1], wanted), pair[0].subject))
    return [grant for grant, _ in ordered][:_SHOWN]


def _alike(has: list[str], wanted: list[str]) -> int:
    """How many segments of method and path are the same."""
    pairs = zip(has[_ENDPOINT + 1 :], wanted[_ENDPOINT + 1 :], strict=False)
    return sum(one == other for one, other in pairs)


def _sites(grant: Grant) -> str:
    shown = ", ".join(site(place) for place in grant.evidence[:_SITES])
    more = len(grant.evidence) - _SITES
    return f"{shown} (+{more})" if more > 0 else shown
