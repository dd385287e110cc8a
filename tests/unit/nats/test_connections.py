"""What is read of a connection: how old it is by the server's clock, and when its credentials were issued and end."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from microbus_operator.nats.answers import ConnectionsAnswer, read
from microbus_operator.nats.connections import Connection, _connection

NOW = "2027-01-15T08:01:40.5Z"


def jwt(claims: Any) -> str:
    """A JWT with those claims; nobody looks at its signature."""
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"head.{body}.signature"


def listed(**item: Any) -> Connection:
    """A connection as a server lists it."""
    data = {"now": NOW, "total": 1, "connections": [{"cid": 7, "ip": "10.0.0.1", "port": 4711, **item}]}
    answer = read(ConnectionsAnswer, json.dumps({"server": {"id": "N1", "name": "nats-0"}, "data": data}).encode())
    assert answer.data is not None
    return _connection(answer, answer.data.connections[0])


@pytest.mark.parametrize(
    ("start", "age"), [("2027-01-15T08:00:00Z", 100), ("2027-01-15T08:01:41Z", 0), ("2027-01-15T03:01:40-05:00", 0)]
)
def test_the_age_is_by_the_servers_own_clock_and_never_negative(start: str, age: int) -> None:
    assert listed(start=start).age == age


def test_without_a_start_a_connection_is_new_so_that_nobody_closes_it() -> None:
    assert listed().age == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (jwt({"iat": 5, "exp": 9}), (5, 9)),
        (jwt({"iat": 5, "exp": 0}), (5, None)),
        (jwt({"iat": "5", "exp": True}), (None, None)),
        (jwt([1]), (None, None)),
        ("", (None, None)),
        ("a.b", (None, None)),
        ("a.é.c", (None, None)),
        (jwt(json.loads("[" * 500 + "]" * 500)), (None, None)),
    ],
)
def test_of_a_jwt_the_times_are_read_and_nothing_is_believed_that_is_none(
    text: str, expected: tuple[int | None, int | None]
) -> None:
    found = listed(jwt=text)
    assert (found.issued_at, found.expires_at) == expected
    assert (found.address, found.port) == ("10.0.0.1", 4711)
