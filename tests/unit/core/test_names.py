"""Names of what the operator makes: legible, valid, and never shared by two."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microbus_operator.core import names

SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
LABEL = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
HOSTNAMES = st.from_regex(r"[a-z0-9_-]{1,80}(\.[a-z0-9_-]{1,80}){0,3}", fullmatch=True)


@pytest.mark.parametrize(
    ("hostname", "expected"),
    [("orders.example", "shop-orders.example-creds"), ("access.token.core", "shop-access.token.core-creds")],
)
def test_a_microservices_secret_says_whose_it_is(hostname: str, expected: str) -> None:
    assert names.creds_secret("shop", hostname) == expected


def test_hostnames_that_only_a_secret_name_cannot_tell_apart_get_secrets_of_their_own() -> None:
    taken = [
        names.creds_secret("shop", name) for name in ("a-b.example", "a_b.example", "a--b.example", "a-b-.example")
    ]
    assert len(set(taken)) == len(taken)


@given(HOSTNAMES)
def test_every_hostnames_secret_has_a_valid_name(hostname: str) -> None:
    name = names.creds_secret("shop", hostname)
    assert SUBDOMAIN.fullmatch(name), name
    assert len(name) <= 253


@given(HOSTNAMES, HOSTNAMES)
def test_two_hostnames_never_share_a_secret(one: str, two: str) -> None:
    assert (names.creds_secret("shop", one) == names.creds_secret("shop", two)) == (one == two)


@given(st.from_regex(r"[a-z0-9]([-a-z0-9.]{0,250}[a-z0-9])?", fullmatch=True))
def test_a_long_name_is_cut_to_a_valid_label(name: str) -> None:
    cut = names.bounded(name)
    assert len(cut) <= 63
    assert LABEL.fullmatch(cut)


def test_long_names_with_a_common_beginning_stay_apart() -> None:
    assert names.bounded("a" * 70 + "b") != names.bounded("a" * 70 + "c")


def test_an_app_made_again_does_not_get_its_former_signing_key() -> None:
    assert names.app_key_secret("prod", "shop", "shop", "11111111-x") != names.app_key_secret(
        "prod", "shop", "shop", "22222222-x"
    )
