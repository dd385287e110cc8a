"""Who owns a hostname on a plane."""

from __future__ import annotations

from typing import Any

import pytest

from microbus_operator.api.app import MicrobusApp
from microbus_operator.core.hostnames import conflicts

from .builders import app, user

OLD, NEW = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"


def asking(name: str, created: str, issued: bool) -> MicrobusApp:
    """An app that has `orders.example` in its source, with or without credentials for it."""
    service: dict[str, Any] = {"hostname": "orders.example", "bundle": "main", "secretName": "s"}
    if issued:
        service["userPublicKey"] = user(name)
    return app(name=name, creationTimestamp=created, status={"services": [service]})


@pytest.mark.parametrize(
    ("mine", "theirs", "theirs_it_is"),
    [
        ((NEW, False), (OLD, False), True),
        ((OLD, False), (NEW, False), False),
        ((NEW, True), (OLD, False), False),
        ((OLD, False), (NEW, True), True),
        ((NEW, True), (OLD, True), True),
        ((OLD, True), (NEW, True), False),
    ],
)
def test_a_hostname_is_whose_credentials_exist_else_of_the_oldest(
    mine: tuple[str, bool], theirs: tuple[str, bool], theirs_it_is: bool
) -> None:
    found = conflicts(asking("mine", *mine), ["orders.example"], [asking("theirs", *theirs)])
    assert found == ({"orders.example": "infra/theirs"} if theirs_it_is else {})


def test_exactly_one_of_two_apps_of_the_same_age_gets_it() -> None:
    one, two = asking("one", OLD, False), asking("two", OLD, False)
    assert bool(conflicts(one, ["orders.example"], [two])) != bool(conflicts(two, ["orders.example"], [one]))


def test_other_hostnames_are_no_conflict() -> None:
    assert conflicts(app(), ["orders.example"], [app(name="other")]) == {}


def test_an_interrupted_issuance_keeps_its_claim() -> None:
    """The younger app's credentials were written, and the operator was killed before its status said so."""
    younger, older = asking("younger", NEW, False), app(name="older", creationTimestamp=OLD)
    assert conflicts(older, ["orders.example"], [younger]) == {"orders.example": "infra/younger"}


def test_an_entry_that_only_tells_of_a_conflict_is_no_claim() -> None:
    told = {"hostname": "orders.example", "bundle": "main", "secretName": "s", "phase": "HostnameConflict"}
    loser = app(name="loser", creationTimestamp=OLD, status={"services": [told]})
    assert conflicts(asking("owner", NEW, False), ["orders.example"], [loser]) == {}
    assert conflicts(loser, ["orders.example"], [asking("owner", NEW, False)]) == {"orders.example": "infra/owner"}
