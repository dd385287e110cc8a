"""What upstream's scanners hand on to its rule builder: an endpoint by route and hostname, and how it came about."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# The override of a `ForHost` that is no literal, and the host of a request whose URL is unknown.
ANY_HOST = "*"
# What upstream calls on a client, hook or trigger without it being an endpoint.
NOT_ENDPOINTS = frozenset(
    {"ForHost", "WithOptions", "NewClient", "NewMulticastClient", "NewHook", "NewMulticastTrigger"}
)


class Origin(StrEnum):
    """Which of upstream's scanners found it."""

    CALL = "call"
    REQUEST = "request"
    EVENT = "event"
    HOOK = "hook"
    ROUTE = "route"


class Fact(StrEnum):
    """What upstream does at a place that our engine does otherwise; `gencreds.parity` tells reasons by it."""

    DYNAMIC_HOST = "dynamic-host"  # a ForHost that is no literal
    HOST_LOST = "host-lost"  # the client's variable was bound with a ForHost
    BOUND = "bound"  # a variable, whatever its scope
    COLLISION = "alias-collision"  # the alias is another package's in this file
    HELPER = "helper"
    NO_METHOD = "no-method"
    NO_ROUTE = "no-route"
    UNKNOWN_URL = "unknown-url"
    VARIABLE_OPTIONS = "variable-options"


@dataclass(frozen=True)
class Wanted:
    """An endpoint that upstream's scanner found at `file` and `line` by the name `name`.

    `bucket` is the callee's own hostname, by which rules are sorted; `override` a `ForHost`'s host, empty without one.
    `method` and `route` are None where the definition has no literal.
    """

    origin: Origin
    bucket: str
    route: str | None
    method: str | None
    file: str
    line: int
    name: str
    override: str = ""
    facts: frozenset[Fact] = frozenset()
