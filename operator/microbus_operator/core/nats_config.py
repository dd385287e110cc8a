"""nats-server.conf of a Plane's brokers: operator mode, accounts from our resolver, and only what is needed beside it.

Pure: text from values. What is left out matters as much as what is in: no `no_auth_user`, users, `accounts` or
`resolver_preload` (each opens a door or is fatal beside a URL resolver: pitfalls N2 and N27, CVE-2023-47090), and no
WebSocket, MQTT or leaf node listener (most of the crashes before authentication were there). The `authorization` block
holds `timeout` alone, because NATS has no other place for it.

The settings are NATS' own: https://docs.nats.io/running-a-nats-service/configuration.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gencreds.nats.nkeys import KeyKind, check_public_key
from microbus_operator.api.meta import duration_seconds
from microbus_operator.api.plane import Limits

CLIENT_PORT, CLUSTER_PORT, MONITOR_PORT = 4222, 6222, 8222
LAME_DUCK_SECONDS, LAME_DUCK_GRACE_SECONDS = 30, 5
AUTH_TIMEOUT_SECONDS = (2, 60)
"""nats-server gives up fetching an account after 1.9 s (fact N1), so a shorter timeout would cut fetches off."""

_JWT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]_-]+/jwt/v1/accounts/")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,252}")
_ADDRESS = re.compile(r"(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]{1,253}):[0-9]{1,5}")
_HOST = re.compile(r"[0-9A-Za-z.:_-]{1,253}")
_PATH = re.compile(r"/[A-Za-z0-9._/-]{1,1023}")


class ConfigInvalid(ValueError):
    """A value cannot stand in nats-server.conf; the message names the setting."""


@dataclass(frozen=True)
class Listeners:
    """Where a server listens. A port of -1 takes a free one, 0 leaves the monitor out.

    The monitor has no authentication. In a pod it listens on the pod's address, since kubelet probes it there, and a
    NetworkPolicy keeps others away; on a laptop it listens on loopback.
    """

    host: str = "0.0.0.0"  # noqa: S104 - a pod's only address is its own
    client: int = CLIENT_PORT
    cluster: int = CLUSTER_PORT
    monitor: int = MONITOR_PORT
    monitor_host: str = "0.0.0.0"  # noqa: S104


@dataclass(frozen=True)
class TlsFiles:
    """Paths of a PEM certificate, its key and the CA, as the server sees them."""

    certificate: str
    key: str
    ca: str


def render_config(
    limits: Limits,
    *,
    operator_jwt: str,
    system_account: str,
    accounts: Iterable[str],
    resolver_url: str,
    cluster_name: str,
    routes: Sequence[str] = (),
    listeners: Listeners | None = None,
    client_tls: TlsFiles | None = None,
    cluster_tls: TlsFiles | None = None,
    resolver_ca: str | None = None,
    server_name: str | None = None,
    pid_file: str | None = None,
) -> str:
    """The whole file; the same arguments give the same bytes.

    `accounts` are the pinned ones: a connect for any other costs no fetch (fact N10). `resolver_url` ends in
    `/jwt/v1/accounts/`. `routes` are `host:port` of the cluster listeners, the server's own included; without routes
    there is no cluster block. `cluster_tls` is mutual. `server_name` is left out where the command line's `--name`
    gives it. Raises `ConfigInvalid`, and `KeyInvalid` for an account that is none.
    """
    where = listeners or Listeners()
    pinned = sorted({check_public_key(key, KeyKind.ACCOUNT) for key in (*accounts, system_account)})
    operator = _checked("operator", _JWT, operator_jwt)
    resolver = _checked("resolver", _URL, resolver_url)
    lines = [
        f'host: "{_checked("host", _HOST, where.host)}"',
        f"port: {where.client}",
        *([f'server_name: "{_checked("server_name", _WORD, server_name)}"'] if server_name else []),
        *([f'http: "{_checked("http", _HOST, where.monitor_host)}:{where.monitor}"'] if where.monitor else []),
        *([f'pid_file: "{_checked("pid_file", _PATH, pid_file)}"'] if pid_file else []),
        f'operator: "{operator}"',
        f'system_account: "{check_public_key(system_account, KeyKind.ACCOUNT)}"',
        f'resolver: "URL({resolver})"',
        *([f'resolver_tls {{ ca_file: "{_checked("resolver_tls", _PATH, resolver_ca)}" }}'] if resolver_ca else []),
        "resolver_pinned_accounts: [",
        *(f'  "{key}"' for key in pinned),
        "]",
        f"max_control_line: {limits.max_control_line}",
        f"max_payload: {limits.max_payload}",
        f"max_pending: {limits.max_pending}",
        *([f"max_subscriptions: {limits.max_subscriptions}"] if limits.max_subscriptions else []),
        f"authorization {{ timeout: {_auth_timeout(limits)} }}",
        f'lame_duck_duration: "{LAME_DUCK_SECONDS}s"',
        f'lame_duck_grace_period: "{LAME_DUCK_GRACE_SECONDS}s"',
        *_tls(client_tls, verify=False, indent=""),
        *_cluster(cluster_name, routes, where, cluster_tls),
    ]
    return "\n".join(lines) + "\n"


def _cluster(name: str, routes: Sequence[str], where: Listeners, tls: TlsFiles | None) -> list[str]:
    if not routes:
        return []
    return [
        "cluster {",
        f'  name: "{_checked("cluster.name", _WORD, name)}"',
        f'  host: "{where.host}"',
        f"  port: {where.cluster}",
        "  routes: [",
        *(f'    "nats-route://{_checked("cluster.routes", _ADDRESS, route)}"' for route in routes),
        "  ]",
        *_tls(tls, verify=True, indent="  "),
        "}",
    ]


def _tls(files: TlsFiles | None, *, verify: bool, indent: str) -> list[str]:
    if files is None:
        return []
    return [
        f"{indent}tls {{",
        f'{indent}  cert_file: "{_checked("tls.cert_file", _PATH, files.certificate)}"',
        f'{indent}  key_file: "{_checked("tls.key_file", _PATH, files.key)}"',
        f'{indent}  ca_file: "{_checked("tls.ca_file", _PATH, files.ca)}"',
        f'{indent}  min_version: "1.2"',
        *([f"{indent}  verify: true"] if verify else []),
        f"{indent}}}",
    ]


def _auth_timeout(limits: Limits) -> int:
    least, most = AUTH_TIMEOUT_SECONDS
    return min(max(duration_seconds(limits.auth_timeout), least), most)


def _checked(setting: str, pattern: re.Pattern[str], value: str) -> str:
    """A value that the configuration's syntax cannot be broken out of."""
    if not pattern.fullmatch(value):
        raise ConfigInvalid(
            f"{setting}: {value[:80]!r} cannot stand in nats-server.conf; it has to match {pattern.pattern}"
        )
    return value
