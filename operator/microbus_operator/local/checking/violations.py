"""What a broker refused, read from nats-server's log: it writes a line for every refusal, with the user's key.

The alternatives tell less: `-ERR` goes to the client alone, which may not print it, and `$SYS` has no event for a
refused subject. The lines are those of nats-server 2.12 to 2.15 (`server/client.go`, `pubPermissionViolation` and
`subPermissionViolation`), and are not rate-limited.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from gencreds.grants import Verb

MOST_DISTINCT = 1000
_VIOLATION = re.compile(
    r'jwt:(?P<user>U[A-Z2-7]{55})" - (?P<what>Publish|Subscription) Violation - Subject "(?P<subject>(?:[^"\\]|\\.)*)"'
)
_STRANGER = re.compile(r" - authentication error\b")
_VERBS = {"Publish": Verb.PUB, "Subscription": Verb.SUB}


class Violation(NamedTuple):
    """A subject that a microservice was refused, to publish on or to subscribe to."""

    hostname: str
    verb: Verb
    subject: str


@dataclass
class Refusals:
    """All of a log: how often each violation was, `more` of them beyond the first distinct ones, and how many
    connections came without valid credentials."""

    violations: Counter[Violation] = field(default_factory=Counter)
    more: int = 0
    strangers: int = 0


def refusals_in(lines: Iterable[str], users: Mapping[str, str]) -> Refusals:
    """Read a log. `users` says whose each user key is."""
    result = Refusals()
    for line in lines:
        found = _VIOLATION.search(line)
        if found is None:
            result.strangers += _STRANGER.search(line) is not None
            continue
        hostname = users.get(found["user"], found["user"])
        violation = Violation(hostname, _VERBS[found["what"]], found["subject"])
        if violation in result.violations or len(result.violations) < MOST_DISTINCT:
            result.violations[violation] += 1
        else:
            result.more += 1
    return result
