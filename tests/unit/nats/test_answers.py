"""What a server may answer without doing harm here."""

from __future__ import annotations

import pytest

from microbus_operator.nats.answers import AccountAnswer, ConnectionsAnswer, StatsAnswer, UpdateAnswer, read
from microbus_operator.nats.errors import SystemUnavailable

SERVER = '"server": {"id": "NAAA", "name": "nats-0", "ver": "2.15.1", "unknown": 1}'


def test_a_good_answer_is_read_and_what_we_do_not_know_is_left_out() -> None:
    answer = read(StatsAnswer, f'{{{SERVER}, "statsz": {{"connections": 3, "active_servers": 2, "x": []}}}}'.encode())
    assert (answer.server.name, answer.server.version) == ("nats-0", "2.15.1")
    assert (answer.statsz.connections, answer.statsz.active_servers) == (3, 2)


def test_revocations_are_times() -> None:
    detail = '{"jwt": "x", "revoked_user": {"*": "2026-01-01T00:00:00Z"}}'
    answer = read(AccountAnswer, f'{{{SERVER}, "data": {{"account_detail": {detail}}}}}'.encode())
    assert answer.data is not None
    assert answer.data.account_detail is not None
    assert answer.data.account_detail.revoked_user is not None
    assert answer.data.account_detail.revoked_user["*"].timestamp() == 1767225600


def test_an_error_is_read_as_one() -> None:
    answer = read(UpdateAnswer, f'{{{SERVER}, "error": {{"code": 500, "description": "no"}}}}'.encode())
    assert answer.error is not None
    assert answer.error.description == "no"


@pytest.mark.parametrize("kind", [AccountAnswer, ConnectionsAnswer, StatsAnswer, UpdateAnswer])
@pytest.mark.parametrize(
    "data",
    [b"", b"null", b"[]", b"{}", b"{" * 100_000, b'{"a":' * 100_000, b"\xff\xfe", b'{"server": 1}', b'{"server": {}}'],
)
def test_anything_else_is_the_weather_and_is_not_repeated(kind: type[StatsAnswer], data: bytes) -> None:
    with pytest.raises(SystemUnavailable) as error:
        read(kind, data)
    assert len(str(error.value)) < 400
