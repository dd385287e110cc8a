"""The resolver as a process: what a real nats-server gets from it, and what it keeps while everything else is down."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import ssl
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles
from time import perf_counter

import aiohttp
import pytest
from nats.errors import Error

from gencreds.nats.claims import AccountClaims
from gencreds.nats.nkeys import KeyKind, Seed

from .brokers import running_broker
from .clients import connected
from .planes import ChainOfTrust, RunningPlane, configuration, free_ports, running_plane, write
from .processes import ProcessFailed
from .relays import relay_to
from .resolvers import running_resolver


def published(folder: Path, chain: ChainOfTrust) -> Path:
    """A folder with everything that a Plane's servers need."""
    folder.mkdir(exist_ok=True)
    write(folder, "operator.jwt", chain.operator_jwt())
    write(folder, f"{chain.system.public_key}.jwt", chain.system_jwt())
    write(folder, f"{chain.account.public_key}.jwt", chain.account_jwt())
    return folder


@pytest.fixture
def plane(tmp_path: Path) -> Iterator[RunningPlane]:
    """A resolver with its published folder; no server yet."""
    with running_plane(tmp_path, 0) as plane:
        yield plane


def test_a_server_exits_while_the_resolver_is_down_and_starts_when_it_is_up(tmp_path: Path) -> None:
    """N1: nats-server asks the base URL at start, and there is no second attempt."""
    chain, port = ChainOfTrust(), free_ports(1)[0]
    config = configuration(chain, f"http://127.0.0.1:{port}/jwt/v1/accounts/", [0])
    with (
        pytest.raises(ProcessFailed, match=r"exit code 1[\s\S]*could not fetch"),
        running_broker(config, tmp_path, port=None),
    ):
        pass
    folder = published(tmp_path / "published", chain)
    with running_resolver(tmp_path, "--directory", str(folder), port=port) as resolver:
        resolver.wait_until_read()
        with running_broker(config, tmp_path, port=None) as broker:
            assert "Server is ready" in broker.log


def test_a_server_does_not_start_without_its_system_account(tmp_path: Path) -> None:
    """N3: with strict signing keys a missing system account is fatal, so a server that is up has the real one."""
    chain, empty = ChainOfTrust(), tmp_path / "published"
    empty.mkdir()
    with running_resolver(tmp_path, "--directory", str(empty)) as resolver:
        resolver.wait_until_read()
        config = configuration(chain, resolver.url, [0])
        with (
            pytest.raises(ProcessFailed, match=r"exit code 1[\s\S]*system account"),
            running_broker(config, tmp_path, port=None),
        ):
            pass


async def test_users_connect_with_nothing_but_the_resolver_behind_the_server(plane: RunningPlane) -> None:
    broker = plane.start(0)
    async with connected(broker.url, plane.chain.user()) as user:
        assert await user.may_subscribe("t.>")
    with pytest.raises(Error, match="Authorization Violation"):
        async with connected(broker.url, None):
            pass


async def test_strangers_connects_cost_the_resolver_nothing(plane: RunningPlane) -> None:
    """N9 of the facts: an account is looked up before the signature is checked; pinning is what stops that."""
    stranger = ChainOfTrust()
    with relay_to(plane.resolver.port) as relay:
        config = configuration(plane.chain, f"http://127.0.0.1:{relay.port}/jwt/v1/accounts/", [0])
        with running_broker(config, plane.directory, port=None) as broker:
            before = len(relay.requests)
            for _ in range(20):
                with pytest.raises(Error, match="Authorization Violation"):
                    async with connected(broker.url, stranger.user()):
                        pass
            assert relay.requests[before:] == []
            async with connected(broker.url, plane.chain.user()):
                pass
            assert relay.requests[before:] == [f"/jwt/v1/accounts/{plane.chain.account.public_key}"]


def test_the_base_answers_200_and_an_unknown_account_404(plane: RunningPlane) -> None:
    assert plane.resolver.answers("/jwt/v1/accounts/")[0] == 200
    assert plane.resolver.account(Seed.create(KeyKind.ACCOUNT).public_key)[0] == 404
    assert plane.resolver.account("..%2f..%2fetc%2fpasswd")[0] == 404
    assert plane.resolver.answers("/readyz") == (200, "ok\n")
    assert plane.resolver.answers("/healthz") == (200, "ok\n")


