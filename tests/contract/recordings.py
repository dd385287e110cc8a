"""What each microservice really published and subscribed: read from a broker's protocol trace, by connection."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gencreds.grants import Verb
from gencreds.subjects import covers

_TRACED = re.compile(r"cid:(\d+) - .*<<- \[(PUB|HPUB|SUB) (\S+)")


@dataclass
class Recording:
    """The subjects that one microservice used."""

    published: set[str] = field(default_factory=set)
    subscribed: set[str] = field(default_factory=set)

    def of(self, verb: Verb) -> set[str]:
        """The subjects that it used by `verb`."""
        return self.published if verb is Verb.PUB else self.subscribed


@dataclass(frozen=True, order=True)
class Permission:
    """An entry of an allow-list: `hostname` may `verb` on `subject`."""

    hostname: str
    verb: Verb
    subject: str


def recordings(trace: str, hostnames: Mapping[int, str]) -> dict[str, Recording]:
    """Return what each microservice did, from the log of a broker with `trace: true`.

    `hostnames` names the microservice that each connection id was authenticated as. A connection that is not in it
    fails the test: whose subjects would those be?
    """
    found: defaultdict[str, Recording] = defaultdict(Recording)
    for line in trace.splitlines():
        match = _TRACED.search(line)
        if match:
            cid, operation, subject = match.groups()
            assert int(cid) in hostnames, f"connection {cid} is nobody's, and it used {subject}"
            found[hostnames[int(cid)]].of(Verb.SUB if operation == "SUB" else Verb.PUB).add(subject)
    return dict(found)


def not_granted(recorded: Mapping[str, Recording], permissions: Iterable[Permission]) -> list[Permission]:
    """Return what was used and no permission covers: these the broker would refuse."""
    allowed = list(permissions)
    return sorted(
        Permission(hostname, verb, subject)
        for hostname, recording in recorded.items()
        for verb in Verb
        for subject in recording.of(verb)
        if not any(_allows(permission, hostname, verb, subject) for permission in allowed)
    )


def not_used(recorded: Mapping[str, Recording], permissions: Iterable[Permission]) -> list[Permission]:
    """Return the permissions that cover nothing that was used: these are wider than the code."""
    return sorted(
        permission
        for permission in permissions
        if not any(
            covers(permission.subject, subject)
            for subject in recorded.get(permission.hostname, Recording()).of(permission.verb)
        )
    )


def _allows(permission: Permission, hostname: str, verb: Verb, subject: str) -> bool:
    return permission.hostname == hostname and permission.verb is verb and covers(permission.subject, subject)
