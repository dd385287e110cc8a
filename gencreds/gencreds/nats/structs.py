"""The structs inside NATS claims as github.com/nats-io/jwt/v2 v2.8 declares them: JSON names, order and zero values.

We set few of them ourselves; all are here so that a JWT made by `nsc` or Go reads whole and can be signed again whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

from gencreds.nats.gojson import Json, JsonInvalid, member

NO_LIMIT = -1
_UINT8 = (0, 2**8 - 1)
_UINT64 = (0, 2**64 - 1)


def _cidrs(value: Json) -> Json:
    """Go's CIDRList also reads one comma-separated string."""
    if not isinstance(value, str):
        return value
    return list(dict.fromkeys(entry for part in value.lower().split(",") if (entry := part.strip())))


def _export_type(value: Json) -> Json:
    if value not in ("stream", "service"):
        raise JsonInvalid("type: an import or export is a stream or a service")
    return value


@dataclass(frozen=True)
class Permission:
    """Subjects that may be used and that may not."""

    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()


@dataclass(frozen=True)
class ResponsePermission:
    """How many replies a request allows (`max`) and for how long (`ttl`, nanoseconds)."""

    max: int = member(always=True, default=0)
    ttl: int = member(always=True, default=0)


@dataclass(frozen=True)
class Permissions:
    """What may be published and subscribed."""

    pub: Permission = Permission()
    sub: Permission = Permission()
    resp: ResponsePermission | None = None


@dataclass(frozen=True)
class TimeRange:
    """A part of the day, `hh:mm:ss` to `hh:mm:ss`."""

    start: str = ""
    end: str = ""


@dataclass(frozen=True)
class UserPermissionLimits:
    """All that a user may, and how much of it; -1 is without limit, and 0 is none."""

    pub: Permission = Permission()
    sub: Permission = Permission()
    resp: ResponsePermission | None = None
    src: tuple[str, ...] = member(read=_cidrs, default=())
    times: tuple[TimeRange, ...] = ()
    times_location: str = ""
    subs: int = NO_LIMIT
    data: int = NO_LIMIT
    payload: int = NO_LIMIT
    bearer_token: bool = False
    proxy_required: bool = False
    allowed_connection_types: tuple[str, ...] = ()


@dataclass(frozen=True)
class JetStreamLimits:
    """JetStream's limits; 0 bytes of storage means that it is off."""

    mem_storage: int = 0
    disk_storage: int = 0
    streams: int = 0
    consumer: int = 0
    max_ack_pending: int = 0
    mem_max_stream_bytes: int = 0
    disk_max_stream_bytes: int = 0
    max_bytes_required: bool = False


@dataclass(frozen=True)
class OperatorLimits:
    """What an operator allows an account; without limit but for JetStream, which is off.

    A limit that is not stated reads as 0 and locks everyone out (fact N30), so these defaults are always written.
    """

    subs: int = NO_LIMIT
    data: int = NO_LIMIT
    payload: int = NO_LIMIT
    imports: int = NO_LIMIT
    exports: int = NO_LIMIT
    wildcards: bool = True
    disallow_bearer: bool = False
    conn: int = NO_LIMIT
    leaf: int = NO_LIMIT
    mem_storage: int = 0
    disk_storage: int = 0
    streams: int = 0
    consumer: int = 0
    max_ack_pending: int = 0
    mem_max_stream_bytes: int = 0
    disk_max_stream_bytes: int = 0
    max_bytes_required: bool = False
    tiered_limits: Mapping[str, JetStreamLimits] = member(factory=dict)

    def settled(self) -> OperatorLimits:
        """Return the limits as Go reads them: with tiers, the limits outside of them do not count."""
        if not self.tiered_limits:
            return self
        none = JetStreamLimits()
        return replace(self, **{item.name: getattr(none, item.name) for item in fields(none)})


@dataclass(frozen=True)
class UserScope:
    """A signing key whose users get `template` as their permissions, whatever their own JWT says."""

    kind: str = member(always=True, default="user_scope")
    key: str = member(always=True, default="")
    role: str = member(always=True, default="")
    template: UserPermissionLimits = field(
        default_factory=UserPermissionLimits, metadata={"always": True, "unset": True}
    )
    description: str = member(always=True, default="")


@dataclass(frozen=True)
class Import:
    """A stream or service of another account."""

    name: str = ""
    subject: str = ""
    account: str = ""
    token: str = ""
    to: str = ""
    local_subject: str = ""
    type: str = member(read=_export_type, default="")
    share: bool = False
    allow_trace: bool = False


@dataclass(frozen=True)
class ServiceLatency:
    """Where to report a service's latency, for what share of requests: 1 to 100 percent, 0 as the headers ask."""

    sampling: int = member(
        always=True,
        read=lambda value: 0 if isinstance(value, str) and value.lower() == "headers" else value,
        write=lambda value: value or "headers",
        default=0,
    )
    results: str = member(always=True, default="")


@dataclass(frozen=True)
class Export:
    """A stream or service offered to other accounts."""

    name: str = ""
    subject: str = ""
    type: str = member(read=_export_type, default="")
    token_req: bool = False
    revocations: Mapping[str, int] = member(factory=dict)
    response_type: str = ""
    response_threshold: int = 0
    service_latency: ServiceLatency | None = None
    account_token_position: int = member(bounds=_UINT64, default=0)
    advertise: bool = False
    allow_trace: bool = False
    description: str = ""
    info_url: str = ""


@dataclass(frozen=True)
class WeightedMapping:
    """A target of a subject mapping, with its share in percent."""

    subject: str = member(always=True, default="")
    weight: int = member(bounds=_UINT8, default=0)
    cluster: str = ""


@dataclass(frozen=True)
class ExternalAuthorization:
    """Who answers for the account's users instead of their JWTs (auth callout)."""

    auth_users: tuple[str, ...] = ()
    allowed_accounts: tuple[str, ...] = ()
    xkey: str = ""


@dataclass(frozen=True)
class MsgTrace:
    """Where message traces go, and for what share of messages in percent."""

    dest: str = ""
    sampling: int = 0
