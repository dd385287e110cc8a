"""Pull secrets are matched as the kubelet matches them, and a password is never shown."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microbus_operator.source.auth import Challenge, credentials_for, parse_challenges
from microbus_operator.source.errors import PullSecretInvalid
from microbus_operator.source.references import parse_reference


def secret(**auths: object) -> bytes:
    return json.dumps({"auths": auths}).encode()


def users(image: str, *secrets: bytes) -> list[str]:
    return [credential.username for credential in credentials_for(parse_reference(image), secrets)]


@pytest.mark.parametrize(
    ("key", "image"),
    [
        ("registry.example", "registry.example/shop"),
        ("https://registry.example", "registry.example/shop"),
        ("https://registry.example/v2/", "registry.example/shop"),
        ("registry.example:5000", "registry.example:5000/shop"),
        ("registry.example/team", "registry.example/team/shop"),
        ("registry.example/team/shop", "registry.example/team/shop"),
        ("*.example", "registry.example/shop"),
        ("registry-?.example", "registry-1.example/shop"),
        ("*.registry.example/team", "eu.registry.example/team/shop"),
        ("https://index.docker.io/v1/", "nats"),
        ("docker.io", "team/shop"),
    ],
)
def test_an_entry_fits_its_host_and_what_is_below_its_path(key: str, image: str) -> None:
    assert users(image, secret(**{key: {"username": "me", "password": "p"}})) == ["me"]


@pytest.mark.parametrize(
    ("key", "image"),
    [
        ("registry.example", "other.example/shop"),
        ("registry.example", "registry.example:5000/shop"),
        ("registry.example:5000", "registry.example/shop"),
        ("registry.example/team", "registry.example/teams/shop"),
        ("registry.example/team", "registry.example/other"),
        ("*.example", "a.registry.example/shop"),
        ("*", "registry.example/shop"),
        ("example", "registry.example/shop"),
        ("https://index.docker.io/v1/", "registry.example/nats"),
    ],
)
def test_an_entry_fits_nothing_else(key: str, image: str) -> None:
    assert users(image, secret(**{key: {"username": "me", "password": "p"}})) == []


def test_the_most_specific_entry_comes_first_over_all_secrets() -> None:
    broad = secret(**{"*.example": {"username": "any"}, "registry.example": {"username": "host"}})
    narrow = secret(**{"registry.example/team": {"username": "team"}})
    assert users("registry.example/team/shop", broad, narrow) == ["team", "host", "any"]


def test_auth_counts_more_than_username_and_password_and_may_hold_colons() -> None:
    auth = base64.b64encode(b"robot$team:a:b").decode()
    entry = {"username": "other", "password": "other", "auth": auth}
    (credential,) = credentials_for(parse_reference("r.example/x"), [secret(**{"r.example": entry})])
    assert (credential.username, credential.password) == ("robot$team", "a:b")
    assert credential.basic == f"Basic {auth}"


def test_passwords_and_tokens_are_not_shown() -> None:
    entry = {"username": "me", "password": "hidden", "identitytoken": "hidden"}
    (credential,) = credentials_for(parse_reference("r.example/x"), [secret(**{"r.example": entry})])
    assert "hidden" not in repr(credential)


@pytest.mark.parametrize(
    "text",
    [
        b"hidden",
        b"\xff",
        b"[" * 100_000,
        b"null",
        b'{"auths": []}',
        b"{}",
        secret(**{"r.example": {"auth": "hidden!"}}),
        secret(**{"r.example": {"auth": base64.b64encode(b"hidden").decode()}}),
        secret(**{"r.example": {"auth": base64.b64encode(b"\xff:hidden").decode()}}),
        secret(**{"r.example": {"username": "me", "password": ["hidden"]}}),
        b" " * ((1 << 20) + 1),
    ],
)
def test_a_pull_secret_that_cannot_be_read_is_named_and_not_shown(text: bytes) -> None:
    good = secret(**{"r.example": {"username": "me"}})
    with pytest.raises(PullSecretInvalid, match="image pull secret number 2") as invalid:
        credentials_for(parse_reference("r.example/x"), [good, text])
    assert "hidden" not in str(invalid.value)
    assert invalid.value.__cause__ is None
    assert invalid.value.__context__ is None


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('Basic realm="x"', [Challenge("basic", {"realm": "x"})]),
        (
            'Bearer realm="https://auth.example/token",service="registry",scope="repository:a:pull,push"',
            [
                Challenge(
                    "bearer",
                    {"realm": "https://auth.example/token", "service": "registry", "scope": "repository:a:pull,push"},
                )
            ],
        ),
        ('Basic realm="a", Bearer realm=b', [Challenge("basic", {"realm": "a"}), Challenge("bearer", {"realm": "b"})]),
        (r'Bearer REALM="a\"b"', [Challenge("bearer", {"realm": 'a"b'})]),
        ("Negotiate", [Challenge("negotiate", {})]),
    ],
)
def test_challenges_are_parsed(header: str, expected: list[Challenge]) -> None:
    assert list(parse_challenges(header)) == expected


@given(st.text(max_size=200))
def test_any_header_has_challenges_or_none(header: str) -> None:
    for challenge in parse_challenges(header):
        assert challenge.scheme == challenge.scheme.lower()
