"""Credentials that the command line writes, on a real nats-server: what is derived is allowed, its neighbours not."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gencreds.budget import connect_bytes, expected_connect_bytes
from gencreds.cli import main
from gencreds.nats.claims import AccountClaims, OperatorClaims, UserClaims
from gencreds.nats.creds import Creds, parse_creds
from gencreds.nats.jwt import decode, encode
from gencreds.nats.nkeys import KeyKind, Seed
from gencreds.subjects import covers

from .brokers import Broker, operator_mode, running_broker
from .nats_wire import Refused, connected

BUNDLE = Path(__file__).with_name("kitchen") / "main" / "main.go"
HOSTNAMES = ("kitchen.fixture", "weird.fixture")
NOW = 1_700_000_000

KITCHEN_PUB = (
    "P.safe.888.kitchen_fixture.>",
    "P.reply._.kitchen_fixture.>",
    "P.safe.*.kitchen_fixture.*.*.POST.>",
    "P.safe.*.kitchen_fixture.*.*.PUT.>",
    "P.safe.443.kitchen_fixture.other_host.*.GET.some-path",
    "P.safe.443.kitchen_fixture.alt_host.*.GET.greedy.>",
    "P.safe.443.kitchen_fixture.weird_fixture.*.GET.path-arg.*",
    "P.safe.443.kitchen_fixture.weird_fixture.*.GET.plain",
    "P.danger.666.kitchen_fixture.weird_fixture.*.POST.dangerous",
)
KITCHEN_SUB = (
    "P.safe.*.*.kitchen_fixture.>",
    "P.reply._.*.kitchen_fixture.*",
    "P.safe.888.*.all.>",
    "P.safe.417.*.weird_fixture.*.POST.on-something",
    "P.safe.*.*.alt_kitchen.*.GET.alt-fn",
)


@dataclass(frozen=True)
class Trust:
    """A chain of trust with one account, and a broker that believes in it."""

    broker: Broker
    config: str
    account: Seed
    signing_key: Seed


@pytest.fixture(scope="module")
def trust() -> Iterator[Trust]:
    operator, operator_signing = Seed.create(KeyKind.OPERATOR), Seed.create(KeyKind.OPERATOR)
    account, signing_key, system = (Seed.create(KeyKind.ACCOUNT) for _ in range(3))
    operator_claims = OperatorClaims(
        subject=operator.public_key,
        signing_keys=(operator_signing.public_key,),
        system_account=system.public_key,
        strict_signing_key_usage=True,
        assert_server_version="2.12.10",
    )
    accounts = (
        AccountClaims(subject=account.public_key, name="P", signing_keys=(signing_key.public_key,)),
        AccountClaims(subject=system.public_key, name="SYS"),
    )
    config = operator_mode(
        encode(operator_claims, operator, issued_at=NOW),
        system.public_key,
        {claims.subject: encode(claims, operator_signing, issued_at=NOW) for claims in accounts},
    )
    with tempfile.TemporaryDirectory() as folder, running_broker(config, Path(folder)) as broker:
        yield Trust(broker, config, account, signing_key)


@pytest.fixture(scope="module")
def written(trust: Trust, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory that `gencreds` wrote the fixtures' credentials to, signed by the account's signing key."""
    folder = tmp_path_factory.mktemp("signed")
    (folder / "signing.nk").write_text(trust.signing_key.reveal())
    arguments = ["-bundle", str(BUNDLE), "-signing-key", str(folder / "signing.nk"), "-plane", "P"]
    assert main([*arguments, "-account", trust.account.public_key, "-out", str(folder / "creds")]) == 0
    return folder / "creds"


def creds_of(written: Path, hostname: str) -> Creds:
    return parse_creds((written / f"{hostname}_nats.creds").read_text())


def allowed_of(creds: Creds) -> UserClaims:
    claims = decode(creds.jwt, KeyKind.USER).claims
    assert isinstance(claims, UserClaims)
    return claims


def literals(pattern: str) -> list[str]:
    """Subjects that `pattern` matches."""
    return [
        pattern.replace("*", star).replace(">", tail) for star in ("_", "id-ab12", "443") for tail in ("x", "x.y.z")
    ]


def neighbours(subject: str) -> list[str]:
    """Subjects beside `subject`: each segment changed, one dropped at the end, one added."""
    segments = subject.split(".")
    changed = [
        ".".join([*segments[:index], other, *segments[index + 1 :]])
        for index in range(len(segments))
        for other in ("stranger", "666", "danger", "safe", "reply", "all", "kitchen_fixture", "weird_fixture", "GET")
        if other != segments[index]
    ]
    return [*changed, ".".join(segments[:-1]), f"{subject}.more", subject.upper()]


def test_kitchens_credentials_have_the_derived_list(written: Path) -> None:
    claims = allowed_of(creds_of(written, "kitchen.fixture"))
    assert (claims.pub_allow, claims.sub_allow) == (KITCHEN_PUB, KITCHEN_SUB)


