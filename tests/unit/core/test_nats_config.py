"""What stands in nats-server.conf, and what never does."""

from __future__ import annotations

import re

import pytest

from gencreds.nats.claims import OperatorClaims
from gencreds.nats.jwt import encode
from gencreds.nats.nkeys import KeyInvalid, KeyKind, Seed
from microbus_operator.api.plane import Limits
from microbus_operator.core.nats_config import ConfigInvalid, Listeners, TlsFiles, render_config

OPERATOR, SYSTEM, ACCOUNT = (Seed.create(kind) for kind in (KeyKind.OPERATOR, KeyKind.ACCOUNT, KeyKind.ACCOUNT))
OPERATOR_JWT = encode(OperatorClaims(subject=OPERATOR.public_key), OPERATOR, issued_at=1_700_000_000)
RESOLVER = "http://microbus-operator-resolver.microbus-system.svc:8080/jwt/v1/accounts/"
ROUTES = ("prod-nats-0.prod-nats-peers.shop.svc:6222", "prod-nats-1.prod-nats-peers.shop.svc:6222")


def rendered(
    limits: Limits | None = None,
    *,
    operator_jwt: str = OPERATOR_JWT,
    accounts: tuple[str, ...] = (ACCOUNT.public_key,),
    resolver_url: str = RESOLVER,
    cluster_name: str = "prod",
    routes: tuple[str, ...] = ROUTES,
    listeners: Listeners | None = None,
    client_tls: TlsFiles | None = None,
    cluster_tls: TlsFiles | None = None,
    server_name: str | None = None,
) -> str:
    """A configuration, with one thing otherwise."""
    return render_config(
        limits or Limits(),
        operator_jwt=operator_jwt,
        system_account=SYSTEM.public_key,
        accounts=accounts,
        resolver_url=resolver_url,
        cluster_name=cluster_name,
        routes=routes,
        listeners=listeners,
        client_tls=client_tls,
        cluster_tls=cluster_tls,
        server_name=server_name,
    )


def settings(text: str) -> set[str]:
    """The settings of the outermost level."""
    return {found.group(1) for line in text.splitlines() if (found := re.match(r"([a-z_]+)", line))}


def test_it_has_these_settings_and_no_other() -> None:
    """N2, N27: no preload beside a URL resolver, no door that needs no credentials, no listener nobody asked for."""
    assert settings(rendered()) == {
        "host", "port", "http", "operator", "system_account", "resolver", "resolver_pinned_accounts", "authorization",
        "max_control_line", "max_payload", "max_pending", "lame_duck_duration", "lame_duck_grace_period", "cluster",
    }  # fmt: skip


def test_the_authorization_block_knows_a_timeout_and_nobody() -> None:
    assert re.findall(r"authorization \{(.*?)\}", rendered()) == [" timeout: 5 "]


@pytest.mark.parametrize(("said", "rendered_as"), [("5s", 5), ("0s", 2), ("1h", 60), ("500ms", 2), ("30s", 30)])
def test_the_auth_timeout_outlasts_a_fetch_of_the_account(said: str, rendered_as: int) -> None:
    assert f"timeout: {rendered_as} }}" in rendered(Limits(auth_timeout=said))


def test_limits_are_the_planes() -> None:
    """N13: the default control line of 4 KiB is less than many an allow-list."""
    text = rendered(Limits(max_control_line=65536, max_payload=2048, max_pending=1048576, max_subscriptions=7))
    for line in ("max_control_line: 65536", "max_payload: 2048", "max_pending: 1048576", "max_subscriptions: 7"):
        assert line in text.splitlines()


def test_the_system_account_is_pinned_too_each_account_once() -> None:
    text = rendered(accounts=(ACCOUNT.public_key, ACCOUNT.public_key, SYSTEM.public_key))
    pinned = re.findall(r'^  "(A[A-Z2-7]{55})"$', text, re.MULTILINE)
    assert pinned == sorted([ACCOUNT.public_key, SYSTEM.public_key])


def test_the_same_arguments_give_the_same_bytes() -> None:
    both = (ACCOUNT.public_key, SYSTEM.public_key)
    assert rendered(accounts=both) == rendered(accounts=both[::-1])


def test_one_server_has_no_cluster() -> None:
    assert "cluster" not in settings(rendered(routes=()))


def test_every_route_is_listed() -> None:
    for route in ROUTES:
        assert f'    "nats-route://{route}"' in rendered().splitlines()


def test_the_monitor_may_be_left_out_or_kept_on_loopback() -> None:
    assert "http" not in settings(rendered(listeners=Listeners(monitor=0)))
    assert 'http: "127.0.0.1:8222"' in rendered(listeners=Listeners(monitor_host="127.0.0.1"))


def test_servers_authenticate_one_another_where_the_cluster_has_tls() -> None:
    files = TlsFiles("/etc/nats-tls/tls.crt", "/etc/nats-tls/tls.key", "/etc/nats-tls/ca.crt")
    text = rendered(client_tls=files, cluster_tls=files)
    assert text.count("verify: true") == 1
    assert "verify: true" in text[text.index("cluster {") :]


@pytest.mark.parametrize(
    ("setting", "arguments"),
    [
        ("operator", {"operator_jwt": ""}),
        ("operator", {"operator_jwt": 'a.b.c"\nno_auth_user: x\n#'}),
        ("resolver", {"resolver_url": "http://resolver/"}),
        ("resolver", {"resolver_url": 'http://r/jwt/v1/accounts/")\nno_auth_user: "x'}),
        ("resolver", {"resolver_url": "file:///jwt/v1/accounts/"}),
        ("cluster.name", {"cluster_name": 'x"\n}'}),
        ("cluster.routes", {"routes": ('a:1"',)}),
        ("cluster.routes", {"routes": ("user:secret@a:1",)}),
        ("server_name", {"server_name": "a b"}),
        ("host", {"listeners": Listeners(host='"')}),
        ("tls.key_file", {"client_tls": TlsFiles("/a", 'b"', "/c")}),
    ],
)
def test_no_value_breaks_out_of_its_place(setting: str, arguments: dict[str, object]) -> None:
    with pytest.raises(ConfigInvalid, match=f"^{re.escape(setting)}: "):
        rendered(**arguments)


def test_a_pinned_account_that_is_none_is_refused() -> None:
    with pytest.raises(KeyInvalid):
        rendered(accounts=("prod",))
