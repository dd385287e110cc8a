"""What a client-like value is: which API package it talks to, in which role, and to which host.

`flow` computes these values, the pattern files turn their uses into accesses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from gencreds.microbus.api import ApiPackage
from gencreds.microbus.outcomes import NOTHING, Outcome, Outcomes, composed

ANY_HOST = "*"


class Role(Enum):
    """What a value of an API package does."""

    CLIENT = "client"
    HOOK = "hook"
    TRIGGER = "trigger"
    EXECUTOR = "executor"
    SUBGRAPH = "subgraph"


CONSTRUCTORS = {
    "NewClient": Role.CLIENT,
    "NewMulticastClient": Role.CLIENT,
    "NewHook": Role.HOOK,
    "NewMulticastTrigger": Role.TRIGGER,
    "NewExecutor": Role.EXECUTOR,
    "NewSubgraph": Role.SUBGRAPH,
}
TYPES = {
    "Client": Role.CLIENT,
    "MulticastClient": Role.CLIENT,
    "Hook": Role.HOOK,
    "MulticastTrigger": Role.TRIGGER,
    "Executor": Role.EXECUTOR,
    "Subgraph": Role.SUBGRAPH,
}
FOR_HOST = "ForHost"
WITH_OPTIONS = "WithOptions"
CHAIN = frozenset({FOR_HOST, WITH_OPTIONS})


@dataclass(frozen=True)
class Client:
    """A client, hook, trigger, executor or subgraph of the Go type `type`.

    `host` is a `ForHost`'s: None without one, `ANY_HOST` unknown.
    `options` is what `WithOptions` says of methods and URLs; empty when it says nothing.
    """

    api: ApiPackage
    role: Role
    type: str
    host: str | None = None
    options: Outcomes = ()

    def for_host(self, host: str) -> Client:
        """Return this client with `host`; an empty one is no override."""
        return replace(self, host=host or None)

    def with_options(self, outcomes: Outcomes) -> Client:
        """Return this client with more options; what they do not say, or nobody can follow, changes nothing."""
        return replace(self, options=added(self.options, outcomes))


Clients = tuple[Client, ...]


def merged(*groups: Clients) -> Clients:
    """Return all clients of `groups`, each once, in order."""
    return tuple(dict.fromkeys(client for group in groups for client in group))


def added(before: Outcomes, outcomes: Outcomes) -> Outcomes:
    """Return what options say that come after those `before`; empty when they say nothing."""
    said = tuple(Outcome() if each.is_unfollowed else each for each in outcomes)
    found = composed(before or NOTHING, said)
    return () if all(each.says_nothing for each in found) else found