def test_an_older_jwt_never_replaces_a_newer_one(plane: RunningPlane) -> None:
    """N6, N18: yesterday's folder, put back, would undo what was revoked since."""
    chain = plane.chain
    newer = chain.account_jwt(10, revocations={Seed.create(KeyKind.USER).public_key: chain.start})
    plane.publish(newer, 10)
    write(plane.published, f"{chain.account.public_key}.jwt", chain.account_jwt(5))
    plane.resolver.wait_until_said("is not later than")
    assert plane.resolver.account(chain.account.public_key) == (200, newer)
    # Refused once, it is told once, and what comes next is served as ever.
    newest = chain.account_jwt(11)
    plane.publish(newest, 11)
    assert plane.resolver.account(chain.account.public_key) == (200, newest)
    assert plane.resolver.log.count("is not later than") == 1


def test_an_account_that_disappears_is_served_on(plane: RunningPlane) -> None:
    """N5: a 404 locks nobody out, and keeps the innocent from connecting; a tombstone is how an account ends."""
    chain = plane.chain
    (plane.published / f"{chain.account.public_key}.jwt").unlink()
    plane.resolver.wait_until_said(f"account {chain.account.public_key} has disappeared")
    assert plane.resolver.account(chain.account.public_key) == (200, chain.account_jwt())
    tombstone = chain.account_jwt(10, signing_keys=[], revocations={"*": chain.start + 10})
    plane.publish(tombstone, 10)
    assert plane.resolver.account(chain.account.public_key) == (200, tombstone)


def test_what_was_served_last_is_served_after_a_crash_with_nothing_left_to_read(tmp_path: Path) -> None:
    chain = ChainOfTrust()
    folder, state = published(tmp_path / "published", chain), tmp_path / "state"
    arguments = ("--directory", str(folder), "--state-dir", str(state))
    newest = chain.account_jwt(10)
    with running_resolver(tmp_path, *arguments) as resolver:
        resolver.wait_until_read()
        write(folder, f"{chain.account.public_key}.jwt", newest)
        resolver.wait_until_served(chain.account.public_key, chain.start + 10)
        resolver.process.kill()
    shutil.rmtree(folder)
    with running_resolver(tmp_path, *arguments) as resolver:
        resolver.wait_until_said("cannot be read")
        assert resolver.answers("/readyz")[0] == 200
        assert resolver.account(chain.account.public_key) == (200, newest)
        assert resolver.account(chain.system.public_key) == (200, chain.system_jwt())
        # What it remembers it also defends: the old folder is a replay.
        published(folder, chain)
        resolver.wait_until_said("is not later than")
        assert resolver.account(chain.account.public_key) == (200, newest)


def test_it_is_not_ready_before_it_has_read_anything(tmp_path: Path) -> None:
    with running_resolver(tmp_path, "--directory", str(tmp_path / "missing")) as resolver:
        resolver.wait_until_said("cannot be read")
        assert resolver.answers("/readyz")[0] == 503
        assert resolver.answers("/healthz")[0] == 200
        assert resolver.answers("/jwt/v1/accounts/")[0] == 200


def test_on_sigterm_it_says_that_it_is_not_ready_and_goes_on_answering(tmp_path: Path) -> None:
    """nats-server asks once and tries no other replica, so a replica must not vanish while it is still asked."""
    chain = ChainOfTrust()
    folder = published(tmp_path / "published", chain)
    with running_resolver(tmp_path, "--directory", str(folder), "--drain", "2") as resolver:
        resolver.wait_until_read()
        resolver.process.send_signal(signal.SIGTERM)
        resolver.wait_until_said("stopping")
        assert resolver.answers("/readyz")[0] == 503
        assert resolver.account(chain.account.public_key)[0] == 200
        assert resolver.process.wait(10) == 0