@pytest.mark.parametrize("hostname", HOSTNAMES)
def test_a_broker_lets_publish_what_is_derived_and_refuses_its_neighbours(
    trust: Trust, written: Path, hostname: str
) -> None:
    creds = creds_of(written, hostname)
    allow = allowed_of(creds).pub_allow
    inside = [subject for pattern in allow for subject in literals(pattern)]
    outside = [subject for near in inside for subject in neighbours(near) if not any(covers(a, subject) for a in allow)]
    assert len(set(outside)) > 200
    with connected(trust.broker.port, creds) as wire:
        assert [subject for subject in inside if not wire.may_publish(subject)] == []
        assert [subject for subject in dict.fromkeys(outside) if wire.may_publish(subject)] == []


@pytest.mark.parametrize("hostname", HOSTNAMES)
def test_a_broker_lets_subscribe_what_is_derived_and_refuses_its_neighbours(
    trust: Trust, written: Path, hostname: str
) -> None:
    creds = creds_of(written, hostname)
    allow = allowed_of(creds).sub_allow
    inside = [*allow, *(subject for pattern in allow for subject in literals(pattern))]
    near = itertools.chain(*(neighbours(subject) for subject in inside))
    wide = [">", "*", "*.>", "P.>", "P.*.>", "P.safe.>", "P.safe.443.*.stranger.>", "P.safe.*.*.*.>", "P.reply.>"]
    foreign = ["_INBOX.>", "$SYS.>", "$JS.>", "P.danger.666.*.access_token_core.>", "P.reply._.*.stranger.*"]
    outside = [subject for subject in (*near, *wide, *foreign) if not any(covers(a, subject) for a in allow)]
    with connected(trust.broker.port, creds) as wire:
        assert [subject for subject in inside if not wire.may_subscribe(subject)] == []
        assert [subject for subject in dict.fromkeys(outside) if wire.may_subscribe(subject)] == []


def test_the_identity_key_signs_nothing_that_a_strict_broker_takes(trust: Trust, tmp_path: Path) -> None:
    """Pitfall N14: strict signing key usage."""
    (tmp_path / "account.nk").write_text(trust.account.reveal())
    arguments = ["-bundle", str(BUNDLE), "-signing-key", str(tmp_path / "account.nk"), "-plane", "P"]
    assert main([*arguments, "-out", str(tmp_path)]) == 0
    with (
        pytest.raises(Refused, match="Authorization Violation"),
        connected(trust.broker.port, creds_of(tmp_path, "weird.fixture")),
    ):
        pass


def test_a_seed_that_is_not_the_jwts_does_not_connect(trust: Trust, written: Path) -> None:
    stolen = Creds(creds_of(written, "weird.fixture").jwt, Seed.create(KeyKind.USER))
    with pytest.raises(Refused, match="Authorization Violation"), connected(trust.broker.port, stolen):
        pass


def sized(trust: Trust, characters: int) -> Creds:
    """Credentials whose JWT has `characters` characters."""
    user = Seed.create(KeyKind.USER)
    for padding in range(3000):
        claims = UserClaims(
            subject=user.public_key,
            name="x" * padding,
            issuer_account=trust.account.public_key,
            pub_allow=("P.x",),
            sub_allow=("P.x",),
        )
        token = encode(claims, trust.signing_key, issued_at=NOW)
        if len(token) == characters:
            return Creds(token, user)
    raise AssertionError(f"no padding gives a JWT of {characters} characters")


def test_the_budget_ends_where_the_brokers_control_line_ends(trust: Trust) -> None:
    """Pitfall N13: by the bytes that `connect_bytes` counts; base64 has no JWT of 3835 characters."""
    largest, too_large = sized(trust, 3834), sized(trust, 3836)
    with connected(trust.broker.port, largest) as wire:
        assert len(wire.connect_argument) == connect_bytes(largest.jwt) == 4095
    assert connect_bytes(too_large.jwt) == 4097
    with pytest.raises(Refused, match=r"(?i)maximum control line exceeded"), connected(trust.broker.port, too_large):
        pass


@pytest.mark.parametrize("padding", [0, 1])
def test_credentials_connect_at_exactly_the_limit_and_not_one_byte_above(
    trust: Trust, tmp_path: Path, padding: int
) -> None:
    """Pitfall N13: what `scan` counts before signing is what a broker counts, to the byte."""
    hostname, user = "x" * (padding + 1), Seed.create(KeyKind.USER)
    pub, sub = (f"P.safe.888.{hostname}.>", f"P.reply._.{hostname}.>"), (f"P.safe.*.*.{hostname}.>",)
    claims = UserClaims(
        subject=user.public_key,
        name=hostname,
        issuer_account=trust.account.public_key,
        pub_allow=pub,
        sub_allow=sub,
        expires=2_000_000_000,
    )
    creds = Creds(encode(claims, trust.signing_key, issued_at=NOW), user)
    size = expected_connect_bytes(hostname, pub, sub)
    assert size == connect_bytes(creds.jwt)
    folders = [tmp_path / "fits", tmp_path / "short"]
    for folder in folders:
        folder.mkdir()
    with (
        running_broker(f"{trust.config}\nmax_control_line: {size}\n", folders[0]) as broker,
        connected(broker.port, creds) as wire,
    ):
        assert len(wire.connect_argument) == size
    with (
        running_broker(f"{trust.config}\nmax_control_line: {size - 1}\n", folders[1]) as broker,
        pytest.raises(Refused, match=r"(?i)maximum control line exceeded"),
        connected(broker.port, creds),
    ):
        pass
