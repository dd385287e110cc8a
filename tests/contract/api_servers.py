"""A real kube-apiserver on a real etcd, as two processes on loopback: what `kube` is tested against.

No kubelet and no controller runs: what is applied stays as the API server stores it, which is what these tests are
about.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from kubernetes.aio import client

from microbus_operator.kube import api_server

CACHE = Path(os.environ.get("MICROBUS_CACHE", Path.home() / ".cache" / "microbus-operator"))
CRDS = Path(__file__).parents[2] / "crds"
TOKEN = "loopback-only"
OPERATORS = ("first", "second")
"""Users that may do everything, so that the audit log tells two operators apart; each is its own token."""
STARTS_WITHIN = 60.0


@dataclass(frozen=True)
class Written:
    """A request that was not one to read, as the audit log has it."""

    user: str
    agent: str
    verb: str
    resource: str
    namespace: str
    uri: str
    code: int


@dataclass(frozen=True)
class ApiServer:
    """Where it listens and what to show it. `kubeconfig` is for what reads `KUBECONFIG`."""

    url: str
    ca: Path
    kubeconfig: Path
    audit: Path

    def kubeconfig_of(self, user: str) -> Path:
        """The same for one of `OPERATORS`, or for `nobody`, who may do nothing."""
        return self.kubeconfig.with_name(f"kubeconfig-{user}")

    def written(self, namespace: str) -> list[Written]:
        """Everything that was written in a namespace, or tried to be, in order."""
        with self.audit.open() as lines:
            found = [_written(json.loads(line)) for line in lines if f'"{namespace}"' in line]
        return [each for each in found if each.namespace == namespace]

    def cluster(self, token: str = TOKEN) -> api_server.ApiServer:
        """A connection of its own; close it."""
        configuration = client.Configuration()
        configuration.host = self.url
        configuration.ssl_ca_cert = str(self.ca)
        configuration.api_key = {"BearerToken": token}
        configuration.api_key_prefix = {"BearerToken": "Bearer"}
        return api_server.ApiServer(client.ApiClient(configuration))

    def answers(self, path: str) -> tuple[int, str]:
        """Status and body of a GET, 0 and the error where there is no answer."""
        try:
            context = ssl.create_default_context(cafile=str(self.ca))
            request = urllib.request.Request(self.url + path, headers={"Authorization": f"Bearer {TOKEN}"})
            with urllib.request.urlopen(request, timeout=2, context=context) as response:
                return int(response.status), response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)


def program(name: str) -> str:
    """A program that `make tools` has built."""
    found = CACHE / "bin" / name
    if not found.exists():
        raise FileNotFoundError(f"{found} is missing: run `make tools`, which builds it, or set MICROBUS_CACHE")
    return str(found)


@contextmanager
def running(folder: Path) -> Iterator[ApiServer]:
    """An API server with our CRDs, its data and logs below `folder`, for as long as the context lasts."""
    etcd_url, peer_url = (f"http://127.0.0.1:{_free_port()}" for _ in range(2))
    port = _free_port()
    server = ApiServer(
        f"https://127.0.0.1:{port}", folder / "certs" / "apiserver.crt", folder / "kubeconfig", folder / "audit.log"
    )
    _write_files(folder, server)
    etcd = [program("etcd"), "--data-dir", str(folder / "etcd"), "--unsafe-no-fsync", "--log-level", "error"]
    etcd += ["--listen-client-urls", etcd_url, "--advertise-client-urls", etcd_url, "--listen-peer-urls", peer_url]
    etcd += ["--initial-advertise-peer-urls", peer_url, "--initial-cluster", f"default={peer_url}"]
    api = [program("kube-apiserver"), "--etcd-servers", etcd_url, "--secure-port", str(port)]
    api += ["--bind-address", "127.0.0.1", "--cert-dir", str(folder / "certs"), "--authorization-mode", "RBAC"]
    api += ["--token-auth-file", str(folder / "tokens.csv"), "--service-cluster-ip-range", "10.96.0.0/16"]
    api += ["--service-account-issuer", "https://loopback", "--service-account-key-file", str(folder / "accounts.pub")]
    api += ["--service-account-signing-key-file", str(folder / "accounts.key")]
    api += ["--audit-policy-file", str(folder / "audit.json"), "--audit-log-path", str(server.audit)]
    api += ["--disable-admission-plugins", "ServiceAccount", "--endpoint-reconciler-type", "none"]
    with _process(etcd, folder / "etcd.log"), _process(api, folder / "kube-apiserver.log") as process:
        _answers(server, "/readyz", process, folder / "kube-apiserver.log")
        _install(server)
        for plural in ("planes", "microbusapps"):
            _answers(server, f"/apis/microbus.io/v1alpha1/{plural}", process, folder / "kube-apiserver.log")
        yield server


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _write_files(folder: Path, server: ApiServer) -> None:
    openssl = shutil.which("openssl") or "openssl"
    key, public = str(folder / "accounts.key"), str(folder / "accounts.pub")
    subprocess.run([openssl, "genrsa", "-out", key, "2048"], check=True, capture_output=True)
    subprocess.run([openssl, "rsa", "-in", key, "-pubout", "-out", public], check=True, capture_output=True)
    masters = [(TOKEN, "admin"), *((name, name) for name in OPERATORS)]
    tokens = [f'{token},{name},{name},"system:masters"' for token, name in masters] + ['other,nobody,nobody,""']
    users = [*masters, ("other", "nobody")]
    (folder / "tokens.csv").write_text("\n".join(tokens) + "\n")
    rules = [{"level": "None", "verbs": ["get", "list", "watch"]}, {"level": "Metadata"}]
    policy = {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"], "rules": rules}
    (folder / "audit.json").write_text(json.dumps(policy))
    for token, name in users:
        path = server.kubeconfig if token == TOKEN else server.kubeconfig_of(name)
        path.write_text(json.dumps(_kubeconfig(server, token, name)))


def _kubeconfig(server: ApiServer, token: str, user: str) -> dict[str, object]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": "loopback", "cluster": {"server": server.url, "certificate-authority": str(server.ca)}},
        ],
        "users": [{"name": user, "user": {"token": token}}],
        "contexts": [{"name": "loopback", "context": {"cluster": "loopback", "user": user}}],
        "current-context": "loopback",
    }


def _written(event: Mapping[str, Any]) -> Written:
    reference = event.get("objectRef", {})
    return Written(
        user=event["user"]["username"],
        agent=event.get("userAgent", ""),
        verb=event["verb"],
        resource="/".join(filter(None, (reference.get("resource"), reference.get("subresource")))),
        namespace=reference.get("namespace", ""),
        uri=event["requestURI"],
        code=event.get("responseStatus", {}).get("code", 0),
    )


@contextmanager
def _process(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _answers(server: ApiServer, path: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until `path` is answered with 200."""
    deadline = monotonic() + STARTS_WITHIN
    seen: tuple[int, str] = (0, "nothing asked yet")
    while seen[0] != 200:
        # The process' end is what is waited for here: an early one is the error, and no end is the pace of asking.
        try:
            code = process.wait(0.1)
        except subprocess.TimeoutExpired:
            code = None
        if code is not None or monotonic() > deadline:
            tail = log.read_text(errors="replace")[-2000:]
            raise AssertionError(f"kube-apiserver (exit {code}) at {path}: last answer {seen}; its log ends:\n{tail}")
        if server.ca.exists():
            seen = server.answers(path)


def _install(server: ApiServer) -> None:
    """Install crds/ and wait until they are served. A refused one stops the session with the API server's own words."""
    kubectl(server, "apply", "--server-side", "-f", str(CRDS))
    names = ["crd/planes.microbus.io", "crd/microbusapps.microbus.io"]
    kubectl(server, "wait", "--for=condition=Established", "--timeout=30s", *names)


def kubectl(server: ApiServer, *arguments: str) -> str:
    """What kubectl prints; what it complains of is the failure."""
    cache = server.kubeconfig.with_name("kubectl-cache")
    command = [program("kubectl"), "--kubeconfig", str(server.kubeconfig), "--cache-dir", str(cache), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"kubectl {' '.join(arguments)}: {done.stderr}"
    return done.stdout
