"""The servers' answers as they come over the wire: JSON into values, and an error for anything else.

Field names are nats-server's (server/events.go, server/monitor.go); what we do not read is left out.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from microbus_operator.nats.errors import SystemUnavailable

A = TypeVar("A", bound="Answer")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ServerInfo(_Part):
    """Who answers."""

    id: str
    name: str
    version: str = Field(default="", alias="ver")


class ErrorInfo(_Part):
    """Why a server did not do it."""

    code: int = 0
    description: str = ""


class Answer(_Part):
    """What all answers have in common."""

    server: ServerInfo
    error: ErrorInfo | None = None


class _Stats(_Part):
    connections: int = 0
    active_servers: int = 1


class StatsAnswer(Answer):
    """STATSZ."""

    statsz: _Stats


class _Account(_Part):
    jwt: str = ""
    revoked_user: dict[str, datetime] | None = None


class _Accounts(_Part):
    account_detail: _Account | None = None


class AccountAnswer(Answer):
    """ACCOUNTZ of one account; an error where the server has not loaded it."""

    data: _Accounts | None = None


class _Update(_Part):
    code: int = 0
    message: str = ""


class UpdateAnswer(Answer):
    """CLAIMS.UPDATE."""

    data: _Update | None = None


class ConnectionInfo(_Part):
    """One client's connection."""

    cid: int
    kind: str = ""
    name: str = ""
    ip: str = ""
    port: int = 0
    start: datetime | None = None
    jwt: str = Field(default="", repr=False)
    authorized_user: str = ""
    issuer_key: str = ""
    subscriptions_list: tuple[str, ...] = ()


class _Connections(_Part):
    now: datetime | None = None
    connections: tuple[ConnectionInfo, ...] = ()
    total: int = 0


class ConnectionsAnswer(Answer):
    """CONNZ."""

    data: _Connections | None = None


class KickAnswer(Answer):
    """KICK."""


def read(kind: type[A], data: bytes) -> A:
    """Parse one answer. Raises `SystemUnavailable` for what is none, without repeating it."""
    try:
        return kind.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise SystemUnavailable(f"a server's {kind.__name__} cannot be read: {where}: {first['msg']}") from None
