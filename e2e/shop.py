"""The example app on the test cluster: the operator installed by its chart, the shop applied, and what became of it."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from gencreds.nats.claims import UserClaims
from gencreds.nats.creds import parse_creds
from gencreds.nats.jwt import decode
from gencreds.nats.nkeys import KeyKind

from .kind import Cluster
from .port_forward import forwarded

REPOSITORY = Path(__file__).parent.parent
SYSTEM, SHOP, FLEET = "microbus-system", "shop", "fleet"
ALLOW_LISTS = REPOSITORY / "examples/shop/allow-lists"
RESTRICTED = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn", "audit")}


@dataclass(frozen=True)
class Service:
    """A microservice of the shop with the credentials that it was given."""

    hostname: str
    creds: str
    public_key: str
    pub: tuple[str, ...]
    sub: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Service({self.hostname})"


def install_operator(
    cluster: Cluster, namespaces: tuple[str, ...], image: str = "microbus-operator", repository: Path = REPOSITORY
) -> None:
    """`helm upgrade --install`, and wait until the operator and both resolvers are ready. Logs at DEBUG.

    `image` is the name of the operator's image, `repository` the tree whose chart is installed.
    """
    for namespace in namespaces:
        labels = {**RESTRICTED, **({"microbus.io/plane": "prod"} if namespace != SYSTEM else {})}
        cluster.kubectl.apply(
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels}}
        )
    name, _, digest = cluster.image(image).partition("@")
    values = {
        "image": {"repository": name, "digest": digest},
        "watch": {"namespaces": list(namespaces)},
        "registries": {"insecure": [name.partition("/")[0]]},
        "logLevel": "DEBUG",
    }
    helm(
        cluster,
        *("upgrade", "--install", "microbus-operator", str(repository / "charts/microbus-operator"), "-n", SYSTEM),
        *("--wait", "--timeout", "180s", "-f", "-"),
        stdin=json.dumps(values),
    )


def remove(cluster: Cluster) -> None:
    """Take away what an earlier run left: apps first, since the brokers are told of it, then Planes and their keys."""
    kubectl = cluster.kubectl
    if "microbusapps.microbus.io" in kubectl("get", "crds", "-o", "name"):
        running = kubectl.names("deployments", "-n", SYSTEM, "-l", "app.kubernetes.io/name=microbus-operator")
        for kind in ("microbusapps", "planes"):
            kubectl(
                "delete",
                kind,
                "--all",
                "--all-namespaces",
                f"--wait={str(bool(running)).lower()}",
                "--timeout=60s",
                timeout=90,
            )
            if not running:
                _strip_finalizers(cluster, kind)
    for namespace in (FLEET, SHOP, SYSTEM):
        kubectl("delete", "namespace", namespace, "--ignore-not-found", "--timeout=120s", timeout=130)


def _strip_finalizers(cluster: Cluster, kind: str) -> None:
    """With no operator to end them, only their finalizers hold them."""
    for item in cluster.kubectl.get(kind, "--all-namespaces")["items"]:
        meta = item["metadata"]
        patch = (
            "patch",
            kind,
            meta["name"],
            "-n",
            meta["namespace"],
            "--type=merge",
            "-p",
            '{"metadata":{"finalizers":[]}}',
        )
        cluster.kubectl(*patch)


def helm(cluster: Cluster, *arguments: str, stdin: str = "") -> str:
    """What helm prints. Raises AssertionError with what it says on stderr."""
    command = [str(cluster.tool("helm")), "--kubeconfig", str(cluster.kubeconfig), *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=240, check=False)
    if done.returncode != 0:
        raise AssertionError(f"helm {' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def plane_manifest(cluster: Cluster, replicas: int = 1) -> dict[str, Any]:
    """The example's Plane, with the image that is in the registry."""
    manifest: dict[str, Any] = yaml.safe_load((REPOSITORY / "examples/shop/deploy/plane.yaml").read_text())
    manifest["spec"]["nats"] |= {"image": cluster.image("nats"), "replicas": replicas}
    return manifest


def app_manifest(cluster: Cluster) -> dict[str, Any]:
    """The example's MicrobusApp, with the images that are in the registry.

    Short circuit is off, so that calls between microservices of one process go through the broker too.
    """
    manifest: dict[str, Any] = yaml.safe_load((REPOSITORY / "examples/shop/deploy/app.yaml").read_text())
    for bundle in manifest["spec"]["bundles"]:
        bundle["image"] = cluster.image(f"shop/{bundle['name']}")
        (container,) = bundle["workload"]["template"]["spec"]["containers"]
        container["env"] = [{"name": "MICROBUS_SHORT_CIRCUIT", "value": "0"}]
    return manifest


def is_ready(cluster: Cluster, timeout: float = 180) -> None:
    """`kubectl wait` on both kinds, as a user would."""
    wait = ("wait", "--for=condition=Ready", f"--timeout={timeout:g}s")
    cluster.kubectl(*wait, "plane/prod", "-n", SYSTEM, timeout=timeout + 10)
    cluster.kubectl(*wait, "microbusapp/shop", "-n", SHOP, timeout=timeout + 10)


def services(cluster: Cluster) -> dict[str, Service]:
    """The shop's microservices by hostname, decoded from the Secrets that status names."""
    status = cluster.kubectl.get("microbusapp", "shop", "-n", SHOP)["status"]
    return {
        entry["hostname"]: _service(cluster, entry["hostname"], entry["secretName"]) for entry in status["services"]
    }


def _service(cluster: Cluster, hostname: str, secret: str) -> Service:
    data = cluster.kubectl.get("secret", secret, "-n", SHOP)["data"]
    return service_of(hostname, base64.b64decode(data[f"{hostname}_nats.creds"]).decode())


def service_of(hostname: str, text: str) -> Service:
    """A microservice, from the text of its creds file."""
    claims = decode(parse_creds(text).jwt, KeyKind.USER).claims
    assert isinstance(claims, UserClaims)
    return Service(hostname, text, claims.subject, tuple(claims.pub_allow), tuple(claims.sub_allow))


def golden(hostname: str, plane: str = "prod") -> tuple[set[str], set[str]]:
    """The allow-list that a person wrote down for a microservice: what it may publish, what it may subscribe to."""
    lines = [line.split(" ", 1) for line in (ALLOW_LISTS / f"{hostname}.acl").read_text().splitlines() if line]
    wanted = [(verb, subject.replace("{{plane}}", plane)) for verb, subject in lines if verb in ("PUB", "SUB")]
    return {subject for verb, subject in wanted if verb == "PUB"}, {
        subject for verb, subject in wanted if verb == "SUB"
    }


@contextmanager
def nats_port(cluster: Cluster) -> Iterator[int]:
    """A port of this machine that leads to the Plane's brokers."""
    with forwarded(cluster.kubectl, SYSTEM, "svc/prod-nats", 4222) as port:
        yield port


@contextmanager
def storefront(cluster: Cluster) -> Iterator[str]:
    """The shop's HTTP front, from this machine."""
    with forwarded(cluster.kubectl, SHOP, "deployment/shop-main", 8080) as port:
        yield f"http://127.0.0.1:{port}"
