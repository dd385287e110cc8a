"""Every allow-list of the corpus as `.creds` on a real nats-server: what is derived is accepted, its neighbours not.

A neighbour differs from what is derived in one segment, or is one segment shorter or longer; other planes and other
sources are among them. What another grant of the same list covers is left out, by a matcher of this module's own.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.golden.corpus import CASES, Trees, is_refused

from gencreds.grants import allow_lists, grants_of
from gencreds.nats.claims import AccountClaims, OperatorClaims, UserClaims
from gencreds.nats.creds import format_creds, parse_creds
from gencreds.nats.jwt import encode
from gencreds.nats.nkeys import KeyKind, Seed

from .brokers import Broker, operator_mode, running_broker
from .nats_wire import connected

PLANE = "P"
NOW = 1_700_000_000
_WILDCARD = re.compile(r"[*>]")
# A list of the corpus may be longer than what a broker's default takes; sizes are another test's matter.
CONTROL_LINE = "max_control_line: 65536\n"


@dataclass(frozen=True)
class Lists:
    """A microservice's allow-lists."""

    hostname: str
    pub: tuple[str, ...]
    sub: tuple[str, ...]


@dataclass(frozen=True)
class Trust:
    """A broker, and what it believes in."""

    broker: Broker
    account: Seed
    signing_key: Seed

    def misjudged(self, signed: Lists, derived: Lists) -> list[str]:
        """Connect with `signed`; return what of `derived` is refused, and which of its neighbours are accepted."""
        user = Seed.create(KeyKind.USER)
        claims = UserClaims(
            subject=user.public_key,
            name=signed.hostname,
            issuer_account=self.account.public_key,
            pub_allow=signed.pub,
            sub_allow=signed.sub,
        )
        text = format_creds(encode(claims, self.signing_key, issued_at=NOW), user)
        wrong = []
        with connected(self.broker.port, parse_creds(text)) as wire:
            inside = {subject for pattern in derived.pub for subject in literals(pattern)}
            near = {near for subject in inside for near in neighbours(subject) if not _WILDCARD.search(near)}
            outside = near - covered(derived.pub)
            refused = wire.refused(publish=inside | outside)
            wrong += [f"PUB {subject} is refused" for subject in sorted(inside & refused)]
            wrong += [f"PUB {subject} is accepted" for subject in sorted(outside - refused)]

            inside = {*derived.sub, *(subject for pattern in derived.sub for subject in literals(pattern))}
            outside = {near for pattern in derived.sub for near in neighbours(pattern)} - covered(derived.sub)
            refused = wire.refused(subscribe=inside | outside)
            wrong += [f"SUB {subject} is refused" for subject in sorted(inside & refused)]
            wrong += [f"SUB {subject} is accepted" for subject in sorted(outside - refused)]
        return wrong


class covered:  # noqa: N801 - reads as the set that it stands for
    """The set of all subjects that one of `patterns` covers."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = [pattern.split(".") for pattern in patterns]

    def __rsub__(self, subjects: set[str]) -> set[str]:
        return {subject for subject in subjects if not any(_covers(p, subject.split(".")) for p in self._patterns)}


def _covers(pattern: Sequence[str], subject: Sequence[str]) -> bool:
    for index, segment in enumerate(pattern):
        if segment == ">":
            return len(subject) > index
        # A subscription's `>` is a segment like any other to the server: who may listen to `a.*` may listen to `a.>`.
        if index >= len(subject) or segment not in ("*", subject[index]):
            return False
    return len(pattern) == len(subject)


def literals(pattern: str) -> list[str]:
    """Subjects that `pattern` matches."""
    return [pattern.replace("*", star).replace(">", tail) for star, tail in (("_", "x"), ("id-ab12", "x.y.z"))]


def neighbours(subject: str) -> Iterator[str]:
    """Subjects beside `subject`: each segment another, one segment fewer, one more, and all in capitals."""
    segments = subject.split(".")
    for index in range(len(segments)):
        for other in ("stranger", "*", "danger" if segments[index] == "safe" else "safe"):
            yield ".".join([*segments[:index], other, *segments[index + 1 :]])
        yield ".".join([*segments[:index], *segments[index + 1 :]])
    if segments[-1] != ">":
        yield f"{subject}.more"
        yield ".".join([*segments[:-1], ">"])
    yield from (">", "Q.>", f"Q{subject[1:]}")


@pytest.fixture(scope="module")
def trust() -> Iterator[Trust]:
    operator, account, signing_key, system = (
        Seed.create(kind) for kind in (KeyKind.OPERATOR, KeyKind.ACCOUNT, KeyKind.ACCOUNT, KeyKind.ACCOUNT)
    )
    accounts = (
        AccountClaims(subject=account.public_key, name="P", signing_keys=(signing_key.public_key,)),
        AccountClaims(subject=system.public_key, name="SYS"),
    )
    config = operator_mode(
        encode(OperatorClaims(subject=operator.public_key, system_account=system.public_key), operator, issued_at=NOW),
        system.public_key,
        {claims.subject: encode(claims, operator, issued_at=NOW) for claims in accounts},
    )
    with tempfile.TemporaryDirectory() as folder, running_broker(CONTROL_LINE + config, Path(folder)) as broker:
        yield Trust(broker, account, signing_key)


@pytest.fixture(scope="module")
def corpus_lists(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Lists]]:
    """The allow-lists of every microservice that gets one, by case."""
    trees = Trees(tmp_path_factory.mktemp("corpus"))
    found = {}
    for case in CASES:
        services = [service for service in trees.scanned(case) if not is_refused(service)]
        lists = [(service.hostname, *allow_lists(grants_of(service, PLANE))) for service in services]
        found[case.name] = [Lists(hostname, tuple(pub), tuple(sub)) for hostname, pub, sub in lists]
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broker_accepts_what_is_derived_and_refuses_its_neighbours(
    trust: Trust, corpus_lists: dict[str, list[Lists]], case: Path
) -> None:
    for lists in corpus_lists[case.name]:
        assert trust.misjudged(lists, lists) == []


@pytest.mark.parametrize("name", ["typed-client", "generation-b", "own-route"])
def test_a_grant_dropped_or_widened_is_noticed(trust: Trust, corpus_lists: dict[str, list[Lists]], name: str) -> None:
    for lists in corpus_lists[name]:
        for grant in (*lists.pub, *lists.sub):
            pub, sub = (tuple(each for each in side if each != grant) for side in (lists.pub, lists.sub))
            assert trust.misjudged(replace(lists, pub=pub, sub=sub), lists) != [], f"dropped: {grant}"
            for wider in widened(grant) - covered(lists.pub if grant in lists.pub else lists.sub):
                pub, sub = (tuple(wider if each == grant else each for each in side) for side in (lists.pub, lists.sub))
                assert trust.misjudged(replace(lists, pub=pub, sub=sub), lists) != [], f"{grant} widened to {wider}"


def widened(grant: str) -> set[str]:
    """Patterns that allow a little more than `grant` does."""
    segments = grant.split(".")
    stars = {".".join([*segments[:index], "*", *segments[index + 1 :]]) for index in range(len(segments) - 1)}
    return stars | {".".join([*segments[:-1], ">"])}
