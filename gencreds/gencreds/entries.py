"""What an entry of any allow-list reaches, also of one that nobody derived: trust roots, wildcards. Pure text work.

`report.py` judges what the analysis itself made; this judges credentials from elsewhere, and whoever wrote those need
not have kept to Microbus' grammar, so whatever is not plainly narrow counts as wide.
"""

from __future__ import annotations

from collections.abc import Iterable

from gencreds.grants import Verb
from gencreds.subjects import covers, flatten_host

_WILD = ("*", ">")
_EVERYTHING = ">"
_METHOD = 6


def effective(allow: Iterable[str]) -> tuple[str, ...]:
    """Return what an allow-list allows: to NATS an empty one allows everything."""
    return tuple(allow) or (_EVERYTHING,)


def reaches_trust_root(subject: str) -> bool:
    """Return whether some subject on port 666's `danger` matches `subject`."""
    segments = subject.split(".")
    return segments[0] == _EVERYTHING or segments[1:2] in (["danger"], ["*"], [_EVERYTHING])


def is_wide(verb: str, subject: str, hostname: str) -> bool:
    """Return whether `subject` reaches beyond single endpoints, but for what every microservice gets (`standard`).

    To publish: to any host, as any microservice, or to anything on a host. To subscribe: what is addressed to any host.
    """
    segments = subject.split(".")
    if any(covers(entry, subject) for entry in standard(verb, hostname, segments[0])):
        return False
    head = segments[: _METHOD + 1]
    named = (0, 1, 3, 4) if verb == Verb.PUB else (0, 1, 4)
    return _EVERYTHING in segments[: _METHOD + 2] or any(head[at] in _WILD for at in named if at < len(head))


def standard(verb: str, hostname: str, plane: str) -> tuple[str, ...]:
    """Return what every microservice gets, and what serves its own trust roots."""
    own = flatten_host(hostname)
    if plane in _WILD:
        return ()
    if verb == Verb.PUB:
        return (f"{plane}.safe.888.{own}.>", f"{plane}.reply._.{own}.>")
    return (
        f"{plane}.safe.*.*.{own}.>",
        f"{plane}.reply._.*.{own}.*",
        f"{plane}.safe.888.*.all.>",
        f"{plane}.danger.666.*.{own}.>",
    )


def planes(subjects: Iterable[str]) -> tuple[str, ...]:
    """Return the planes that `subjects` are on, sorted; a wildcard is none."""
    return tuple(sorted({plane for subject in subjects if (plane := subject.partition(".")[0]) not in _WILD}))