def test_a_server_fetches_over_tls_and_trusts_only_the_ca_it_was_given(tmp_path: Path) -> None:
    """Plain HTTP cannot forge a signed JWT, but can replay an old one and so undo a revocation."""
    chain, other = ChainOfTrust(), tmp_path / "other"
    folder, ca = published(tmp_path / "published", chain), certificate(tmp_path)
    other.mkdir()
    tls = ("--tls-cert", str(tmp_path / "tls.crt"), "--tls-key", str(tmp_path / "tls.key"))
    with running_resolver(tmp_path, "--directory", str(folder), *tls) as resolver:
        resolver.wait_until_read()
        url = resolver.url.replace("http://", "https://")
        context = ssl.create_default_context(cafile=str(ca))
        with urllib.request.urlopen(url + chain.account.public_key, context=context, timeout=5) as answer:
            assert answer.read().decode() == chain.account_jwt()
        config = configuration(chain, url, [0])
        with running_broker(f'{config}resolver_tls {{ ca_file: "{ca}" }}\n', tmp_path, port=None) as broker:
            assert "Server is ready" in broker.log
        with (
            pytest.raises(ProcessFailed, match="certificate signed by unknown authority"),
            running_broker(f'{config}resolver_tls {{ ca_file: "{certificate(other)}" }}\n', other, port=None),
        ):
            pass


def certificate(folder: Path) -> Path:
    """A self-signed certificate for loopback, which is its own CA."""
    openssl = shutil.which("openssl") or "openssl"
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "1", "-subj", "/CN=resolver", "-addext", "subjectAltName=IP:127.0.0.1"]
    command += ["-keyout", str(folder / "tls.key"), "-out", str(folder / "tls.crt")]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "tls.crt"


async def test_answers_come_at_once_while_large_accounts_are_taken_in(plane: RunningPlane) -> None:
    """N4: nats-server gives up after 1.9 s and warns after 1 s; ours answers 99 of 100 within 50 ms."""
    chain = plane.chain
    path = f"{plane.resolver.url}{chain.system.public_key}"
    took: list[float] = []

    async def ask(session: aiohttp.ClientSession, done: asyncio.Event) -> None:
        while not done.is_set():
            begun = perf_counter()
            async with session.get(path) as response:
                assert response.status == 200
                await response.read()
            took.append(perf_counter() - begun)

    done = asyncio.Event()
    async with aiohttp.ClientSession() as session:
        tasks = [asyncio.create_task(ask(session, done)) for _ in range(8)]
        await asyncio.to_thread(publish_large_accounts, plane)
        done.set()
        await asyncio.gather(*tasks)
    p99 = quantiles(took, n=100)[98]
    assert p99 < 0.05, f"p99 of {len(took)} answers is {p99 * 1000:.1f} ms"


def publish_large_accounts(plane: RunningPlane) -> None:
    """Publish an account with as many revocations as fit, again and again."""
    chain, account = plane.chain, Seed.create(KeyKind.ACCOUNT)
    revoked = {Seed.create(KeyKind.USER).public_key: chain.start for _ in range(4000)}
    for iat in range(5):
        claims = AccountClaims(subject=account.public_key, name="large", revocations=revoked)
        plane.publish(chain.signed(claims, iat), iat, account)


def test_wrong_usage_is_told_and_nothing_starts(tmp_path: Path) -> None:
    for arguments in ([], ["--namespace", "a", "--all-namespaces"], ["--directory", "/", "--tls-cert", "/x"]):
        with pytest.raises(ProcessFailed, match="exit code 2"), running_resolver(tmp_path, *arguments):
            pass


def test_a_port_that_is_taken_is_told(plane: RunningPlane, tmp_path: Path) -> None:
    arguments = ("--directory", str(plane.published))
    with (
        pytest.raises(ProcessFailed, match=r"exit code 1[\s\S]*address already in use"),
        running_resolver(tmp_path, *arguments, port=plane.resolver.port),
    ):
        pass


def test_garbage_is_refused_with_its_reason_and_harms_nothing_else(plane: RunningPlane) -> None:
    chain, other = plane.chain, Seed.create(KeyKind.ACCOUNT).public_key
    write(plane.published, f"{other}.jwt", "eyJ garbage " + json.dumps({"a": 1}))
    plane.resolver.wait_until_said(f"{other}.jwt is not served")
    assert plane.resolver.account(other)[0] == 404
    plane.publish(chain.account_jwt(10), 10)
    assert plane.resolver.account(chain.account.public_key) == (200, chain.account_jwt(10))
    assert "eyJ" not in plane.resolver.log
