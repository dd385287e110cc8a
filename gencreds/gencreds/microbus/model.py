"""What the analysis finds in a microservice's source: plain values, with where each was read.

The readers of this package produce them; `gencreds.grants` turns them into NATS subjects.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a finding costs: `BLOCKING` refuses the allow-list, `WARNING` lets it stand and says what was given up."""

    BLOCKING = "blocking"
    WARNING = "warning"


class AccessKind(StrEnum):
    """Why a microservice needs an access; the words are Microbus' own."""

    CALL = "call"  # a typed client's call
    REQUEST = "request"  # a raw request with `pub` options
    EVENT = "event"  # an outbound event of its own
    HOOK = "hook"  # an inbound event
    ROUTE = "route"  # a route of its own, on its own or on another host
    DECLARED = "declared"  # a call that a source comment states, because the code cannot show it


@dataclass(frozen=True, order=True)
class Location:
    """A place in the source: `file` relative to the source root with `/` separators, `line` from 1."""

    file: str
    line: int


# A longer way to a call site is cut; nobody reads it.
MAX_STEPS = 16


@dataclass(frozen=True, order=True)
class Step:
    """A call on the way to a call site: the function that makes it, as Go names it (`(*Service).Pay`), and where."""

    function: str
    file: str
    line: int


@dataclass(frozen=True, order=True)
class Finding:
    """Something in the source that cannot be followed or will not be trusted.

    `rule` is a stable kebab-case id that `docs/findings.md` explains under the same name.
    """

    rule: str
    severity: Severity
    message: str
    location: Location


@dataclass(frozen=True)
class Endpoint:
    """`{host, port, method, path}`, each as the source states it.

    `host` None is any host; `port` 0 any port; `method` upper case, `ANY` any method; `path` is decoded and starts
    without its leading slash stripped (`/items/{id}`), None is anything at all (an unknown URL).
    """

    host: str | None
    port: int
    method: str
    path: str | None

    @property
    def is_trust_root(self) -> bool:
        """Port 666 exactly: an unknown port never is one."""
        return self.port == 666


@dataclass(frozen=True)
class Access:
    """One thing that the source does: publish to (`CALL`, `REQUEST`, `EVENT`) or serve (`HOOK`, `ROUTE`) an endpoint.

    `name` is the definition's or event's name where there is one; `callee` the hostname of the API package that defines
    it (before any `ForHost`), by which upstream orders its rules; `route` the raw route, likewise. `function` encloses
    the call site (empty at the top level of a file); `via` are the other calls on the way, outermost first: those that
    lead to a helper of the microservice, or those that a helper of an API package makes from there.
    """

    kind: AccessKind
    endpoint: Endpoint
    location: Location
    name: str = ""
    callee: str = ""
    route: str = ""
    function: str = ""
    via: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Microservice:
    """A microservice as analysed: its hostname, its directory relative to the source root, and all it does."""

    hostname: str
    directory: str
    accesses: tuple[Access, ...]
    findings: tuple[Finding, ...]
