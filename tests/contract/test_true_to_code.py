"""True to code: what the example app does on a real broker is what is derived from its source, neither more nor less.

The app runs as real processes, every call over the broker, each microservice by a connection of its own. First its
credentials allow everything, and the broker's protocol trace says what the code does when nothing holds it; then they
allow what was derived, and nothing may be missing.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from gencreds.grants import GrantKind, Verb, allow_lists, grants_of
from gencreds.microbus.model import Microservice, Severity
from gencreds.pipeline import scan
from gencreds.subjects import flatten_host

from .recordings import Permission, Recording, not_granted, not_used, recordings
from .shop import MAINS, SHOP
from .shop_on_broker import PLANE, AllowLists, shop_on_broker

EVERYTHING = (">",)


@pytest.fixture(scope="module")
def derived() -> list[Microservice]:
    """What the engine finds in the source of both bundles."""
    found = [service for main in MAINS for service in scan(SHOP / main / "main.go", (), None)]
    blocking = [finding for service in found for finding in service.findings if finding.severity is Severity.BLOCKING]
    assert blocking == []
    return found


@pytest.fixture(scope="module")
def allowed(derived: list[Microservice]) -> list[Permission]:
    """The allow-lists that the credentials are signed with."""
    return [
        Permission(service.hostname, verb, subject)
        for service in derived
        for verb, subjects in zip((Verb.PUB, Verb.SUB), allow_lists(grants_of(service, PLANE)), strict=True)
        for subject in subjects
    ]


@pytest.fixture(scope="module")
def beyond_standard(derived: list[Microservice]) -> list[Permission]:
    """Each thing that the engine found in the source, also where another permission covers it."""
    return [
        Permission(service.hostname, grant.verb, grant.subject)
        for service in derived
        for grant in grants_of(service, PLANE)
        if grant.kind is not GrantKind.STANDARD
    ]


@pytest.fixture(scope="module")
def recorded(derived: list[Microservice], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Recording]:
    """What each microservice published and subscribed while every call path was used and nothing was forbidden."""
    everything = {service.hostname: (EVERYTHING, EVERYTHING) for service in derived}
    with shop_on_broker(everything, tmp_path_factory.mktemp("permissive")) as run:
        outcomes = run.shop.exercise()
        hostnames = {user: hostname for hostname, user in run.users.items()}
        connections = {cid: hostnames[user] for cid, user in run.connections().items()}
    assert [outcome for outcome in outcomes if not outcome.ok] == []
    assert sorted(connections.values()) == sorted(everything), "each microservice has one connection, of its own"
    # The broker has ended, so its trace is complete.
    return recordings(run.broker.log, connections)


def test_every_subject_that_is_used_is_granted(recorded: dict[str, Recording], allowed: list[Permission]) -> None:
    assert not_granted(recorded, allowed) == []


def test_every_grant_beyond_the_standard_rules_is_used(
    recorded: dict[str, Recording], beyond_standard: list[Permission]
) -> None:
    assert len(beyond_standard) > 12
    assert not_used(recorded, beyond_standard) == []


def test_no_grant_can_be_missing_unnoticed(
    recorded: dict[str, Recording], allowed: list[Permission], beyond_standard: list[Permission]
) -> None:
    for dropped in set(beyond_standard) & set(allowed):
        missed = not_granted(recorded, [permission for permission in allowed if permission != dropped])
        assert missed, f"without {dropped} nothing was found missing"
        assert {permission.hostname for permission in missed} == {dropped.hostname}


def test_no_grant_can_be_too_many_unnoticed(recorded: dict[str, Recording], beyond_standard: list[Permission]) -> None:
    for grant in beyond_standard:
        segments = grant.subject.split(".")
        neighbour = Permission(grant.hostname, grant.verb, ".".join((*segments[:-1], "neighbour", segments[-1])))
        stranger = Permission(grant.hostname, grant.verb, ".".join((*segments[:4], "stranger_shop", *segments[5:])))
        assert not_used(recorded, [*beyond_standard, neighbour]) == [neighbour]
        assert not_used(recorded, [*beyond_standard, stranger]) == [stranger]


def test_no_microservice_speaks_in_anothers_name(recorded: dict[str, Recording]) -> None:
    for hostname, recording in recorded.items():
        assert {subject.split(".")[3] for subject in recording.published} == {flatten_host(hostname)}


@pytest.mark.parametrize("path", sorted((SHOP / "allow-lists").glob("*.acl")), ids=lambda path: path.stem)
def test_the_engine_derives_the_allow_list_that_was_written_by_hand(path: Path, derived: list[Microservice]) -> None:
    (service,) = [service for service in derived if service.hostname == path.stem]
    assert _text_of(service) == _without_comments(path)


def test_each_microservice_has_an_allow_list_written_by_hand(derived: list[Microservice]) -> None:
    written = {path.stem for path in (SHOP / "allow-lists").glob("*.acl")}
    assert {service.hostname for service in derived} == written


def test_with_the_derived_grants_every_call_path_works(allowed: list[Permission], tmp_path: Path) -> None:
    with shop_on_broker(_by_hostname(allowed), tmp_path) as run:
        outcomes = run.shop.exercise()
    assert [outcome for outcome in outcomes if not outcome.ok] == []
    assert "Permissions Violation" not in run.broker.log


def test_with_one_grant_less_the_broker_refuses_that_call_and_the_others_work(
    allowed: list[Permission], tmp_path: Path
) -> None:
    signing = Permission("orders.shop", Verb.PUB, f"{PLANE}.danger.666.orders_shop.signer_shop.*.POST.sign")
    assert signing in allowed
    with shop_on_broker(_by_hostname([permission for permission in allowed if permission != signing]), tmp_path) as run:
        outcomes = run.shop.exercise()
        refusal = f'Permissions Violation for Publish to \\"{signing.subject.replace("*", "_")}\\"'
        run.shop.processes["main"].wait_for(lambda log: refusal in log, 10, "log of the refusal")
    failed = [outcome for outcome in outcomes if not outcome.ok]
    assert [outcome.name.split(":")[0] for outcome in failed] == ["orders.shop Place"]
    assert "https://signer.shop:666/sign" in failed[0].error


def _by_hostname(permissions: list[Permission]) -> dict[str, AllowLists]:
    def subjects(hostname: str, verb: Verb) -> tuple[str, ...]:
        return tuple(
            permission.subject
            for permission in permissions
            if (permission.hostname, permission.verb) == (hostname, verb)
        )

    hostnames = {permission.hostname for permission in permissions}
    return {hostname: (subjects(hostname, Verb.PUB), subjects(hostname, Verb.SUB)) for hostname in hostnames}


def _text_of(service: Microservice) -> str:
    """Return the allow-list in the form of the files, which keep the plane open."""
    pub, sub = allow_lists(grants_of(service, "{{plane}}"))
    return "\n\n".join(
        "\n".join(f"{verb} {subject}" for subject in sorted(subjects))
        for verb, subjects in (("PUB", pub), ("SUB", sub))
    )


def _without_comments(path: Path) -> str:
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    return "\n".join(lines).strip()
